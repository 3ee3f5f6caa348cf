"""What people type for instants and days, read strictly and without a clock; one for every door.

The rule for nights when the clocks change: a local time that was skipped in spring is read with
the offset from before the change (RFC 5545, 3.3.5), so 02:30 means 03:30; a local time that came
twice in autumn is the one nearest to now on the side that is asked for: the later of those gone by,
or the earlier of those to come. Where a time is changed, it is the one nearer to the old value.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flowtui.core.length_grammar import DAY_S, length_s, refuse
from flowtui.core.wall_time import occurrences, skipped

AGO_LIMIT_S = 14 * DAY_S
"""Seconds; the longest way back or ahead that `20m ago` or `in 20m` may name."""

NIGHT = timedelta(hours=16)
"""A stretch over midnight that is longer was hardly meant: rather a slip of the finger."""
_DAY = timedelta(1)

INSTANT_FORMS = "09:15, 7:05pm, yesterday 22:30, mon 14:00, 2026-11-20 09:15, 20m ago, now"
DAY_FORMS = "today, yesterday, monday, 2026-11-20, 7d, 2w, this week, last month, 2026-W47, 2026-11"
COMING_FORMS = "today, tomorrow, monday, in 3 days, 2026-11-20"

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

CLOCK = (
    r"(?:(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?\s?(?:am|pm)?|(?:0?[1-9]|1[0-2])\s?(?:am|pm))"
    r"(?:(?:utc|gmt)?\+\d\d:\d\d|(?:utc|gmt)-\d\d:\d\d)?"
)
"""A time of day: `9:15`, `7pm`, `24:00`; an offset may follow: `02:30+01:00`, `02:30utc-05:00`.

