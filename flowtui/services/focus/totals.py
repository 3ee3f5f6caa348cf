"""Focus of a day and of a week, against what the person set out to do."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from flowtui.core.day import DayRule, week_of
from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import measure
from flowtui.core.focus.snapshot import NO_MODE, Day, Week
from flowtui.services.focus.block_store import BESIDE, BlockStore

LATELY = timedelta(days=7)


class Totals:
    """Sums over the ledger's blocks.

    A block counts whole on the logical day on which it began, where it began: the day it is listed
    and logged under. So lists, sums, `status`, `log` and insight agree, and a journey changes
    nothing that is past.
    """

    def __init__(self, store: BlockStore, rule: DayRule, first_weekday: int = 0) -> None:
        self._store = store
        self._rule = rule
        self._first_weekday = first_weekday

    def day(self, now: datetime, day: date | None = None) -> Day:
        """The logical day `day`, by default the one of `now`."""
        day = day or self._rule.day_of(now)
        blocks = self._store.on_days(day, day)
        return Day(day, tuple(blocks), sum(measure(b, now).focus_s for b in blocks))

    def week(self, now: datetime, day: date | None = None) -> Week:
        """The week that holds `day`, by default the one of `now`."""
        first, last = week_of(day or self._rule.day_of(now), self._first_weekday)
        blocks = self._store.on_days(first, last)
        contexts: dict[str, int] = defaultdict(int)
        modes: dict[str, int] = defaultdict(int)
        for block in blocks:
            seconds = measure(block, now).focus_s
            if seconds:
                contexts[block.context] += seconds
                modes[block.mode or NO_MODE] += seconds
        by_day = self.by_day(now, first, last)
        return Week(first, last, sum(by_day.values()), by_day, contexts, modes, len(blocks))

    def blocks_before(self, day: date) -> list[Block]:
        """Blocks of the seven days before `day`, by start."""
        return self._store.on_days(day - LATELY, day - BESIDE)

    def day_of(self, block: Block) -> date:
        """The logical day of a block."""
        return self._store.day_of(block)

    def week_bounds(self, now: datetime) -> tuple[date, date]:
        """First and last day of the week of `now`."""
        return week_of(self._rule.day_of(now), self._first_weekday)

    def reach(self, now: datetime) -> tuple[date, date]:
        """First and last day whose blocks can count for the day and the week of `now`."""
        today = self._rule.day_of(now)
        first, last = week_of(today, self._first_weekday)
        return first - BESIDE, last + BESIDE

    def by_day(self, now: datetime, first: date, last: date) -> dict[date, int]:
        """Focus seconds of each day from `first` to `last` that has any."""
        sums: dict[date, int] = defaultdict(int)
        for block in self._store.on_days(first, last):
            sums[self._store.day_of(block)] += measure(block, now).focus_s
        return {day: seconds for day, seconds in sums.items() if seconds}
