"""Logical days: they start at 04:00 local by default, and are 23 or 25 hours long when they are.

The day is always derived from a stored instant; stored instants are never shifted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.span import Span, intersect

DAY_START = time(4, 0)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayRule:
    """Which logical day an instant belongs to.

    A start that falls into the hour skipped in spring begins when the clocks have moved on; one
    that falls into the hour repeated in autumn begins at its first occurrence.
    """

    zone: ZoneInfo
    """Zone whose local time decides."""
    start: time = DAY_START
    """Local time at which a day begins."""

    def start_of(self, day: date) -> datetime:
        """The instant, in UTC, at which `day` begins."""
        return datetime.combine(day, self.start, self.zone).astimezone(UTC)

    def bounds(self, day: date) -> Span:
        """The whole of `day`."""
        return Span(self.start_of(day), self.start_of(day + ONE_DAY))

    def day_of(self, instant: datetime) -> date:
        """The logical day that `instant` (aware) falls on."""
        day = instant.astimezone(self.zone).date()
        if instant < self.start_of(day):
            return day - ONE_DAY
        # a repeated hour can put the next day's start before the local date turns
        return day + ONE_DAY if instant >= self.start_of(day + ONE_DAY) else day

    def by_day(self, spans: Iterable[Span]) -> dict[date, list[Span]]:
        """`spans` cut at day boundaries; together the parts are as long as the whole."""
        parts: dict[date, list[Span]] = {}
        for span in spans:
            day = self.day_of(span.start)
            while self.start_of(day) < span.end:
                for part in intersect([span], self.bounds(day)):
                    parts.setdefault(day, []).append(part)
                day += ONE_DAY
        return parts


def week_of(day: date, first_weekday: int = 0) -> tuple[date, date]:
    """First and last day of the week that holds `day`; weekdays count from Monday = 0."""
    first = day - timedelta(days=(day.weekday() - first_weekday) % 7)
    return first, first + timedelta(days=6)
