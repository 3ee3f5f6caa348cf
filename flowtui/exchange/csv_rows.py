"""One row of a mapped table as entries: its day, its stretches of time, its single values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flowtui.core.body.entry_kinds import Kind, Scope
from flowtui.core.body.habits import habit_name
from flowtui.core.body.scales import EFFORT
from flowtui.core.body.validation import zone_of
from flowtui.core.day import ONE_DAY, DayRule
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.wall_time import place
from flowtui.exchange.csvs import Line
from flowtui.exchange.dates import epoch, read_date, read_moment, read_time
from flowtui.exchange.desk import Desk
from flowtui.exchange.numbers import read_number
from flowtui.exchange.protocol import Fields, Row
from flowtui.exchange.roles import ROW, TALL, TIMES, VALUE, Meaning, cell, guessed_role

EFFORT_SCALE = "table"
"""The words a table's own effort was asked with are not known, so neither is its scale."""
_SPANS = {
    "sleep": ("sleep.start", "sleep.end"),
    "workout": ("workout.start", "workout.end"),
    "eating": ("eating.open", "eating.close"),
}
_BESIDE = ("workout.name", "workout.effort")
_TIMED = (Kind.ENERGY, Kind.CAFFEINE, Kind.HABIT, Kind.STOP)
"""Kinds that happen at a moment; others are of the whole day, whenever the row was written."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column means what."""

    meanings: tuple[Meaning | None, ...]
    """One per column; None: not read."""
    order: str | None
    """`dmy`, `mdy`, or None where dates say it themselves."""
    plain: Mapping[str, bool] = field(default_factory=dict)
    """Of a tall table: by habit, in lower case, whether it answers yes or no."""
    timed: bool = False
    """Whether the column of days says times too."""

    @property
    def roles(self) -> tuple[str | None, ...]:
        """The role of each column."""
        return tuple(meaning.role if meaning else None for meaning in self.meanings)

    def meaning(self, role: str) -> Meaning:
        """What the column of this role means."""
        return next((m for m in self.meanings if m is not None and m.role == role), Meaning(role))

    def text(self, row: Line, role: str) -> str:
        """The cell of this role; empty where the table has none."""
        return row.get(self.roles.index(role)) if role in self.roles else ""


def row_entries(
    row: Line, columns: Columns, desk: Desk, seen: Counter[str], amounts: dict[str, bool]
) -> Iterator[Row]:
    """Entries of one row, or why it has none.

    `seen` tells apart rows that are alike; `amounts` collects habits and whether they are counted.
    """
    if any(cell.strip() for cell in row.cells[len(columns.roles) :]):
        why = f"has {len(row.cells)} columns, not {len(columns.roles)}"
        yield desk.unread(row.number, row.text, why)
        return
    try:
        zone = _zone(row, columns, desk)
        day, at = _when(row, columns, desk, zone)
        columns, tall = _named_by_row(row, columns)
    except UsageError as error:
        yield desk.unread(row.number, row.text, error.message)
        return
    for role in (tall,) if tall else _roles(row, columns):
        try:
            kind, fields = _read(role, row, columns, day, zone)
        except UsageError as error:
            yield desk.unread(row.number, row.text, error.message)
            continue
        _complete(fields, kind, day, at, columns.text(row, "note"))
        fields.setdefault("zone", zone.key)
        if kind is Kind.HABIT and (name := fields.get("name")):
            amounts[name] = amounts.get(name, False) or fields.get("value") is not None
        stem = f"{columns.text(row, 'id') or fields.get('start') or at or day}|{role}"
        seen[stem] += 1
        key = stem if seen[stem] == 1 else f"{stem}#{seen[stem]}"
        yield desk.entry(row.number, key, kind, row.text, **fields)


def _zone(row: Line, columns: Columns, desk: Desk) -> ZoneInfo:
    """Where the person was in this row. Raises UsageError for a zone that nobody knows."""
    name = columns.text(row, "zone")
    return zone_of(name) if name else desk.options.zone


def _named_by_row(row: Line, columns: Columns) -> tuple[Columns, str]:
    """The columns as a row of a tall table means them, and its role; empty for any other table."""
    if not set(TALL) <= set(columns.roles):
        return columns, ""
    name = columns.text(row, "habit")
    if not name:
        raise UsageError("names no habit")
    guess = guessed_role(name)
    role = guess if guess in VALUE and guess not in TIMES else f"habit:{habit_name(name)}"
    yes_no = columns.plain.get(name.casefold(), False)
    meanings = [
        replace(meaning, role=role, yes_no=yes_no)
        if meaning and meaning.role == "value"
        else meaning
        for meaning in columns.meanings
    ]
    return replace(columns, meanings=tuple(meanings)), role if columns.text(row, "value") else ""


