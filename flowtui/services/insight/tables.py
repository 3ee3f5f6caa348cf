"""Any table of days or of a randomised experiment, from a CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.insight.day_table import Column, DayTable, Outcome, guessed
from flowtui.core.insight.refusal import BEYOND, Refused, Why, words
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.length_grammar import parse_number
from flowtui.exchange.csvs import HEAD, header_of
from flowtui.exchange.dates import date_order, epoch, read_date, read_length_s
from flowtui.exchange.numbers import Marks, column_marks, read_number
from flowtui.exchange.roles import NO, YES, guessed_role
from flowtui.exchange.units import split_unit
from flowtui.services.insight.child import Tell, compute

MISSING = {
    *("", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "null", "none", "nil", "missing"),
    *("-", "–", "—", ".", "..", "?", "#value!", "#div/0!"),
}
"""What programs and people write where nothing is known."""
WORDS = {**dict.fromkeys(NO - {"none"}, 0.0), **dict.fromkeys(YES - {"x"}, 1.0)}
"""Yes and no; an `x` may be a number that somebody did not know."""
ENDLESS = {
    sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in ("inf", "infinity")
}
_SUFFIX = re.compile(r"(.*?\d)\s*([^\W\d_]{1,8}\.?|[%°]\w?)")
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


def parted_rows(path: Path) -> tuple[list[str], list[list[str]], str]:
    """Header and rows of a CSV file, and what parts its cells.

    Raises FlowError naming the path, and the line if it can.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FlowError(f"{path} has more than 64 MiB", "cut it to the days you mean")
        data = path.read_bytes()
    except OSError as error:
        raise FlowError(f"{path} cannot be read: {error.strerror}", "name a CSV file") from None
    if not data.strip():
        raise FlowError(f"{path} has no row of days", "its first line names the columns")
    header_row = header_of(data[:HEAD])
    if header_row is None:
        raise FlowError(f"{path} is not a table of text", "save it as CSV in UTF-8")
    try:
        text = data.decode(header_row.encoding)
        lines = io.StringIO(text, newline="")
        read = list(csv.reader(lines, delimiter=header_row.delimiter, strict=True))
    except UnicodeDecodeError as error:
        raise FlowError(
            f"{path} is not UTF-8 text (byte {error.start})", "save it as CSV in UTF-8"
        ) from None
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
    return header, rows[1:], header_row.delimiter


def foreign_table(path: Path) -> Foreign:
    """The table at `path`, rows in any order. Raises FlowError, or UsageError for its columns."""
    header, rows, delimiter = parted_rows(path)
    key = date_column(header)
    if key is None:
        raise UsageError(
            f"{path} has no column `date`", f"its columns are: {', '.join(header[:12])}"
        )
    days = dates(path, header.index(key), rows)
    order = sorted(range(len(rows)), key=lambda at: days[at])
    columns: list[Column] = []
    unread: list[Refused] = []
    names = [(place, name) for place, name in enumerate(header) if name and name != key]
    texts = [[rows[at][place].strip() for at in order] for place, _ in names]
    marks = column_marks(texts, delimiter)
    for (_, name), cells, mark in zip(names, texts, marks, strict=True):
        values = numbers(name, cells, mark, delimiter)
        bad = next((at for at, v in enumerate(values) if isinstance(v, str)), None)
        if bad is not None:
            reason = words(Why.WORDS, factor=name, text=cells[bad][:40], day=days[order[bad]])
            unread.append(Refused(name, 0, Why.WORDS, reason))
            continue
        columns.append(_column(name, [v for v in values if not isinstance(v, str)]))
    table = DayTable(tuple(days[at] for at in order), tuple(columns))
    return Foreign(table, tuple(unread))


def date_column(header: Sequence[str]) -> str | None:
    """The column of dates, by its name in any language, else one of moments; None without any."""
    roles = {guessed_role(name): name for name in reversed(header) if name}
    return roles.get("date", roles.get("at"))


