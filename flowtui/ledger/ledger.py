"""The ledger: a TinyDB in which every command is one transaction that can be undone.

    with ledger.transaction("start block"):
        ledger.table("blocks").replace(Document(record, doc_id=record["id"]))
        ledger.table("state").upsert(Document({"block": ...}, doc_id="running"))
    ledger.table("blocks").search(where("day") == "2026-11-23")

Reads show one instant of the whole folder, the one of the last `refresh` or transaction (a year
that is read for the first time may move it on); inside a transaction they show its own changes too.
Any number of processes and threads may use the same folder at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinydb.table import Document as Document

from flowtui.core.clock import Clock
from flowtui.core.errors import LedgerError
from flowtui.core.kinds import KINDS, STATE, Kind
from flowtui.ledger.lock import no_writer
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.records import record_file
from flowtui.ledger.scan import Report
from flowtui.ledger.staging import ALWAYS, Staging, same
from flowtui.ledger.storage import FOLD_BYTES, KEEP, JournalStorage
from flowtui.ledger.table import JournalDB, JournalTable

if TYPE_CHECKING:  # what undo and folding need is imported when they are asked for
    from flowtui.ledger.fold import Folded
    from flowtui.ledger.history import Change, Entry, Logged, Pairs

__all__ = ["Document", "Ledger", "Report"]


class Ledger(JournalDB):
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
        fold_bytes: int = FOLD_BYTES,
    ) -> None:
        super().__init__(
            folder,
            True,
            clock=clock,
            kinds=kinds,
            migrations=migrations,
            keep=keep,
            fold_bytes=fold_bytes,
            follows=False,
        )
        self.folder = folder
        self.clock = clock
        self._skipped: dict[tuple[str, str], Report] = {}

    @property
    def storage(self) -> JournalStorage:
        """The journal."""
        assert isinstance(self._storage, JournalStorage)
        return self._storage

    def table(self, name: str, **kwargs: Any) -> JournalTable:
        """The table of a kind. Raises LedgerError for a kind that the ledger does not keep."""
        if name not in self.storage.kinds:
            kinds = ", ".join(self.storage.kinds)
            raise LedgerError(f"the ledger keeps no {name!r}", f"it keeps: {kinds}")
        table: JournalTable = super().table(name, **kwargs)  # type: ignore[assignment]  # our class
        return table

    # Reading

    def kinds(self) -> list[Kind]:
        """What this ledger keeps."""
        return list(self.storage.kinds.values())

    def years(self) -> list[int]:
        """The years that it has records of, ascending."""
        storage = self.storage
        with storage.threads:
            storage.be_read()
            return [int(name) for name in storage.contents.names() if name != STATE]

    def year_stamp(self, year: int) -> object:
        """Equal to an earlier one as long as no record of `year` has changed."""
        storage = self.storage
        with storage.threads:
            storage.be_read()
            return storage.contents.stamp(str(year))

    @contextmanager
    def snapshot(self) -> Iterator[Callable[[str], Iterator[dict[str, Any]]]]:
        """For exports: gives `records(kind)`, all of one instant, one year in memory at a time.

        They carry their version, and are the ledger's own: do not change them. Writers wait.
        """
        with self.storage.threads, no_writer(self.storage.lock.path):
            self.storage.refresh()
            yield self._records

    def _records(self, kind: str) -> Iterator[dict[str, Any]]:
        view = self.storage.view(kind)
        if self.storage.kinds[kind].dated:
            yield from (document for _, document in view.between(*ALWAYS))
        else:
            yield from view.values()

    def refresh(self) -> bool:
        """Take over what others wrote; True if they changed anything since the last call."""
        with self.storage.threads:
            self.storage.refresh()
            news, self.storage.has_news = self.storage.has_news, False
            return news

    @property
    def version(self) -> int:
        """Another number whenever something changed, here or by others as far as taken over."""
        with self.storage.threads:
            return self.storage.contents.version

    def reports(self) -> list[Report]:
        """What was noticed so far: torn and damaged lines, and records that were skipped."""
        with self.storage.threads:
            return [*self.storage.reports(), *self._skipped.values()]

    def skip(self, kind: str, record: Mapping[str, Any], error: LedgerError) -> None:
        """Note a record that cannot be decoded, so that the person hears of it once."""
        day = str(record.get("day", ""))[:4]
        home = day if self.storage.kinds[kind].dated else STATE
        path = record_file(self.folder, home)
        path = path if path.exists() else self.storage.journal.path
        id = str(record.get("id"))
        report = Report(path, None, 0, 0, f"{error.message}; it is left out", lost=False)
        self._skipped.setdefault((kind, id), report)

    # Writing

    @contextmanager
    def transaction(
        self, label: str, *, background: bool = False, group: str | None = None
    ) -> Iterator[Staging]:
        """Changes that are written together when the block ends, or not at all if it raises.

        Holds the lock, so keep it short. `label` is what undo will call it. `background` is for
        what no command of a person caused: undo passes it over. Those of one `group` are taken back
        together, as one command.
        """
        extra = {"group": group} if group else {}
        with self.storage.transaction(label, background=background, **extra) as staging:
            yield staging

    @contextmanager
    def trial(self) -> Iterator[Staging]:
        """A transaction that is never written: for looking what one would do. Creates nothing."""
        self.storage.refresh()
        with self.storage.staged("trial") as staging:
            yield staging

    def fold(self) -> list[Folded]:
        """Write what the journal holds into the files of records.

        Nothing needs to call this: it is done when it is worth while.
        """
        from flowtui.ledger.fold import fold

        if not self._is_there():
            return []
        with self.storage.threads, self.storage.writing():
            return fold(self.storage)

    # History

    def history(self, limit: int) -> list[Entry]:
        """The newest transactions, at most `limit`, newest first."""
        from flowtui.ledger import history

        with self.storage.threads:
            self.storage.refresh()
            return history.entries(self.storage.journal.path, limit)

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
        from dataclasses import replace

        from flowtui.ledger import history

        storage, undoing = self.storage, verb == "undo"
        if not self._is_there():
            return []
        with storage.threads, storage.writing():
            find = history.to_undo if undoing else history.to_redo
            after = storage.journal.seq - storage.keep
            items = find(storage.journal.path, steps, after)
            if len(items) > 1:  # all of them or none: see first whether each can be done
                with storage.staged(verb) as trial:
                    for item in items:
                        self._swap(trial, item, undoing)
            changes: list[Change] = []
            groups: list[str | None] = []
            for item in items:
                change = item.change(storage.migrations)
                extra: dict[str, Any] = {"undoes" if undoing else "redoes": item.seq}
                extra |= {"group": item.group} if item.group else {}
                with storage.staged(f"{verb} {change.label}") as staging:
                    self._swap(staging, item, undoing)
                    storage.commit(staging, extra)
                if item.group and groups[-1:] == [item.group]:
                    changes[-1] = replace(changes[-1], touched=changes[-1].touched + change.touched)
                    continue
                changes.append(change)
                groups.append(item.group)
            return changes

    def _swap(self, staging: Staging, item: Logged, undoing: bool) -> None:
        pairs: Pairs = item.pairs(self.storage.migrations)
        for kind, id, before, after in pairs:
            old, new = (after, before) if undoing else (before, after)
            layer = staging.layer(kind, str)
            present = layer.get(id)
            if (present is None) != (old is None) or (present and old and not same(present, old)):
                label = item.head.get("label", "")
                raise LedgerError(
                    f"cannot {'undo' if undoing else 'redo'} {label!r}: {kind} {id} "
                    f"{self._changed_by(kind, id, item.seq)}; nothing was changed",
                    "change the record itself instead",
                )
            layer.layer.clear()
            if new is not None:
                layer[id] = new
            elif present is not None:
                del layer[id]
            staging.keep(layer)

    def _changed_by(self, kind: str, id: str, seq: int) -> str:
        from flowtui.ledger import history

        for entry in history.entries(self.storage.journal.path, self.storage.keep):
            if entry.seq > seq and (kind, id) in entry.records:
                return f"was changed since by {entry.label!r}"
        return "is no longer as that left it"

    def _is_there(self) -> bool:
        """Whether anything was ever written."""
        self.storage.refresh()
        return self.storage.journal.exists or bool(self.storage.contents.names())
