"""Toggl, Clockify, RescueTime, and any table of tracked time: start, end or length, text, tags.

Toggl's detailed report: `Description, Project, Start date, Start time, End date, End time,
Duration, Tags` among others; Clockify's: the same with capitals and `Duration (h)`, its dates as
the workspace writes them. RescueTime: `Date, Time Spent (seconds), ..., Activity, Category,
Productivity`, a row for each hour and activity; what counts as productive there (1 or 2) is taken
together hour by hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.wall_time import place
from flowtui.exchange.csvs import Header, Line, lines, split_header
from flowtui.exchange.dates import (
    date_order,
    read_date,
    read_length_s,
    read_moment,
    read_number,
    read_time,
)
from flowtui.exchange.protocol import LeftOut, Options, Unread
from flowtui.exchange.sniffing import has_columns, table_header
from flowtui.exchange.trackers.tracked import TrackedRow, TrackedTime

_ROLES = {
    "start": ("start", "from", "started", "started at", "start time", "begin", "start_time"),
    "end": ("end", "to", "stop", "ended", "stopped", "end time", "finish", "end_time", "stop_time"),
    "length": ("duration", "length", "time", "hours", "minutes", "duration (h)", "time spent"),
    "start_date": ("start date", "date", "day"),
    "end_date": ("end date",),
    "text": ("description", "text", "title", "note", "notes", "task", "activity", "intention"),
    "tags": ("tags", "tag", "labels"),
    "project": ("project", "client", "category"),
}
_UNIT_S = {"hours": 3600, "minutes": 60, "seconds": 1}


class Table:
    """A table with a start and an end or a length in each row."""

    def __init__(self, name: str, title: str, needed: tuple[str, ...] = ()) -> None:
        self.name = name
        self.title = title
        self._needed = needed
        """Columns by which it is known; none for the generic table, which has to be named."""

    def sniff(self, path: Path) -> bool:
        """By its columns."""
        return bool(self._needed) and has_columns(table_header(path), self._needed)

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """Every row. Raises FlowError for a table without start, or without end and length."""
        with path.open("rb") as file:
            header, body = split_header(lines(file, path.name, path.stat().st_size, options))
            rows = list(body)
        columns = _columns(header)
        if ("start" not in columns and "start_date" not in columns) or not (
            {"end", "length", "end_date"} & set(columns)
        ):
            raise FlowError(
                f"{path.name} does not say when time was tracked",
                "it needs columns such as: start, end (or duration), description, tags, project",
            )
        order = options.date_order or _order(header, rows, columns, options)
        seen: Counter[str] = Counter()
        for row in rows:
            yield _row(header, row, columns, order, options, seen)


def _order(
    header: Header, rows: list[Line], columns: dict[str, int], options: Options
) -> str | None:
    """Whether days or months come first: by a day over 12, else by which makes fewer odd rows."""
    dated = [
        columns[role] for role in ("start_date", "start", "end_date", "end") if role in columns
    ]
    order = date_order(row.get(at) for row in rows for at in dated)
    if order is not None:
        return order
    odd = {}
    for tried in ("dmy", "mdy"):
        made = [_row(header, row, columns, tried, options, Counter()) for row in rows]
        odd[tried] = sum(
            not isinstance(one, TrackedTime) or one.end - one.start > timedelta(days=1)
            for one in made
        )
    if odd["dmy"] == odd["mdy"]:
        return None
    return min(odd, key=lambda tried: odd[tried])


def _columns(header: Header) -> dict[str, int]:
    """Positions by what they mean; where `Start date` is there, `Start time` is a time of day."""
    found: dict[str, int] = {}
    for role, names in _ROLES.items():
        for name in names:
            at = header.at(name)
            if at is not None and at not in found.values():
                found[role] = at
                break
    return found


def _row(
    header: Header,
    row: Line,
    columns: dict[str, int],
    order: str | None,
    options: Options,
    seen: Counter[str],
) -> TrackedRow:
    cells = {role: row.get(at) for role, at in columns.items()}
    try:
        start = _moment(cells.get("start_date", ""), cells.get("start", ""), order, options)
        end_text = cells.get("end", "")
        if end_text or cells.get("end_date"):
            day = cells.get("end_date") or cells.get("start_date", "")
            end = _moment(day, end_text, order, options)
            if end < start and not cells.get("end_date"):
                end += timedelta(days=1)  # past midnight
        else:
            end = start + timedelta(seconds=_length(header, columns, cells))
    except UsageError as error:
        return Unread(row.number, row.text, error.message)
    if end <= start:
        return Unread(row.number, row.text, "ends before it starts, or at once")
    text, project = cells.get("text", ""), cells.get("project", "")
    stem = f"{start.isoformat()}|{text}|{project}"
    seen[stem] += 1
    key = stem if seen[stem] == 1 else f"{stem}#{seen[stem]}"
    return TrackedTime(key, start, end, text, _tags(cells.get("tags", "")), project, row.number)


def _length(header: Header, columns: dict[str, int], cells: dict[str, str]) -> int:
    name = header.names[columns["length"]].casefold() if "length" in columns else ""
    unit = next((s for word, s in _UNIT_S.items() if word in name), 60)
    return read_length_s(cells.get("length", ""), 3600 if "(h)" in name else unit)


def _moment(day: str, clock: str, order: str | None, options: Options) -> datetime:
    if day and clock:
        try:
            time = read_time(clock)
        except UsageError:
            return read_moment(clock, options.zone, order)[0]
        return place(read_date(day, order), time, options.zone).instant
    return read_moment(clock or day, options.zone, order)[0]


def _tags(text: str) -> tuple[str, ...]:
    parts = text.replace(";", ",").replace("|", ",").split(",")
    return tuple(part.strip() for part in parts if part.strip())


class RescueTime:
    """RescueTime's activity report by hour."""

    name = "rescuetime"
    title = "RescueTime (CSV, by hour)"

    def sniff(self, path: Path) -> bool:
        """By its columns."""
        return has_columns(table_header(path), ("Date", "Time Spent (seconds)", "Productivity"))

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """One stretch an hour: what was productive in it, from its beginning on."""
        with path.open("rb") as file:
            header, body = split_header(lines(file, path.name, path.stat().st_size, options))
            at = {name: header.at(name) for name in header.names}
            hours: dict[datetime, Counter[str]] = {}
            other = 0
            for row in body:
                try:
                    moment = read_moment(row.get(at.get("Date")), options.zone)[0]
                    seconds = read_number(row.get(at.get("Time Spent (seconds)")))
                    score = read_number(row.get(at.get("Productivity")))
                except UsageError as error:
                    yield Unread(row.number, row.text, error.message)
                    continue
                if score < 1:
                    other += 1
                    continue
                what = row.get(at.get("Category")) or row.get(at.get("Activity"))
                hours.setdefault(moment, Counter())[what] += round(seconds)
        yield from _hours(hours)
        if other:
            yield LeftOut("rows that RescueTime does not call productive", other)


def _hours(hours: dict[datetime, Counter[str]]) -> Iterable[TrackedTime]:
    for start, spent in sorted(hours.items()):
        seconds = min(3600, spent.total())
        if seconds > 0:
            text = spent.most_common(1)[0][0]
            end = start + timedelta(seconds=seconds)
            yield TrackedTime(start.isoformat(), start, end, text)
