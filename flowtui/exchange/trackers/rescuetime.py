"""RescueTime: its activity report by hour or by five minutes.

`Date, Time Spent (seconds), ..., Activity, Category, Productivity`, a row for each stretch and
activity. What counts as productive there (1 or 2) is taken together, stretch by stretch; stretches
of five minutes that follow one another are one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange.csvs import Line, lines, split_header
from flowtui.exchange.dates import read_moment
from flowtui.exchange.numbers import Marks, column_marks, read_number
from flowtui.exchange.protocol import LeftOut, Options, Unread
from flowtui.exchange.sniffing import has_columns, table_header
from flowtui.exchange.trackers.tracked import TrackedRow, TrackedTime

HOUR, FIVE = timedelta(hours=1), timedelta(minutes=5)
COLUMNS = ("Date", "Time Spent (seconds)", "Productivity")


class RescueTime:
    """RescueTime's activity report."""

    name = "rescuetime"
    title = "RescueTime (CSV, by hour)"

    def sniff(self, path: Path) -> bool:
        """By its columns."""
        return has_columns(table_header(path), COLUMNS)

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """A stretch for each hour: what was productive in it, from its beginning on.

        Raises FlowError for a report by day, which does not say when in the day it was.
        """
        with path.open("rb") as file:
            header, body = split_header(lines(file, path.name, path.stat().st_size, options))
            rows = list(body)
        at = {name: header.at(name) for name in header.names}
        spent_at, score_at = at.get(COLUMNS[1]), at.get(COLUMNS[2])
        marks = column_marks([[row.get(spent_at) for row in rows]], header.delimiter)[0]
        spent: dict[datetime, Counter[str]] = {}
        other = 0
        for row in rows:
            try:
                moment = read_moment(row.get(at.get("Date")), options.zone, options.date_order)[0]
                seconds, score = _figures(row, spent_at, score_at, marks)
            except UsageError as error:
                yield Unread(row.number, row.text, error.message)
                continue
            what = row.get(at.get("Category")) or row.get(at.get("Activity"))
            counts = spent.setdefault(moment, Counter())
            if score < 1:
                other += 1
            else:
                counts[what] += seconds
        if _by_day(spent, options):
            raise FlowError(
                f"{path.name} tells whole days, not when in them", "export the report by hour"
            )
        yield from _stretches(spent)
        if other:
            yield LeftOut("rows that RescueTime does not call productive", other)


def _figures(row: Line, spent: int | None, score: int | None, marks: Marks) -> tuple[int, float]:
    return round(read_number(row.get(spent), marks)), read_number(row.get(score), Marks.POINT)


def _by_day(spent: dict[datetime, Counter[str]], options: Options) -> bool:
    """Whether every row is at a midnight; one night alone may have been worked through."""
    local = [moment.astimezone(options.zone) for moment in spent]
    midnight = all((at.hour, at.minute) == (0, 0) for at in local)
    long = any(counts.total() > HOUR.total_seconds() for counts in spent.values())
    return bool(local) and midnight and (long or len(local) > 1)


def _stretches(spent: dict[datetime, Counter[str]]) -> Iterable[TrackedTime]:
    """One for each hour; of five minutes each, one for those that follow one another."""
    by_five = any(moment.minute for moment in spent)
    step = FIVE if by_five else HOUR
    start: datetime | None = None
    last: datetime | None = None
    counts: Counter[str] = Counter()
    for moment, held in sorted(spent.items()):
        if not held:
            continue
        if start is not None and last is not None and (not by_five or moment - last > step):
            yield _made(start, counts)
            start, counts = None, Counter()
        start = start or moment
        last = moment
        limit = int(step.total_seconds())
        share = min(1.0, limit / held.total()) if held.total() else 0.0
        for what, seconds in held.items():
            counts[what] += round(seconds * share)
    if start is not None and counts.total() > 0:
        yield _made(start, counts)


def _made(start: datetime, counts: Counter[str]) -> TrackedTime:
    end = start + timedelta(seconds=counts.total())
    return TrackedTime(start.isoformat(), start, end, counts.most_common(1)[0][0])
