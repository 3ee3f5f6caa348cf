"""What people type for lengths, instants and days, read strictly and without a clock.

The rule for nights when the clocks change: a local time that was skipped in spring is read with
the offset from before the change (RFC 5545, 3.3.5), so 02:30 means 03:30; a local time that came
twice in autumn is the one nearest to now on the side that is asked for: the later of those gone by,
or the earlier of those to come.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from flowtui.core.errors import UsageError

DAY_S = 24 * 3600
"""Seconds; the longest length that `parse_duration` accepts by default."""
AGO_LIMIT_S = 14 * DAY_S
"""Seconds; the longest way back or ahead that `20m ago` or `in 20m` may name."""

DURATION_FORMS = "50m, 1h30, 1:30, 1.5h, 45s, or 50 for minutes"
INSTANT_FORMS = "09:15, yesterday 22:30, mon 14:00, 2026-11-20 09:15, 20m ago, now"
DAY_FORMS = "today, yesterday, monday, 2026-11-20, 7d, 2w, this week, last month, 2026-W47, 2026-11"

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_UNIT_S = {"d": DAY_S, "h": 3600, "m": 60, "s": 1}
_PART = re.compile(
    r"([0-9]{1,6})(?:[.,]([0-9]{1,6}))?\s*"
    r"(days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)?\s*"
)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OFFSET_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[t ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"\s?(z|[+-][0-9]{2}:?[0-9]{2})?"
)


class Days(NamedTuple):
    """A stretch of days; both ends belong to it."""

    first: date
    last: date


def parse_duration(text: str, *, limit_s: int = DAY_S) -> int:
    """Read a length such as `50m`, `1h30`, `2h 15m`, `1:30` (hours), `1.5h`, `45s`, `90` (minutes).

    Returns whole seconds, from 1 to `limit_s`; a fraction is rounded to the nearest second.

    Raises:
        UsageError: negative, zero, longer than `limit_s`, or not a length.
    """
    words = " ".join(text.split()).lower()
    if words.startswith(("-", "−")):
        _refuse(text, "is negative", f"Write a length such as {DURATION_FORMS}.")
    seconds = _seconds(words)
    if seconds is None:
        _refuse(text, "is not a length of time", f"Write it as {DURATION_FORMS}.")
    if seconds < 1:
        _refuse(text, "is no time at all", f"Write a length such as {DURATION_FORMS}.")
    if seconds > limit_s:
        _refuse(text, f"is longer than {format_duration(limit_s)}", "Write a shorter length.")
    return seconds


def format_duration(seconds: float, *, short: bool = False) -> str:
    """Write a length as `1 h 30 min`, `45 s`, `0 min`; with `short` as `1:30` (hours, minutes).

    Minutes are cut, not rounded, so that no length reads longer than it was. Seconds are shown
    only under a minute. A negative length keeps its sign (U+2212).
    """
    sign, whole = ("−" if seconds <= -1 else ""), int(abs(seconds))
    hours, minutes = divmod(whole // 60, 60)
    if short:
        return f"{sign if whole >= 60 else ''}{hours}:{minutes:02d}"
    if 0 < whole < 60:
        return f"{sign}{whole} s"
    if not hours:
        return f"{sign}{minutes} min"
    return f"{sign}{hours} h {minutes} min" if minutes else f"{sign}{hours} h"


def parse_clock(text: str) -> time:
    """Read a time of day, `HH:MM` or `HH:MM:SS`, from 00:00 to 23:59:59.

    Raises:
        UsageError: not such a time.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found:
        hour, minute, second = (int(part or 0) for part in found.groups())
        if hour < 24 and minute < 60 and second < 60:
            return time(hour, minute, second)
    _refuse(text, "is not a time of day", "Write it as HH:MM, from 00:00 to 23:59.")


def parse_weekday(text: str) -> int:
    """Read the English name of a weekday, or its first three letters or more; Monday is 0.

    Raises:
        UsageError: not such a name.
    """
    weekday = _weekday(text.strip().lower())
    if weekday is None:
        _refuse(text, "is not a weekday", f"Write one of {', '.join(WEEKDAYS)}.")
    return weekday


def parse_instant(text: str, now: datetime, zone: ZoneInfo, *, future: bool = False) -> datetime:
    """Read an instant, such as for `--at`; the result is aware, in UTC, in whole seconds.

    Accepts `now`; `HH:MM`; `20m ago`; `yesterday 22:30`, `today 09:15`, `mon 14:00`;
    `2026-11-20 09:15`; ISO 8601 with an offset or Z. Without an offset `zone` holds.

    By default the result is at or before `now` (aware): `HH:MM` is today's and a weekday the last
    one. With `future` it may lie anywhere; then `HH:MM` and a weekday mean the next one at or after
    `now`, and `in 20m` and `tomorrow 08:00` are understood too.

    Raises:
        UsageError: not an instant, an impossible date, or later than `now` without `future`.
    """
    words = " ".join(text.split()).lower()
    now = now.astimezone(UTC).replace(microsecond=0)
    try:
        instant = _instant(words, now, zone, future)
    except OverflowError:
        instant = None
    if instant is None:
        _refuse(text, "is not a time that flowtui knows", f"Write it as {INSTANT_FORMS}.")
    if instant > now and not future:
        hint = f"For the day before, write: yesterday {words}" if _CLOCK.fullmatch(words) else None
        _refuse(text, "is later than now", hint or f"Write a time gone by: {INSTANT_FORMS}.")
    return instant


