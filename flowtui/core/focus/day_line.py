"""A day on one line of cells: focus, gaps inside blocks, interruptions, plans, meetings.

Pure; a cell is a sign with the name of its meaning, so that a front decides on colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import extent, focus_spans
from flowtui.core.zones import zone_or_utc

if TYPE_CHECKING:
    from flowtui.core.plan.calendar_event import CalendarEvent
    from flowtui.core.plan.planned_block import Occurrence

HOUR = timedelta(hours=1)
FIRST_H, LAST_H = 8, 18
"""The line shows these hours of the clock at least."""
FOCUS, GAP, NOTED, PLANNED, MEETING, NOW, NOTHING = "━", "╌", "┿", "┄", "▒", "│", " "
MEANING = {
    FOCUS: "focus",
    GAP: "rest",
    NOTED: "warn",
    PLANNED: "muted",
    MEETING: "muted",
    NOW: "accent",
    NOTHING: "line",
}
LEGEND = (
    f"{FOCUS} focus  {GAP} gap  {NOTED} interruption  {PLANNED} planned  {MEETING} meeting  "
    f"{NOW} now"
)


class DayLine(NamedTuple):
    """The hours above, the cells below."""

    scale: str
    cells: str
    used: frozenset[str]
    """The signs that occur."""


def day_line(
    blocks: Sequence[Block],
    planned: Sequence[Occurrence],
    now: datetime,
    zone: ZoneInfo,
    width: int,
    today: bool = True,
    meetings: Sequence[CalendarEvent] = (),
) -> DayLine | None:
    """The day of `blocks`, `width` cells wide; None where there is nothing to draw.

    It begins with a full hour, and reaches from the first of what there is to the last. A block
    stands where the clock of its own zone stood, as in the list of blocks.
    """
    moves = [_moved(block, zone) for block in blocks]
    extents = [extent(block, now) for block in blocks]
    spans = [(one.start + by, one.end + by) for one, by in zip(extents, moves, strict=True)]
    busy = [(one.start, one.end) for one in meetings if one.busy and not one.all_day]
    ahead = [(one.at, one.at + timedelta(seconds=one.plan.seconds or 1800)) for one in planned]
    if not spans and not ahead and not busy:
        return None
    start, end = _reach(
        [at for at, _ in (*spans, *ahead, *busy)],
        [at for _, at in (*spans, *ahead, *busy)] + ([now] if today else []),
        zone,
    )
    cells = [NOTHING] * width

    def place(at: datetime) -> int:
        return int((at - start) / (end - start) * width)

    def fill(first: datetime, last: datetime, sign: str) -> None:
        begin = min(width - 1, max(0, place(first)))
        for at in range(begin, min(width, max(begin + 1, place(last)))):
            cells[at] = sign

    for one, other in busy:
        fill(one, other, MEETING)
    for one, other in ahead:
        fill(one, other, PLANNED)
    for block, span, by in zip(blocks, spans, moves, strict=True):
        fill(*span, GAP)
        for part in focus_spans(block, now):
            fill(part.start + by, part.end + by, FOCUS)
        for noted in block.interruptions:
            fill(noted.at + by, noted.at + by, NOTED)
    if today and 0 <= place(now) < width:
        cells[place(now)] = NOW
    return DayLine(_scale(start, end, zone, width), "".join(cells), frozenset(cells))


def _moved(block: Block, zone: ZoneInfo) -> timedelta:
    """By how much its own clock is ahead of that of `zone`."""
    at = block.started_at
    here, there = at.astimezone(zone), at.astimezone(zone_or_utc(block.zone))
    return (there.utcoffset() or timedelta()) - (here.utcoffset() or timedelta())


def _reach(
    starts: Sequence[datetime], ends: Sequence[datetime], zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """Full hours around all of it, and around the usual hours of that day."""
    first = min(starts).astimezone(zone)
    early = first.replace(minute=0, second=0, microsecond=0)
    usual = early.replace(hour=FIRST_H)
    last = max(ends).astimezone(zone)
    late = last.replace(minute=0, second=0, microsecond=0)
    late = late if late == last else late + HOUR
    usual_end = early.replace(hour=LAST_H)
    start = min(early, usual) if early.hour > 3 else early
    return start, max(late, usual_end, start + 4 * HOUR)


def _scale(start: datetime, end: datetime, zone: ZoneInfo, width: int) -> str:
    """Hours that have room for themselves."""
    hours = max(1, round((end - start) / HOUR))
    step = next((n for n in (1, 2, 3, 4, 6, 12) if width * n / hours >= 5), 24)
    text = ""
    for hour in range(0, hours, step):
        at = int(hour / hours * width)
        text = text.ljust(at) + f"{(start + hour * HOUR).astimezone(zone):%H}"
    return text[:width].ljust(width)
