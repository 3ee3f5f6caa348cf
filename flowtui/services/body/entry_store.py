"""Body records in the ledger: found by id or day, every change one transaction that undo names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tinydb import where

from flowtui.core.body.entry import BY_HAND, Entry, Provenance
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.writer import Pen, whole
from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.kinds import ENTRIES, STATE
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.staging import Staging
from flowtui.services.store import Store, days

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
        self.entries: Store[Entry] = Store(ledger, ENTRIES, "flowtui body")
        self.state: Store[Any] = Store(ledger, STATE)

    def today(self) -> date:
        """The logical day of now."""
        return self.rule.day_of(self.clock.now())

    def between(self, first: date, last: date) -> list[Entry]:
        """Records filed under the days from `first` to `last`, in the order they were written."""
        entries = self.entries.between(first, last)
        return sorted(entries, key=lambda e: (e.day, e.recorded_at, e.id))

    def of_kind_between(self, kind: Kind, first: date, last: date) -> list[Entry]:
        """Records of one kind filed under the days from `first` to `last`, as `between`."""
        entries = self.entries.search((where("kind") == kind.value) & days(first, last))
        return sorted(entries, key=lambda e: (e.day, e.recorded_at, e.id))

    def every(self) -> list[Entry]:
        """Every record of every year."""
        return self.between(date.min, date.max)

    def of_kind(self, kind: Kind, span: timedelta = LATELY) -> list[Entry]:
        """Records of one kind of the last `span`."""
        today = self.today()
        # a day ahead too: somebody who travelled west may have filed one there
        recent = days(today - span, today + timedelta(days=1))
        return self.entries.search((where("kind") == kind.value) & recent)

    def by_id(self, text: str) -> Entry:
        """The record whose id is `text`, or begins with it; `last` is the one written last.

        Raises FlowError if there is none, or several.
        """
        today = self.today()

        def recent() -> list[Entry]:
            return self.between(today - YEAR, today + timedelta(days=1))

        if text == "last" and (entries := recent()):
            return max(entries, key=lambda e: (e.recorded_at, e.id))
        return self.entries.by_id(text, recent)

    @contextmanager
    def change(
        self, label: str, background: bool = False, group: str | None = None
    ) -> Iterator[EntryWriter]:
        """One transaction; nothing is written if the body raises. See `Ledger.transaction`."""
        with self.ledger.transaction(label, background=background, group=group) as staging:
            yield EntryWriter(self, staging)


class EntryWriter:
    """Body records inside one transaction."""

    def __init__(self, store: EntryStore, staging: Staging) -> None:
        self.store = store
        self.staging = staging
        self.new_id = store.entries.new_id
        self.between = store.between
        self.by_id = store.by_id
        self.state = store.state

    def pen(self, at: datetime | None = None, source: Provenance = BY_HAND) -> Pen:
        """What writes as of `at` (default now); see `put` for what is noted as written when."""
        return Pen(whole(at or self.store.clock.now()), self.store.rule, self.new_id, source)

    def eating(self, span: timedelta = YEAR, around: date | None = None) -> list[Entry]:
        """Records of the eating window of the last `span`, and of the days next to `around`."""
        found = self.store.of_kind(Kind.EATING, span)
        if around is not None and around < self.store.today() - span:
            beside = self.between(around - BESIDE, around + BESIDE)
            found = [*(e for e in beside if e.kind is Kind.EATING), *found]
        return found

    def put(self, entry: Entry, told_at: datetime | None = None) -> Entry:
        """File `entry`. `told_at`: it was said as of then, but is written down now."""
        if told_at is not None and entry.recorded_at == whole(told_at):
            now = whole(self.store.clock.now())
            over = now >= self.store.rule.bounds(entry.day).end
            entry = replace(entry, recorded_at=now, late=entry.late or over)
        self.store.entries.put(entry)
        return entry

    def delete(self, entry: Entry) -> None:
        """Remove `entry`."""
        self.store.entries.remove(entry.id)
