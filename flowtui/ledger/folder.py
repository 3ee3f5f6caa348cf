"""The files of a ledger, `state.jsonl` and one for each year, seen as one whole.

Every transaction has a number that is greater than any other in the folder. One that touches a
single file is one line there. One that touches several is committed by one line in `state.jsonl`,
which names them in its head ("files") and holds all their changes; each of them then gets a line
with its own part and the same number. Those lines are not synced, since what they say is safe
already: a part whose number is greater than that of the last line in its file is missing there, is
read from `state.jsonl` meanwhile, and is added by whoever next writes to that file.

A year is read when it is first asked for. `LOADED_YEARS` stay in memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowtui.core.clock import Clock
from flowtui.core.errors import LedgerError
from flowtui.ledger.kinds import STATE, Kind
from flowtui.ledger.lazy import Document
from flowtui.ledger.lock import WriteLock
from flowtui.ledger.look import Signature, look, look_at
from flowtui.ledger.memory import Part
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.report import Report
from flowtui.ledger.scan import last_seq
from flowtui.ledger.storage import JournalStorage

if TYPE_CHECKING:
    from flowtui.ledger.closed import ClosedYears
    from flowtui.ledger.ids import Ids

KEEP = 1000
"""Transactions that compaction leaves as they are, so that they can be undone."""
LOADED_YEARS = 3
"""Beside them `state.jsonl` is always in memory."""
LOCK_NAME = ".lock"
_LOOKS = 20


class Folder:
    """The ledger's folder. Constructing and reading it creates nothing."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        kinds: Mapping[str, Kind],
        migrations: Migrations,
        keep: int = KEEP,
    ) -> None:
        self.path = path
        self.keep = keep
        self.clock = clock
        self.kinds = kinds
        self.migrations = migrations
        self.lock = WriteLock(path / LOCK_NAME)
        self.notes: list[Report] = []
        """What was noticed in files that are no longer in memory."""
        self._loaded: OrderedDict[str, JournalStorage] = OrderedDict()
        self._signatures: dict[str, Signature] | None = None
        self._unread: set[str] = set()
        self._changes_seen = 0
        self._changes_told = 0
        self._closed: ClosedYears | None = None
        """Years that are not in memory; None after anything changed."""
        self._ids: dict[Path, Ids | None] = {}
        self._tails: dict[str, tuple[Signature, int]] = {}
        self._last_seq: int | None = None

    # Reading

    def open(self, name: str) -> JournalStorage:
        """The file called `name` ("state", "2026"), read in if it is not."""
        storage = self._loaded.get(name)
        if storage is None:
            if name != STATE:
                self.open(STATE)
            storage = self._new_storage(name)
            self._loaded[name] = storage
            self._unread.add(name)
            self._closed = None
            self.look_again()
            self._let_go()
        self._loaded.move_to_end(name)
        return storage

    def names(self) -> list[str]:
        """The files there are, and years that so far stand in `state.jsonl` alone, sorted."""
        state = self.open(STATE)
        return sorted({*(self._signatures or ()), *state.memory.parts})

    def years(self) -> list[int]:
        """The years with a file, ascending."""
        return [int(name) for name in self.names() if name != STATE]

    def refresh(self) -> bool:
        """Read on in every file in memory; True if others changed the folder since last told."""
        self.look_again()
        changed = self._changes_seen != self._changes_told
        self._changes_told = self._changes_seen
        return changed

    def in_memory(self) -> list[JournalStorage]:
        """The files that are in memory."""
        return list(self._loaded.values())

    def document(self, name: str, kind: str, id: str) -> Document | None:
        """A record as it is kept in memory; not to be changed."""
        return self.open(name).view(kind).get(id)

    def between(self, kind: str, first: date, last: date) -> Iterator[Document]:
        """Records of a dated kind, by year; as they are kept in memory, not to be changed."""
        low, high = first.isoformat(), last.isoformat()
        for year in self.years():
            if first.year <= year <= last.year:
                yield from self.open(f"{year:04d}").view(kind).between(low, high)

    def locate(self, kind: Kind, id: str) -> str | None:
        """The name of the file that holds a record; years in memory first, then newest first."""
        if not kind.dated:
            return STATE if id in self.open(STATE).view(kind.name) else None
        self._open_this_year()
        for name in sorted(self._loaded, reverse=True):
            if name != STATE and id in self._loaded[name].view(kind.name):
                return name
        for name in self._closed_with(kind.name, id):
            if id in self.open(name).view(kind.name):
                return name
        return None

    def _open_this_year(self) -> None:
        this_year = f"{self.clock.now().year:04d}"
        if this_year not in self._loaded and this_year in self.names():
            self.open(this_year)

    def last_seq(self) -> int:
        """The number of the newest transaction in any file."""
        if self._last_seq is None:
            closed = [name for name in self._signatures or () if name not in self._loaded]
            tails = [self._tail(name) for name in closed]
            self._last_seq = max(
                [*tails, *(s.memory.seq for s in self._loaded.values())], default=0
            )
        return self._last_seq

    def file(self, name: str) -> Path:
        """Where the file called `name` is."""
        return self.path / f"{name}.jsonl"

    def reports(self) -> list[Report]:
        """What was cut off, set aside or found damaged, by this object."""
        return [*self.notes, *(r for s in self._loaded.values() for r in s.reports())]

    def missing_parts(self, name: str, seq: int) -> list[Part]:
        """The parts that `state.jsonl` has for a file whose last line has the number `seq`."""
        parts = self.open(STATE).memory.parts.get(name)
        if not parts or parts[-1].seq <= seq:
            return []
        return [part for part in parts if part.seq > seq]

    def read_part(self, part: Part) -> list[Any]:
        """The line of `state.jsonl` that a part stands in."""
        value = self._loaded[STATE].journal.read_line(part.start, part.length)
        if value is None:
            raise LedgerError(
                f"{self.file(STATE)} changed under the hand, at byte {part.start}",
                "look at it with: flowtui doctor",
            )
        return value

    def show_parts(self, name: str, storage: JournalStorage) -> None:
        """Read the parts that a file lacks into its memory, as if it had them."""
        state = self._loaded.get(STATE)
        for part in state.memory.parts.get(name, ()) if state is not None else ():
            if part.seq > storage.memory.seq:
                storage.apply_part(self.read_part(part), STATE)

    # For writers, who hold the lock

    def warm_up(self) -> None:
        """Before the lock is taken: read what will be needed, so that it is held for less long."""
        if not self._loaded:
            self.open(STATE)
            self._open_this_year()

    def be_current(self) -> None:
        """Read what others wrote, unless the lock says that nobody did."""
        self.open(STATE)
        if self._unread or not self.lock.undisturbed:
            self.look_again()

    @contextmanager
    def to_write(self, name: str) -> Iterator[JournalStorage]:
        """A file to add to. One that is not in memory is read for it, and let go of again."""
        storage = self._loaded.get(name)
        if storage is not None:
            yield storage
            return
        storage = self._new_storage(name)
        try:
            storage.refresh()
            yield storage
        finally:
            self.notes += storage.journal.events
            storage.close()

    def note_commit(self, names: Iterable[str], seq: int) -> None:
        """Remember that these files changed by the transaction `seq` and are as in memory."""
        self._note_own_change(names)
        self._last_seq = seq
        if not self._loaded.keys() >= set(names):
            self._closed = None

    def distrust(self, names: Iterable[str]) -> None:
        """Read these files anew: something may be on disk that is not in memory."""
        self._last_seq = None
        self._unread.update(self._loaded.keys() & set(names))
        with suppress(LedgerError):  # what cannot be read now stays to be read later
            self.look_again()

    def reload(self, name: str) -> None:
        """Forget what is in memory of a file that was rewritten."""
        storage = self._loaded.pop(name, None)
        if storage is not None:
            self.notes += storage.journal.events
            storage.close()
        self._note_own_change([name])

    def sync(self, name: str) -> None:
        """Make everything in a file last. Raises LedgerError."""
        storage = self._new_storage(name)
        storage.journal.poll()
        storage.journal.sync()
        storage.close()

    def close(self) -> None:
        """Let go of all files."""
        for storage in self._loaded.values():
            storage.close()
        self._loaded.clear()
        self.lock.close()

    def _note_own_change(self, names: Iterable[str]) -> None:
        signatures = self._signatures if self._signatures is not None else {}
        for name in names:
            found = look_at(self.file(name))
            if found is not None:
                signatures[name] = found
                self._ids.pop(self.file(name), None)

    # Looking

    def look_again(self) -> None:
        """Read on until a look at the whole folder finds nothing new: that is one instant's view.

        Years are read before `state.jsonl`, so a part seen in a year is never without its commit.
        """
        for _ in range(_LOOKS):
            found, before = look(self.path), self._signatures
            if found == before and not self._unread:
                break
            if before is not None and found != before:
                self._changes_seen += 1
            self._closed = self._last_seq = None
            for name in sorted(self._loaded):
                if name in self._unread or found.get(name) != (before or {}).get(name):
                    self._refresh_one(name)
            for name in found.keys() | (before or {}).keys():
                if found.get(name) != (before or {}).get(name):
                    self._ids.pop(self.file(name), None)
            self._signatures = found
        for name, storage in self._loaded.items():
            if name != STATE:
                self.show_parts(name, storage)

    def _refresh_one(self, name: str) -> None:
        self._unread.discard(name)
        try:
            self._loaded[name].refresh()
        except BaseException:
            self._loaded.pop(name).close()  # the next that asks for it shall meet the same error
            raise

    def _closed_with(self, kind: str, id: str) -> list[str]:
        """The years not in memory that may hold a record, newest first."""
        if self._closed is None:
            from flowtui.ledger.closed import ClosedYears

            signatures = self._signatures or {}
            sizes = {
                self.file(name): None if self._lacks_parts(name) else signatures[name][0]
                for name in reversed(self.names())
                if name not in self._loaded
            }
            self._closed = ClosedYears(sizes, self._ids)
        read_keys = self._keys_in if self.lock.held else None
        return [path.stem for path in self._closed.may_hold(kind, id, read_keys)]

    def _lacks_parts(self, name: str) -> bool:
        return bool(self.missing_parts(name, self._tail(name)))

    def _tail(self, name: str) -> int:
        """The number of the last transaction in a file that is not in memory."""
        signature = (self._signatures or {}).get(name)
        if signature is None:
            return 0
        known = self._tails.get(name)
        if known is None or known[0] != signature:
            known = self._tails[name] = (signature, last_seq(self.file(name)))
        return known[1]

    def _keys_in(self, path: Path) -> list[tuple[str, str]]:
        storage = self._new_storage(path.stem)
        storage.refresh()
        storage.close()
        return [(table, key) for table in storage.table_names() for key in storage.view(table)]

    def _let_go(self) -> None:
        years = [name for name in self._loaded if name != STATE]
        for name in years[:-LOADED_YEARS]:
            storage = self._loaded.pop(name)
            self._closed = None
            self.notes += storage.reports()
            storage.close()

    def _new_storage(self, name: str) -> JournalStorage:
        return JournalStorage(
            self.file(name),
            clock=self.clock,
            lock=self.lock,
            holds=name,
            migrations=self.migrations,
        )
