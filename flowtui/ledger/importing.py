"""Reading back what an export wrote, the JSON file or the TinyDB file, as one undoable command.

A record that is there already, the same, is left alone, so importing twice changes nothing. One
that differs is left alone too unless the caller says `replace`. The file is never held whole:
records are read out of it one at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

from flowtui.core.errors import LedgerError, NewerLedgerError
from flowtui.core.kinds import KINDS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.csv_table import TableReader, is_table
from flowtui.ledger.export import EXPORT_FORMAT
from flowtui.ledger.ledger import Document, Ledger
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.staging import Staging, same

_PROBLEMS_LISTED = 100
_CHUNK_CHARS = 1 << 18
_SPACE = " \t\r\n"
_OF_NUMBERS = "0123456789.eE+-"


@dataclass(slots=True)
class KindCounts:
    """What importing did, or would do, to one kind."""

    added: int = 0
    replaced: int = 0
    same: int = 0
    """There already, just so."""
    kept: int = 0
    """There already, different, and left as they are."""


@dataclass(slots=True)
class Imported:
    """What importing did, or would do."""

    kinds: dict[str, KindCounts] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """Records that were not taken, one sentence each; the first hundred."""
    problem_count: int = 0
    seq: int | None = None
    """The number of the transaction; None if nothing was written."""

    def refuse(self, sentence: str) -> None:
        """Count a record that was not taken."""
        self.problem_count += 1
        if len(self.problems) < _PROBLEMS_LISTED:
            self.problems.append(sentence)


Present = Mapping[str, Any] | None
Merge = Callable[[str, dict[str, Any], Mapping[str, Any]], dict[str, Any]]
"""Given kind, record, and the one that is there: the two in one, or the record itself."""
Admit = Callable[[str, dict[str, Any], Present, datetime | None], dict[str, Any] | None]
"""Given kind, record, the record that it would replace, and when the file was written: the record
as it is to be taken, or None to pass it over. Raises LedgerError to leave it out and name it."""


def import_file(
    ledger: Ledger,
    path: Path,
    *,
    dry_run: bool = False,
    replace: bool = False,
    admit: Admit | None = None,
    merge: Merge | None = None,
    source: Source | None = None,
) -> Imported:
    """Add the records of an export to the ledger; with `dry_run` only count.

    It is one command: one undo takes all of it back. `source` reads the records, by default what
    reads `path`: the JSON and TinyDB files, and the table. `admit` is asked before a record is
    written, `merge` what becomes of one that is there already.
    Raises LedgerError, with nothing changed, if the file is not an export of flowtui, and
    NewerLedgerError if a newer flowtui wrote it.
    """
    result = Imported()
    opened: AbstractContextManager[Staging]
    opened = ledger.trial() if dry_run else ledger.transaction(f"import {path.name}")
    migrations = ledger.storage.migrations
    reader = source or reader_of(path)
    with opened as staging:
        for place, (kind, document) in enumerate(reader.documents(), 1):
            try:
                _take(ledger, migrations, kind, document, replace, result, admit, merge, reader)
            except NewerLedgerError:
                raise
            except LedgerError as error:
                result.refuse(f"record {place}: {error.message}")
        reader.check()
    result.seq = staging.seq
    return result


def _take(
    ledger: Ledger,
    migrations: Migrations,
    kind: str,
    document: Any,
    replace: bool,
    result: Imported,
    admit: Admit | None,
    merge: Merge | None,
    reader: Source,
) -> None:
    if isinstance(document, LedgerError):
        raise document
    if kind not in KINDS:
        raise LedgerError(f"the ledger keeps no {kind!r}")
    if not isinstance(document, dict):
        raise LedgerError(f"{kind} holds something that is not a record")
    table = ledger.table(kind)
    record = migrations.upgrade(kind, dict(document))
    id: Any = record.get("id")
    if not _is_name(id):
        raise LedgerError(f"a record of {kind} has no text in 'id': {id!r}")
    present = table.get(doc_id=id)
    if merge is not None and present is not None:
        joined = merge(kind, record, present)
        replace = replace or joined is not record
        record = joined
    differs = None if present is None else not same(present, migrations.stamp(kind, record))
    if differs is None or (differs and replace):
        admitted = record if admit is None else admit(kind, record, present, reader.exported_at)
        if admitted is None:
            return
        table.replace(Document(admitted, doc_id=id))
    counts = result.kinds.setdefault(kind, KindCounts())
    counts.added += differs is None
    counts.replaced += differs is True and replace
    counts.kept += differs is True and not replace
    counts.same += differs is False


def _is_name(id: Any) -> bool:
    return isinstance(id, str) and bool(id)


class Source(Protocol):
    """Where the records come from."""

    exported_at: datetime | None

    def documents(self) -> Iterator[tuple[str, Any]]:
        """Kind and record, or the LedgerError that says why it cannot be read."""

    def check(self) -> None:
        """After the last one: raises LedgerError if nothing was of flowtui."""


def reader_of(path: Path) -> Source:
    """What reads the file at `path`."""
    return TableReader(path) if is_table(path) else _Reader(path)


class _Reader:
    """The records of a file, and when it was written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.exported_at: datetime | None = None
        self._names: dict[str, None] = {}

    def documents(self) -> Iterator[tuple[str, Any]]:
        """Kind and record, one after the other."""
        for key, value, is_record in items(self._path):
            self._names[key] = None
            if is_record:
                yield key, value
            elif key == "format" and isinstance(value, int) and value > EXPORT_FORMAT:
                raise NewerLedgerError(
                    f"{self._path} was written by a newer flowtui; nothing was changed",
                    "update flowtui: pip install -U flowtui",
                )
            elif key == "exported_at" and isinstance(value, str):
                with suppress(ValueError):
                    self.exported_at = aware(datetime.fromisoformat(value))

    def check(self) -> None:
        """Raises LedgerError if nothing in the file was of flowtui."""
        if self._names and not {"flowtui", *KINDS} & set(self._names):
            names = ", ".join(repr(name[:30]) for name in list(self._names)[:4])
            raise LedgerError(
                f"{self._path} is not an export of flowtui: it has {names}",
                "name its format: flowtui import FORMAT FILE; see: flowtui import --help",
            )


