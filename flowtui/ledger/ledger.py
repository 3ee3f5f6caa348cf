"""The ledger: every record by id and day, every command undoable, nothing lost.

Reads show one instant of the whole folder, the one of the last `refresh` or transaction (a year
that is read for the first time moves it on). Any number of processes and threads may use the same
folder at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowtui.core.clock import Clock
from flowtui.core.errors import LedgerError
from flowtui.ledger.commit import commit, writing
from flowtui.ledger.folder import KEEP, Folder
from flowtui.ledger.kinds import KINDS, STATE, Kind
from flowtui.ledger.lock import no_writer
from flowtui.ledger.migrate import Migrations, without_version
from flowtui.ledger.reader import Reader, Record, documents
from flowtui.ledger.report import Report
from flowtui.ledger.storage import JournalStorage, head_of
from flowtui.ledger.transaction import Transaction

if TYPE_CHECKING:  # what undo and compaction need is imported when they are asked for
    from flowtui.ledger.compact import Compacted
    from flowtui.ledger.history import Change, Entry, Logged, Pairs

__all__ = ["Ledger", "Report", "Transaction"]


class Ledger:
    """The ledger in `folder`. Constructing and reading it creates nothing.

    `clock` dates the transactions. `kinds` and `migrations` say what it keeps and in which version,
    `keep` how many transactions stay undoable; only tests give them. Every method raises
    LedgerError if the folder cannot be read or written, NewerLedgerError if a later flowtui wrote.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        kinds: Mapping[str, Kind] = KINDS,
        migrations: Migrations | None = None,
        keep: int = KEEP,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self._files = Folder(folder, clock, kinds, migrations or Migrations(), keep)
        self._reader = Reader(self._files)
        self._threads = threading.RLock()

    # Reading

    def get(self, kind: str, id: str) -> Record | None:
        """The record with this id, as a copy of its own; None if there is none."""
        with self._threads:
            return self._reader.get(kind, id)

    def find(self, kind: str, first: date, last: date) -> list[Record]:
        """Records of a dated kind from day `first` to day `last`, both included, by day and id."""
        with self._threads:
            return self._reader.find(kind, first, last)

    def all(self, kind: str) -> list[Record]:
        """Every record of a kind without a date, by id."""
        with self._threads:
            return self._reader.all(kind)

    def years(self) -> list[int]:
        """The years that have a file, ascending."""
        with self._threads:
            return self._files.years()

    def kinds(self) -> list[Kind]:
        """What this ledger keeps."""
        return list(self._files.kinds.values())

    def stored(self, kind: str) -> Iterator[Record]:
        """Every record of a kind, dated or not, with one year in memory at a time."""
        with self.snapshot() as records:
            for document in records(kind):
                yield without_version(document)

    @contextmanager
    def snapshot(self) -> Iterator[Callable[[str], Iterator[Record]]]:
        """For exports: gives `records(kind)`, all of one instant, one year in memory at a time.

        They carry their version, and are the ledger's own: do not change them. Writers wait.
        """
        with self._threads, no_writer(self._files.lock.path):
            self._files.look_again()
            yield lambda kind: documents(self._files, self._files.kinds[kind])

    def refresh(self) -> bool:
        """Take over what others wrote; True if they changed anything since the last call."""
        with self._threads:
            return self._files.refresh()

    def reports(self) -> list[Report]:
        """Torn and damaged lines that were noticed so far, and what was done about them."""
        with self._threads:
            return self._files.reports()

    # Writing

    @contextmanager
    def transaction(self, label: str, *, background: bool = False) -> Iterator[Transaction]:
        """Changes that are written together when the block ends, or not at all if it raises.

        Holds the lock, so keep it short. `label` is what undo will call it. `background` is for
        what no command of a person caused: undo passes it over.
        """
        with self._threads, writing(self._files):
            transaction = Transaction(self._files, label)
            try:
                yield transaction
                self._commit(transaction, {"background": True} if background else {})
            finally:
                transaction.end()

    @contextmanager
    def trial(self) -> Iterator[Transaction]:
        """A transaction that is never written: for looking what one would do. Creates nothing."""
        with self._threads:
            self._files.look_again()
            transaction = Transaction(self._files, "trial")
            try:
                yield transaction
            finally:
                transaction.end()

    def compact(self) -> list[Compacted]:
        """Fold the history that can no longer be undone, in every file that has any.

        Nothing needs to call this: each file is also compacted when it is worth while.
        """
        with self._threads:
            if not self._files.names():
                return []
            from flowtui.ledger import compact

            with writing(self._files):
                done = [compact.compact(self._files, name) for name in self._files.names()]
            return [each for each in done if each is not None]

    def close(self) -> None:
        """Let go of the files. The ledger may be used again."""
        with self._threads:
            self._files.close()

    # History

    def history(self, limit: int) -> list[Entry]:
        """The newest transactions, at most `limit`, newest first."""
        from flowtui.ledger import history

        with self._threads:
            self._files.look_again()
            return history.entries(self._files, limit)

    def undo(self, steps: int = 1) -> list[Change]:
        """Take back the newest `steps` commands; returns them, newest first.

        Returns fewer, or none, where there are no more. Raises LedgerError and takes nothing back
        if a record was changed since by what undo passes over. Each step is a transaction: should
        the disk fail in between, those before it stand.
        """
        return self._turn(steps, "undo")

    def redo(self, steps: int = 1) -> list[Change]:
        """Do again what was taken back last, if no command was made since; see `undo`."""
        return self._turn(steps, "redo")

    def _turn(self, steps: int, verb: str) -> list[Change]:
        from flowtui.ledger import history

        undoing = verb == "undo"
        with self._threads:
            if not self._files.names():
                return []
            with writing(self._files):
                plan = (history.to_undo if undoing else history.to_redo)(self._files, steps)
                turns = [(item, *history.change_of(self._files, item)) for item in plan]
                if len(turns) > 1:  # all of them or none: see first whether each can be done
                    trial = Transaction(self._files, verb)
                    for item, _, pairs in turns:
                        self._swap(trial, item, pairs, undoing)
                for item, change, pairs in turns:
                    one = Transaction(self._files, f"{verb} {change.label}")
                    self._swap(one, item, pairs, undoing)
                    self._commit(one, {"undoes" if undoing else "redoes": item.seq})
                return [change for _, change, _ in turns]

    def _swap(self, transaction: Transaction, item: Logged, pairs: Pairs, undoing: bool) -> None:
        for kind, id, before, after in pairs:
            old, new = (after, before) if undoing else (before, after)
            if not transaction.swap(kind, id, old, new):
                label = item.head.get("label", "")
                raise LedgerError(
                    f"cannot {'undo' if undoing else 'redo'} {label!r}: {kind} {id} "
                    f"{self._changed_by(kind, id, item.seq)}; nothing was changed",
                    "change the record itself instead",
                )

    def _changed_by(self, kind: str, id: str, seq: int) -> str:
        from flowtui.ledger import history

        for entry in history.entries(self._files, self._files.keep):
            if entry.seq > seq and (kind, id) in entry.records:
                return f"was changed since by {entry.label!r}"
        return "is no longer as that left it"

    def _commit(self, transaction: Transaction, extra: dict[str, Any]) -> None:
        edits = transaction.edits()
        if not edits and not extra.keys() & {"undoes", "redoes"}:
            return
        seq = self._files.last_seq() + 1
        head = {**head_of(seq, self.clock, transaction.label), **extra}
        commit(self._files, head, edits or {STATE: []})
        transaction.seq = seq
        for storage in self._files.in_memory():
            if storage.is_worth_compacting(self._files.keep, seq):
                self._compact(storage)

    def _compact(self, storage: JournalStorage) -> None:
        from flowtui.ledger import compact

        try:
            compact.compact(self._files, storage.path.stem)
        except LedgerError as error:  # the transaction is on disk; compaction can wait
            storage.compactable = False
            note = Report(storage.path, None, 0, 0, error.message, lost=False)
            self._files.notes.append(note)
