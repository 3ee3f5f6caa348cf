"""Toggl, Clockify, and any table of tracked time: start, end or length, text, tags.

Toggl's detailed report: `Description, Project, Start date, Start time, End date, End time,
Duration, Tags` among others, of late `Stop date, Stop time`, with `-` for no project; Clockify's:
the same with capitals and `Duration (h)`, its dates as the workspace writes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.wall_time import place
from flowtui.exchange.csvs import Header, Line, lines, split_header
from flowtui.exchange.dates import date_order, read_date, read_length_s, read_moment, read_time
from flowtui.exchange.numbers import Marks, column_marks, read_number
from flowtui.exchange.protocol import LeftOut, Options, Unread
from flowtui.exchange.sniffing import has_columns, table_header
from flowtui.exchange.trackers.tracked import TrackedRow, TrackedTime
from flowtui.exchange.units import split_unit

_ROLES = {
    "start": (
        *("start", "from", "started", "started at", "start time", "begin", "began", "start_time"),
        *("startzeit", "beginn", "von", "inicio", "hora de inicio", "début", "heure de début"),
        *("inizio", "ora di inizio", "início", "starttijd"),
    ),
    "end": (
        *("end", "to", "stop", "ended", "stopped", "end time", "stop time", "finish", "end_time"),
        *("stop_time", "endzeit", "ende", "bis", "fin", "hora de fin", "hora de finalización"),
        *("heure de fin", "fine", "ora di fine", "fim", "eindtijd"),
    ),
    "length": (
        *("duration", "length", "time spent", "time", "hours", "minutes", "seconds", "dauer"),
        *("duración", "durée", "durata", "duração", "duur", "stunden", "minuten", "horas"),
        *("heures", "ore", "duration (decimal)"),
    ),
    "start_date": (
        *("start date", "date", "day", "startdatum", "datum", "fecha de inicio", "fecha"),
        *("date de début", "jour", "data di inizio", "data de início", "data"),
    ),
    "end_date": (
        *("end date", "stop date", "enddatum", "fecha de fin", "fecha de finalización"),
        *("date de fin", "data di fine", "data de fim", "einddatum"),
    ),
    "text": (
        *("description", "text", "title", "note", "notes", "task", "activity", "intention"),
        *("beschreibung", "titel", "notiz", "aufgabe", "tätigkeit", "descripción", "descrizione"),
        *("descrição", "omschrijving"),
    ),
    "tags": ("tags", "tag", "labels", "etiquetas", "étiquettes", "etichette", "schlagwörter"),
    "project": (
        *("project", "projekt", "proyecto", "projet", "progetto", "projeto"),
        *("client", "category", "kunde", "kategorie"),
    ),
}
_UNIT_S = {
    3600: ("hours", "stunden", "horas", "heures", "ore", "decimal", "dezimal"),
    60: ("minutes", "minuten", "minutos"),
    1: ("seconds", "sekunden", "segundos", "secondes"),
}
"""Seconds of one, where the name of the column is the unit."""
NOTHING = ("-", "–", "—")
"""What Toggl writes where there is no project and no tag."""


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
        length = _reader(header, rows, columns)
        order = options.date_order or _order(rows, columns, length, options)
        seen: Counter[str] = Counter()
        for row in rows:
            yield _row(row, columns, length, order, options, seen)


def _order(
    rows: list[Line], columns: dict[str, int], length: Callable[[str], int], options: Options
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
        made = [_row(row, columns, length, tried, options, Counter()) for row in rows]
        odd[tried] = sum(
            not isinstance(one, TrackedTime) or one.end - one.start > timedelta(days=1)
            for one in made
        )
    if odd["dmy"] == odd["mdy"]:
        return None
    return min(odd, key=lambda tried: odd[tried])


def _columns(header: Header) -> dict[str, int]:
    """Positions by what they mean; where `Start date` is there, `Start time` is a time of day.

    A unit in the name of a column is no part of the name: `Duration (s)`, `dauer_ms`.
    """
    bare = [split_unit(name)[0].casefold() for name in header.names]
    found: dict[str, int] = {}
    for role, names in _ROLES.items():
        for name in names:
            plain = header.at(name)
            at = plain if plain is not None else bare.index(name) if name in bare else None
            if at is not None and at not in found.values():
                found[role] = at
                break
    return found


def _reader(header: Header, rows: list[Line], columns: dict[str, int]) -> Callable[[str], int]:
    """Reads lengths in seconds, by the unit and the decimal mark of their column."""
    if "length" not in columns:
        return lambda text: read_length_s(text, 60, lambda cell: read_number(cell, Marks.BOTH))
    at = columns["length"]
    bare, unit = split_unit(header.names[at])
    named = next(
        (s for s, words in _UNIT_S.items() if any(w in bare.casefold() for w in words)), 60
    )
    unit_s = unit.seconds if unit is not None and unit.seconds is not None else named
    (marks,) = column_marks([[row.get(at) for row in rows if row.get(at)]], header.delimiter)
    return lambda text: read_length_s(text, unit_s, lambda cell: read_number(cell, marks))


def _row(
    row: Line,
    columns: dict[str, int],
    length: Callable[[str], int],
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
        elif not cells.get("length"):
            return LeftOut("rows without an end, such as what still runs", 1)
        else:
            end = start + timedelta(seconds=length(cells.get("length", "")))
    except UsageError as error:
        return Unread(row.number, row.text, error.message)
    if end <= start:
        return Unread(row.number, row.text, "ends before it starts, or at once")
    text, project = (_said(cells.get(role, "")) for role in ("text", "project"))
    stem = f"{start.isoformat()}|{text}|{project}"
    seen[stem] += 1
    key = stem if seen[stem] == 1 else f"{stem}#{seen[stem]}"
    return TrackedTime(key, start, end, text, _tags(cells.get("tags", "")), project, row.number)


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
    return tuple(part.strip() for part in parts if _said(part.strip()))


def _said(text: str) -> str:
    return "" if text in NOTHING else text
