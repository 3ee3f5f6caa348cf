"""TinyDB's storage over a journal: what changed is written, not everything.

`TinyDB(path, storage=JournalStorage)` works with any table class; with
`flowtui.ledger.table.JournalTable` a change costs the same however many documents there are.
Documents in memory are never changed in place: a changed one is replaced.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from flowtui.core.clock import Clock
from flowtui.core.errors import LedgerError
from flowtui.ledger.disk import make_folder
from flowtui.ledger.draft import Draft
from flowtui.ledger.journal import Journal, Line, News
from flowtui.ledger.lazy import Document, Table
from flowtui.ledger.lines import Edit, change_text, line_of, single
from flowtui.ledger.lock import WriteLock
from flowtui.ledger.memory import Memory
from flowtui.ledger.migrate import Migrations, own_copy
from flowtui.ledger.report import Report
from flowtui.ledger.setaside import set_aside

Tables = dict[str, dict[str, Document]]
"""As TinyDB wants them."""


MOST_PART_BYTES = 64 * 1024


class JournalStorage(Storage):
    """The documents of one journal file, in memory and on disk.

    Constructing and reading it creates nothing. With `create_dirs` missing folders are made by the
    first write. `clock` dates the lines; without one they have no date. `lock` and `holds` are for
    the files of a ledger, which share one lock and are written through the ledger alone.
    """

    def __init__(
        self,
        path: str | Path,
        create_dirs: bool = False,
        *,
        clock: Clock | None = None,
        lock: WriteLock | None = None,
        holds: str | None = None,
        migrations: Migrations | None = None,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        self.lock = lock or WriteLock(self.path.with_name(self.path.name + ".lock"))
        self.journal = Journal(self.path, holds)
        self.memory = Memory(holds, migrations)
        self.compactable = True
        """False after a compaction that failed, so that not every write tries again."""
        self._holds = holds
        self._clock = clock
        self._create_dirs = create_dirs
        self._given: Tables | None = None
        self._has_parts = False
        self._draft: Draft | None = None
        self._drafted_by = 0
        self._threads = threading.RLock()

    def is_worth_compacting(self, keep: int, last_seq: int) -> bool:
        """Whether compaction would help: see `flowtui.ledger.compact` for the rule.

        `keep` is the number of transactions up to `last_seq` that it leaves as they are.
        """
        memory = self.memory
        floor = max(memory.document_count() + keep, memory.folded_at)
        return self.compactable and (
            memory.change_count > 2 * floor
            or memory.part_bytes > MOST_PART_BYTES
            or 0 < memory.crowded_seq <= last_seq - keep
        )

    # Reading

    def refresh(self) -> bool:
        """Read what was added since; True if anything changed. Raises LedgerError."""
        with self._threads:
            news = self.journal.poll()
            if news is News.SAME:
                return False
            before = self.memory.version
            if self._has_parts:  # the lines to come may stand before those parts
                self.journal.rewind()
            if news is News.REPLACED or self._has_parts:
                self.memory.forget()
                self._has_parts = False
            try:
                for batch in self.journal.read_new():
                    for line in batch:
                        self.memory.apply(line, self._holds)
            except BaseException:
                self.journal.close()  # half of it was taken over: read all of it next time
                raise
            return self.memory.version != before

    def view(self, table: str) -> Table:
        """The documents of a table by key, as last read. Not to be changed."""
        return self.memory.table(table)

    def documents(self, table: str) -> Mapping[str, Document]:
        """The documents of a table by key, as they are now or would be after the transaction."""
        if (draft := self._own_draft()) is not None:
            return draft.documents(table)
        self.refresh()
        return self.memory.table(table)

    @property
    def in_transaction(self) -> bool:
        """Whether changes are being collected."""
        return self._own_draft() is not None

    def table_names(self) -> list[str]:
        """The tables there are, as last read."""
        return list(self.memory.tables)

    def read(self) -> Tables | None:
        """Everything, as a copy that the caller may change and give to `write`."""
        with self._threads:
            tables: Mapping[str, Mapping[str, Document]]
            if (draft := self._own_draft()) is not None:
                tables = {name: draft.documents(name) for name in draft.names()}
            else:
                self.refresh()
                tables = self.memory.tables
            self._given = {name: dict(table.items()) for name, table in tables.items()}
            return own_copy(self._given) if self._given else None

    def reports(self) -> list[Report]:
        """What was cut off, set aside or found damaged in this file."""
        found = [*self.journal.events, *self.journal.damage]
        if self.journal.torn_bytes:
            place = (self.path, self.journal.line_count + 1, self.journal.offset)
            what = "an unfinished last line; the next write cuts it off"
            found.append(Report(*place, self.journal.torn_bytes, what, lost=False))
        return found

    def close(self) -> None:
        """Let go of the file. What was written is on disk already."""
        with self._threads:
            self.journal.close()

    # Writing

    def transaction(self, label: str = "") -> AbstractContextManager[Draft]:
        """Collect changes to tables and write them as one line when the block ends well.

        Inside another transaction of the same storage it is part of that one. Raises LedgerError
        and leaves the file as it was if it cannot be written.
        """
        draft = self._own_draft()
        return self._transaction(label) if draft is None else nullcontext(draft)

    @contextmanager
    def _transaction(self, label: str) -> Iterator[Draft]:
        with self._threads:
            if self._create_dirs and not self.journal.exists:
                make_folder(self.path.parent)
            with self.lock:
                self.catch_up()
                self._refuse_foreign()
                self._draft = draft = Draft(self.memory.tables, self.memory.next_id)
                self._drafted_by = threading.get_ident()
                try:
                    yield draft
                    if edits := draft.edits():
                        self.commit(head_of(self.journal.seq + 1, self._clock, label), edits)
                finally:
                    self._draft = None

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Write how `data` differs from what `read` gave; an empty `data` drops everything.

        A document that another process added meanwhile stays. Raises LedgerError if another
        process took the key of a document that is new in `data`.
        """
        wanted: Tables = {
            name: {str(key): dict(document) for key, document in table.items()}
            for name, table in data.items()
        }
        with self._threads, self.transaction() as draft:
            base: Mapping[str, Mapping[str, Document]] = self.memory.tables
            if self._given is not None and wanted:
                base = self._given
            try:
                draft.become(wanted, base)
            except KeyError as error:
                raise LedgerError(
                    f"{self.path}: document {error.args[0]} was added by another process "
                    "meanwhile; nothing was written",
                    "read again and do it again; JournalTable does that by itself",
                ) from error
        self._given = own_copy(wanted)

    def catch_up(self) -> None:
        """Under the lock: read on, after a crash of another writer only once it is on disk."""
        self.refresh()
        if self.lock.abandoned and self.journal.exists:
            self.journal.sync()

    def commit(self, head: dict[str, Any], changes: list[Edit], durable: bool = True) -> None:
        """Under the lock and caught up: write one line, then make it so in memory.

        `head["seq"]` must be greater than that of any line before. Raises LedgerError; the file
        and the memory are then as they were.
        """
        self.lock.verify()
        if self.journal.damage:
            set_aside(self.journal, self._clock)
            self.journal.close()
        if self.journal.exists and not self.journal.is_open:
            self.refresh()
        texts = [change_text(*change) for change in changes]
        raw = line_of(head, texts)
        try:
            line = self.journal.append(raw, head["seq"], durable=durable)
            value = single(raw[:-1]) or _parsed(head, changes)
            self.memory.apply(line._replace(value=value), self._holds)
        except BaseException:
            self.journal.close()  # on disk or not, the next read will tell
            raise

    def apply_part(self, value: list[Any], home: str) -> None:
        """Make it so in memory alone: a line of the file `home` with changes for this one.

        It must be newer than all that stands in this file.
        """
        self.memory.apply(Line(0, 0, value), home)
        self._has_parts = True

    def _own_draft(self) -> Draft | None:
        """The changes that this thread is collecting."""
        return self._draft if self._drafted_by == threading.get_ident() else None

    def _refuse_foreign(self) -> None:
        if self._holds is None and self.journal.owner is not None:
            raise LedgerError(
                f"{self.path} is part of a ledger; nothing was written",
                "read it as you like, but change it through flowtui",
            )


def _parsed(head: dict[str, Any], edits: list[Edit]) -> list[Any]:
    """A line as it would be read; documents for other files are left out, however many."""
    own = [[e.table, e.key, json.loads(e.document)] for e in edits if e.target is None]
    return [head, *own, *([e.table, e.key, None, e.target] for e in edits if e.target is not None)]


def head_of(seq: int, clock: Clock | None, label: str) -> dict[str, Any]:
    """The head of a transaction's line: number, instant (UTC, whole seconds), label."""
    head: dict[str, Any] = {"seq": seq}
    if clock is not None:
        head["at"] = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**head, "label": label} if label else head
