"""What is planned, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.core.plan.free_time import FRAGMENT, clash, free_stretches, next_gap
from flowtui.core.plan.planned_block import Occurrence, Standing, stand
from flowtui.core.status_file import minutes
from flowtui.core.text import cell_count, middle_cut

CLEAR = timedelta(hours=12)
"""How far ahead room is looked for."""
DAY = 6
"""Cells of the day's name, with what parts it from the time."""
SHOWN = 5
"""Lines at most; how many more there are is said in the last."""
KEYS = "B begins   W in 15 min   M moves   N not today"


def planned_lines(
    planned: Iterable[Occurrence],
    now: datetime,
    zone: ZoneInfo,
    width: int,
    meetings: Sequence[CalendarEvent] = (),
) -> list[str]:
    """What is still open of today and tomorrow, at most `SHOWN` lines of at most `width` cells.

    What is due is first, with the keys that answer it; a plan that meets a meeting says so, and
    where there is room.
    """
    today = now.astimezone(zone).date()
    found = [
        one
        for one in stand(planned, now)
        if one.standing in (Standing.PLANNED, Standing.DUE, Standing.NOT_BEGUN)
    ]
    lines, former = [], None
    lengths = {one.id: minutes(one.plan.seconds) if one.plan.seconds else "open" for one in found}
    most = max((len(length) for length in lengths.values()), default=0)
    for one in found:
        local = one.at.astimezone(zone)
        day = "today" if local.date() == today else f"{local:%a}"
        length = lengths[one.id]
        standing = {Standing.DUE: "now", Standing.NOT_BEGUN: "not begun"}.get(one.standing, "")
        head = f"{day if day != former else '':<{DAY}}{local:%H:%M}  {length:>{most}}  "
        former = day
        tail = f"  {standing}" if standing else ""
        if one.standing is not Standing.NOT_BEGUN:
            tail += _clash_words(one, found, meetings, zone)
        if one.standing is Standing.DUE and width >= 100:
            tail += f"   {KEYS}"
        room = width - len(head) - cell_count(tail)
        name = middle_cut(one.plan.intention or "a block", max(8, room))
        lines.append(f"{head}{name}{tail}")
        if one.standing is Standing.DUE and width < 100:
            indent = DAY if width >= DAY + len(KEYS) else max(0, width - len(KEYS))
            lines.append(f"{'':<{indent}}{KEYS}"[:width])
    if len(lines) > SHOWN:
        more = len(lines) - SHOWN + 1
        lines = [*lines[: SHOWN - 1], f"{'':<{DAY}}and {more} more   flowtui plan list"]
    return lines


def room_for(
    one: Occurrence, planned: Iterable[Occurrence], meetings: Sequence[CalendarEvent]
) -> datetime | None:
    """Where a plan that meets a meeting has room next, beside the other plans; None without one."""
    if one.plan.seconds is None or _meets(one, meetings) is None:
        return None
    others = [
        CalendarEvent(other.at, other.ends_at, False, False, True, other.id, "")
        for other in planned
        if other.id != one.id and other.ends_at is not None
    ]
    length = timedelta(seconds=one.plan.seconds)
    return next_gap(one.at, length, [*meetings, *others], one.at + CLEAR)


def meeting_lines(
    meetings: Sequence[CalendarEvent], now: datetime, until: datetime, zone: ZoneInfo, width: int
) -> list[str]:
    """The meetings to come until `until`, and what is free between them; empty without any.

    What is free for less than an hour is called what it is.
    """
    ahead = [one for one in meetings if one.busy and now < one.end and one.start < until]
    timed = [one for one in ahead if not one.all_day]
    if not timed:
        return []
    told = [f"{one.start.astimezone(zone):%H:%M} {one.title or 'busy'}" for one in timed]
    free = free_stretches(ahead, now, until)
    whole = [one for one in free if not one.fragment]
    parts = [
        f"{minutes(int(one.length.total_seconds()))} from {one.start.astimezone(zone):%H:%M}"
        for one in whole
    ]
    short = sum((one.length for one in free if one.length < FRAGMENT), timedelta())
    if short >= timedelta(minutes=5):
        parts.append(f"{minutes(int(short.total_seconds()))} in fragments")
    lines = [_fitting(told, " · ", width)]
    return [*lines, _fitting(["free " + parts[0], *parts[1:]], ", ", width)] if parts else lines


def _meets(one: Occurrence, meetings: Sequence[CalendarEvent]) -> CalendarEvent | None:
    return clash(one.at, one.ends_at, meetings) if one.ends_at is not None else None


def _clash_words(
    one: Occurrence,
    planned: Sequence[Occurrence],
    meetings: Sequence[CalendarEvent],
    zone: ZoneInfo,
) -> str:
    meeting = _meets(one, meetings)
    if meeting is None:
        return ""
    room = room_for(one, planned, meetings)
    where = f", room at {room.astimezone(zone):%H:%M}: M" if room is not None else ""
    return f"  meets {middle_cut(meeting.title or 'a meeting', 24)}{where}"


def _fitting(parts: Sequence[str], between: str, width: int) -> str:
    """As many of `parts` as have room; the first is cut where it has none."""
    line = middle_cut(parts[0], width)
    for part in parts[1:]:
        if cell_count(f"{line}{between}{part}") > width:
            break
        line = f"{line}{between}{part}"
    return line
