"""Tidy tables: one row an entry, one row a day, and the dictionary that says what columns mean.

Missing is an empty cell; an explicit no and a skip stand as words in a column of their own, so
that no program can take one for another.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flowtui.core.body.entry import Entry, amount, day_of, length_s, load
from flowtui.core.body.entry_days import BodyLog, Variable
from flowtui.core.body.entry_kinds import SPECS, Kind
from flowtui.core.body.fasting import window_history
from flowtui.core.body.habits import Habit
from flowtui.core.body.scales import SCALES
from flowtui.core.codec import stamp
from flowtui.core.day import DayRule

SCHEMA = 1
"""Version of the table of entries."""

ENTRY_COLUMNS: dict[str, str] = {
    "id": "Name of the record; the same in every export. Importing it again changes nothing.",
    "kind": f"What it is about: {', '.join(Kind)}.",
    "name": "Kind of workout, name of the habit or of the thing to stop.",
    "state": "given, no (an explicit none) or skipped (asked, passed over). "
    "Nothing recorded has no row.",
    "day": "Logical day, YYYY-MM-DD; it begins at the configured hour, 04:00 by default. "
    "A sleep belongs to the day of waking.",
    "at": "Instant of what has one moment, UTC.",
    "start": "Start of a sleep or workout, opening of an eating window, UTC.",
    "end": "End, UTC; empty while a window is open.",
    "zone": "IANA zone where the person was at the start.",
    "end_zone": "IANA zone at the end, where it differs.",
    "value": "Rating, count or dose; its unit is in the next column or fixed by the kind.",
    "unit": "Unit of the value, where the habit has one.",
    "quality": "Quality of sleep, 1-5.",
    "effort": "Effort of a workout, 0-10.",
    "duration_s": "Time asleep or moving in whole seconds, where it is not end - start.",
    "length_s": "Derived: seconds asleep, moving or eating.",
    "load": "Derived: effort times minutes of a workout.",
    "amount": "Derived: the one number it stands for (hours of sleep and eating, minutes of "
    "workouts, else value; 0 for no, empty for skipped).",
    "scope": "one: one occasion; day: what the whole day came to.",
    "scale": "Scale and version that a rating was answered on.",
    "late": "1: written down after the day was over.",
    "note": "A line of the person's own.",
    "recorded_at": "When it was written down, UTC.",
    "source": "hand, checkin, or the import format.",
    "source_key": "What names the row within its format.",
    "source_file": "Name of the imported file.",
    "source_hash": "First 16 hex digits of the file's SHA-256.",
    "source_line": "Line or row of the file.",
    "source_app": "App or device that wrote it over there.",
    "schema": f"Version of this table ({SCHEMA}).",
}
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
DERIVED = ("length_s", "load", "amount")
"""Columns that follow from the others and are not read back."""


def entries_csv(entries: Iterable[Entry], rule: DayRule) -> Iterator[str]:
    """The table of entries, line by line, header first. Instants are UTC."""
    yield _line(list(ENTRY_COLUMNS))
    for entry in entries:
        yield _line([_text(cell) for cell in _entry_cells(entry, rule).values()])


def days_csv(
    log: BodyLog, days: Iterable[date], variables: Sequence[Variable], now: datetime, rule: DayRule
) -> Iterator[str]:
    """The table of days, line by line, header first: a value and a state for each variable."""
    days = list(days)
    names = day_columns(variables)
    yield _line(names)
    windows = {w.day: w for w in window_history(log.entries(), days, now, rule)}
    for day in days:
        cells: list[object] = [day]
        for variable in variables:
            value = log.value(day, variable)
            cells += [value.value, value.state.value if value.state else None]
            if variable.kind is Kind.CAFFEINE:
                cells.append(_clock(value.last_at, rule.zone))
            if variable.kind is Kind.EATING:
                cells.append(windows[day].fast_s)
        cells.append(any(e.late for e in log.of(day)))
        yield _line([_text(cell) for cell in cells])


def day_columns(variables: Sequence[Variable]) -> list[str]:
    """Names of the columns of `days_csv`."""
    names = ["date"]
    for variable in variables:
        names += [variable.id, f"{variable.id}.state"]
        if variable.kind is Kind.CAFFEINE:
            names.append("caffeine.last")
        if variable.kind is Kind.EATING:
            names.append("eating.fast_s")
    return [*names, "late"]


def dictionary(variables: Sequence[Variable], habits: Iterable[Habit]) -> str:
    """What every column and every scale means, as plain text."""
    declared = {h.name: h for h in habits}
    lines = ["flowtui body log: data dictionary", "", "entries.csv, one row an entry", ""]
    lines += [f"  {name}: {text}" for name, text in ENTRY_COLUMNS.items()]
    lines += ["", "days.csv, one row a day", ""]
    lines.append("  date: Logical day, YYYY-MM-DD.")
    for variable in variables:
        lines += _variable_lines(variable, declared.get(variable.name or ""))
    lines.append("  late: 1 if an entry of the day was written down after it was over.")
    lines += ["", "scales", ""]
    for scale in [*SCALES.values(), *(s for h in declared.values() if (s := h.scale))]:
        words = ", ".join(f"{point} {word}" for point, word in scale.anchors)
        lines.append(f"  {scale.id}: {scale.question} {scale.low} to {scale.high}: {words}")
    return "\n".join(lines) + "\n"


def _variable_lines(variable: Variable, habit: Habit | None) -> list[str]:
    label = habit.title if habit else SPECS[variable.kind].label
    unit = (habit.unit if habit else None) or variable.unit
    what = f"{label} {variable.part}" if variable.part else label
    lines = [
        f"  {variable.id}: {what}{f' ({unit})' if unit else ''}. Empty: nothing known.",
        f"  {variable.id}.state: given, no, skipped; empty: missing.",
    ]
    if variable.kind is Kind.CAFFEINE:
        lines.append("  caffeine.last: local time of the last cup, HH:MM.")
    if variable.kind is Kind.EATING:
        lines.append(
            "  eating.fast_s: seconds from the window before to the day's first, where every "
            "day in between has a record."
        )
    return lines


def _entry_cells(entry: Entry, rule: DayRule) -> dict[str, object]:
    source = entry.source
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "name": entry.name,
        "state": entry.state.value,
        "day": day_of(entry, rule.start),
        "at": entry.at,
        "start": entry.start,
        "end": entry.end,
        "zone": entry.zone,
        "end_zone": entry.end_zone,
        "value": entry.value,
        "unit": entry.unit,
        "quality": entry.quality,
        "effort": entry.effort,
        "duration_s": entry.duration_s,
        "length_s": length_s(entry),
        "load": load(entry),
        "amount": amount(entry),
        "scope": entry.scope.value,
        "scale": entry.scale,
        "late": entry.late,
        "note": entry.note,
        "recorded_at": entry.recorded_at,
        "source": source.format,
        "source_key": source.key,
        "source_file": source.file,
        "source_hash": source.file_hash,
        "source_line": source.line,
        "source_app": source.app,
        "schema": SCHEMA,
    }


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime):
        return stamp(cell)
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return str(cell)


def _clock(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return None if instant is None else f"{instant.astimezone(zone):%H:%M}"


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(map(_safe, cells))
    return out.getvalue()


def _safe(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula; `unsafe` is its inverse."""
    if cell[:1] not in ("=", "+", "-", "@", "'") or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def unsafe(cell: str) -> str:
    """The cell as it was before it was made safe for spreadsheets."""
    return cell[1:] if cell[:1] == "'" else cell
