"""HabitBull: its CSV export, a row a habit and day.

`HabitName,HabitDescription,HabitCategory,CalendarDate,Value,CommentText`; 1 is yes, 0 no, any other
number an amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.errors import UsageError
from flowtui.exchange.csvs import Line, lines, needs, split_header
from flowtui.exchange.dates import date_order, read_date
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.numbers import Marks, column_marks, read_number
from flowtui.exchange.protocol import Declared, Options, Row
from flowtui.exchange.sniffing import has_columns, table_header

COLUMNS = ("HabitName", "CalendarDate", "Value")


class HabitBull:
    """HabitBull's export."""

    name = "habitbull"
    title = "HabitBull (CSV)"

    def sniff(self, path: Path) -> bool:
        """By its columns."""
        return has_columns(table_header(path), COLUMNS)

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every day of every habit. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        with path.open("rb") as file:
            header, body = split_header(lines(file, path.name, path.stat().st_size, options))
            at = needs(header, COLUMNS, path.name)
            note, rows = header.at("CommentText"), list(body)
        values: dict[str, set[str]] = {}
        for row in rows:
            values.setdefault(row.get(at["HabitName"]), set()).add(row.get(at["Value"]))
        counted = {name for name, held in values.items() if held - {"0", "1", "0.0", "1.0", ""}}
        marks = _marks(rows, at, header.delimiter)
        order = options.date_order or date_order(row.get(at["CalendarDate"]) for row in rows)
        declared: dict[str, Habit] = {}
        for row in rows:
            title = row.get(at["HabitName"])
            day, value = row.get(at["CalendarDate"]), row.get(at["Value"])
            try:
                name = habit_name(title)
                habit = Habit(name, label=title if title != name else None)
                if title in counted:
                    habit = replace(habit, form=Form.COUNT)
                declared.setdefault(name, habit)
                number = read_number(value, marks[title])
                yield _entry(desk, row, habit, read_date(day, order), number, row.get(note))
            except UsageError as error:
                yield desk.unread(row.number, row.text, error.message)
        yield from (Declared(habit) for habit in declared.values())


def _marks(rows: list[Line], at: dict[str, int], delimiter: str) -> dict[str, Marks]:
    """How each habit writes its decimals; one that does not show it, as the others do."""
    values: dict[str, list[str]] = {}
    for row in rows:
        values.setdefault(row.get(at["HabitName"]), []).append(row.get(at["Value"]))
    return dict(zip(values, column_marks(values.values(), delimiter), strict=True))


def _entry(desk: Desk, row: Line, habit: Habit, day: date, number: float, note: str) -> Row:
    counted = habit.form is Form.COUNT
    return desk.entry(
        row.number,
        f"{habit.name}|{day}",
        Kind.HABIT,
        row.text,
        day=day,
        name=habit.name,
        state=State.NO if number == 0 else State.GIVEN,
        value=number if counted and number else None,
        scope=Scope.DAY,
        note=note,
    )
