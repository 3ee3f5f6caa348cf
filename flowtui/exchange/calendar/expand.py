"""The occurrences of a repeated event: the seam to icalendar and recurring-ical-events.

The library is given each series alone, on the wall of the series' own zone and without any zone:
which zone that is, and what an instant it makes, is decided by us. So one bad series costs itself,
and a zone's oddities cannot reach the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.lazy_dataclass import dataclass
from flowtui.exchange.calendar.components import EventText, Property
from flowtui.exchange.calendar.values import (
    ValueProblem,
    When,
    on_wall_of,
    parse_length,
    parse_rule,
    parse_when,
    until_of,
)
from flowtui.exchange.calendar.zones import Zones

_STEPS = {"HOURLY": timedelta(hours=1), "DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}
_MARGIN = timedelta(days=2)
_INDEX = "X-FLOWTUI-INDEX"
SERIES_LIMIT = 5_000
"""Occurrences of one series within the window; more are not a calendar that a person keeps."""


@dataclass(slots=True)
class Dated:
    """An event with its times understood."""

    event: EventText
    start: When
    length: timedelta
    """From its start to its end, elapsed; whole days for an event of whole days. Never negative."""
    replaces: When | None = None
    """RECURRENCE-ID: the occurrence that this event takes the place of."""
    and_later: bool = False
    """RANGE=THISANDFUTURE: the later ones too."""
    lengths: dict[datetime, timedelta] = field(default_factory=dict)
    """Of occurrences that have their own (RDATE as a PERIOD), by their time on the wall."""

    @property
    def cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.event.text("STATUS").upper() == "CANCELLED"

    @property
    def sequence(self) -> int:
        """Its revision."""
        text = self.event.text("SEQUENCE")
        return int(text) if text.isdecimal() and len(text) < 10 else 0


def repeats(dated: Dated) -> bool:
    """Whether the event has more occurrences than itself."""
    rules = dated.event.properties.get("RRULE", [])
    return any(parse_rule(rule.value) for rule in rules) or "RDATE" in dated.event.properties


def occurrences(
    master: Dated,
    overrides: Sequence[Dated],
    zones: Zones,
    own: ZoneInfo,
    first: datetime,
    last: datetime,
) -> list[tuple[Dated, datetime]]:
    """Each occurrence as the event that tells of it and its start on the wall of the series.

    Those of `first` to `last` (naive) are there, more may be. Raises ValueProblem, and whatever
    the library raises on rules it cannot follow.
    """
    import icalendar
    import recurring_ical_events

    events = [master, *overrides]
    begin = first - max(one.length for one in events) - _MARGIN
    moving = not any(one.and_later for one in overrides)
    lines = _series(master, zones, own, begin if moving else None)
    for index, override in enumerate(overrides, 1):
        lines += _override(override, master, own, index)
    dropped = _excluded_by_rule(master, zones, own)
    if dropped:
        lines += dropped
    calendar = icalendar.Calendar.from_ical(_calendar(lines))
    found = []
    query = recurring_ical_events.of(calendar)
    excluded = set()
    for occurrence in query.between(begin, last + timedelta(days=1)):
        index = int(occurrence[_INDEX])
        wall = _naive(occurrence["DTSTART"].dt)
        if index < 0:
            excluded.add(wall)
            continue
        found.append((events[index], wall))
        if len(found) > SERIES_LIMIT:
            raise ValueProblem(f"it has more than {SERIES_LIMIT} occurrences here")
    return [(event, wall) for event, wall in found if event is not master or wall not in excluded]


def _series(master: Dated, zones: Zones, own: ZoneInfo, begin: datetime | None) -> list[str]:
    """The VEVENT of the series; with `begin` a rule without an end starts shortly before it."""
    start, properties = master.start, master.event.properties
    lines, rules = [], []
    for given in properties.get("RRULE", []):
        parts = parse_rule(given.value)
        if "UNTIL" in parts:
            parts["UNTIL"] = until_of(parts["UNTIL"], start, zones, own)
        if parts:
            rules.append(parts)
    wall = start.wall
    if begin is not None and len(rules) == 1:
        wall = _moved(wall, rules[0], begin)
    lines += [
        f"RRULE:{';'.join(f'{name}={value}' for name, value in one.items())}" for one in rules
    ]
    for given in properties.get("RDATE", []):
        for value in given.value.split(","):
            text, _slash, rest = value.partition("/")
            at = on_wall_of(parse_when(given._replace(value=text), zones, "its RDATE"), start, own)
            if rest:
                master.lengths[at] = _period(given._replace(value=text), rest, zones, own)
            lines.append(_dated("RDATE", at, start))
    for given in properties.get("EXDATE", []):
        for value in filter(None, given.value.split(",")):
            when = parse_when(given._replace(value=value), zones, "its EXDATE")
            lines.append(_dated("EXDATE", on_wall_of(when, start, own), start))
    return _event(0, [_dated("DTSTART", wall, start), *lines])


def _period(start: Property, rest: str, zones: Zones, own: ZoneInfo) -> timedelta:
    if rest[:1].upper() in "P+-":
        return abs(parse_length(rest))
    begin = parse_when(start, zones, "its RDATE").instant(own)
    return abs(parse_when(start._replace(value=rest), zones, "its RDATE").instant(own) - begin)


def _override(override: Dated, master: Dated, own: ZoneInfo, index: int) -> list[str]:
    assert override.replaces is not None
    name = "RECURRENCE-ID;RANGE=THISANDFUTURE" if override.and_later else "RECURRENCE-ID"
    start = master.start
    return _event(
        index,
        [
            _dated(name, on_wall_of(override.replaces, start, own), start),
            _dated("DTSTART", on_wall_of(override.start, start, own), start),
            f"SEQUENCE:{override.sequence}",
        ],
    )


def _excluded_by_rule(master: Dated, zones: Zones, own: ZoneInfo) -> list[str]:
    """EXRULE (RFC 2445) as a series of its own, whose occurrences are then taken away."""
    lines = []
    hits_start = False
    for given in master.event.properties.get("EXRULE", []):
        parts = parse_rule(given.value)
        hits_start = hits_start or _begins_at(master.start.wall, parts)
        if "UNTIL" in parts:
            parts["UNTIL"] = until_of(parts["UNTIL"], master.start, zones, own)
        if parts:
            lines.append(f"RRULE:{';'.join(f'{name}={value}' for name, value in parts.items())}")
    if not lines:
        return []
    if not hits_start:  # a start is an occurrence of its series, though no rule names it
        lines.append(_dated("EXDATE", master.start.wall, master.start))
    return _event(-1, [_dated("DTSTART", master.start.wall, master.start), *lines], uid="exrule")


def _begins_at(wall: datetime, rule: dict[str, str]) -> bool:
    """Whether a rule that starts at `wall` names that instant itself."""
    from dateutil.rrule import rrulestr

    kept = {name: value for name, value in rule.items() if name not in ("UNTIL", "COUNT")}
    text = ";".join(f"{name}={value}" for name, value in kept.items())
    try:
        return next(iter(rrulestr(text, dtstart=wall)), None) == wall
    except ValueError:
        return False


def _moved(wall: datetime, rule: dict[str, str], begin: datetime) -> datetime:
    """The start of an endless rule moved ahead by whole steps, so that years are not counted."""
    step = _STEPS.get(rule["FREQ"])
    if step is None or "COUNT" in rule:
        return wall
    step *= int(rule.get("INTERVAL", "1"))
    return wall + max(0, (begin - wall) // step) * step


def _event(index: int, lines: list[str], uid: str = "series") -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{uid}", f"{_INDEX}:{index}", *lines, "END:VEVENT"]


def _calendar(lines: list[str]) -> str:
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//flowtui//series//EN", *lines]
    return "\r\n".join([*whole, "END:VCALENDAR", ""])


def _dated(name: str, wall: datetime, start: When) -> str:
    if start.day_only:
        return f"{name};VALUE=DATE:{_digits(wall)}"
    return f"{name}:{_digits(wall)}T{wall:%H%M%S}"


def _digits(wall: datetime) -> str:
    # %Y writes years before 1000 without their zeros
    return f"{wall.year:04d}{wall.month:02d}{wall.day:02d}"


def _naive(value: object) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    assert isinstance(value, date)
    return datetime.combine(value, time())
