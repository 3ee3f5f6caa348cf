"""The ledger as a whole: export, import, doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError, LedgerError, UsageError
from flowtui.core.kinds import KINDS
from flowtui.services.focus.block_store import BlockStore


@click.command("export")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "shape", flag_value="json", default=True, help="one JSON object (default)")
@click.option("--csv", "shape", flag_value="csv", help="one row a record")
@click.option("--tinydb", "shape", flag_value="tinydb", help="what stock TinyDB(FILE) opens")
@click.option("--tidy", "shape", flag_value="tidy", help="the body log as tables in a folder FILE")
@click.option("--force", is_flag=True, help="replace FILE")
@pass_context
def export_command(context: Context, file: Path | None, shape: str, force: bool) -> None:
    """Write the whole ledger to FILE, or to standard output."""
    if shape == "tidy":
        from flowtui.services.body.tidy_export import NAMES, write_tidy

        if file is None:
            raise UsageError("--tidy needs a folder", "flowtui export --tidy DIR")
        entries, days = write_tidy(context.services, file, force)
        context.say(f"{entries} entries, {days} days in {file}: {', '.join(NAMES)}")
        return
    from flowtui.ledger import export

    exporter = {
        "json": export.export_json,
        "csv": export.export_csv,
        "tinydb": export.export_tinydb,
    }[shape]
    ledger = context.services.store.ledger
    ledger.refresh()
    if file is None:
        counts = exporter(ledger, sys.stdout.write)
    else:
        if file.exists() and not force:
            raise FlowError(f"{file} exists already", "name another file, or add --force")
        counts = export.export_to(file, exporter, ledger)
    context.say(_counted(counts) + (f" in {file}" if file is not None else ""))


def read_back(context: Context, file: Path, dry_run: bool, replace: bool, as_json: bool) -> None:
    """Import FILE as `flowtui export` wrote it (JSON or TinyDB). Twice changes nothing."""
    from flowtui.ledger.importing import import_file

    done = import_file(context.services.store.ledger, file, dry_run=dry_run, replace=replace)
    context.services.status.write()
    if as_json:
        kinds = {
            name: {"added": k.added, "replaced": k.replaced, "same": k.same, "kept": k.kept}
            for name, k in done.kinds.items()
        }
        context.put_json({"kinds": kinds, "problems": done.problems, "dry_run": dry_run})
        return
    verb = "would be " if dry_run else ""
    for name, k in done.kinds.items():
        words = [f"{k.added} {verb}added"]
        words += [f"{k.replaced} {verb}replaced"] if k.replaced else []
        words += [f"{k.same} there already"] if k.same else []
        words += [f"{k.kept} differ and are kept (--replace takes the file's)"] if k.kept else []
        context.say(f"{name}: {', '.join(words)}")
    for problem in done.problems:
        context.say(f"not taken: {problem}")
    if done.problem_count > len(done.problems):
        context.say(f"and {done.problem_count - len(done.problems)} more")
    if done.seq is not None:
        context.say("take it back: flowtui undo")


@click.command("doctor")
@click.option("--repair", is_flag=True, help="mend what needs no judgement; nothing is lost")
@json_option
@pass_context
def doctor_command(context: Context, repair: bool, as_json: bool) -> int:
    """Check ledger, settings, themes and hooks; exit code 1 if something is damaged."""
    services = context.services
    if repair:
        from flowtui.ledger.repair import repair as mend

        for line in mend(services.paths.ledger_dir, services.clock):
            context.say(line)
        services.store.ledger.refresh()
        services.status.write()
    found = _findings(context)
    if as_json:
        context.put_json(found)
    else:
        for item in found:
            where = f"{item['file']}" + (f", line {item['line']}" if item["line"] else "")
            context.put(f"{item['weight']:>6}  {where}: {item['what']}")
            if item["todo"]:
                context.put(f"        {item['todo']}")
        if not found:
            context.put("everything is sound")
    return 1 if any(item["weight"] == "damage" for item in found) else 0


def _findings(context: Context) -> list[dict[str, Any]]:
    from flowtui.ledger.doctor import check
    from flowtui.settings.actions import remapped
    from flowtui.settings.themes import choose, find
    from flowtui.system.hooks import check as check_hooks

    services = context.services
    found = [
        {
            "weight": f.weight.value,
            "file": str(f.file),
            "line": f.line,
            "byte": f.byte,
            "what": f.what,
            "todo": f.todo,
        }
        for f in check(services.paths.ledger_dir)
    ]
    found += _undecodable(services.store)
    themes, problems = find(services.paths)
    _, unknown = choose(services.config.display.theme, themes, services.paths.config_file)
    found += [
        _settings_finding(str(problem.file), _said(problem.key, problem.message))
        for problem in (*services.problems, *problems, *([unknown] if unknown else []))
    ]
    _, clashes = remapped(services.config.keys)
    found += [_settings_finding(str(services.paths.config_file), clash) for clash in clashes]
    refused = check_hooks(services.paths.hooks_dir)
    found += [_settings_finding(str(r.path), r.reason) for r in refused]
    return found + _of_the_watcher(services.paths.log_file)


def _of_the_watcher(log: Path) -> list[dict[str, Any]]:
    """The last complaint of the process that follows training runs, if it ever had one."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    said = [(n, line) for n, line in enumerate(lines, 1) if " watcher: " in line]
    if not said:
        return []
    number, line = said[-1]
    todo = "the runs go on; please report it, then remove the file"
    return [
        {
            "weight": "note",
            "file": str(log),
            "line": number,
            "byte": None,
            "what": line,
            "todo": todo,
        }
    ]


def _undecodable(store: BlockStore) -> list[dict[str, Any]]:
    """Blocks and runs that are whole lines in the ledger and still cannot be meant."""
    found = []
    stored = (
        (kind.decode, record)
        for kind in KINDS.values()
        for record in store.ledger.stored(kind.name)
    )
    for decode, record in stored:
        try:
            decode(record)
        except LedgerError as error:
            file = str(store.ledger.folder / f"{str(record.get('day', ''))[:4]}.jsonl")
            todo = "mend the line by hand, or take it back: flowtui undo"
            found.append(
                {
                    "weight": "damage",
                    "file": file,
                    "line": None,
                    "byte": None,
                    "what": error.message,
                    "todo": todo,
                }
            )
    return found


def _settings_finding(file: str, what: str) -> dict[str, Any]:
    return {"weight": "note", "file": file, "line": None, "byte": None, "what": what, "todo": ""}


def _said(key: str, message: str) -> str:
    return f"{key}: {message}" if key else message


def _counted(counts: dict[str, int]) -> str:
    words = [f"{number} {kind}" for kind, number in counts.items() if number]
    return ", ".join(words) or "no records"
