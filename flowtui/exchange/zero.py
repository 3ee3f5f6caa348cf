"""Zero: its log of fasts becomes eating windows, the stretches between one fast and the next.

Format: `Date,Start,End,Hours,Night Eating`, newest first; `Hours` is rounded down, there is no
end date and no zone. The end is the first time that the clock shows `End` once `Hours` are over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from flowtui.core.body.entry_kinds import SPECS, Kind
from flowtui.core.day import ONE_DAY
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.wall_time import occurrences, place
from flowtui.exchange.csvs import Line, lines, needs, split_header
from flowtui.exchange.dates import date_order, read_date, read_time
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.numbers import Marks, read_number
from flowtui.exchange.protocol import LeftOut, Options, Row
from flowtui.exchange.sniffing import has_columns, table_header

COLUMNS = ("Date", "Start", "End", "Hours")
SLACK = timedelta(hours=1)
"""Hours are rounded down, so the end comes less than this after them; a clock change adds one."""


@dataclass(frozen=True, slots=True)
class _Fast:
    line: Line
    start: datetime
    end: datetime


class Zero:
    """Zero's CSV export."""

    name = "zero"
    title = "Zero (fasting log, CSV)"

    def sniff(self, path: Path) -> bool:
        """A table with Zero's columns."""
        return has_columns(table_header(path), COLUMNS)

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """One eating window between every two fasts. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        fasts: list[_Fast] = []
        running = 0
        with path.open("rb") as file:
            rows = lines(file, path.name, path.stat().st_size, options)
            header, body = split_header(rows)
            at = needs(header, COLUMNS, path.name)
            table = list(body)
        order = options.date_order or date_order(r.get(at["Date"]) for r in table) or "mdy"
        for row in table:
            cells = {name: row.get(place) for name, place in at.items()}
            if not cells["End"] or not cells["Hours"]:
                running += 1
                continue
            try:
                fasts.append(_fast(row, cells, order, options))
            except UsageError as error:
                yield desk.unread(row.number, row.text, error.message)
        if running:
            yield LeftOut("fasts that were still running", running)
        yield from _windows(sorted(fasts, key=lambda f: f.start), desk)


def _fast(row: Line, cells: dict[str, str], order: str, options: Options) -> _Fast:
    zone = options.zone
    day = read_date(cells["Date"], order)
    start = place(day, read_time(cells["Start"]), zone).instant
    clock, length = (
        read_time(cells["End"]),
        timedelta(hours=read_number(cells["Hours"], Marks.BOTH)),
    )
    least = start + length
    near = least.astimezone(zone).date()
    candidates = [
        moment
        for day in (near - ONE_DAY, near, near + ONE_DAY)
        for moment in occurrences(day, clock, zone) or (place(day, clock, zone).instant,)
    ]
    # the hours were counted on a clock that knew nothing of a change in between
    fits = [m for m in candidates if -SLACK <= m - least < 2 * SLACK]
    if not fits or least <= start - SLACK:
        raise UsageError(
            f"{cells['Hours']} h from {cells['Start']} do not end at {cells['End']}",
        )
    exact = [m for m in fits if timedelta(0) <= m - least < SLACK]
    return _Fast(row, start, (exact or fits)[0])


def _windows(fasts: list[_Fast], desk: Desk) -> Iterator[Row]:
    limit = timedelta(seconds=SPECS[Kind.EATING].max_s or 0)
    long = 0
    for before, after in pairwise(fasts):
        if after.start < before.end:
            yield desk.unread(after.line.number, after.line.text, "begins before the fast before")
            continue
        if after.start - before.end >= limit:
            long += 1
            continue
        yield desk.entry(
            before.line.number,
            f"{before.end.astimezone(UTC):%Y-%m-%dT%H:%M}",
            Kind.EATING,
            before.line.text,
            start=before.end,
            end=after.start,
        )
    if long:
        yield LeftOut("stretches of a day and more without a fast (not one window)", long)
    if fasts:
        yield LeftOut("eating after the last fast (its end is not known)", 1)
