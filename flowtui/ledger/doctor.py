"""What is wrong with a ledger: looked for in every line of every file, changing nothing.

`flowtui.ledger.repair` mends what can be mended without a person.
"""

from __future__ import annotations

import enum
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flowtui.core.codec import RecordError
from flowtui.core.errors import LedgerError, NewerLedgerError
from flowtui.core.kinds import KINDS, STATE, Kind
from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.disk import BESIDE
from flowtui.ledger.journal import NAME
from flowtui.ledger.lines import check_format, head_of, is_whole, parse_line, record_of
from flowtui.ledger.lock import no_writer
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.records import FILE_NAME, MIGRATED, format_of, plain_files, record_files
from flowtui.ledger.repair import SUFFIX
from flowtui.ledger.scan import RawLine, raw_lines, whole_pieces
from flowtui.ledger.staging import check_day
from flowtui.ledger.storage import LOCK_NAME
from flowtui.ledger.upgrade import OLD_FOLDER, read_old

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
    kind: str = ""
    """With `id`: the record that is meant."""
    id: str = ""
    field: str = ""
    """The field of it that is wrong."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """Where a document stands."""

    path: Path
    line: RawLine | None
    home: str
    document: Any


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
        self._stored: dict[tuple[str, str], list[_Stored]] = {}
        self._fresh: dict[tuple[str, str], tuple[RawLine, Any]] = {}
        """Documents in lines of the journal that are not folded."""

    def findings(self) -> Iterator[Finding]:
        """See `check`."""
        try:
            present = sorted(entry.name for entry in os.scandir(self._folder))
        except OSError as error:
            yield _damage(self._folder, f"cannot be read: {error.strerror}", "give yourself access")
            return
        for name in present:
            if name != NAME and not FILE_NAME.fullmatch(name):
                yield from self._other_file(self._folder / name)
        try:
            yield from self._files(NAME in present)
        except NewerLedgerError as error:
            yield _damage(self._folder, "was written by a newer flowtui", error.hint or "")
        except OSError as error:
            path = Path(error.filename or self._folder)
            yield _damage(path, f"cannot be read: {error.strerror}", "give yourself access")
        else:
            yield from self._records()
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
            yield _note(path, "was left by a write that did not end", f"remove it: {REPAIR}")
        elif path.name == OLD_FOLDER:
            what = "is the ledger as a former flowtui wrote it; all of it is in the present one too"
            yield _note(path, what, "delete it when you like")
        elif path.suffix == ".jsonl":
            yield _note(path, "is not a file of the ledger, and is not read", "move it elsewhere")

    def _files(self, has_journal: bool) -> Iterator[Finding]:
        files = record_files(self._folder) if has_journal else plain_files(self._folder)
        formats = {name: format_of(path)[0] for name, path in files.items()}
        if not has_journal and files and 2 not in formats.values():
            yield from self._old_files()
            return
        if has_journal:
            yield from self._journal(self._folder / NAME)
        elif files:
            yield _damage(self._folder / NAME, "is gone: what it held is lost", "look for a copy")
        for name, path in files.items():
            if formats[name] == 1:
                what = "was written by an older flowtui, and is not read"
                yield _damage(path, what, "move it elsewhere")
                continue
            if path.name.endswith(MIGRATED):
                todo = f"nothing: the next write gives it its name (or {REPAIR})"
                yield _note(path, "is to be renamed", todo)
            yield from self._record_file(name, path)

    def _old_files(self) -> Iterator[Finding]:
        """A ledger of format 1."""
        for path in plain_files(self._folder).values():
            for line in raw_lines(path):
                if not is_whole(line.raw):
                    yield _unsound(path, line)
        old = read_old(self._folder, self._migrations)
        for home, documents in old.homes.items():
            for (kind, id), document in documents.items():
                path = self._folder / f"{home}.jsonl"
                stored = _Stored(path, None, home, document)
                self._stored.setdefault((kind, id), []).append(stored)
        yield _note(
            self._folder,
            "was written by a former flowtui",
            "nothing: the next command that writes brings it up to date",
        )

    def _journal(self, path: Path) -> Iterator[Finding]:
        """Look at the journal; the documents in it that are not folded are remembered."""
        folded = last = 0
        for line in raw_lines(path):
            if not is_whole(line.raw):
                yield _unsound(path, line)
            for raw in whole_pieces(line.raw):
                value = parse_line(raw)
                if value is None:
                    yield _damage(path, "a line that is not a transaction", "write to us", line)
                    continue
                head = value[0]
                if "seq" not in head:
                    check_format(head, path)
                    folded = head.get("folded", 0)
                    continue
                if head["seq"] <= last:
                    what = f"transaction {head['seq']} stands after {last}, and is not read"
                    yield _damage(path, what, "was the file put together by hand?", line)
                    continue
                last = head["seq"]
                if last > folded:
                    self._fresh |= {(c[0], c[1]): (line, c[2]) for c in value[1:] if c[1]}
        for (kind, id), (line, document) in self._fresh.items():
            stored = _Stored(path, line, self._home(kind, document), document)
            self._stored[kind, id] = [] if document is None else [stored]

    def _record_file(self, name: str, path: Path) -> Iterator[Finding]:
        for line in raw_lines(path):
            if not is_whole(line.raw):
                yield _unsound(path, line, in_journal=False)
            for raw in whole_pieces(line.raw):
                record = record_of(raw)
                if record is None:
                    told = head_of(raw)
                    if told.get("ledger", name) != name:
                        what = f"says that it is {told['ledger']}.jsonl"
                        yield _damage(path, what, "give it its name back", line)
                    continue
                kind, id, document = record
                if id is not None and (kind, id) not in self._fresh:
                    value = _parsed(document)
                    places = self._stored.setdefault((kind, id), [])
                    places.append(_Stored(path, line, name, value))

    def _home(self, kind: str, document: Any) -> str:
        if kind in self._kinds and self._kinds[kind].dated and isinstance(document, dict):
            return str(document.get("day", ""))[:4]
        return STATE

    def _records(self) -> Iterator[Finding]:
        for (kind, id), places in self._stored.items():
            for stored in places[1:]:
                what = f"{kind} {id} stands in {places[0].path.name} too"
                todo = "delete it, and add it again"
                yield _damage(stored.path, what, todo, stored.line, kind, id)
            for stored in places[:1]:
                wrong = self._wrong_with(stored, kind, id)
                if wrong is not None:
                    what, field = wrong
                    todo = f"mend it: flowtui doctor --edit {id}"
                    yield _damage(stored.path, what, todo, stored.line, kind, id, field)

    def _wrong_with(self, stored: _Stored, kind: str, id: str) -> tuple[str, str] | None:
        """What is wrong with a record, and in which field of it."""
        document = stored.document
        if not isinstance(document, dict):
            return f"{kind} {id}: it is not a record", ""
        if kind not in self._kinds:
            return f"{kind} {id}: flowtui knows no such kind of record", ""
        if document.get("id") != id:
            return f"{kind} {id}: it calls itself {document.get('id')!r}", "id"
        try:
            document = self._migrations.upgrade(kind, document)
            if self._kinds[kind].dated:
                check_day(kind, document)
        except LedgerError as error:
            return error.message, "day"
        home = self._home(kind, document)
        if stored.home not in (home, ""):
            return f"{kind} {id}: it belongs in {home}.jsonl", "day"
        try:
            self._kinds[kind].decode(document)
        except RecordError as error:
            return error.message, error.field
        return None


def _parsed(document: Any) -> Any:
    return json.loads(document) if isinstance(document, bytes) else document


def _unsound(path: Path, line: RawLine, in_journal: bool = True) -> Finding:
    pieces = whole_pieces(line.raw)
    if pieces and line.ended:
        return _damage(path, "a damaged end of line; nothing is lost", f"mend it: {REPAIR}", line)
    if pieces:
        what = "the last line has no proper end; nothing is lost"
        return _note(path, what, "nothing: the next write mends it", line)
    size = len(line.raw)
    if not line.ended and in_journal:
        what = f"an unfinished last line of {size} bytes, from a write that was interrupted"
        return _note(path, what, "nothing: the next write cuts it off", line)
    what = f"a damaged line of {size} bytes; what it recorded is lost, the rest is read"
    return _damage(path, what, f"set it aside: {REPAIR}", line)


def _damage(
    path: Path,
    what: str,
    todo: str,
    line: RawLine | None = None,
    kind: str = "",
    id: str = "",
    field: str = "",
) -> Finding:
    number, byte = (line.number, line.start) if line is not None else (None, None)
    return Finding(Weight.DAMAGE, path, number, byte, what, todo, kind, id, field)


def _note(path: Path, what: str, todo: str, line: RawLine | None = None) -> Finding:
    number, byte = (line.number, line.start) if line is not None else (None, None)
    return Finding(Weight.NOTE, path, number, byte, what, todo)
