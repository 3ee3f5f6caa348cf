"""Blocks and plans as an iCalendar text (RFC 5545), in the part that every calendar understands.

Instants are in UTC: no TZID, VTIMEZONE or RRULE, which some programs shift by an hour or refuse.
A plan that repeats is written out, one event an occurrence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import is_shown

LINE_BYTES = 75
"""The longest content line in bytes, without its line end (RFC 5545, 3.1)."""
BUSY = "busy"
"""The title of whatever shall not be told."""
_EVENT = re.compile(r"BEGIN:VEVENT\r?\n(.*?)END:VEVENT", re.DOTALL)
_HEAD = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//flowtui//flowtui//EN", "METHOD:PUBLISH")


@dataclass(frozen=True, slots=True)
class OutEvent:
    """One event to write."""

    uid: str
    start: datetime
    end: datetime
    title: str
    free: bool = False
    """Does not make its owner busy: a plan that may still give way."""
    cancelled: bool = False


class Written(NamedTuple):
    """An event as it stands in a file that was written before."""

    lines: tuple[str, ...]
    """Without the three that say when it was written."""
    sequence: int
    stamp: str


def calendar_text(events: Iterable[OutEvent], former: Mapping[str, Written], now: datetime) -> str:
    """The whole text of a calendar; what did not change since `former` keeps its revision."""
    lines = [*_HEAD]
    for event in events:
        lines += _event_lines(event, former.get(event.uid), now)
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def written(text: str) -> dict[str, Written]:
    """The events of a text that `calendar_text` made, by UID; none for any other text."""
    found = {}
    for match in _EVENT.finditer(re.sub(r"\r?\n[ \t]", "", text)):
        lines = match[1].splitlines()
        values = dict(line.partition(":")[::2] for line in lines)
        kept = tuple(line for line in lines if line.partition(":")[0] not in _STAMPS)
        sequence = values.get("SEQUENCE", "0")
        found[values.get("UID", "")] = Written(
            kept, int(sequence) if sequence.isdecimal() else 0, values.get("DTSTAMP", "")
        )
    return found


_STAMPS = ("DTSTAMP", "LAST-MODIFIED", "SEQUENCE")


def _event_lines(event: OutEvent, former: Written | None, now: datetime) -> list[str]:
    body = (
        f"UID:{event.uid}",
        f"DTSTART:{_stamp(event.start)}",
        f"DTEND:{_stamp(event.end)}",
        f"SUMMARY:{escaped(event.title)}",
        f"TRANSP:{'TRANSPARENT' if event.free else 'OPAQUE'}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
    )
    stamp, sequence = _stamp(now), 0
    if former is not None:
        same = former.lines == body and former.stamp
        stamp = former.stamp if same else stamp
        sequence = former.sequence if same else former.sequence + 1
    marks = (f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}", f"SEQUENCE:{sequence}")
    return ["BEGIN:VEVENT", *body, *marks, "END:VEVENT"]


def escaped(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11); control characters become blanks."""
    plain = "".join(char if is_shown(char) else " " for char in text)
    return re.sub(r"([\\,;])", r"\\\1", plain)


def folded(line: str) -> str:
    """`line` in pieces of at most 75 bytes, no character cut, each after the first indented."""
    pieces, piece, size = [], "", 0
    for char in line:
        length = len(char.encode("utf-8", "replace"))
        if size + length > LINE_BYTES:
            pieces.append(piece)
            piece, size = " ", 1
        piece += char
        size += length
    return "\r\n".join([*pieces, piece])


def _stamp(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
