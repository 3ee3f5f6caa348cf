"""Fitbit, Oura, Google Fit and Sleep as Android: nights.

Fitbit, in Google Takeout or its own archive: `sleep-2026-03-01.json`, a list of {logId, startTime,
endTime, minutesAsleep, mainSleep}, local times; its older CSV: `Start Time,End Time,Minutes Asleep`
below a line `Sleep`; of late `UserSleeps_2026-03-01.csv` beside it, in UTC with offsets. Google
Fit's Takeout: sessions {fitnessActivity: sleep, startTime, endTime}. Oura: {"sleep":
[{bedtime_start, bedtime_end, total}]} (v1), {"data": [{bedtime_start, bedtime_end,
total_sleep_duration}]} (v2), its table with `Bedtime Start` and `Total Sleep Duration`, seconds, or
of late `App Data/sleepmodel.csv`, parted by `;`.
Sleep as Android: a header and a row for each night: Id, Tz, From, To, Sched, Hours, Comment.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange.csvs import HEAD, Line, encoding_of, header_of
from flowtui.exchange.dates import date_order, read_moment
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.numbers import Marks, column_marks, read_number
from flowtui.exchange.protocol import LeftOut, Options, Row
from flowtui.exchange.sniffing import has_columns, head_of, holds, table_header
from flowtui.exchange.sources import Source, open_source
from flowtui.exchange.wearables.nights import fixed, member, moment, night

_FITBIT_FILES = re.compile(
    r"(?:.*/)?(?:sleep-\d{4}-\d\d-\d\d\.json|UserSleeps_\d{4}-\d\d-\d\d\.csv)"
)
_FIT_FILES = re.compile(r"(?:.*/)?[^/]*_SLEEP\.json")
_OURA_FILES = re.compile(r"(?:.*/)?(?:oura[^/]*\.json|sleepmodel\.csv)", re.IGNORECASE)


class _Table(NamedTuple):
    """Columns of a table of nights."""

    start: str
    end: str
    asleep: str
    unit_s: int
    """Seconds of one of `asleep`."""
    offsets: tuple[str, str] = ("", "")
    """Columns that tell the offsets of start and end, where the times are in UTC."""
    id: str = ""


_TABLES = (
    _Table("Start Time", "End Time", "Minutes Asleep", 60),
    _Table("Bedtime Start", "Bedtime End", "Total Sleep Duration", 1),
    _Table("bedtime_start", "bedtime_end", "total_sleep_duration", 1),
    _Table(
        "sleep_start", "sleep_end", "minutes_asleep", 60,
        ("start_utc_offset", "end_utc_offset"), "sleep_id",
    ),
)  # fmt: skip


class SleepFiles:
    """Nights of Fitbit, Oura or Google Fit."""

    def __init__(
        self, name: str, title: str, key: bytes, files: re.Pattern[str], table: bytes
    ) -> None:
        """`key` stands in its JSON, `files` are their names, `table` begins its table."""
        self.name = name
        self.title = title
        self._key = key
        self._files = files
        self._table = table

    def sniff(self, path: Path) -> bool:
        """Its files by name in an archive or folder, else by what is in the file."""
        if path.is_dir() or path.suffix.casefold() == ".zip":
            return holds(path, lambda names: any(map(self._files.fullmatch, names)))
        head = head_of(path, 4_000).lstrip(b"\xef\xbb\xbf \t\r\n")
        if head[:1] in (b"{", b"["):
            return self._key in head
        return bool(self._table) and re.match(self._table, head) is not None

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every night and nap. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        with open_source(path) as source:
            names = source.names()
            if not (path.is_file() and len(names) == 1):
                names = sorted(filter(self._files.fullmatch, names))
            if not names:
                raise FlowError(
                    f"{path} holds no nights", "unpack it, and name the folder of sleep"
                )
            nights = [name for name in names if not name.casefold().endswith(".csv")]
            if nights and len(nights) < len(names):
                # the tables beside them hold the same nights again
                yield LeftOut("tables of nights that other files hold", len(names) - len(nights))
                names = nights
            for name in names:
                yield from _file(source, name, desk, options)


def _file(source: Source, name: str, desk: Desk, options: Options) -> Iterator[Row]:
    with source.open(name) as file:
        data = file.read()
    if data.lstrip()[:1] not in (b"{", b"["):
        yield from _csv(source, name, data, desk, options)
        return
    try:
        held = json.loads(data)
    except (ValueError, RecursionError):
        raise FlowError(
            f"{name} is not whole JSON", "export it again; nothing was imported"
        ) from None
    other = 0
    for number, row in enumerate(_nights(held), start=1):
        try:
            made = _json_night(row, number, desk)
        except (TypeError, ValueError, LookupError, UsageError):
            yield desk.unread(number, str(row)[:200], "is not a night as it is exported")
            continue
        if made is None:
            other += 1
        else:
            yield made
    if other:
        yield LeftOut("sessions that are no sleep", other)


def _nights(held: Any) -> list[Any]:
    if isinstance(held, list):
        return held
    for key in ("sleep", "data"):
        if isinstance(held.get(key), list):
            return list(held[key])
    return [held]


def _json_night(row: dict[str, Any], number: int, desk: Desk) -> Row | None:
    if "bedtime_start" in row:
        first, last = str(row["bedtime_start"]), str(row["bedtime_end"])
        asleep = row.get("total_sleep_duration") or row.get("total")
        return _made(desk, number, first, last, float(asleep) if asleep else None, row)
    if "logId" in row:
        minutes = row.get("minutesAsleep")
        nap = "" if row.get("mainSleep", True) else "nap"
        asleep = float(minutes) * 60 if minutes is not None else None
        return _made(desk, number, str(row["startTime"]), str(row["endTime"]), asleep, row, nap)
    if str(row["fitnessActivity"]).casefold() != "sleep":
        return None
    return _made(desk, number, str(row["startTime"]), str(row["endTime"]), None, row)


def _made(
    desk: Desk,
    number: int,
    first: str,
    last: str,
    asleep_s: float | None,
    row: Any,
    note: str = "",
) -> Row:
    start, end = moment(first, desk), moment(last, desk)
    return night(desk, number, first, str(row)[:200], start, end, asleep_s, note)


def _csv(source: Source, name: str, data: bytes, desk: Desk, options: Options) -> Iterator[Row]:
    text = data.decode(encoding_of(data), "replace").lstrip("\ufeff")
    if re.match(r"Sleep\r?\n", text):
        text = text.partition("\n")[2]
    header = header_of(text[:HEAD].encode())
    delimiter = header.delimiter if header is not None else ","
    read = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = tuple(read.fieldnames or ())
    columns = next((one for one in _TABLES if {one.start, one.end} <= set(names)), None)
    if columns is None:
        raise FlowError(
            f"{name} holds no nights as they are exported: it has no column {_TABLES[0].start!r}",
            "check that the format's name is right",
        )
    rows = list(read)
    times = [str(row.get(column) or "") for row in rows for column in columns[:2]]
    order = options.date_order or date_order(times)
    asleep = [str(row.get(columns.asleep) or "").strip() for row in rows]
    (marks,) = column_marks([asleep], delimiter)
    for number, (row, slept) in enumerate(zip(rows, asleep, strict=True), start=2):
        first = str(row.get(columns.start) or "").strip()
        if not first:
            continue
        try:
            start, end = (
                _at(row, column, offset, desk, order)
                for column, offset in zip(columns[:2], columns.offsets, strict=True)
            )
            seconds = read_number(slept, marks) * columns.unit_s if slept else None
        except UsageError as error:
            yield desk.unread(number, ",".join(map(str, row.values()))[:200], error.message)
            continue
        key = str(row.get(columns.id) or first)
        nap = "nap" if row.get("type") in ("sleep", "late_nap") else ""
        yield night(desk, number, key, first, start, end, seconds, nap)


def _at(row: dict[str, str], column: str, offset: str, desk: Desk, order: str | None) -> datetime:
    found = moment(str(row.get(column) or "").strip(), desk, order=order)
    zone = fixed(str(row.get(offset) or "")) if offset else None
    return found if zone is None else found.astimezone(zone)


class SleepAsAndroid:
    """Sleep as Android's export."""

    name = "sleep-as-android"
    title = "Sleep as Android (sleep-export.csv, or its archive)"

    def sniff(self, path: Path) -> bool:
        """A table that begins with Id, Tz, From, To, or the archive that holds it."""
        if path.suffix.casefold() == ".zip":
            return holds(path, lambda names: "sleep-export.csv" in names)
        return has_columns(table_header(path), ("Id", "Tz", "From", "To", "Hours"))

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every night. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        with member(path, ("sleep-export.csv",)) as (source, names):
            if not names:
                raise FlowError(f"{path} holds no sleep-export.csv", "export it again")
            for name in names:
                with source.open(name) as file:
                    data = file.read()
                text = data.decode(encoding_of(data), "replace")
                if not re.search(r"(?m)^\ufeff?Id,Tz,From,To,", text):
                    raise FlowError(
                        f"{name} is not an export of Sleep as Android",
                        "it has Id, Tz, From, To above each night",
                    )
                yield from _android(text, desk)


