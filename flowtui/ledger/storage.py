"""TinyDB's storage over a journal: what changed is written, not everything.

`TinyDB(folder, storage=JournalStorage)` works with any table class; with
`flowtui.ledger.table.JournalTable` a change costs the same however many documents there are.
Documents in memory are never changed in place: a changed one is replaced.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from flowtui.core.clock import Clock
from flowtui.core.errors import LedgerError
from flowtui.core.kinds import KINDS, Kind
from flowtui.ledger.contents import Contents
from flowtui.ledger.disk import make_folder, sync_folder_of
from flowtui.ledger.documents import Document
from flowtui.ledger.journal import NAME, Journal
from flowtui.ledger.lines import News, insert_of, line_of, parse_line
from flowtui.ledger.lock import WriteLock
from flowtui.ledger.migrate import Migrations, own_copy
from flowtui.ledger.records import format_of, plain_files
from flowtui.ledger.scan import Report
from flowtui.ledger.staging import Staging, TableView, check_day, head_of

LOCK_NAME = ".lock"
KEEP = 1000
"""Transactions that stay undoable."""
FOLD_BYTES = 1 << 20
"""Bytes of the journal below which it is never folded."""
_LOOKS = 20

Tables = dict[str, dict[str, Document]]
"""As TinyDB wants them."""


class JournalStorage(Storage):
    """The documents in a folder, in memory and on disk.

    Constructing and reading it creates nothing; the first write makes the folder, with
    `create_dirs` those above it too. `clock` dates the lines; without one they have no date. With
    `follows` each read sees what other processes wrote; without, `refresh` and transactions do.
    """

    def __init__(
        self,
        path: str | Path,
        create_dirs: bool = False,
        *,
        clock: Clock | None = None,
        kinds: Mapping[str, Kind] = KINDS,
        migrations: Migrations | None = None,
        keep: int = KEEP,
        fold_bytes: int = FOLD_BYTES,
        follows: bool = True,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        self.keep = keep
        self.clock = clock
        self.kinds = kinds
        self.migrations = migrations or Migrations()
        self.lock = WriteLock(self.path / LOCK_NAME)
        self.journal = Journal(self.path / NAME)
        self.contents = Contents(self.path, kinds, self.migrations, self._catch_up)
        self.follows = follows
        self.threads = threading.RLock()
        self.notes: list[Report] = []
        """What was noticed besides damage, and is worth telling."""
        self.has_news = False
        """Whether others changed anything since this was last set to False."""
        self.fold_bytes = fold_bytes
        self._create_dirs = create_dirs
        self._given: Tables | None = None
        self._staging: Staging | None = None
        self._staged_by = 0
        self._is_fresh = False
        self._old: object = None
        self.can_fold = True
        """False after a fold that failed, so that not every write tries again."""
        self._is_complete = False

    # Reading

    def refresh(self) -> None:
        """Read what was added since. Raises LedgerError."""
        with self.threads:
            version = self.contents.version
            try:
                self._look()
            except BaseException:
                self.distrust()  # half of it was taken over: read all of it next time
                raise
            self.has_news |= self._is_fresh and self.contents.version != version
            self._is_fresh = True

    def _look(self) -> None:
        news = self.journal.poll()
        if news is News.SAME and not self.journal.exists:
            self._look_at_old()
            return
        if news is News.REPLACED:
            self.contents.forget()
            self._old = None
        if news is not News.SAME:
            for batch in self.journal.read_new():
                for value in batch:
                    self.contents.apply(value)

    def _look_at_old(self) -> None:
        """Without a journal: an empty folder, one of format 1, or one that lost its journal."""
        from flowtui.ledger import upgrade

        seen = upgrade.signature(self.path)
        if seen == self._old:
            self.journal.seq = self.journal.folded_without
            return
        self._old = seen
        self.contents.forget()
        files = plain_files(self.path)
        if files and all(format_of(path)[0] != 2 for path in files.values()):
            old = upgrade.read_old(self.path, self.migrations)
            old.fill(self.contents)
            self.journal.folded_without = self.journal.seq = old.seq
            self.contents.damage = {"": old.damage}
        else:
            newest = max((format_of(path)[1] for path in files.values()), default=0)
            self.journal.folded_without = self.journal.seq = newest

    def _catch_up(self, seq: int) -> bool:
        """A file of records is as of `seq`: read on if the journal was read before that."""
        for _ in range(_LOOKS):
            if seq <= self.journal.seq:
                return False
            before = self.journal.seq
            self._look()
            if self.journal.seq == before:
                return False  # the journal itself lost lines; the doctor tells of it
        return True

    def be_read(self) -> None:
        """Read everything the first time, and each time if the storage `follows`."""
        if self.follows or not self._is_fresh:
            self.refresh()

    def view(self, table: str, identify: Callable[[str], Any] = str) -> TableView:
        """A table as it is now, or would be after the transaction; not to be changed."""
        staging = self.own_staging()
        if staging is None:
            self.be_read()
        staged = staging.staged.get(table) if staging is not None else None
        return TableView(self.contents, table, identify, staged, read_only=True)

    def table_names(self) -> list[str]:
        """The tables there are, those that are empty included."""
        staging = self.own_staging()
        names: dict[str, None] = {}
        for home in self.contents.names():
            names |= dict.fromkeys(self.contents.tables(home))
        if staging is not None:
            names |= dict.fromkeys(staging.staged)
        return [name for name in names if staging is None or name not in staging.dropped]

    def read(self) -> Tables | None:
        """Everything, as a copy that the caller may change and give to `write`."""
        with self.threads:
            if self.own_staging() is None:
                self.be_read()
            self._given = {name: dict(self.view(name).items()) for name in self.table_names()}
            return own_copy(self._given) if self._given else None

    def reports(self) -> list[Report]:
        """What was cut off, set aside or found damaged."""
        reports = [*self.notes, *self.journal.events, *self.journal.damage]
        reports += self.contents.reports()
        if self.journal.torn_bytes:
            place = (self.journal.path, None, self.journal.offset, self.journal.torn_bytes)
            what = "an unfinished last line; the next write cuts it off"
            reports.append(Report(*place, what, lost=False))
        return reports

    def close(self) -> None:
        """Let go of the files. What was written is on disk already."""
        with self.threads:
            self.journal.close()
            self.lock.close()

    # Writing

    @contextmanager
    def transaction(
        self, label: str = "", *, background: bool = False, **extra: Any
    ) -> Iterator[Staging]:
        """Collect changes to tables and write them as one line when the block ends well.

        `label` is what undo calls it; undo passes over what is `background`. `extra` goes into the
        head of its line. Raises LedgerError, and leaves everything as it was, if it cannot be
        written.
        """
        with self.threads, self.writing(), self.staged(label) as staging:
            yield staging
            self.commit(staging, {"background": True, **extra} if background else extra)

    @contextmanager
    def staged(self, label: str) -> Iterator[Staging]:
        """Collect changes that nobody writes unless they are given to `commit`."""
        with self.threads:
            staging = self._staging = Staging(self.contents, label, self._checked)
            self._staged_by = threading.get_ident()
            try:
                yield staging
            finally:
                self._staging = None

    @contextmanager
    def joined(self) -> Iterator[Staging]:
        """The transaction of this thread, or one of its own for a single method of a table."""
        staging = self.own_staging()
        if staging is not None:
            yield staging
        else:
            with self.transaction() as own:
                yield own

    def own_staging(self) -> Staging | None:
        """The changes that this thread is collecting."""
        return self._staging if self._staged_by == threading.get_ident() else None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock, with everything read that others wrote."""
        if self._create_dirs or self.path.parent.is_dir():
            make_folder(self.path)
        if not self._is_fresh:
            self.refresh()  # before the lock is taken, so that it is held for less long
        with self.lock:
            if self.lock.abandoned or not self.lock.undisturbed:
                self.refresh()
            if self.lock.abandoned and self.journal.exists:
                self.journal.sync()
                sync_folder_of(self.journal.path)
            if not self._is_complete or not self.journal.exists:
                from flowtui.ledger import upgrade

                upgrade.complete(self)
                self._is_complete = True
            self.contents.is_writing = True
            try:
                yield
            finally:
                self.contents.is_writing = False

    def _checked(self, table: str, key: str, document: Document) -> Document:
        """A document as it is written: with its version, if its kind has one.

        Raises LedgerError, naming the field, if it has no usable "id" or "day".
        """
        kind = self.kinds.get(table)
        if kind is None:
            return document
        told = document.get("id")
        if told != key or not key:
            raise LedgerError(f"a record of {table} has no text in 'id' that names it: {told!r}")
        if kind.dated:
            check_day(table, document)
        return self.migrations.stamp(table, document)

    def commit(self, staging: Staging, extra: Mapping[str, Any]) -> int | None:
        """Under the lock: write a transaction; returns its number, None if it changed nothing.

        Unless it raises, all of it is on disk; if it raises, nothing is.
        """
        try:
            changes = staging.changes()
            texts = [change.text() for change in changes]
        except (TypeError, ValueError) as error:
            if self.kinds.keys() & staging.staged.keys():
                raise LedgerError(f"a record cannot be stored: {error}") from error
            raise
        if not changes and not extra.keys() & {"undoes", "redoes"}:
            return None
        seq = self.journal.seq + 1
        head = {**head_of(seq, self.clock, staging.label), **extra}
        line = line_of(head, texts)
        self.lock.verify()
        try:
            self._mend()
            self.journal.append(line)
            self.contents.apply(insert_of(line[:-1]) or parse_line(line[:-1]) or [head])
        except BaseException:  # an interruption may come when it is on disk and not in memory
            self.distrust()
            raise
        staging.seq = seq
        if self.journal.fresh_bytes >= self.fold_bytes and self.can_fold:
            from flowtui.ledger.fold import fold_if_worth_while

            fold_if_worth_while(self)
        return seq

    def _mend(self) -> None:
        """Before a line is added: damaged ones are set aside, and the journal is open."""
        if self.journal.damage:
            from flowtui.ledger.repair import set_aside

            self.journal.events += set_aside(self.journal.path, self.clock)
            self.distrust()
        if not self.journal.is_open and self.journal.exists:
            self.refresh()

    def distrust(self) -> None:
        """Read everything anew when it is next asked for."""
        self.has_news |= self._is_fresh
        self.journal.close()
        self._is_fresh = False
        self._old = None

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Write how `data` differs from what `read` gave; an empty `data` drops everything.

        A document that another process added meanwhile stays. Raises LedgerError if another
        process took the key of a document that is new in `data`.
        """
        wanted: Tables = {
            name: {str(key): dict(document) for key, document in table.items()}
            for name, table in data.items()
        }
        with self.threads, self.joined() as staging:
            base = self._given if self._given is not None and wanted else None
            for name in base if base is not None else self.table_names():
                if name not in wanted:
                    staging.drop(name)
            for name, table in wanted.items():
                staging.become(name, table, (base or {}).get(name, {}))
        self._given = own_copy(wanted)
