"""What the files of a ledger add up to: files of records, read when asked for, and the journal.

Every document has a home, the file of records it will stand in: its year, or "state". Changes that
are not folded yet are kept by home, laid over the file when that is read, and made in memory too if
it is there already. `LOADED_YEARS` years stay in memory; "state" always does.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flowtui.core.kinds import STATE, Kind
from flowtui.ledger.documents import Document, Documents, day_of
from flowtui.ledger.lines import Insert, Transaction
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.records import Ids, Records, Tables, read_records, record_file, record_files
from flowtui.ledger.scan import Report

LOADED_YEARS = 3
NO_DOCUMENTS = Documents()
Changes = dict[tuple[str, str | None], Document | bytes | None]
"""By table and id; None stands for a deleted document. Without an id the table is meant."""


class Contents:
    """The documents of a ledger as of one transaction. What it gives out is not to be changed."""

    def __init__(
        self,
        folder: Path,
        kinds: Mapping[str, Kind],
        migrations: Migrations,
        catch_up: Callable[[int], bool],
    ) -> None:
        self.version = 0
        """Grows with every change seen, so that a cache knows when it is stale."""
        self.damage: dict[str, list[Report]] = {}
        """What was found damaged in files of records, by name."""
        self.is_writing = False
        """Whether the lock is held, so that lists of ids may be written."""
        self._folder = folder
        self.kinds = kinds
        self._dated = frozenset(kind.name for kind in kinds.values() if kind.dated)
        self._migrations = migrations
        self._catch_up = catch_up
        self.forget()

    def forget(self) -> None:
        """Be as before anything was read."""
        self.version += 1
        self.changes: dict[str, Changes] = {}
        """What is not folded, by home."""
        self._begun = self.version
        self._touched: dict[str, int] = {}
        """At which version each home was changed last."""
        self.is_old = False
        """Whether the files are of format 1, and all of them were read into `changes`."""
        self._where: dict[tuple[str, str], str | None] = {}
        self._loaded: OrderedDict[str, Tables] = OrderedDict()
        self._names: list[str] | None = None
        self._ids: dict[str, Ids] = {}
        self._next_ids: dict[str, int] = {}

    # Reading

    def names(self) -> list[str]:
        """The homes there are, sorted."""
        if self._names is None:
            files = {} if self.is_old else record_files(self._folder)
            self._names = sorted({*files, *self.changes})
        return self._names

    def homes(self, table: str) -> list[str]:
        """Where documents of a table may be: its years, ascending, or "state"."""
        if table not in self._dated:
            return [STATE]
        return [name for name in self.names() if name != STATE]

    def tables(self, name: str) -> Tables:
        """The tables of one home, read in if they are not."""
        loaded = self._loaded.get(name)
        if loaded is None:
            loaded = self._loaded[name] = self._read(name)
            years = [each for each in self._loaded if each != STATE]
            for other in years[:-LOADED_YEARS]:
                del self._loaded[other]
        self._loaded.move_to_end(name)
        return loaded

    def documents(self, name: str, table: str) -> Documents:
        """The documents of a table in one home."""
        return self.tables(name).get(table, NO_DOCUMENTS)

    def get(self, table: str, key: str) -> Document | None:
        """A document, or None."""
        home = self.locate(table, key)
        return None if home is None else self.documents(home, table).get(key)

    def json(self, table: str, key: str) -> str | None:
        """A document as JSON, or None."""
        home = self.locate(table, key)
        return None if home is None else self.documents(home, table).json(key).decode()

    def locate(self, table: str, key: str) -> str | None:
        """The home of a document: years in memory first, then newest first."""
        if table not in self._dated:
            return STATE if key in self.documents(STATE, table) else None
        if (table, key) in self._where:
            return self._where[table, key]
        for name, tables in self._loaded.items():
            if name != STATE and key in tables.get(table, NO_DOCUMENTS):
                return name
        for name in reversed(self.names()):
            if name == STATE or name in self._loaded or not self._may_hold(name, table, key):
                continue
            if key in self.documents(name, table):
                return name
        return STATE if STATE in self.names() and key in self.documents(STATE, table) else None

    def stamp(self, home: str) -> tuple[int, int]:
        """Equal as long as nothing of a home has changed."""
        return self._begun, self._touched.get(home, 0)

    def next_id(self, table: str) -> int:
        """One more than the greatest whole number among the keys of a table."""
        next_id = self._next_ids.get(table)
        if next_id is None:
            numbers = [int(key) for key in self.documents(STATE, table) if is_number(key)]
            next_id = self._next_ids[table] = max(numbers, default=0) + 1
        return next_id

    def home_of(self, table: str, document: Document | bytes) -> str:
        """The home that a document belongs in."""
        return day_of(document)[:4] or STATE if table in self._dated else STATE

    def reports(self) -> list[Report]:
        """What was found damaged in the files of records that were read."""
        return [report for reports in self.damage.values() for report in reports]

    def _read(self, name: str) -> Tables:
        if self.is_old:
            records = Records({}, 0, [])
        else:
            records = read_records(record_file(self._folder, name), self._migrations)
            if self._catch_up(records.seq):  # a fold came between the journal and this file
                return self.tables(name)
        self.damage[name] = records.damage
        for (table, key), document in self.changes.get(name, {}).items():
            _put(records.tables, table, key, document)
        return records.tables

    def _may_hold(self, name: str, table: str, key: str) -> bool:
        ids = self._ids.get(name)
        if ids is None:
            ids = self._ids[name] = Ids(record_file(self._folder, name))
        if self.is_writing and not ids.is_listed:
            ids.write(self._migrations)
        return ids.may_hold(table, key)

    # Changing

    def apply(self, value: Transaction) -> None:
        """Take over a transaction."""
        self.version += 1
        if isinstance(value, Insert):
            self._change(value.table, value.key, value.document, None)
            return
        for table, key, document, before in _changes(value):
            if key is None:
                self._change_table(table, document is not None)
            else:
                self._change(table, key, document, before)

    def _change(
        self, table: str, key: str, document: Document | bytes | None, before: Document | None
    ) -> None:
        home = None
        if document is not None:
            document = self._migrations.present(table, document)
            home = self.home_of(table, document)
            self.set(home, table, key, document)
        old = self._where.get((table, key))
        if old is None and before is not None:
            old = self.home_of(table, before)
            if old == STATE and table in self._dated:  # its day was unusable
                old = self.locate(table, key)
        if old is not None and old != home:
            self.set(old, table, key, None)
        if table in self._dated:
            self._where[table, key] = home

    def set(self, home: str, table: str, key: str, document: Document | bytes | None) -> None:
        """Note one document of a home; None for a deleted one."""
        if home not in self.changes:
            self._names = None
        self.changes.setdefault(home, {})[table, key] = document
        self._touched[home] = self.version
        if home in self._loaded:
            tables = self._loaded[home]
            _put(tables, table, key, document)
            if document is None and not tables.get(table):  # it counts from 1 again, as in TinyDB
                self._next_ids.pop(table, None)
        if document is not None and table in self._next_ids and is_number(key):
            self._next_ids[table] = max(self._next_ids[table], int(key) + 1)

    def _change_table(self, table: str, exists: bool) -> None:
        of_state = self.changes.setdefault(STATE, {})
        for place in [place for place in of_state if place[0] == table]:
            if not exists or place[1] is None:
                del of_state[place]
        of_state[table, None] = {} if exists else None
        self._next_ids.pop(table, None)
        if STATE in self._loaded:
            _put(self._loaded[STATE], table, None, of_state[table, None])

    def fill(self, home: str, table: str, key: str, document: Document) -> None:
        """Take over a document of a ledger of format 1, of which all are in memory."""
        self.is_old = True
        self.changes.setdefault(home, {})[table, key] = self._migrations.present(table, document)
        if table in self._dated:
            self._where[table, key] = home


def is_number(key: str) -> bool:
    """Whether a key is one that TinyDB counts with."""
    return key.isascii() and key.isdigit()


def _put(tables: Tables, table: str, key: str | None, document: Document | bytes | None) -> None:
    if key is None and document is None:
        tables.pop(table, None)
        return
    documents = tables.setdefault(table, Documents())
    if key is not None and document is None:
        documents.remove(key)
    elif key is not None and document is not None:
        documents.put(key, document)


def _changes(value: list[Any]) -> Iterator[tuple[str, str | None, Any, Any]]:
    for change in value[1:]:
        if len(change) == 4:
            yield change[0], change[1], change[2], change[3]
