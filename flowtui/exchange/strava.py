"""Strava: workouts from `activities.csv` of the bulk export (archive, folder, or the file alone).

Format: some headers stand there twice (Elapsed Time, Distance, Max Heart Rate, Relative Effort,
Commute), the second time with exact figures in seconds and metres. Dates are UTC, written as
"Jul 1, 2025, 6:30:00 AM". `Perceived Exertion` is Strava's own scale from 1 to 10.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange import exercises
from flowtui.exchange.csvs import Header, Line, lines, needs, split_header
from flowtui.exchange.dates import read_moment
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.numbers import Marks, column_marks, read_number
from flowtui.exchange.protocol import Found, Options, Row, Unread
from flowtui.exchange.sniffing import has_columns, holds, table_header
from flowtui.exchange.sources import open_source

MEMBER = "activities.csv"
COLUMNS = ("Activity ID", "Activity Date", "Activity Type", "Elapsed Time")
SCALE = "strava-exertion"
_UTC = ZoneInfo("UTC")


class Strava:
    """Strava's bulk export."""

    name = "strava"
    title = "Strava (bulk export)"

    def sniff(self, path: Path) -> bool:
        """The table itself, or a folder or archive that holds it."""
        header = table_header(path)
        if has_columns(header, COLUMNS) or (header is not None and _by_place(header) is not None):
            return True
        return (path.is_dir() or path.suffix.casefold() == ".zip") and holds(path, _has_member)

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every activity. Raises FlowError for a damaged file, or one in another language."""
        desk = desk_for(self.name, path, options)
        with open_source(path) as source:
            names = source.names()
            member = next((n for n in names if n.rsplit("/", 1)[-1] == MEMBER), None)
            if member is None and (path.is_dir() or len(names) != 1):
                raise FlowError(f"{path} holds no {MEMBER}", "it is in Strava's bulk export")
            member = member or names[0]
            with source.open(member) as file:
                rows = lines(file, member, source.size(member), options)
                header, body = split_header(rows)
                places, held = _places(header, member), list(body)
                marks = _marks(places, header, held)
                for row in held:
                    yield _activity(places, row, desk, marks)


def _has_member(names: list[str]) -> bool:
    return any(name.rsplit("/", 1)[-1] == MEMBER for name in names)


class _Places(NamedTuple):
    """Where what is read stands."""

    number: int | None
    date: int | None
    title: int | None
    sport: int | None
    rough: int | None
    """Elapsed seconds, in some exports rounded or in words."""
    elapsed: int | None
    moving: int | None
    exertion: int | None


def _places(header: Header, member: str) -> _Places:
    """By the English names, else by their fixed places. Raises FlowError for other tables."""
    if header.at("Activity ID") is None and (places := _by_place(header)) is not None:
        return places
    needs(header, COLUMNS, member)
    # the last of two columns of one name has the exact figure
    return _Places(
        header.at("Activity ID"),
        header.at("Activity Date"),
        header.at("Activity Name"),
        header.at("Activity Type"),
        header.at("Elapsed Time"),
        header.at("Elapsed Time", -1),
        header.at("Moving Time", -1),
        header.at("Perceived Exertion", -1),
    )


def _by_place(header: Header) -> _Places | None:
    """The places in an export of another language; None for a table that is not Strava's.

    Names that stand there twice show where the exact figures are: elapsed time (column 5) and two
    columns on distance (6); relative effort (8) and six columns on perceived exertion.
    """
    names = header.names
    if len(names) < 30:
        return None
    again = [n for n, name in enumerate(names) if name == names[5] and n > 9]
    if not again or again[0] + 2 >= len(names) or names[again[0] + 2] != names[6]:
        return None
    elapsed = again[0]
    effort = next((n for n, name in enumerate(names) if name == names[8] and n > elapsed), None)
    exertion = effort + 6 if effort is not None and effort + 6 < len(names) else None
    return _Places(0, 1, 2, 3, 5, elapsed, elapsed + 1, exertion)


def _marks(places: _Places, header: Header, rows: list[Line]) -> dict[int, Marks]:
    """How the columns of numbers write their decimals; what one does not show, the others do."""
    rough = [at for at in (places.rough,) if at is not None]
    exact = (places.elapsed, places.moving, places.exertion)
    found: dict[int, Marks] = {}
    # rough figures are written as the person reads them, with the distance beside; exact ones not
    for places_ in ([*rough, *(at + 1 for at in rough)], [at for at in exact if at is not None]):
        cells = [[row.get(at) for row in rows if row.get(at)] for at in places_]
        found |= zip(places_, column_marks(cells, header.delimiter), strict=True)
    return found


def _activity(places: _Places, row: Line, desk: Desk, marks: dict[int, Marks]) -> Found | Unread:
    elapsed_at = places.elapsed if row.get(places.elapsed) else places.rough
    moving_text = row.get(places.moving)
    number = row.get(places.number)
    order = desk.options.date_order
    try:
        start = read_moment(row.get(places.date), _UTC, order)[0].astimezone(UTC)
        elapsed = timedelta(seconds=round(_figure(row, elapsed_at, marks)))
        moving = round(_figure(row, places.moving, marks)) if moving_text else None
        effort = _effort(row, places.exertion, marks)
        if not number:
            raise UsageError("has no Activity ID")
    except UsageError as error:
        return desk.unread(row.number, row.text, error.message)
    return desk.entry(
        row.number,
        number,
        Kind.WORKOUT,
        row.text,
        start=_whole(start),
        end=_whole(start + elapsed),
        duration_s=min(moving, round(elapsed.total_seconds())) if moving else None,
        name=exercises.strava(row.get(places.sport)),
        effort=effort,
        scale=SCALE if effort is not None else None,
        note=row.get(places.title),
    )


def _figure(row: Line, at: int | None, marks: dict[int, Marks]) -> float:
    return read_number(row.get(at), marks[at] if at is not None else Marks.POINT)


def _effort(row: Line, at: int | None, marks: dict[int, Marks]) -> float | None:
    """Strava's 1 to 10 in half steps; None where none was given."""
    if not row.get(at):
        return None
    value = _figure(row, at, marks)
    return round(value * 2) / 2 if value > 0 else None


def _whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
