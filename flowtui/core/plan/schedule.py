"""When a block is meant to happen: words for it, and the days on which it does.

    2026-12-01 09:00 · tomorrow 14:00 · weekdays 09:00 · mon,thu 14:00 · every 2 weeks fri 16:00
    first mon 10:00 · last fri 15:00 · daily 8:30 · ... from 2026-12-01 until 2027-01-31
    ... except 2026-12-24,2026-12-25

A schedule names days and a time on the wall. What instant that is, also on the nights when the
clocks change, is decided where a zone is known (`flowtui.core.wall_time.place`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field, replace
from datetime import date, time, timedelta

from flowtui.core.codec import STORED
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.length_grammar import refuse
from flowtui.core.time_grammar import (
    CLOCK,
    WEEKDAYS,
    parse_calendar_day,
    parse_clock,
    weekday_of,
)

FORMS = (
    "tomorrow 9:00, weekdays 09:00, mon,thu 14:00, every 2 weeks fri 16:00, first mon 10:00, "
    "2026-12-01 09:00; then: from DAY, until DAY, except DAY"
)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WORKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)
MAX_WEEKS = 52
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
_GROUPS = {
    **dict.fromkeys(("daily", "everyday", "every day"), EVERY_DAY),
    **dict.fromkeys(("weekdays", "workdays", "every weekday", "every workday"), WORKDAYS),
    **dict.fromkeys(("weekends", "weekend", "every weekend"), WEEKEND),
}
_CLOCK = re.compile(rf"(?:^|\s)(?:at )?({CLOCK})(?:\s|$)")
_TAIL = re.compile(r"\b(from|since|until|till|except|without)\b")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Days and a time of the day; `on` alone for a single day, else `weekdays` by a rule."""

    minute: int = field(metadata=STORED)
    """Minutes since midnight on the wall, 0 to 1439."""
    on: date | None = None
    """The only day; None for a schedule that repeats."""
    weekdays: tuple[int, ...] = ()
    """Monday is 0; ascending."""
    weeks: int = 1
    """Every so many weeks, 1 to 52, counted from the week (Monday to Sunday) of `first`."""
    nth: int = 0
    """The first (1) to fourth (4) or last (-1) of the weekday in each month; 0: in every week."""
    first: date | None = None
    """Not before this day."""
    last: date | None = None
    """Not after this day."""
    skip: tuple[date, ...] = ()
    """Days left out, ascending."""

    def check_stored(self) -> None:
        """Raises ValueError for what no words could have made."""
        if not 0 <= self.minute < 24 * 60:
            raise ValueError("has a time that no clock shows")
        if (self.on is None) == (not self.weekdays):
            raise ValueError("names no days")
        if any(day not in EVERY_DAY for day in self.weekdays) or not 1 <= self.weeks <= MAX_WEEKS:
            raise ValueError("names days that do not exist")
        if self.nth not in (0, *ORDINALS.values()):
            raise ValueError("names days that do not exist")

    @property
    def clock(self) -> time:
        """The time on the wall."""
        return time(self.minute // 60, self.minute % 60)

    @property
    def repeats(self) -> bool:
        """Whether there is more than one day."""
        return self.on is None

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days from `first` to `last`, both included, on which it happens; ascending."""
        if self.on is not None:
            if first <= self.on <= last and self.on not in self.skip:
                yield self.on
            return
        begin = max(first, self.first) if self.first is not None else first
        end = min(last, self.last) if self.last is not None else last
        day = begin
        while day <= end:
            if self.has(day):
                yield day
            if day == date.max:
                return
            day += DAY

    def has(self, day: date) -> bool:
        """Whether it happens on `day`."""
        if day in self.skip:
            return False
        if self.on is not None:
            return day == self.on
        if (self.first is not None and day < self.first) or (
            self.last is not None and day > self.last
        ):
            return False
        if day.weekday() not in self.weekdays:
            return False
        if self.nth:
            return _is_nth(day, self.nth)
        if self.weeks == 1 or self.first is None:
            return True
        return (_monday(day) - _monday(self.first)).days // 7 % self.weeks == 0

    def without(self, day: date) -> Schedule:
        """The same with `day` left out."""
        return replace(self, skip=tuple(sorted({*self.skip, day})))

    def text(self) -> str:
        """In words that `parse_schedule` reads as this very schedule."""
        parts = [self._days_text(), f"{self.clock:%H:%M}"]
        if self.first is not None:
            parts.append(f"from {self.first}")
        if self.last is not None:
            parts.append(f"until {self.last}")
        if self.skip:
            parts.append(f"except {','.join(map(str, self.skip))}")
        return " ".join(parts)

    def _days_text(self) -> str:
        if self.on is not None:
            return self.on.isoformat()
        names = ",".join(WEEKDAYS[day][:3] for day in self.weekdays)
        if self.nth:
            word = next(word for word, nth in ORDINALS.items() if nth == self.nth)
            return f"{word} {names}"
        if self.weeks > 1:
            return f"every {self.weeks} weeks {names}"
        groups = {EVERY_DAY: "daily", WORKDAYS: "weekdays", WEEKEND: "weekends"}
        return groups.get(self.weekdays, names)


def parse_schedule(text: str, today: date) -> Schedule:
    """Read the words of a schedule; `today` is what `tomorrow` and a bare rule count from.

    A rule of every so many weeks counts from the week of its `from`, of `today` if it has none.

    Raises:
        UsageError: not such words, a day that does not exist, an end before the start.
    """
    words = " ".join(text.lower().replace(", ", ",").split())
    head, *tail = _TAIL.split(words)
    clock = _CLOCK.search(head)
    if clock is None:
        refuse(text, "names no time of the day", f"Write it as {FORMS}.")
    named = " ".join(f"{head[: clock.start()]} {head[clock.end() :]}".split())
    at = parse_clock(clock[1])
    schedule = _days(named, at.hour * 60 + at.minute, text, today)
    for word, value in zip(tail[::2], tail[1::2], strict=True):
        schedule = _with_tail(schedule, word, value.strip(), text, today)
    if schedule.weeks > 1 and schedule.first is None:
        schedule = replace(schedule, first=today)
    if schedule.first and schedule.last and schedule.last < schedule.first:
        raise UsageError(
            f"{schedule.last} is before {schedule.first}", "write the later day after until"
        )
    return schedule


def _days(named: str, minute: int, text: str, today: date) -> Schedule:
    """The days in words, without clock and tail."""
    if named in ("", "today"):
        return Schedule(minute, on=today)
    if named in _GROUPS:
        return Schedule(minute, weekdays=_GROUPS[named])
    nth = re.fullmatch(r"(?:every |the )?(\w+) (\w+)(?: of (?:the|every|each) month)?", named)
    if nth is not None and nth[1] in ORDINALS and weekday_of(nth[2]) is not None:
        return Schedule(minute, weekdays=_weekdays(nth[2], text), nth=ORDINALS[nth[1]])
    every = re.fullmatch(r"every (?:(\d{1,3}|other|second|two) (?:weeks? )?(?:on )?)?(\S+)", named)
    if every is not None:
        count = {None: 1, "other": 2, "second": 2, "two": 2}.get(every[1]) or int(every[1])
        if not 1 <= count <= MAX_WEEKS:
            refuse(text, "cannot be meant", f"Write every 1 to {MAX_WEEKS} weeks.")
        return Schedule(minute, weekdays=_weekdays(every[2], text), weeks=count)
    if " " not in named and ("," in named or named.endswith("s")):
        return Schedule(minute, weekdays=_weekdays(named, text))
    weekday = weekday_of(named)
    if weekday is not None:
        return Schedule(minute, weekdays=(weekday,))
    try:
        return Schedule(minute, on=parse_calendar_day(named, today))
    except UsageError:
        refuse(text, "is not a schedule that flowtui knows", f"Write it as {FORMS}.")


def _weekdays(named: str, text: str) -> tuple[int, ...]:
    found = set()
    for word in named.split(","):
        group = _GROUPS.get(word)
        weekday = weekday_of(word.removesuffix("s") if len(word) > 4 else word)
        if group is None and weekday is None:
            refuse(text, "is not a schedule that flowtui knows", f"Write it as {FORMS}.")
        found |= set(group or ()) | ({weekday} if weekday is not None and group is None else set())
    return tuple(sorted(found))


def _with_tail(schedule: Schedule, word: str, value: str, text: str, today: date) -> Schedule:
    days = [parse_calendar_day(part, today) for part in value.replace(" and ", ",").split(",")]
    if word in ("except", "without"):
        return replace(schedule, skip=tuple(sorted({*schedule.skip, *days})))
    if len(days) != 1 or not schedule.repeats:
        refuse(text, "is not a schedule that flowtui knows", f"Write it as {FORMS}.")
    if word in ("from", "since"):
        return replace(schedule, first=days[0])
    return replace(schedule, last=days[0])


def _is_nth(day: date, nth: int) -> bool:
    if nth > 0:
        return (day.day - 1) // 7 + 1 == nth
    return (day + WEEK).month != day.month


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
