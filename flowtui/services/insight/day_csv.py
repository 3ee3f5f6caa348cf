"""Any table of days from a CSV file: column `date`, all other columns numbers or yes and no."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.insight.day_table import Column, DayTable
from flowtui.core.insight.refusal import Refused, Why, words
from flowtui.core.insight.variable import Outcome, guessed
from flowtui.core.lazy_dataclass import dataclass

MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "."}
WORDS = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "y": 1.0, "n": 0.0}
DATES = ("date", "day")
MAX_BYTES = 64 * 1024 * 1024
MAX_SPAN = 40 * 366
"""Days from first to last; more is a mistyped year."""
MINUTES = ("_min", "_mins", "_minutes", " min", " minutes", "minutes")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A table that was read."""

    table: DayTable
    unread: tuple[Refused, ...]
    """Columns that hold words."""


def rows_of(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file. Raises FlowError naming the path, and the line if it can."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FlowError(f"{path} has more than 64 MiB", "cut it to the days you mean")
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FlowError(
            f"{path} is not UTF-8 text (byte {error.start})", "save it as CSV in UTF-8"
        ) from None
    except OSError as error:
        raise FlowError(f"{path} cannot be read: {error.strerror}", "name a CSV file") from None
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise FlowError(f"{path} is not a CSV table: {error}", "save it as CSV in UTF-8") from None
    rows = [row for row in read if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise FlowError(f"{path} has no row of days", "its first line names the columns")
    header = [name.strip() for name in rows[0]]
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise FlowError(f"{path} has two columns {twice!r}", "rename one of them")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise FlowError(
                f"{path}, row {number}: {len(row)} cells under {len(header)} names",
                "quote cells that hold the separator",
            )
    return header, rows[1:]


def foreign_table(path: Path) -> Foreign:
    """The table at `path`, rows in any order. Raises FlowError, or UsageError for its columns."""
    header, rows = rows_of(path)
    key = date_column(header)
    if key is None:
        raise UsageError(
            f"{path} has no column `date`", f"its columns are: {', '.join(header[:12])}"
        )
    days = dates(path, header.index(key), rows)
    order = sorted(range(len(rows)), key=lambda at: days[at])
    columns: list[Column] = []
    unread: list[Refused] = []
    for place, name in enumerate(header):
        if name == key or not name:
            continue
        cells = [rows[at][place].strip() for at in order]
        values = [number(cell) for cell in cells]
        bad = next((at for at, v in enumerate(values) if isinstance(v, str)), None)
        if bad is not None:
            reason = words(Why.WORDS, factor=name, text=cells[bad][:40], day=days[order[bad]])
            unread.append(Refused(name, 0, Why.WORDS, reason))
            continue
        columns.append(_column(name, [v for v in values if not isinstance(v, str)]))
    table = DayTable(tuple(days[at] for at in order), tuple(columns))
    return Foreign(table, tuple(unread))


def date_column(header: Sequence[str]) -> str | None:
    """The column of dates: `date`, else `day`; None if there is none."""
    by_name = {name.casefold(): name for name in reversed(header)}
    return next((by_name[name] for name in DATES if name in by_name), None)


def dates(path: Path, place: int, rows: Sequence[Sequence[str]]) -> list[date]:
    """The days of the rows, distinct. Raises FlowError naming the row."""
    found: list[date] = []
    rows_by_day: dict[date, int] = {}
    for at, row in enumerate(rows, 2):
        text = row[place].strip()
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            raise FlowError(
                f"{path}, row {at}: {text!r} is not a date", "write dates as 2026-11-23"
            ) from None
        if day in rows_by_day:
            raise FlowError(
                f"{path}: {day} stands twice, in rows {rows_by_day[day]} and {at}",
                "one row a day: keep one of them, or add them up",
            )
        rows_by_day[day] = at
        found.append(day)
    span = (max(found) - min(found)).days
    if span > MAX_SPAN:
        raise FlowError(
            f"{path} goes from {min(found)} to {max(found)}", "is a year mistyped there?"
        )
    return found


def number(cell: str) -> float | str | None:
    """A cell's value; None: missing; the text itself where it is not a number."""
    text = cell.strip()
    folded = text.casefold()
    if folded in MISSING:
        return None
    if folded in WORDS:
        return WORDS[folded]
    try:
        return float(text)
    except ValueError:
        return text


def outcome_named(name: str) -> Outcome:
    """A column as an outcome; its unit is minutes where its name says so."""
    unit = "min" if name.casefold().endswith(MINUTES) else ""
    label = name.replace("_", " ").strip()
    if unit and label.endswith(" min"):
        label = f"{label[:-4]} minutes"
    return Outcome(name, label, unit, frozenset({name}))


def _column(name: str, values: list[float | None]) -> Column:
    factor = guessed(name, [v for v in values if v is not None])
    return Column(name, "Column of the table.", tuple(values), factor, outcome_named(name))
