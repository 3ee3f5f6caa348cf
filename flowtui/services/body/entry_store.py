"""Body records in the ledger: found by id or day, every change one transaction that undo names."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

from flowtui.core.body.entry import BY_HAND, Entry, Provenance
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.writer import Pen, whole
from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError
from flowtui.core.kinds import ENTRIES, KINDS, STATE
from flowtui.ledger.ledger import Ledger, Transaction
from flowtui.services.focus.block_store import LETTERS, Reader

YEAR = timedelta(days=366)
LATELY = timedelta(days=60)
"""How far back the eating window is looked for where nothing older can matter."""


BESIDE = timedelta(days=2)
"""A window lasts at most a day, so others two days away cannot share time with it."""


class EntryStore:
    """Reads and writes body records."""

    def __init__(self, ledger: Ledger, clock: Clock, rule: DayRule) -> None:
        self.ledger = ledger
        self.clock = clock
        self.rule = rule

    def today(self) -> date:
        """The logical day of now."""
        return self.rule.day_of(self.clock.now())

    def between(self, first: date, last: date, reader: Reader | None = None) -> list[Entry]:
        """Records filed under the days from `first` to `last`, in the order they were written."""
        records = (reader or self.ledger).find(ENTRIES, first, last)
        return sorted(
            map(KINDS[ENTRIES].decode, records), key=lambda e: (e.day, e.recorded_at, e.id)
        )

    def every(self) -> list[Entry]:
        """Every record of every year."""
        return self.between(date.min, date.max)

    def of_kind(
        self, kind: Kind, span: timedelta = LATELY, reader: Reader | None = None
    ) -> list[Entry]:
        """Records of one kind of the last `span`."""
        today = self.today()
        # a day ahead too: somebody who travelled west may have filed one there
        records = (reader or self.ledger).find(ENTRIES, today - span, today + timedelta(days=1))
        return [KINDS[ENTRIES].decode(r) for r in records if r["kind"] == kind.value]

    def by_id(self, text: str, reader: Reader | None = None) -> Entry:
        """The record whose id is `text`, or begins with it; `last` is the one written last.

        Raises FlowError if there is none, or several.
        """
        reader = reader or self.ledger
        record = reader.get(ENTRIES, text) if text else None
        if record is not None:
            entry: Entry = KINDS[ENTRIES].decode(record)
            return entry
        today = self.today()
        recent = self.between(today - YEAR, today + timedelta(days=1), reader)
        if text == "last" and recent:
            return max(recent, key=lambda e: (e.recorded_at, e.id))
        found = [e for e in recent if text and e.id.startswith(text)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(e.id for e in found[:5])
            raise FlowError(f"several entries begin with {text!r}: {ids}", "give more letters")
        raise FlowError(f"there is not an entry {text!r}", "see the ids: flowtui body")

    @contextmanager
    def change(self, label: str, background: bool = False) -> Iterator[EntryWriter]:
        """One transaction; nothing is written if the body raises."""
        with self.ledger.transaction(label, background=background) as transaction:
            yield EntryWriter(self, transaction)


class EntryWriter:
    """Body records inside one transaction."""

    def __init__(self, store: EntryStore, transaction: Transaction) -> None:
        self.store = store
        self.transaction = transaction
        self._given: set[str] = set()

    def new_id(self) -> str:
        """Six letters that no entry has yet."""
        while True:
            id = "".join(secrets.choice(LETTERS) for _ in range(6))
            if id not in self._given and self.transaction.get(ENTRIES, id) is None:
                self._given.add(id)
                return id

    def pen(self, at: datetime | None = None, source: Provenance = BY_HAND) -> Pen:
        """What writes as of `at` (default now); see `put` for what is noted as written when."""
        return Pen(whole(at or self.store.clock.now()), self.store.rule, self.new_id, source)

    def between(self, first: date, last: date) -> list[Entry]:
        """See `EntryStore.between`; with this transaction's own changes."""
        return self.store.between(first, last, self.transaction)

    def eating(self, span: timedelta = YEAR, around: date | None = None) -> list[Entry]:
        """Records of the eating window of the last `span`, and of the days next to `around`."""
        found = self.store.of_kind(Kind.EATING, span, self.transaction)
        if around is not None and around < self.store.today() - span:
            beside = self.between(around - BESIDE, around + BESIDE)
            found = [*(e for e in beside if e.kind is Kind.EATING), *found]
        return found

    def by_id(self, text: str) -> Entry:
        """See `EntryStore.by_id`."""
        return self.store.by_id(text, self.transaction)

    def put(self, entry: Entry, told_at: datetime | None = None) -> Entry:
        """File `entry`. `told_at`: it was said as of then, but is written down now."""
        if told_at is not None and entry.recorded_at == whole(told_at):
            now = whole(self.store.clock.now())
            over = now >= self.store.rule.bounds(entry.day).end
            entry = replace(entry, recorded_at=now, late=entry.late or over)
        self.transaction.put(ENTRIES, KINDS[ENTRIES].encode(entry))
        return entry

    def delete(self, entry: Entry) -> None:
        """Remove `entry`."""
        self.transaction.delete(ENTRIES, entry.id)

    def state(self, id: str) -> dict[str, object] | None:
        """A record without a date, such as what was declared."""
        return self.transaction.get(STATE, id)

    def set_state(self, record: dict[str, object]) -> None:
        """Replace a record without a date."""
        self.transaction.put(STATE, record)