A bare `-05:00` is not an offset: `06:00-08:00` is a stretch from six to eight.
"""
_CLOCK = re.compile(CLOCK)
_CLOCK_PARTS = re.compile(
    r"(\d{1,2})(?::(\d\d))?(?::(\d\d))?\s?(am|pm)?(?:utc|gmt)?([+-]\d\d:\d\d)?"
)
_LAST_CLOCK = re.compile(rf"(?:(\S+)(?: at)? )?(?:at )?({CLOCK})")
_CLOCK_FIRST = re.compile(rf"(?:at )?({CLOCK}) (?:on )?([a-z]{{3,}}|\d{{4}}-\d\d-\d\d)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OFFSET_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[t ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"\s?(z|[+-][0-9]{2}:?[0-9]{2})?"
)


class Clock(NamedTuple):
    """A time of day as typed."""

    time: time
    offset: timedelta | None
    """From UTC, where one was typed."""


class Days(NamedTuple):
    """A stretch of days; both ends belong to it."""

    first: date
    last: date


def parse_clock(text: str) -> time:
    """Read a time of day, `HH:MM`, `HH:MM:SS` or `7pm`, from 00:00 to 23:59:59.

    Raises:
        UsageError: not such a time.
    """
    found = _CLOCK.fullmatch(text.strip().lower())
    clock = read_clock(found[0]) if found else None
    if clock is None or clock.offset is not None or text.strip().startswith("24"):
        refuse(text, "is not a time of day", "Write it as HH:MM, from 00:00 to 23:59.")
    return clock.time


def read_clock(word: str) -> Clock | None:
    """The time of day of a word that `CLOCK` matches; None if no clock shows it (25:00, 13pm)."""
    parts = _CLOCK_PARTS.fullmatch(word)
    if parts is None:
        return None
    hour, minute, second = int(parts[1]), int(parts[2] or 0), int(parts[3] or 0)
    if parts[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if parts[4] == "pm" else 0)
    if (hour, minute, second) == (24, 0, 0):
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    offset = None
    if parts[5]:
        hours, minutes = int(parts[5][1:3]), int(parts[5][4:6])
        if hours > 14 or minutes > 59:
            return None
        offset = (-1 if parts[5][0] == "-" else 1) * timedelta(hours=hours, minutes=minutes)
    return Clock(time(hour, minute, second), offset)


def is_clock(text: str) -> bool:
    """True if `text` is written as a time of day."""
    return _CLOCK.fullmatch(text.strip().lower()) is not None


def parse_weekday(text: str) -> int:
    """Read the English name of a weekday, or its first three letters or more; Monday is 0.

    Raises:
        UsageError: not such a name.
    """
    weekday = weekday_of(text.strip().lower())
    if weekday is None:
        refuse(text, "is not a weekday", f"Write one of {', '.join(WEEKDAYS)}.")
    return weekday


def parse_instant(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    *,
    future: bool = False,
    near: datetime | None = None,
) -> datetime:
    """Read an instant, such as for `--at`; the result is aware, in UTC, in whole seconds.

    Accepts `now`; `HH:MM`; `20m ago`; `yesterday 22:30`, `today 09:15`, `mon 14:00`;
    `2026-11-20 09:15`; ISO 8601 with an offset or Z. Without an offset `zone` holds.

    By default the result is at or before `now` (aware): `HH:MM` is today's and a weekday the last
    one. With `future` it may lie anywhere; then `HH:MM` and a weekday mean the next one at or after
    `now`, and `in 20m` and `tomorrow 08:00` are understood too. With `near`, the value that is
    being changed, `HH:MM` is that of its day, and of an hour that came twice the nearer one.

    Raises:
        UsageError: not an instant, an impossible date, or later than `now` without `future`.
    """
    words = " ".join(text.split()).lower()
    now = now.astimezone(UTC).replace(microsecond=0)
    try:
        instant = _instant(words, _Reader(now, zone, future, near))
    except OverflowError:
        instant = None
    if instant is None:
        refuse(text, "is not a time that flowtui knows", _nearer(words) + _forms(INSTANT_FORMS))
    if instant > now and not future:
        hint = f"For the day before, write: yesterday {words}" if _CLOCK.fullmatch(words) else None
        refuse(text, "is later than now", hint or f"Write a time gone by: {INSTANT_FORMS}.")
    return instant


def parse_between(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    near: datetime,
    after: datetime | None = None,
    before: datetime | None = None,
) -> datetime:
    """As `parse_instant` with `near`, for the start or the end of a stretch.

    A bare `HH:MM` that would not lie after `after` is that of the next day, one that would not lie
    before `before` that of the day before: stretches reach over midnight, but not over `NIGHT`.
    Raises UsageError.
    """
    if not is_clock(text):
        return parse_instant(text, now, zone, near=near)
    here = parse_instant(text, now, zone, near=near, future=True)
    beside = here
    if after is not None and here <= after:
        beside = parse_instant(text, now, zone, near=near + _DAY, future=True)
        meant = beside - after <= NIGHT and beside <= now
    elif before is not None and (here >= before or here > now):
        beside = parse_instant(text, now, zone, near=near - _DAY, future=True)
        meant = before - beside <= NIGHT
    if beside != here and meant:
        return beside
    return parse_instant(text, now, zone, near=near)


def parse_day(text: str, today: date, *, first_weekday: int = 0) -> Days:
    """Read a day or a stretch of days; `today` is the logical day of the caller.

    Accepts `today`, `yesterday`, `3 days ago`, a weekday (the last one, today included) and
    `2026-11-20`; `7d` and `2w` (that many days up to and with today); `this week`, `last week`
    (weeks begin at `first_weekday`, Monday is 0); `this month`, `last month`, `2026-11`;
    `2026-W47` (ISO week, always Monday to Sunday).

    Raises:
        UsageError: not a day, or an impossible one.
    """
    words = " ".join(text.split()).lower()
    try:
        days = _one_day(words, today) or _stretch(words, today, first_weekday)
    except (ValueError, OverflowError):
        days = None
    if days is None:
        refuse(text, "is not a day that flowtui knows", _nearer(words, True) + _forms(DAY_FORMS))
    return days


def parse_calendar_day(text: str, today: date) -> date:
    """Read a day that may lie ahead; a weekday is the next one, `today` included.

    Accepts `today`, `tomorrow`, `yesterday`, `in 3 days`, a weekday, `2026-11-20`, `20261120`.

    Raises:
        UsageError: not a day, or an impossible one.
    """
    words = " ".join(text.split()).lower()
    step = {"today": 0, "tomorrow": 1, "yesterday": -1}.get(words)
    ahead = re.fullmatch(r"in ([0-9]{1,4}) (days?|weeks?)", words)
    weekday = weekday_of(words)
    if ahead is not None:
        step = int(ahead[1]) * (7 if ahead[2].startswith("w") else 1)
    elif weekday is not None:
        step = (weekday - today.weekday()) % 7
    try:
        if step is not None:
            return today + timedelta(step)
        if _DATE.fullmatch(words) or re.fullmatch(r"[0-9]{8}", words):
            return date.fromisoformat(words)
    except (ValueError, OverflowError):
        pass  # told below
    refuse(text, "is not a day that flowtui knows", f"Write it as {COMING_FORMS}.")


def _forms(forms: str) -> str:
    return f"Write it as {forms}."


def _nearer(words: str, a_day: bool = False) -> str:
    """What was probably meant, said as it has to be written; empty where nobody can tell."""
    if re.fullmatch(r"[0-9]{1,2}", words):
        return (
            f"{words}d is that many days. "
            if a_day
            else f"An hour is {words}:00, {words}am or {words}pm. "
        )
    if re.search(rf"[0-9]{{1,4}}[/.][0-9]{{1,2}}|\b({MONTHS})", words):
        return "A date is year, month, day: 2026-11-20. "
    return ""


def weekday_of(word: str) -> int | None:
    """Monday is 0; None if `word`, in lower case, is not three letters or more of a weekday."""
    if len(word) < 3:
        return None
    return next((i for i, name in enumerate(WEEKDAYS) if name.startswith(word)), None)


class _Reader(NamedTuple):
    """What the words of an instant are read by."""

    now: datetime
    zone: ZoneInfo
    future: bool
    near: datetime | None


def _instant(words: str, by: _Reader) -> datetime | None:
    now = by.now
    if words == "now":
        return now
    if words.endswith(" ago"):
        seconds = length_s(words.removesuffix(" ago"))
        return None if not seconds or seconds > AGO_LIMIT_S else now - timedelta(seconds=seconds)
    if by.future and words.startswith("in "):
        seconds = length_s(words.removeprefix("in "))
        return None if not seconds or seconds > AGO_LIMIT_S else now + timedelta(seconds=seconds)
    iso = _OFFSET_ISO.fullmatch(words)
    try:
        if iso and iso[3]:
            whole = datetime.fromisoformat(f"{iso[1]}T{iso[2][:8]}{iso[3].upper()}")
            return whole.astimezone(UTC)
        if iso:
            local = datetime.fromisoformat(f"{iso[1]}T{iso[2][:8]}")
            return _at(local, by)
    except ValueError:
        return None
    found = _LAST_CLOCK.fullmatch(_day_first(words))
    clock = read_clock(found[2]) if found else None
    if found is None or clock is None or found[2].startswith("24"):
        return None  # the end of which day is meant by 24:00 depends on when it is said
    if clock.offset is not None:
        return _with_offset(found[1] or "", clock, by)
    return _on_day(found[1] or "", clock.time, by)


def _day_first(words: str) -> str:
    """`22:30 yesterday` in the order that is read: the day, then the clock."""
    turned = _CLOCK_FIRST.fullmatch(words)
    return words if turned is None else f"{turned[2]} {turned[1]}"


def _with_offset(word: str, clock: Clock, by: _Reader) -> datetime | None:
    """The instant of a clock with an offset: on the day that the clock without it would mean."""
    day = _on_day(word, clock.time, by)
    if day is None or clock.offset is None:
        return None
    local = datetime.combine(day.astimezone(by.zone).date(), clock.time, timezone(clock.offset))
    return local.astimezone(UTC)


def _on_day(word: str, clock: time, by: _Reader) -> datetime | None:
    """The instant at which local clocks show `clock` on the day that `word` names."""
    if word == "" and by.near is not None:
        return _at(datetime.combine(by.near.astimezone(by.zone).date(), clock), by)
    if _DATE.fullmatch(word):
        try:
            return _at(datetime.combine(date.fromisoformat(word), clock), by)
        except ValueError:
            return None
    today = by.now.astimezone(by.zone).date()
    ahead = {"yesterday": -1, "today": 0, **({"tomorrow": 1} if by.future else {})}.get(word)
    if ahead is not None:
        return _at(datetime.combine(today + timedelta(ahead), clock), by)
    weekday = today.weekday() if word == "" else weekday_of(word)
    if weekday is None:
        return None
    step = 1 if word == "" else 7
    turn = (weekday - today.weekday()) % 7 if by.future else -((today.weekday() - weekday) % 7)
    instant = _at(datetime.combine(today + timedelta(turn), clock), by)
    if by.future and instant < by.now:
        return _at(datetime.combine(today + timedelta(turn + step), clock), by)
    if not by.future and word and instant > by.now:
        return _at(datetime.combine(today + timedelta(turn - step), clock), by)
    return instant


def _at(local: datetime, by: _Reader) -> datetime:
    """The instant of a naive local time, by the rule in the module's text."""
    instants = occurrences(local.date(), local.time(), by.zone)
    if not instants:
        return skipped(local.date(), local.time(), by.zone)
    if by.near is not None:
        near = by.near
        past = [instant for instant in instants if by.future or instant <= by.now]
        return min(past or instants, key=lambda instant: abs(instant - near))
    first, last = instants[0], instants[-1]
    if by.future:
        return first if first >= by.now else last
    return last if last <= by.now else first


