"""The ledger as a whole: export, import, doctor."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError, UsageError

if TYPE_CHECKING:
    from flowtui.ledger.doctor import Finding
    from flowtui.services.doctor import RecordEditor


@click.command("export")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "shape", flag_value="json", default=True, help="one JSON object (default)")
@click.option("--csv", "shape", flag_value="csv", help="one row a record")
@click.option("--tinydb", "shape", flag_value="tinydb", help="what stock TinyDB(FILE) opens")
@click.option("--tidy", "shape", flag_value="tidy", help="tables for statistics in a folder FILE")
@click.option("--force", is_flag=True, help="replace FILE")
@pass_context
def export_command(context: Context, file: Path | None, shape: str, force: bool) -> None:
    """Write the whole ledger to FILE, or to standard output."""
    if shape == "tidy":
        from flowtui.services.body.tidy_export import NAMES, write_tidy

        if file is None:
            raise UsageError("--tidy needs a folder", "flowtui export --tidy DIR")
        entries, days, blocks = write_tidy(context.services, file, force)
        counted = f"{entries} entries, {days} days, {blocks} blocks"
        context.say(f"{counted} in {file}: {', '.join(NAMES)}")
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
        counts = exporter(ledger, _write_out)
    else:
        if file.exists() and not force:
            raise FlowError(f"{file} exists already", "name another file, or add --force")
        counts = export.export_to(file, exporter, ledger)
    context.say(_counted(counts) + (f" in {file}" if file is not None else ""))


def _write_out(text: str) -> object:
    """On standard output in UTF-8, as in a file, whatever the terminal's encoding is."""
    buffer = getattr(sys.stdout, "buffer", None)
    return sys.stdout.write(text) if buffer is None else buffer.write(text.encode())


def read_back(context: Context, file: Path, dry_run: bool, replace: bool, as_json: bool) -> None:
    """Import FILE as `flowtui export` wrote it (any form of it). Twice changes nothing."""
    from flowtui.services.focus.block_import import read_export

    done = read_export(context.services, file, dry_run, replace)
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
    if not done.kinds and not done.problems:
        context.say(f"{file} holds no record")
    if done.seq is not None:
        context.say("take it back: flowtui undo")


@click.command("doctor")
@click.option("--repair", is_flag=True, help="mend what needs no judgement; nothing is lost")
@click.option("--edit", "id", metavar="ID", help="mend one record, in $EDITOR unless told how")
@click.option("--kind", default="", help="with --edit: which kind, if several have that ID")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="with --edit")
@click.option("--unset", "unsets", multiple=True, metavar="FIELD", help="with --edit")
@click.option("--delete", is_flag=True, help="with --edit: remove the record")
@json_option
@pass_context
def doctor_command(
    context: Context,
    repair: bool,
    id: str | None,
    kind: str,
    sets: tuple[str, ...],
    unsets: tuple[str, ...],
    delete: bool,
    as_json: bool,
) -> int:
    """Check ledger, settings, themes and hooks; exit code 1 if something is damaged.

    Every change by --edit is checked before it is written, and undo takes it back.
    """
    from flowtui.services import doctor

    if id is not None:
        _edit(context, doctor.RecordEditor(context.services, id, kind), sets, unsets, delete)
        return 0
    if kind or sets or unsets or delete:
        raise UsageError("--kind, --set, --unset and --delete belong to --edit ID")
    if repair:
        for line in doctor.repair(context.services):
            context.say(line)
    findings = doctor.findings(context.services)
    if as_json:
        context.put_json([_finding_view(finding) for finding in findings])
    else:
        for finding in findings:
            where = f"{finding.file}" + (f", line {finding.line}" if finding.line else "")
            context.put(f"{finding.weight.value:>6}  {where}: {finding.what}")
            if finding.todo:
                context.put(f"        {finding.todo}")
        if not findings:
            context.put("everything is sound")
    return 1 if any(finding.weight.value == "damage" for finding in findings) else 0


def _finding_view(finding: Finding) -> dict[str, Any]:
    view = asdict(finding)
    return view | {"weight": finding.weight.value, "file": str(finding.file)}


def _edit(
    context: Context,
    editor: RecordEditor,
    sets: tuple[str, ...],
    unsets: tuple[str, ...],
    delete: bool,
) -> None:
    """Mend or delete one record."""
    if delete:
        editor.delete()
        context.say(f"{editor.kind} {editor.id} is deleted; take it back: flowtui undo")
        return
    if sets or unsets:
        pairs = dict(each.partition("=")[::2] for each in sets)
        saved = editor.save(editor.changed(pairs, unsets))
    else:
        saved = _edit_by_hand(context, editor)
    if saved:
        context.say(f"{editor.kind} {editor.id} is mended; take it back: flowtui undo")
    else:
        context.say("nothing was changed")


def _edit_by_hand(context: Context, editor: RecordEditor) -> bool:
    """Open the record in the editor, again and again until it is right or given up."""
    text = json.dumps(editor.record, ensure_ascii=False, indent=2) + "\n"
    while True:
        typed = click.edit(text, extension=".json")
        if typed is None or typed == text:
            return False
        try:
            return editor.save(editor.parse(typed))
        except FlowError as error:
            if not sys.stdin.isatty():
                raise
            context.say(f"{error}")
            if not click.confirm("edit it again?", default=True, err=True):
                return False
            text = typed


def _counted(counts: dict[str, int]) -> str:
    words = [f"{number} {kind}" for kind, number in counts.items() if number]
    return ", ".join(words) or "no records"