def aware(instant: datetime) -> datetime | None:
    """`instant` in UTC; None for one without an offset."""
    return None if instant.tzinfo is None else instant.astimezone(UTC)


def items(path: Path) -> Iterator[tuple[str, Any, bool]]:
    """Walk an object of lists, of objects and of plain values: key, value, is it one of many.

    For a list each of its items is told with the key, for an object each of its values; one without
    any, and any other value, is told once, with False. Raises LedgerError if the file is not such
    an object.
    """
    try:
        with path.open(encoding="utf-8") as file:
            yield from _Walker(file, path).walk()
    except OSError as error:
        raise LedgerError(f"could not read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise LedgerError(f"{path} is not UTF-8 text: {error.reason}") from error


class _Walker:
    """A place in a JSON text of which only a window is in memory."""

    def __init__(self, file: TextIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._text = ""
        self._at = 0
        self._passed = 0
        self._decode = json.JSONDecoder().raw_decode

    def walk(self) -> Iterator[tuple[str, Any, bool]]:
        """See `items`."""
        for key in self._keys():
            first = self._peek()
            if first in ("[", "{"):
                empty = True
                for value in self._listed() if first == "[" else self._held():
                    empty = False
                    yield key, value, True
                if empty:
                    yield key, None, False  # its name tells whose file it is
            else:
                yield key, self._value(), False
        if self._peek():
            raise self._wrong("something follows its end")

    def _held(self) -> Iterator[Any]:
        """The values of the object here."""
        for _ in self._keys():
            yield self._value()

    def _keys(self) -> Iterator[str]:
        """The keys of the object here; the caller steps over the value of each."""
        self._step("{")
        more = self._peek() != "}"
        while more:
            key = self._value()
            if not isinstance(key, str):
                raise self._wrong("a name should stand here")
            self._step(":")
            yield key
            more = self._peek() == ","
            if more:
                self._step(",")
        self._step("}")

    def _listed(self) -> Iterator[Any]:
        self._step("[")
        more = self._peek() != "]"
        while more:
            yield self._value()
            more = self._peek() == ","
            if more:
                self._step(",")
        self._step("]")

    def _peek(self) -> str:
        """The next character that is not space; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on():
                return ""

    def _step(self, wanted: str) -> None:
        if self._peek() != wanted:
            raise self._wrong(f"a {wanted!r} should stand here")
        self._at += 1

    def _value(self) -> Any:
        """Decode one value; a number has ended only where something else is seen to follow."""
        self._peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except ValueError as error:
                if not self._read_on():
                    raise self._wrong(str(error)) from error
                continue
            if self._text[end : end + 1] not in _OF_NUMBERS or not self._read_on():
                break
        self._at = end
        return value

    def _read_on(self) -> bool:
        more = self._file.read(_CHUNK_CHARS)
        self._passed += self._at
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more)

    def _wrong(self, what: str) -> LedgerError:
        place = self._passed + self._at
        return LedgerError(
            f"{self._path} is not an export of flowtui: at character {place}: {what}",
            "import wants a file that `flowtui export` wrote",
        )
