"""What the exports of wearables share: a night, a workout, times with the zone they were in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import habit_name
from flowtui.core.errors import UsageError
from flowtui.exchange.csvs import Header, Line, lines, split_header
from flowtui.exchange.dates import read_moment, zone_at
from flowtui.exchange.desk import Desk
from flowtui.exchange.protocol import Fields, Found, Options, Unread
from flowtui.exchange.sources import Source, open_source

FURTHEST = timedelta(hours=14)
"""No zone is further from UTC."""
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d{1,2}):?(\d\d)?")


def moment(text: str, desk: Desk, offset: str = "", order: str | None = None) -> datetime:
    """An instant; without an offset of its own it is at `offset` ("UTC+01:00", "UTCZ"), or local.

    Raises UsageError for what is not a time.
    """
    zone = fixed(offset)
    found, _ = read_moment(text, ZoneInfo("UTC") if zone else desk.options.zone, order)
    if zone is None or _has_offset(text):
        return found
    return found.replace(tzinfo=zone)


def fixed(offset: str) -> timezone | None:
    """The zone of an offset such as "UTC+01:00" or "UTCZ"; None for any other text."""
    if offset.strip().upper() in ("UTCZ", "UTC", "Z"):
        return UTC
    match = _OFFSET.fullmatch(offset.strip())
    if match is None:
        return None
    length = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if length > FURTHEST:
        return None
    return timezone(-length if match[1] == "-" else length)


def _has_offset(text: str) -> bool:
    return bool(re.search(r"(?:Z|[+-]\d\d:?\d\d)$", text.strip()))


def night(
    desk: Desk,
    line: int,
    key: str,
    text: str,
    start: datetime,
    end: datetime,
    asleep_s: float | None = None,
    note: str = "",
) -> Found | Unread:
    """A stretch of sleep; `asleep_s` is how much of it was slept, where the device tells."""
    fields = _span(desk, start, end)
    if asleep_s is not None and asleep_s > 0:
        fields["duration_s"] = round(min(asleep_s, (end - start).total_seconds()))
    if note:
        fields["note"] = note
    return desk.entry(line, key, Kind.SLEEP, text, **fields)


def workout(
    desk: Desk,
    line: int,
    key: str,
    text: str,
    start: datetime,
    end: datetime,
    name: str,
    note: str = "",
) -> Found | Unread:
    """A workout under `name`."""
    fields = _span(desk, start, end)
    try:
        fields["name"] = habit_name(name)
    except UsageError:
        fields["name"] = "workout"
    if note:
        fields["note"] = note
    return desk.entry(line, key, Kind.WORKOUT, text, **fields)


def _span(desk: Desk, start: datetime, end: datetime) -> Fields:
    home = desk.options.zone
    begun, over = (at.astimezone(UTC).replace(microsecond=0) for at in (start, end))
    zone, end_zone = zone_at(begun, start.utcoffset(), home), zone_at(over, end.utcoffset(), home)
    if start.tzinfo is not None and start.utcoffset() == timedelta() and start.tzinfo is UTC:
        zone = end_zone = home.key  # an instant alone does not say where one was
    return Fields(start=begun, end=over, zone=zone, end_zone=end_zone if end_zone != zone else None)


@contextmanager
def member(path: Path, names: tuple[str, ...]) -> Iterator[tuple[Source, list[str]]]:
    """The files of an export whose names end in one of `names`; all of a lone file."""
    with open_source(path) as source:
        held = source.names()
        if path.is_file() and len(held) == 1:
            yield source, held
            return
        yield source, [n for n in held if n.rsplit("/", 1)[-1].casefold() in names]


def table(source: Source, name: str, options: Options) -> tuple[Header, list[Line]]:
    """A member as a table. Raises FlowError for what is none."""
    with source.open(name) as file:
        header, rows = split_header(lines(file, name, source.size(name), options))
        return header, list(rows)