def _one_day(words: str, today: date) -> Days | None:
    back = {"today": 0, "yesterday": 1}.get(words)
    weekday = weekday_of(words)
    if weekday is not None:
        back = (today.weekday() - weekday) % 7
    if back is not None:
        day = today - timedelta(back)
        return Days(day, day)
    if _DATE.fullmatch(words):
        day = date.fromisoformat(words)
        return Days(day, day)
    return None


def _stretch(words: str, today: date, first_weekday: int) -> Days | None:
    ago = re.fullmatch(r"([0-9]{1,5}) ?(d|w|days?|weeks?) ago", words)
    if ago:
        day = today - timedelta(int(ago[1]) * (7 if ago[2][0] == "w" else 1))
        return Days(day, day)
    count = re.fullmatch(r"([0-9]{1,5}) ?(d|w|days?|weeks?)", words)
    if count:
        days = int(count[1]) * (7 if count[2][0] == "w" else 1)
        return Days(today - timedelta(days - 1), today) if days else None
    if words in ("this week", "last week"):
        since = (today.weekday() - first_weekday) % 7 + (7 if words == "last week" else 0)
        first = today - timedelta(since)
        return Days(first, first + timedelta(6))
    week = re.fullmatch(r"([0-9]{4})-?w([0-9]{1,2})", words)
    if week:
        first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
        return Days(first, first + timedelta(6))
    month = re.fullmatch(r"([0-9]{4})-([0-9]{2})", words)
    if month:
        return _month(date(int(month[1]), int(month[2]), 1))
    if words == "this month":
        return _month(today.replace(day=1))
    if words == "last month":
        return _month((today.replace(day=1) - timedelta(1)).replace(day=1))
    return None


def _month(first: date) -> Days:
    return Days(first, (first + timedelta(31)).replace(day=1) - timedelta(1))
