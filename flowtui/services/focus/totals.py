"""Focus of a day and of a week, against what the person set out to do."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from flowtui.core.day import DayRule, week_of
from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import focus_spans
from flowtui.core.focus.snapshot import NO_MODE, Day, Week
from flowtui.core.span import total_s
from flowtui.services.focus.block_store import BlockStore

BESIDE = timedelta(days=1)


class Totals:
    """Sums over the ledger's blocks; days are cut where they begin, not at midnight."""

    def __init__(self, store: BlockStore, rule: DayRule, first_weekday: int = 0) -> None:
        self._store = store
        self._rule = rule
        self._first_weekday = first_weekday

    def day(self, now: datetime, day: date | None = None) -> Day:
        """The logical day `day`, by default the one of `now`."""
        day = day or self._rule.day_of(now)
        blocks = self._around(day, day)
        focus = self._focus(blocks, now).get(day, 0)
        return Day(day, tuple(b for b in blocks if self._store.day_of(b) == day), focus)

    def week(self, now: datetime, day: date | None = None) -> Week:
        """The week that holds `day`, by default the one of `now`."""
        first, last = week_of(day or self._rule.day_of(now), self._first_weekday)
        blocks = self._around(first, last)
        contexts: dict[str, int] = defaultdict(int)
        modes: dict[str, int] = defaultdict(int)
        count = 0
        for block in blocks:
            seconds = sum(s for d, s in self._focus([block], now).items() if first <= d <= last)
            if seconds:
                contexts[block.context] += seconds
                modes[block.mode or NO_MODE] += seconds
            count += first <= self._store.day_of(block) <= last
        by_day = {d: s for d, s in self._focus(blocks, now).items() if first <= d <= last}
        return Week(first, last, sum(by_day.values()), by_day, contexts, modes, count)

    def reach(self, now: datetime) -> tuple[date, date]:
        """First and last day whose blocks can count for the day and the week of `now`."""
        today = self._rule.day_of(now)
        first, last = week_of(today, self._first_weekday)
        return first - BESIDE, last + BESIDE

    def by_day(self, now: datetime, first: date, last: date) -> dict[date, int]:
        """Focus seconds of each day from `first` to `last` that has any."""
        focus = self._focus(self._around(first, last), now)
        return {day: seconds for day, seconds in focus.items() if first <= day <= last}

    def _around(self, first: date, last: date) -> list[Block]:
        # a block of the day before may reach into the first day, and one that started in another
        # zone may be filed under the day after the last
        return self._store.between(first - BESIDE, last + BESIDE)

    def _focus(self, blocks: list[Block], now: datetime) -> dict[date, int]:
        sums: dict[date, int] = defaultdict(int)
        for block in blocks:
            for day, spans in self._rule.by_day(focus_spans(block, now)).items():
                sums[day] += total_s(spans)
        return sums