def _android(text: str, desk: Desk) -> Iterator[Row]:
    header: list[str] = []
    nights: list[tuple[dict[str, str], Line]] = []
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
        if cells[:4] == ["Id", "Tz", "From", "To"]:
            header = cells
        elif cells and cells[0] and header:
            # a row without an id holds the noise of the night before it
            fields = dict(zip(header, cells, strict=False))
            nights.append((fields, Line(number, tuple(cells[:8]))))
    times = (fields.get(name, "") for fields, _ in nights for name in ("From", "To"))
    order = desk.options.date_order or date_order(times)
    (marks,) = column_marks([[fields.get("Hours", "") for fields, _ in nights]], ",")
    for fields, row in nights:
        yield _android_night(fields, row, desk, order, marks)


def _android_night(
    fields: dict[str, str], row: Line, desk: Desk, order: str | None, marks: Marks
) -> Row:
    try:
        try:
            zone = ZoneInfo(fields["Tz"])
        except (ValueError, OSError, LookupError):
            zone = desk.options.zone
        start, end = (
            read_moment(fields[name], zone, order)[0].astimezone(zone) for name in ("From", "To")
        )
        hours = read_number(fields["Hours"], marks) if fields.get("Hours") else None
    except (UsageError, LookupError) as error:
        return desk.unread(row.number, row.text, str(error))
    asleep_s = hours * 3600 if hours is not None and hours > 0 else None
    note = fields.get("Comment", "").strip()
    return night(desk, row.number, fields["Id"], row.text, start, end, asleep_s, note)


FITBIT = SleepFiles(
    "fitbit",
    "Fitbit sleep (JSON or CSV, or a Takeout)",
    b'"logId"',
    _FITBIT_FILES,
    rb"Sleep\r?\n|sleep_id,sleep_type,",
)
OURA = SleepFiles(
    "oura",
    "Oura (JSON or CSV)",
    b'"bedtime_start"',
    _OURA_FILES,
    rb"(?i:[^\n]*\bbedtime[ _]start\b)",
)
GOOGLE_FIT = SleepFiles(
    "google-fit", "Google Fit sleep (Takeout)", b'"fitnessActivity"', _FIT_FILES, b""
)
