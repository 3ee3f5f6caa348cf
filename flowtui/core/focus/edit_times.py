"""Times typed for a block that is there: read in the zone it is shown in, and on its own day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Block
from flowtui.core.length_grammar import parse_duration
from flowtui.core.time_grammar import is_clock, parse_between, parse_clock, parse_instant
from flowtui.core.zones import zone_or_utc


def read_times(
    block: Block, start: str | None, end: str | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Start and end of `block` as typed, None where nothing was.

    A bare `HH:MM` is that of the day of the old value, or of the day beside it where the start
    would not lie before the end. The end may be a length. Raises UsageError.
    """
    zone = zone_or_utc(block.zone)
    old_end = block.ended_at or block.started_at
    ends = _end(end, now, zone, old_end, None, block.started_at) if end else None
    began = None
    if start:
        before = ends or block.ended_at or now
        began = parse_between(start, now, zone, block.started_at, before=before)
    if end:
        ends = _end(end, now, zone, old_end, began or block.started_at, began or block.started_at)
    return began, ends


def read_end(text: str, start: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """The end of a stretch from `start`, as a time or a length; empty means now."""
    return _end(text, now, zone, start, start, start) if text.strip() else now


def read_inside(text: str, block: Block, now: datetime) -> datetime:
    """An instant of `block`, as for a split. Raises UsageError for what is no time."""
    zone = zone_or_utc(block.zone)
    return parse_between(text, now, zone, block.started_at, after=block.started_at)


def read_on_day(
    text: str, day: date | None, day_start: time, now: datetime, zone: ZoneInfo
) -> datetime:
    """An instant typed while the logical `day` is looked at; None for today.

    A bare `HH:MM` is that of `day`, which begins at `day_start` and reaches into the next date.
    """
    try:
        clock = parse_clock(text)
    except UsageError:
        clock = None
    if day is None or clock is None:
        return parse_instant(text, now, zone)
    date_there = day if clock >= day_start else day + timedelta(1)
    noon = datetime.combine(date_there, time(12), zone)
    return parse_instant(text, now, zone, near=noon)


def _end(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    near: datetime,
    after: datetime | None,
    start: datetime,
) -> datetime:
    try:
        return parse_between(text, now, zone, near, after=after)
    except UsageError as error:
        if is_clock(text):
            raise  # 13:00 to come is no thirteen hours
        try:
            return start + timedelta(seconds=parse_duration(text))
        except UsageError:
            raise error from None
