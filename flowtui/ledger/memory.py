"""What the lines of one journal file add up to: its tables, as of the last line that was read."""

from __future__ import annotations

from typing import Any, NamedTuple

from flowtui.ledger.draft import is_number
from flowtui.ledger.journal import Line
from flowtui.ledger.lazy import Document, Table
from flowtui.ledger.lines import Single
from flowtui.ledger.migrate import Migrations

NO_TABLE = Table()
CROWD = 100


class Part(NamedTuple):
    """A line that holds changes for another file than the one it stands in."""

    seq: int
    start: int
    length: int


class Memory:
    """The tables of the file called `name` (None outside a ledger)."""

    def __init__(self, name: str | None, migrations: Migrations | None) -> None:
        self.version = 0
        """Grows with every change seen, so that a cache knows when it is stale."""
        self._name = name
        self._migrations = migrations
        self.forget()

    def forget(self) -> None:
        """Be empty, as before the first line."""
        self.version += 1
        self.tables: dict[str, Table] = {}
        self.seq = 0
        """The number of the last transaction that was applied."""
        self.parts: dict[str, list[Part]] = {}
        """For other files: where their changes stand in this one."""
        self.part_bytes = 0
        self.change_count = 0
        """Changes in the file; against the number of documents it tells how much is history."""
        self.folded_at = 0
        """`change_count` right after the last compaction."""
        self.crowded_seq = 0
        """The last transaction with more than `CROWD` documents, as an import is one."""
        self._next_ids: dict[str, int] = {}

    def table(self, name: str) -> Table:
        """One table; an empty one if there is none of that name."""
        return self.tables.get(name, NO_TABLE)

    def document_count(self) -> int:
        """Documents in all tables."""
        return sum(map(len, self.tables.values()))

    def next_id(self, name: str) -> int:
        """One more than the greatest whole number among the keys of a table."""
        known = self._next_ids.get(name)
        if known is None:
            known = max((int(key) for key in self.table(name) if is_number(key)), default=0) + 1
            self._next_ids[name] = known
        return known

    def apply(self, line: Line, home: str | None) -> None:
        """Take over the changes of `line`, which stands in the file called `home`."""
        value = line.value
        if isinstance(value, Single):
            seq, kept = value.seq, value.kept
        else:
            seq, kept = value[0]["seq"], "kept" in value[0]
        if seq <= self.seq and not kept:
            return
        if isinstance(value, Single):
            self._change(value.table, value.key, value.document)
            self.change_count += 1
        else:
            self._apply_parsed(line.start, line.length, value, home)
        self.seq = seq
        self.version += 1

    def _apply_parsed(self, start: int, length: int, value: list[Any], home: str | None) -> None:
        head, foreign = value[0], False
        for change in value[1:]:
            if (change[3] if len(change) > 3 else home) == self._name:
                self._change(change[0], change[1], change[2])
            else:
                foreign = True
        if foreign and home == self._name:
            for target in head.get("files", ()):
                self.parts.setdefault(target, []).append(Part(head["seq"], start, length))
            self.part_bytes += length
        self.change_count += len(value) - 1
        if len(value) > CROWD:
            self.crowded_seq = head["seq"]
        if "folded" in head:
            self.folded_at = head.get("changes", 0)

    def _change(self, name: str, key: str | None, document: Document | bytes | None) -> None:
        table = self.tables.get(name)
        if table is None:
            table = self.tables[name] = Table()
        if document is None:
            if key is None:
                del self.tables[name]
            else:
                table.remove(key)
            if key is None or not table:  # an emptied table counts from 1 again, as in TinyDB
                self._next_ids.pop(name, None)
        elif key is not None:
            if self._migrations is not None:
                document = self._migrations.present(name, document)
            table.put(key, document)
            if name in self._next_ids and is_number(key):
                self._next_ids[name] = max(self._next_ids[name], int(key) + 1)
