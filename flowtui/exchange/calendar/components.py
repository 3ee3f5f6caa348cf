"""A calendar's text cut into its components, before any library sees it.

One damaged line or event costs a library the whole file; here it costs itself alone. Only the
properties that say when, what and whether busy are kept, so that large files stay small.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import date
from typing import NamedTuple

from flowtui.core.lazy_dataclass import dataclass

WANTED = frozenset(
    {
        *("UID", "SUMMARY", "SEQUENCE", "STATUS", "TRANSP", "ATTENDEE"),
        *("DTSTART", "DTEND", "DURATION", "X-MICROSOFT-CDO-BUSYSTATUS"),
        *("RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID"),
    }
)
_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*')
_DIGITS = re.compile(r"\d{8}")
LINE_LIMIT = 100_000
"""Characters of an unfolded line; what is longer is no property that is wanted."""


class Property(NamedTuple):
    """One content line (RFC 5545, 3.1)."""

    parameters: dict[str, str]
    """By their names in upper case; of a list the first value."""
    value: str


@dataclass(slots=True)
class EventText:
    """A VEVENT with the properties that are wanted, by name, in the order of the file."""

    properties: dict[str, list[Property]] = field(default_factory=dict)
    closed: bool = False
    """False if the file ends, or another event begins, before its END."""

    def first(self, name: str) -> Property | None:
        """The first property of that name, which is the one that counts."""
        given = self.properties.get(name)
        return given[0] if given else None

    def text(self, name: str) -> str:
        """The value of the first property of that name, unescaped; empty where there is none."""
        given = self.first(name)
        return unescape(given.value).strip() if given else ""

    @property
    def uid(self) -> str:
        """Its UID, or what else could name it."""
        start = self.first("DTSTART")
        return self.text("UID") or self.text("SUMMARY") or (start.value if start else "")


@dataclass(slots=True)
class CalendarText:
    """A VCALENDAR."""

    zone_name: str = ""
    """X-WR-TIMEZONE: the zone of times that name none."""
    zones: dict[str, list[str]] = field(default_factory=dict)
    """The lines of each VTIMEZONE by its TZID."""
    events: list[EventText] = field(default_factory=list)
    no_properties: int = 0
    """Lines that are no properties, passed over."""


def split(lines: Iterable[str], first: date, last: date) -> list[CalendarText]:
    """The calendars in `lines`. Events wholly outside `first` to `last` are passed over.

    Their dates are compared as they are written; leave a day or two on either side for zones.
    """
    calendars = [CalendarText()]
    stack: list[str] = []
    event: EventText | None = None
    zone: list[str] | None = None
    bounds = (f"{first:%Y%m%d}", f"{last:%Y%m%d}")

    def close_event() -> None:
        if event is not None and not _outside(event, *bounds):
            calendars[-1].events.append(event)

    for line in unfolded(lines):
        name, parameters, value = parse_line(line)
        kind = value.strip().upper()
        if not name:
            calendars[-1].no_properties += 1
        elif name == "BEGIN":
            if kind == "VCALENDAR":
                close_event()
                event, zone, stack = None, None, []
                calendars.append(CalendarText())
            elif kind == "VEVENT":
                close_event()
                event, stack = EventText(), []
            elif kind == "VTIMEZONE":
                zone = []
            elif event is not None:
                stack.append(kind)
        elif name == "END":
            if kind == "VEVENT" and event is not None:
                event.closed = True
                close_event()
                event, stack = None, []
            elif stack and kind == stack[-1]:
                stack.pop()
        if zone is not None:
            zone.append(line)
            if name == "END" and kind == "VTIMEZONE":
                _keep_zone(calendars[-1], zone)
                zone = None
        elif name == "X-WR-TIMEZONE" and event is None:
            calendars[-1].zone_name = unescape(value).strip()
        elif event is not None and not stack and name in WANTED:
            event.properties.setdefault(name, []).append(Property(parameters, value))
    close_event()
    return [one for one in calendars if one.events or one.no_properties]


def unfolded(lines: Iterable[str]) -> Iterator[str]:
    """Content lines: a line that begins with a blank goes on the one before (RFC 5545, 3.1)."""
    parts: list[str] = []
    size = 0
    for raw in lines:
        line = raw.rstrip("\r\n")
        if line[:1] in (" ", "\t") and parts:
            if size < LINE_LIMIT:
                parts.append(line[1:])
                size += len(line)
            continue
        if parts and (whole := "".join(parts)).strip():
            yield whole
        parts, size = [line], len(line)
    if parts and (whole := "".join(parts)).strip():
        yield whole


def parse_line(line: str) -> tuple[str, dict[str, str], str]:
    """Name in upper case, parameters, value; an empty name for what is no property."""
    name = _NAME.match(line)
    if name is None:
        return "", {}, ""
    at = name.end()
    parameters: dict[str, str] = {}
    while found := _PARAMETER.match(line, at):
        parameters[found[1].upper()] = found[2].strip('"')
        at = found.end()
    if line[at : at + 1] != ":":
        # a zone's name with a colon or a comma that was not quoted, as some programs write it
        at = line.rfind(":")
        if not parameters or at < 0:
            return "", {}, ""
    return name[0].upper(), parameters, line[at + 1 :]


def unescape(text: str) -> str:
    r"""A TEXT value as it was before it was written (RFC 5545, 3.3.11): `\,`, `\;`, `\n`, `\\`."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], text)


def _keep_zone(calendar: CalendarText, lines: list[str]) -> None:
    for line in lines:
        name, _parameters, value = parse_line(line)
        if name == "TZID":
            calendar.zones.setdefault(unescape(value).strip(), lines)
            return


def _outside(event: EventText, first: str, last: str) -> bool:
    """Whether an event that happens once lies outside; by its digits alone, which is quick."""
    if not event.closed or any(
        name in event.properties for name in ("RRULE", "RDATE", "RECURRENCE-ID")
    ):
        return False
    start = event.first("DTSTART")
    if start is None or not _DIGITS.match(start.value):
        return False
    end = event.first("DTEND")
    begin = start.value[:8]
    if end is not None and _DIGITS.match(end.value):
        begin, finish = sorted((begin, end.value[:8]))
        return begin > last or finish < first
    return begin > last or ("DURATION" not in event.properties and begin < first)
