"""What is wrong with a home, and mending it: ledger, records, settings, themes and hooks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block_check import Taken, ended_at_last, faults, mended
from flowtui.core.kinds import BLOCKS, STATE
from flowtui.core.zones import known_zone
from flowtui.ledger.doctor import REPAIR, Finding, Weight, check
from flowtui.ledger.ledger import Document
from flowtui.ledger.lock import lock_problem
from flowtui.ledger.migrate import VERSION_KEY
from flowtui.ledger.storage import LOCK_NAME
from flowtui.ledger.table import JournalTable
from flowtui.services.body.habit_catalog import DECLARED
from flowtui.services.wiring import Services

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def findings(services: Services) -> list[Finding]:
    """Everything that is wrong, or worth knowing; empty for a sound home."""
    return [
        *_of_locks(services.paths.ledger_dir),
        *check(services.paths.ledger_dir),
        *_of_blocks(services),
        *_of_habits(services),
        *_of_settings(services),
        *_of_lists(services.paths.lists_dir),
        *_of_the_guard(services, Path("/")),
        *_of_the_watcher(services.paths.log_file),
    ]


def repair(services: Services) -> list[str]:
    """Mend what needs no judgement; returns a sentence for each thing done."""
    from flowtui.ledger.repair import repair as mend_files
    from flowtui.services.body.shadow_names import mend

    done = mend_files(services.paths.ledger_dir, services.clock)
    services.store.ledger.refresh()
    done += _mend_blocks(services)
    done += mend(services.body.log.store, services.body.log.declared.settled, again=True)
    services.status.write()
    return done


def _of_locks(folder: Path) -> list[Finding]:
    """Whether two programs at once can be kept apart where the ledger lies."""
    problem = lock_problem(folder / LOCK_NAME)
    if not problem:
        return []
    todo = "keep flowtui on a local disk: set FLOWTUI_HOME to a folder there, and move the files"
    return [Finding(Weight.DAMAGE, folder, None, None, problem, todo)]


def _of_blocks(services: Services) -> list[Finding]:
    """Blocks that break a rule of blocks, each with what mends it."""
    store, now = services.store, services.clock.now()
    if not services.paths.ledger_dir.exists():
        return []
    store.ledger.refresh()
    running, taken = store.running(), Taken()
    found: list[Finding] = []
    for block in sorted(store.blocks.every(), key=lambda b: b.started_at):
        file = services.paths.ledger_dir / f"{store.day_of(block):%Y}.jsonl"

        def tell(weight: Weight, what: str, todo: str, field: str, id: str = block.id,
                 file: Path = file) -> None:  # fmt: skip
            what = f"block {id} {what}"
            found.append(Finding(weight, file, None, None, what, todo, BLOCKS, id, field))

        for fault in faults(block, now):
            by_hand = f"flowtui edit {block.id}, or flowtui delete {block.id}"
            todo = f"mend it: {REPAIR if fault.mends else by_hand}"
            tell(Weight.DAMAGE, fault.what, todo, fault.field)
        stray = block.ended_at is None and (running is None or running.id != block.id)
        if stray:
            what = "has no end, and is not the one that runs"
            tell(Weight.DAMAGE, what, f"end it where it last noted something: {REPAIR}", "ended_at")
        if known_zone(block.zone) is None:
            what = f"is in the zone {block.zone!r}, unknown on this machine; shown in UTC"
            todo = f"flowtui doctor --edit {block.id} --set zone=NAME, or install tzdata"
            tell(Weight.NOTE, what, todo, "zone")
        judged = ended_at_last(block) if stray else block
        other = taken.clash(judged, now)
        if other:
            todo = f"move or delete one of them: flowtui edit {block.id} --start TIME --end TIME"
            tell(Weight.DAMAGE, f"shares time with block {other}", todo, "started_at")
        taken.add(judged, now)
    return found


def _of_habits(services: Services) -> list[Finding]:
    """Habits that are called like a word of the quick line, which nobody can log by it."""
    from flowtui.core.body.entry_kinds import Kind
    from flowtui.services.body.names_in_use import user_of
    from flowtui.services.body.shadow_names import shadows

    if not services.paths.ledger_dir.exists():
        return []
    store = services.body.log.store
    kept = store.state.get(DECLARED)
    file = services.paths.ledger_dir / "state.jsonl"

    def todo(name: str) -> str:
        told = f"give it another name: {REPAIR}, or flowtui habit {name} --rename NAME"
        user = user_of(store, Kind.HABIT, name)
        if user is None:
            return told
        return f"experiment {user.id} ({user.declared.factor}) uses it; when that is over, {told}"

    return [
        Finding(
            Weight.NOTE, file, None, None, f"habit {name} is called like a word of the quick line",
            todo(name),
            STATE, DECLARED, f"habits.{name}",
        )
        for name in shadows(kept)
        if name not in services.body.log.declared.settled
    ]  # fmt: skip


def _mend_blocks(services: Services) -> list[str]:
    """Put right what needs no judgement, as one command that undo takes back."""
    store, now = services.store, services.clock.now()
    done: list[str] = []
    if not services.paths.ledger_dir.exists():
        return done
    with store.change("mend blocks") as writer:
        running = store.running()
        for block in store.blocks.every():
            right = block
            if any(fault.mends for fault in faults(block, now)):
                right = mended(block)
            if right.ended_at is None and (running is None or running.id != right.id):
                right = ended_at_last(right)
            if right != block:
                writer.put(right)
                done.append(f"block {block.id} was mended; take it back: flowtui undo")
    return done


class RecordEditor:
    """One record as it is stored, whether it can be decoded or not; a change of it is checked.

    `id` names it; `kind` tells which, where records of several kinds have that id. Raises
    FlowError if there is none, or several.
    """

    def __init__(self, services: Services, id: str, kind: str = "") -> None:
        self._services = services
        self._ledger = services.store.ledger
        self._ledger.refresh()
        storage = self._ledger.storage
        found = {
            name: text
            for name in dict.fromkeys([*storage.kinds, *storage.table_names()])
            if kind in ("", name) and (text := storage.contents.json(name, id)) is not None
        }
        if not found:
            raise FlowError(f"there is no record {id!r}", "see the ids: flowtui doctor")
        if len(found) > 1:
            raise FlowError(
                f"several kinds have a record {id!r}: {', '.join(found)}", "name one: --kind KIND"
            )
        self.id = id
        self.kind, text = next(iter(found.items()))
        self.record: Any = json.loads(text)
        """As it is stored, without its version."""
        if isinstance(self.record, dict):
            self.record.pop(VERSION_KEY, None)

    def changed(self, sets: Mapping[str, str], unsets: Iterable[str]) -> dict[str, Any]:
        """The record with fields set to JSON values (or texts) and others left out.

        A field is named as the doctor names it: `note`, `plan.seconds`, `gaps[2].start`.
        """
        record = json.loads(json.dumps(self.record))
        for path, text in sets.items():
            place, last = _place(record, path)
            try:
                place[last] = json.loads(text)
            except ValueError:
                place[last] = text
        for path in unsets:
            place, last = _place(record, path)
            try:
                del place[last]
            except (KeyError, IndexError):
                raise UsageError(f"{self.kind} {self.id} has no field {path!r}") from None
        changed: dict[str, Any] = record
        return changed

    def parse(self, text: str) -> dict[str, Any]:
        """The record that a person typed. Raises FlowError naming the place of an error."""
        try:
            record = json.loads(text)
        except ValueError as error:
            raise FlowError(f"that is not JSON: {error}", "keep the quotes and commas") from None
        if not isinstance(record, dict):
            raise FlowError("a record must be a JSON object", "it begins with { and ends with }")
        return record

    def save(self, record: Mapping[str, Any]) -> bool:
        """Write `record` as one command that undo takes back; False if nothing differs.

        Raises FlowError naming the field, with nothing written, if it cannot be decoded.
        """
        if self.kind not in self._ledger.storage.kinds:
            raise FlowError(
                f"flowtui knows no kind of record called {self.kind!r}", "delete it: --delete"
            )
        if record.get("id") != self.id:
            raise FlowError(f"the id must stay {self.id!r}", "delete the record, add another")
        self._ledger.storage.kinds[self.kind].decode(record)
        with self._ledger.transaction(f"mend {self.kind} {self.id}") as staging:
            document = Document(dict(record), doc_id=self.id)  # type: ignore[arg-type]  # a text
            self._ledger.table(self.kind).replace(document)
        self._services.status.write()
        return staging.seq is not None

    def delete(self) -> None:
        """Remove the record; undo brings it back."""
        with self._ledger.transaction(f"delete {self.kind} {self.id}"):
            table = JournalTable(self._ledger.storage, self.kind)
            table.remove(doc_ids=[self.id])
        self._services.status.write()


def _place(record: Any, path: str) -> tuple[Any, Any]:
    """What holds the last step of a path, and that step: a name, or a place counted from 0."""
    steps: list[Any] = [int(number) - 1 if number else name for name, number in _STEP.findall(path)]
    if not steps:
        raise UsageError(f"{path!r} must be the name of a field", "such as note or gaps[2].start")
    for step in steps[:-1]:
        try:
            record = record[step]
        except (KeyError, IndexError, TypeError):
            raise UsageError(f"the record has no field {path!r}") from None
    return record, steps[-1]


def _of_settings(services: Services) -> list[Finding]:
    from flowtui.settings.actions import remapped
    from flowtui.settings.themes import choose, find
    from flowtui.system.hooks import check as check_hooks

    config = services.paths.config_file
    themes, problems = find(services.paths)
    _, unknown = choose(services.config.display.theme, themes, config)
    told = [
        _note(problem.file, f"{problem.key}: {problem.message}" if problem.key else problem.message)
        for problem in (*services.problems, *problems, *([unknown] if unknown else []))
    ]
    _, clashes = remapped(services.config.keys)
    told += [_note(config, clash) for clash in clashes]
    return told + [_note(r.path, r.reason) for r in check_hooks(services.paths.hooks_dir)]


def _of_lists(folder: Path) -> list[Finding]:
    """Files of what distracts that are no lists: each switches itself off alone."""
    if not folder.is_dir():
        return []
    from flowtui.guard.lists import damaged

    return [
        _note(folder, f"the list {name} is switched off: {error.message}")
        for name, error in damaged(folder).items()
    ]


def _of_the_guard(services: Services, root: Path) -> list[Finding]:
    """Lines of the guard in the hosts file of the machine that no lease is behind."""
    hosts = root / "etc/hosts"
    try:
        if b"# flowtui " not in hosts.read_bytes():
            return []
    except OSError:
        return []
    from flowtui.guard.checkup import left_behind

    found = left_behind(root, services.guard.client)
    return [Finding(Weight.DAMAGE, hosts, None, None, line.what, "") for line in found]


def _of_the_watcher(log: Path) -> list[Finding]:
    """The last complaint of the process that follows training runs, if it ever had one."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    complaints = [(n, line) for n, line in enumerate(lines, 1) if " watcher: " in line]
    if not complaints:
        return []
    number, line = complaints[-1]
    todo = "the runs go on; please report it, then remove the file"
    return [Finding(Weight.NOTE, log, number, None, line, todo)]


def _note(file: Path, what: str) -> Finding:
    return Finding(Weight.NOTE, file, None, None, what, "")
