"""Things shared and given, in the ledger."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import UsageError
from flowtui.core.kinds import SHARED
from flowtui.core.review.shared import SharedKind, SharedThing
from flowtui.core.text import one_line
from flowtui.ledger.ledger import Ledger
from flowtui.services.store import Store


class SharedThings:
    """Notes them and finds them again."""

    def __init__(self, ledger: Ledger, clock: Clock, rule: DayRule) -> None:
        self._things: Store[SharedThing] = Store(ledger, SHARED, "flowtui shared")
        self._clock = clock
        self._rule = rule

    def between(self, first: date, last: date) -> list[SharedThing]:
        """Those of the logical days from `first` to `last`, by time."""
        found = self._things.between(first, last)
        return sorted(found, key=lambda thing: (thing.at, thing.id))

    def every(self) -> list[SharedThing]:
        """All of all years."""
        return self._things.every()

    def add(
        self,
        kind: SharedKind,
        link: str = "",
        note: str = "",
        seconds: int | None = None,
        at: datetime | None = None,
    ) -> SharedThing:
        """Note one, as of `at` (default now). Raises UsageError where nothing is said of it."""
        link, note = one_line(link, "link"), one_line(note, "note")
        if not link and not note and seconds is None:
            raise UsageError(
                "say what it was", "flowtui shared LINK [NOTE], or flowtui gave 20m WHAT"
            )
        instant = (at or self._clock.now()).replace(microsecond=0)
        thing = SharedThing(
            self._things.new_id(), instant, self._rule.zone.key, kind, link, note, seconds
        )
        day = DayRule(ZoneInfo(thing.zone), self._rule.start).day_of(instant)
        with self._things.change(f"note what was {_WORDS[kind]}"):
            self._things.put(thing, day)
        return thing

    def recent(self) -> list[SharedThing]:
        """Those of the last year, newest first."""
        today = self._rule.day_of(self._clock.now())
        return self.between(today - timedelta(days=366), today + timedelta(days=1))[::-1]


_WORDS = {SharedKind.SHARED: "shared", SharedKind.GAVE: "given"}
