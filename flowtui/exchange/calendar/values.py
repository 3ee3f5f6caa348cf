"""Dates, times, lengths and rules as iCalendar writes them, read leniently where that is safe."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flowtui.core.text import plain
from flowtui.exchange.calendar.components import Property
from flowtui.exchange.calendar.zones import Zones

_VALUE = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(Z|[+-]\d{4})?)?", re.IGNORECASE
)
_LENGTH = re.compile(
    r"([+-])?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE
)
_FINE = {"SECONDLY": "second", "MINUTELY": "minute"}
MOST_AN_HOUR = 4
"""Times within an hour that a rule may name one by one."""
_COARSE = frozenset({"HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"})


class ValueProblem(Exception):
    """A value that cannot be understood; its text is a sentence's end, after the event's name."""


class When(NamedTuple):
    """A date, or a time on the wall of a zone."""

    wall: datetime
    """Without a zone; midnight for a date."""
    day_only: bool
    zone: tzinfo | None
    """None for a date, and for a time that names no zone."""

    def instant(self, own: ZoneInfo) -> datetime:
        """In UTC; a date is its midnight in UTC, a time without a zone is in `own`.

        An hour that does not happen is read by the offset before the change, of one that happens
        twice the first is meant (RFC 5545, 3.3.5).
        """
        zone = UTC if self.day_only else self.zone or own
        return self.wall.replace(tzinfo=zone).astimezone(UTC)


def parse_when(given: Property, zones: Zones, what: str) -> When:
    """The value of DTSTART and its kin. Raises ValueProblem naming `what`."""
    found = _VALUE.fullmatch(given.value.strip())
    if found is None:
        raise ValueProblem(f"{what} {plain(given.value, 40)!r} is not a date")
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        midnight = datetime.combine(day, time())
        if found[4] is None or given.parameters.get("VALUE", "").upper() == "DATE":
            return When(midnight, True, None)
        wall = midnight + timedelta(
            hours=_below(found[4], 25), minutes=_below(found[5], 60), seconds=_below(found[6], 61)
        )
    except (ValueError, OverflowError):
        raise ValueProblem(f"{what} {plain(given.value, 40)!r} does not exist") from None
    return When(wall, False, _zone(found[7], given, zones))


def parse_length(text: str) -> timedelta:
    """A DURATION (RFC 5545, 3.3.6), negative if it has a minus. Raises ValueProblem."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None or not any(found.group(2, 3, 4, 5, 6)):
        raise ValueProblem(f"its length {plain(text, 40)!r} is not a length")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.group(2, 3, 4, 5, 6))
    try:
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueProblem(f"its length {plain(text, 40)!r} is not a length") from None
    return -length if found[1] == "-" else length


def parse_rule(text: str) -> dict[str, str]:
    """The parts of an RRULE by their names, empty parts left out; none for an empty rule.

    Raises ValueProblem for a rule that cannot be followed, and for one that would repeat more than
    once an hour.
    """
    parts: dict[str, str] = {}
    for part in text.upper().replace(" ", "").split(";"):
        name, equals, value = part.partition("=")
        if equals and value:
            parts[name] = value
    if not parts:
        return {}
    frequency = parts.get("FREQ", "")
    if frequency in _FINE:
        raise ValueProblem(f"it repeats every {_FINE[frequency]}; finer than hourly is not read")
    if frequency not in _COARSE:
        raise ValueProblem(f"its rule {plain(text, 60)!r} is not a rule")
    if any(part in parts for part in ("BYSECOND", "BYMINUTE")) and frequency == "HOURLY":
        raise ValueProblem("it repeats within the hour; finer than hourly is not read")
    within = [len(parts.get(part, "").split(",")) for part in ("BYSECOND", "BYMINUTE")]
    if within[0] * within[1] > MOST_AN_HOUR:
        raise ValueProblem("it repeats within the hour; finer than hourly is not read")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isdecimal() and int(parts[name])):
            raise ValueProblem(f"its rule {plain(text, 60)!r} is not a rule")
    return parts


def until_of(value: str, start: When, zones: Zones, own: ZoneInfo) -> str:
    """UNTIL on the wall of a series that begins at `start`, as the rule's text.

    A date on a timed rule includes that day. Raises ValueProblem.
    """
    until = parse_when(Property({}, value), zones, "its rule's UNTIL")
    if start.day_only:
        return f"{until.wall:%Y%m%d}"
    if until.day_only:
        return f"{until.wall:%Y%m%d}T235959"
    if until.zone is UTC:
        wall = until.instant(own).astimezone(start.zone or own)
        return f"{wall:%Y%m%dT%H%M%S}"
    return f"{until.wall:%Y%m%dT%H%M%S}"


def on_wall_of(when: When, start: When, own: ZoneInfo) -> datetime:
    """`when` as the wall of a series that begins at `start` shows it; naive.

    A date given for a timed series is that day at the series' time, a time given for a series of
    whole days is its date.
    """
    if start.day_only:
        return when.wall.replace(hour=0, minute=0, second=0)
    if when.day_only:
        return datetime.combine(when.wall.date(), start.wall.time())
    if when.zone is None:
        return when.wall
    return when.instant(own).astimezone(start.zone or own).replace(tzinfo=None)


def _zone(suffix: str | None, given: Property, zones: Zones) -> tzinfo | None:
    if suffix in ("Z", "z"):
        return UTC
    if suffix:
        length = timedelta(hours=int(suffix[1:3]), minutes=int(suffix[3:5]))
        return timezone(-length if suffix[0] == "-" else length)
    name = given.parameters.get("TZID")
    return zones.of(name) if name else zones.default


def _below(text: str | None, bound: int) -> int:
    number = int(text or 0)
    if number >= bound:
        raise ValueError(text)
    return number