def dates(path: Path, place: int, rows: Sequence[Sequence[str]]) -> list[date]:
    """The days of the rows, distinct. Raises FlowError naming the row."""
    found: list[date] = []
    rows_by_day: dict[date, int] = {}
    texts = [row[place].strip() for row in rows]
    order = date_order(texts)
    for at, text in enumerate(texts, 2):
        try:
            moment = epoch(text)
            day = moment.date() if moment is not None else read_date(text, order)
        except UsageError as error:
            hint = error.hint or ""
            raise FlowError(
                f"{path}, row {at}: {error.message}",
                "write dates as 2026-11-23" if "--dates" in hint else hint,
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


def numbers(
    name: str, cells: Sequence[str], marks: Marks, delimiter: str
) -> list[float | str | None]:
    """The cells of a column as `number` reads them; with one unit, or as lengths, as those.

    Lengths such as `7:30` and `7h 30m` are in the unit of the column's name, else in hours.
    """
    values = [number(cell, marks) for cell in cells]
    if not any(isinstance(value, str) for value in values):
        return values
    known = [cell for cell, value in zip(cells, values, strict=True) if value is not None]
    unit = split_unit(name)[1]
    unit_s = (unit.seconds if unit is not None else None) or 3600
    lengths = [_length_h(cell, unit_s) for cell in known]
    if None not in lengths:
        of_cell = dict(zip(known, lengths, strict=True))
    else:
        parts = [_SUFFIX.fullmatch(cell) for cell in known]
        if None in parts or len({part[2] for part in parts if part}) != 1:
            return values
        bare = [part[1] for part in parts if part]
        (shown,) = column_marks([bare], delimiter)
        read = [number(cell, shown) for cell in bare]
        if any(value is None or isinstance(value, str) for value in read):
            return values
        of_cell = dict(zip(known, read, strict=True))  # type: ignore[arg-type]  # just looked at
    return [of_cell.get(cell) for cell in cells]


def _length_h(cell: str, unit_s: float) -> float | None:
    """A length that says itself that it is one, in units of so many seconds; None for others."""
    if parse_number(cell) is not None:
        return None
    try:
        return read_length_s(cell, unit_s, lambda text: read_number(text, Marks.BOTH)) / unit_s
    except UsageError:
        return None


def number(cell: str, marks: Marks = Marks.POINT) -> float | str | None:
    """A cell's value; None: missing; the text itself where it is not a number.

    `marks`: the decimals of its column.
    """
    text = cell.strip()
    folded = text.casefold()
    if folded in MISSING:
        return None
    if folded in WORDS:
        return WORDS[folded]
    try:
        return read_number(text, marks)
    except UsageError:
        return ENDLESS.get(folded, text)


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


ANY_DAY = date(2024, 1, 1)
"""Where rows begin that have no date; a Monday."""


@dataclass(frozen=True, slots=True)
class TableRead:
    """The result, and what should be known of it."""

    read: dict[str, Any]
    outcome: Outcome
    remarks: tuple[str, ...]


def read_table(
    path: Path, arm: str, outcome: str, pair: str | None, tell: Tell | None = None
) -> TableRead:
    """The test on the table at `path`. Raises FlowError or UsageError naming row and column."""
    header, rows, delimiter = parted_rows(path)
    remarks: list[str] = []
    key = date_column(header)
    if key is None:
        days = [ANY_DAY + timedelta(days=at) for at in range(len(rows))]
        remarks.append("no column `date`: the rows are taken as days in a row")
    else:
        days = dates(path, header.index(key), rows)
    order = sorted(range(len(rows)), key=lambda at: days[at])
    arms = [_arm(path, at, rows[at][_place(path, header, arm)]) for at in order]
    cells = [(at, rows[at][_place(path, header, outcome)]) for at in order]
    (marks,) = column_marks([[cell for _, cell in cells]], delimiter)
    values = _values(path, cells, marks)
    pairs: list[int] | None = None
    if pair is not None:
        labels = [rows[at][_place(path, header, pair)].strip() for at in order]
        pairs, said = _pairs(path, labels, arms, values)
        remarks += said
    else:
        remarks.append(
            "no --pair: days are taken as dealt out freely; name the pairs for a sharper test"
        )
    known = [a is not None for a in arms]
    if {a for a in arms if a is not None} != {0, 1}:
        raise FlowError(f"{path}: {arm} is the same on every day", "there is nothing to compare")
    question = {
        "days": [days[at].isoformat() for at in order],
        "arm": [a or 0 for a in arms],
        "pair": pairs,
        "counts": known,
        "values": values,
    }
    result = compute("trial", question, tell)["assigned"]
    if result is None:
        raise FlowError(
            f"{path} has too few days for any test",
            "two whole pairs (or two days of each arm) with differing outcomes are needed",
        )
    return TableRead(result, outcome_named(outcome), tuple(remarks))


def _place(path: Path, header: Sequence[str], name: str) -> int:
    if name in header:
        return header.index(name)
    near = get_close_matches(name, header, 1)
    hint = f"did you mean {near[0]}?" if near else f"its columns are: {', '.join(header[:12])}"
    raise UsageError(f"{path} has no column {name!r}", hint)


def _arm(path: Path, row: int, cell: str) -> int | None:
    folded = cell.strip().casefold()
    named = {"a": 1, "b": 0, "on": 1, "off": 0, "with": 1, "without": 0}
    named |= {"treatment": 1, "control": 0}
    value = named.get(folded, number(cell))
    if value is None:
        return None
    if value not in (0, 1):
        raise FlowError(
            f"{path}, row {row + 2}: {cell!r} is not an arm",
            "write 1 and 0, yes and no, or A and B",
        )
    return int(value)


def _values(path: Path, cells: Sequence[tuple[int, str]], marks: Marks) -> list[float | None]:
    found: list[float | None] = []
    for row, cell in cells:
        value = number(cell, marks)
        if isinstance(value, str) or (value is not None and abs(value) > BEYOND):
            raise FlowError(
                f"{path}, row {row + 2}: {cell.strip()!r} is not a number",
                "correct it, or leave it empty",
            )
        found.append(value)
    return found


def _pairs(
    path: Path,
    labels: Sequence[str],
    arms: Sequence[int | None],
    values: Sequence[float | None],
) -> tuple[list[int], list[str]]:
    """A number for each label, and how many pairs lack an arm."""
    if not all(labels):
        raise FlowError(f"{path}: a day has no pair", "name the pair of every day")
    numbers = {label: at for at, label in enumerate(dict.fromkeys(labels))}
    seen: dict[str, set[int]] = {label: set() for label in numbers}
    for label, arm, value in zip(labels, arms, values, strict=True):
        if arm is not None and value is not None:
            seen[label].add(arm)
    halves = [label for label, both in seen.items() if len(both) < 2]
    said = []
    if halves:
        count = len(halves)
        said.append(
            f"{count} {'pair' if count == 1 else 'pairs'} without a known day of each arm "
            f"left out: {', '.join(halves[:5])}"
        )
    return [numbers[label] for label in labels], said
