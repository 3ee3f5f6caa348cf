"""What is wrong with a ledger: looked for in every line of every file, changing nothing.

`flowtui.ledger.repair` mends what can be mended without a person.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flowtui.core.errors import LedgerError, NewerLedgerError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.disk import BESIDE
from flowtui.ledger.folder import LOCK_NAME
from flowtui.ledger.kinds import KINDS, STATE, Kind, file_for
from flowtui.ledger.lines import check_format, is_whole, parse_line, split_lines
from flowtui.ledger.lock import no_writer
from flowtui.ledger.look import FILE_NAME
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.scan import RawLine, raw_lines
from flowtui.ledger.setaside import SUFFIX

REPAIR = "flowtui doctor --repair"


class Weight(enum.Enum):
    """How much a finding matters."""

    DAMAGE = "damage"
    """Something is lost or wrong."""
    NOTE = "note"
    """Nothing is lost; it is good to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the doctor found."""

    weight: Weight
    file: Path
    line: int | None
    """Counted from 1; None where the whole file is meant."""
    byte: int | None
    """Where the line starts."""
    what: str
    todo: str
    """What a person should do."""


def check(
    folder: Path,
    kinds: Mapping[str, Kind] = KINDS,
    migrations: Migrations | None = None,
) -> list[Finding]:
    """Everything that is wrong in a ledger folder, or worth knowing; empty for a sound one.

    Waits a moment for a writer to finish. A folder that does not exist is sound.
    """
    if not folder.exists():
        return []
    with no_writer(folder / LOCK_NAME):
        return list(_Examination(folder, kinds, migrations or Migrations()).findings())


class _Examination:
    """One walk through the folder; remembers what can only be judged across files."""

    def __init__(self, folder: Path, kinds: Mapping[str, Kind], migrations: Migrations) -> None:
        self._folder = folder
        self._kinds = kinds
        self._migrations = migrations
        self._homes: dict[tuple[str, str], str] = {}
        self._numbers: dict[str, set[int]] = {}
        self._parts: dict[str, set[int]] = {}
        """By file: numbers of its lines that are parts of a transaction across files."""
        self._promised: dict[str, dict[int, tuple[RawLine, list[Any]]]] = {}
        """By file: the parts that state.jsonl holds for it, by number."""
        self._folded: dict[str, int] = {}

    def findings(self) -> Iterator[Finding]:
        """See `check`."""
        names = []
        try:
            present = sorted(entry.name for entry in os.scandir(self._folder))
        except OSError as error:
            yield _damage(self._folder, f"cannot be read: {error.strerror}", "give yourself access")
            return
        for name in present:
            if match := FILE_NAME.fullmatch(name):
                names.append(match[1])
            else:
                yield from self._other_file(self._folder / name)
        for name in sorted(names, key=lambda name: name != STATE):
            try:
                yield from self._file(name)
            except OSError as error:
                path = self._folder / f"{name}.jsonl"
                yield _damage(path, f"cannot be read: {error.strerror}", "give yourself access")
        yield from self._across()
        if not os.access(self._folder, os.W_OK):
            yield _note(self._folder, "cannot be written; reading works", "give yourself access")

    def _other_file(self, path: Path) -> Iterator[Finding]:
        if path.name.startswith("."):  # the lock, and lists of ids that count for nothing
            return
        if path.name.endswith(SUFFIX):
            count = sum(1 for _ in raw_lines(path))
            what = f"holds {count} damaged line{'s' * (count != 1)} that were set aside"
            yield _note(path, what, "see what they were, then delete the file")
        elif path.name.endswith(BESIDE):
            yield _note(path, "was left by a compaction that did not end", f"remove it: {REPAIR}")
        elif path.suffix == ".jsonl":
            yield _note(path, "is no file of the ledger, and is not read", "move it elsewhere")

    def _file(self, name: str) -> Iterator[Finding]:
        path = self._folder / f"{name}.jsonl"
        numbers = self._numbers.setdefault(name, set())
        latest: dict[tuple[str, str], tuple[RawLine, Any]] = {}
        last = 0
        for line in raw_lines(path):
            pieces = split_lines(line.raw)
            if not is_whole(line.raw):
                yield _unsound(path, line, pieces)
            for value in map(parse_line, pieces):
                if value is None:
                    yield _damage(path, "a line that is no transaction", "write to us", line)
                    continue
                head = value[0]
                if "seq" not in head:
                    try:
                        check_format(head, path)
                    except NewerLedgerError as error:
                        yield _damage(path, "was written by a newer flowtui", error.hint or "")
                        return
                    if head.get("ledger", name) != name:
                        what = f"says that it is {head['ledger']}.jsonl"
                        yield _damage(path, what, "give it its name back", line)
                    continue
                if head["seq"] < last or (head["seq"] == last and "kept" not in head):
                    what = f"transaction {head['seq']} stands after {last}, and is not read"
                    yield _damage(path, what, "was the file put together by hand?", line)
                    continue
                last = head["seq"]
                self._note_head(name, line, value, numbers)
                for change in value[1:]:
                    if change[1] is not None and (len(change) == 3 or change[3] == name):
                        latest[change[0], change[1]] = (line, change[2])
        for seq, (line, changes) in self._promised.get(name, {}).items():
            if seq > last:  # it is not in the file yet, and is read as if it were
                latest.update({(change[0], change[1]): (line, change[2]) for change in changes})
        yield from self._records(name, path, latest)

    def _note_head(self, name: str, line: RawLine, value: list[Any], numbers: set[int]) -> None:
        head = value[0]
        if "kept" in head:
            self._folded[name] = head["seq"]
            return
        numbers.add(head["seq"])
        if "part" in head:
            self._parts.setdefault(name, set()).add(head["seq"])
        for change in value[1:]:
            if len(change) > 3:
                of_target = self._promised.setdefault(change[3], {})
                of_target.setdefault(head["seq"], (line, []))[1].append(change)

    def _records(
        self, name: str, path: Path, latest: dict[tuple[str, str], tuple[RawLine, Any]]
    ) -> Iterator[Finding]:
        for (kind, id), (line, document) in latest.items():
            if document is None:
                continue
            wrong = self._wrong_with(name, kind, id, document)
            if wrong:
                yield _damage(path, f"{kind} {id}: {wrong}", "edit or delete that record", line)
            other = self._homes.setdefault((kind, id), name)
            if other != name:
                what = f"{kind} {id} stands in {other}.jsonl too"
                yield _damage(path, what, "delete it, and add it again", line)

    def _wrong_with(self, name: str, kind: str, id: str, document: Any) -> str | None:
        if not isinstance(document, dict):
            return "it is no record"
        if kind not in self._kinds:
            return "flowtui knows no such kind of record"
        try:
            document = self._migrations.upgrade(kind, document)
            home = file_for(self._kinds[kind], document)
        except LedgerError as error:
            return error.message
        if document["id"] != id:
            return f"it calls itself {document['id']!r}"
        return None if home == name else f"it belongs in {home}.jsonl"

    def _across(self) -> Iterator[Finding]:
        state = self._folder / f"{STATE}.jsonl"
        for name, promised in sorted(self._promised.items()):
            newest = max(self._numbers.get(name, {0}) | {self._folded.get(name, 0)}, default=0)
            for seq, (line, _) in promised.items():
                if seq > newest:
                    what = f"the part of transaction {seq} for {name}.jsonl is read from here"
                    todo = f"nothing: the next write to that year adds it (or {REPAIR})"
                    yield _note(state, what, todo, line)
        known = self._numbers.get(STATE, set())
        for name, parts in sorted(self._parts.items()):
            for seq in sorted(parts - known):
                if seq > self._folded.get(STATE, 0):
                    what = f"transaction {seq} is here in part; its line in {state.name} is lost"
                    path = self._folder / f"{name}.jsonl"
                    yield _damage(path, what, "look what it changed: flowtui log")
        yield from self._numbers_used_twice()

    def _numbers_used_twice(self) -> Iterator[Finding]:
        seen: dict[int, str] = {}
        for name, numbers in sorted(self._numbers.items()):
            for seq in sorted(numbers - self._parts.get(name, set())):
                other = seen.setdefault(seq, name)
                if other != name:
                    path = self._folder / f"{name}.jsonl"
                    what = f"transaction {seq} stands in {other}.jsonl too"
                    yield _damage(path, what, "were files of two ledgers put together?")


def _unsound(path: Path, line: RawLine, pieces: list[bytes]) -> Finding:
    if pieces and line.ended:
        return _damage(path, "a damaged end of line; nothing is lost", f"mend it: {REPAIR}", line)
    if pieces:
        what = "the last line has no proper end; nothing is lost"
        return _note(path, what, "nothing: the next write mends it", line)
    size = len(line.raw)
    if not line.ended:
        what = f"an unfinished last line of {size} bytes, from a write that was interrupted"
        return _note(path, what, "nothing: the next write cuts it off", line)
    what = f"a damaged line of {size} bytes; what it recorded is lost, the rest is read"
    return _damage(path, what, f"set it aside: {REPAIR}", line)


def _damage(path: Path, what: str, todo: str, line: RawLine | None = None) -> Finding:
    return _finding(Weight.DAMAGE, path, what, todo, line)


def _note(path: Path, what: str, todo: str, line: RawLine | None = None) -> Finding:
    return _finding(Weight.NOTE, path, what, todo, line)


def _finding(weight: Weight, path: Path, what: str, todo: str, line: RawLine | None) -> Finding:
    number, byte = (line.number, line.start) if line is not None else (None, None)
    return Finding(weight, path, number, byte, what, todo)