def _when(row: Line, columns: Columns, desk: Desk, zone: ZoneInfo) -> tuple[date, datetime | None]:
    if text := columns.text(row, "at"):
        moment, _ = read_moment(text, zone, columns.order)
        return DayRule(zone, desk.options.day_start).day_of(moment), moment
    text = columns.text(row, "date")
    if not text:
        return _by_times(row, columns, desk, zone)
    if (instant := epoch(text)) is not None:
        if instant == instant.replace(hour=0, minute=0, second=0, microsecond=0):
            return instant.date(), None  # a day, as programs count them
        return DayRule(zone, desk.options.day_start).day_of(instant), instant
    if columns.timed and not columns.text(row, "time"):
        with suppress(UsageError):  # a day alone follows
            moment, _ = read_moment(text, zone, columns.order)
            return DayRule(zone, desk.options.day_start).day_of(moment), moment
    day = read_date(text, columns.order)
    if clock := columns.text(row, "time"):
        return day, place(day, read_time(clock), zone).instant
    return day, None


def says_times(
    rows: Sequence[Line], roles: Sequence[str | None], order: str | None, zone: ZoneInfo
) -> bool:
    """Whether the column of days has times of day; midnight alone is how programs write a day."""
    if "date" not in roles:
        return False
    at = roles.index("date")
    for row in rows:
        text = row.get(at)
        if ":" not in text:
            continue
        with suppress(UsageError):
            moment, own = read_moment(text, zone, order)
            local = moment if own else moment.astimezone(zone)
            if (local.hour, local.minute) != (0, 0):
                return True
    return False


def _by_times(
    row: Line, columns: Columns, desk: Desk, zone: ZoneInfo
) -> tuple[date, datetime | None]:
    """The day of a row that has full times and no day: a night's is that of its end."""
    for role in ("sleep.end", "sleep.start", *TIMES):
        if text := columns.text(row, role):
            moment, _ = read_moment(text, zone, columns.order)
            return DayRule(zone, desk.options.day_start).day_of(moment), None
    raise UsageError("names no day")


def _roles(row: Line, columns: Columns) -> Iterator[str]:
    """Roles this row has a value for; a stretch of time stands for all columns of its kind."""
    spans = [s for s, ends in _SPANS.items() if all(columns.text(row, end) for end in ends)]
    yield from spans
    for role in columns.roles:
        if role is None or role in ROW or role in TIMES or role in _BESIDE:
            continue
        if role.partition(".")[0] in spans or not columns.text(row, role):
            continue
        if role == "sleep.quality" and columns.text(row, "sleep"):
            continue
        yield role


def _read(role: str, row: Line, columns: Columns, day: date, zone: ZoneInfo) -> tuple[Kind, Fields]:
    ends = _SPANS.get(role)
    texts = [columns.text(row, end) for end in ends] if ends else []
    if all(texts) and texts:
        kind, fields = Kind(role), Fields()
        first, last = texts
        start, end = _ends(first, last, day, zone, columns.order, role == "sleep")
        fields["start"], fields["end"] = start, end
        if columns.text(row, role):
            fields["duration_s"] = cell(columns.meaning(role), columns.text(row, role)).fields.get(
                "duration_s"
            )
    else:
        made = cell(columns.meaning(role), columns.text(row, role))
        kind, fields = made.kind, made.fields
    if "state" in fields:
        return kind, fields
    if role == "workout":
        name = columns.text(row, "workout.name")
        fields["name"] = habit_name(name) if name else "workout"
        if effort := columns.text(row, "workout.effort"):
            marks = columns.meaning("workout.effort").marks
            fields["effort"] = EFFORT.check(read_number(effort, marks), "effort")
            fields["scale"] = EFFORT_SCALE
    if role == "sleep" and (quality := columns.text(row, "sleep.quality")):
        found = cell(columns.meaning("sleep.quality"), quality).fields
        fields["quality"], fields["scale"] = found.get("quality"), found.get("scale")
    return kind, fields


def _complete(fields: Fields, kind: Kind, day: date, at: datetime | None, note: str) -> None:
    if "start" not in fields:
        fields["day"] = day
    if kind in _TIMED and at is not None and "state" not in fields:
        fields["at"] = at
        fields["scope"] = Scope.ONE
    if kind is not Kind.WORKED:
        fields["note"] = note


def _ends(
    first: str, last: str, day: date, zone: ZoneInfo, order: str | None, ends_on_day: bool
) -> tuple[datetime, datetime]:
    """Two times as instants: full ones as they are, clock times next to `day` and each other."""
    begin, stop = _clock(first), _clock(last)
    if begin is None or stop is None:
        return read_moment(first, zone, order)[0], read_moment(last, zone, order)[0]
    before = day - ONE_DAY if ends_on_day and begin >= stop else day
    after = day + ONE_DAY if not ends_on_day and stop <= begin else day
    return place(before, begin, zone).instant, place(after, stop, zone).instant


def _clock(text: str) -> time | None:
    try:
        return read_time(text)
    except UsageError:
        return None