def parse_day(text: str, today: date, *, first_weekday: int = 0) -> Days:
    """Read a day or a stretch of days; `today` is the logical day of the caller.

    Accepts `today`, `yesterday`, a weekday (the last one, today included), `2026-11-20`; `7d` and
    `2w` (that many days up to and with today); `this week`, `last week` (weeks begin at
    `first_weekday`, Monday is 0); `this month`, `last month`, `2026-11`; `2026-W47` (ISO week,
    always Monday to Sunday).

    Raises:
        UsageError: not a day, or an impossible one.
    """
    words = " ".join(text.split()).lower()
    try:
        days = _one_day(words, today) or _stretch(words, today, first_weekday)
    except (ValueError, OverflowError):
        days = None
    if days is None:
        _refuse(text, "is not a day that flowtui knows", f"Write it as {DAY_FORMS}.")
    return days


def _refuse(text: str, what: str, hint: str) -> NoReturn:
    shown = text if len(text) <= 40 else text[:40] + "…"
    raise UsageError(f"{shown!r} {what}", hint)


def _seconds(words: str) -> int | None:
    """Whole seconds of a length; None if it is none. A bare number is minutes, after hours too."""
    clock = re.fullmatch(r"([0-9]{1,3}):([0-5][0-9])", words)
    if clock:
        return int(clock[1]) * 3600 + int(clock[2]) * 60
    total, position, last = 0.0, 0, "x"
    order = "xdhms"
    while position < len(words):
        part = _PART.match(words, position)
        if part is None:
            return None
        unit = part[3][0] if part[3] else {"x": "m", "h": "m", "m": "s"}.get(last, "?")
        bare_after_minutes = not part[3] and last == "m"
        if unit == "?" or bare_after_minutes or order.index(unit) <= order.index(last):
            return None
        total += float(f"{part[1]}.{part[2] or 0}") * _UNIT_S[unit]
        position, last = part.end(), unit
    return None if last == "x" else round(total)


def _weekday(word: str) -> int | None:
    if len(word) < 3:
        return None
    return next((i for i, name in enumerate(WEEKDAYS) if name.startswith(word)), None)


def _instant(words: str, now: datetime, zone: ZoneInfo, future: bool) -> datetime | None:
    if words == "now":
        return now
    if words.endswith(" ago"):
        seconds = _seconds(words.removesuffix(" ago"))
        return None if not seconds or seconds > AGO_LIMIT_S else now - timedelta(seconds=seconds)
    if future and words.startswith("in "):
        seconds = _seconds(words.removeprefix("in "))
        return None if not seconds or seconds > AGO_LIMIT_S else now + timedelta(seconds=seconds)
    iso = _OFFSET_ISO.fullmatch(words)
    try:
        if iso and iso[3]:
            whole = datetime.fromisoformat(f"{iso[1]}T{iso[2][:8]}{iso[3].upper()}")
            return whole.astimezone(UTC)
        if iso:
            local = datetime.fromisoformat(f"{iso[1]}T{iso[2][:8]}")
            return _at(local, now, zone, future)
    except ValueError:
        return None
    day_word, _, clock_word = words.rpartition(" ")
    try:
        clock = parse_clock(clock_word)
    except UsageError:
        return None
    return _on_day(day_word, clock, now, zone, future)


def _on_day(word: str, clock: time, now: datetime, zone: ZoneInfo, future: bool) -> datetime | None:
    """The instant at which local clocks show `clock` on the day that `word` names."""
    today = now.astimezone(zone).date()
    ahead = {"yesterday": -1, "today": 0, **({"tomorrow": 1} if future else {})}.get(word)
    if ahead is not None:
        return _at(datetime.combine(today + timedelta(ahead), clock), now, zone, future)
    weekday = today.weekday() if word == "" else _weekday(word)
    if weekday is None:
        return None
    step = 1 if word == "" else 7
    turn = (weekday - today.weekday()) % 7 if future else -((today.weekday() - weekday) % 7)
    instant = _at(datetime.combine(today + timedelta(turn), clock), now, zone, future)
    if future and instant < now:
        return _at(datetime.combine(today + timedelta(turn + step), clock), now, zone, future)
    if not future and word and instant > now:
        return _at(datetime.combine(today + timedelta(turn - step), clock), now, zone, future)
    return instant


def _at(local: datetime, now: datetime, zone: ZoneInfo, future: bool) -> datetime:
    """The instant of a naive local time, by the rule in the module's text."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if second <= first:  # usual time (equal), or skipped (fold=1 reads it an hour earlier)
        return first
    if future:
        return first if first >= now else second
    return second if second <= now else first


def _one_day(words: str, today: date) -> Days | None:
    back = {"today": 0, "yesterday": 1}.get(words)
    weekday = _weekday(words)
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
