"""Loop Habit Tracker: the CSV archive (or folder), one of its tables alone, the database backup.

Format: HabitsCSVExporter of iSoron/uhabits. `Habits.csv` tells of the habits (with their Type from
2.0 on); a folder a habit holds `Checkmarks.csv`, without a header before 2.0; the one beside
`Habits.csv` has all habits, its header unquoted. What a value means: `loop_values`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange.csvs import Line, encoding_of, lines, needs, split_header
from flowtui.exchange.dates import read_date
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.loop_database import read_database
from flowtui.exchange.loop_values import Told, code_of, is_amount, mark, without_objects
from flowtui.exchange.protocol import Declared, LeftOut, Options, Row
from flowtui.exchange.sniffing import has_tables, holds
from flowtui.exchange.sources import Source, open_source

HABITS = "Habits.csv"
MARKS = "Checkmarks.csv"
_FOLDER = re.compile(r"(?:.*/)?(\d{3})(?: ([^/]*))?/Checkmarks\.csv")
_HINT = "export from Loop: Settings, Export as CSV"


class Loop:
    """Loop Habit Tracker's exports."""

    name = "loop"
    title = "Loop Habit Tracker (CSV archive or database backup)"

    def sniff(self, path: Path) -> bool:
        """`Checkmarks.csv`, alone or beside others in a folder or archive; the app's database."""
        if has_tables(path, ("Habits", "Repetitions")):
            return True
        if path.is_dir() or path.suffix.casefold() == ".zip":
            return holds(path, _is_export)
        return path.is_file() and path.name.casefold() == MARKS.casefold()

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every day a person marked, with its note. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        left: Counter[str] = Counter()
        if has_tables(path, ("Habits", "Repetitions")):
            yield from read_database(path, desk, left, _told)
        else:
            with open_source(path) as source:
                yield from _archive(source, path, desk, left)
        for what, count in left.items():
            yield LeftOut(what, count)


def _is_export(names: list[str]) -> bool:
    return any(name.rsplit("/", 1)[-1] == MARKS for name in names)


def _archive(source: Source, path: Path, desk: Desk, left: Counter[str]) -> Iterator[Row]:
    names = source.names()
    listing = min((n for n in names if n.rsplit("/", 1)[-1] == HABITS), key=len, default=None)
    folders = {int(m[1]): n for n in names if (m := _FOLDER.fullmatch(n))}
    roots = [n for n in names if n.rsplit("/", 1)[-1] == MARKS and n not in folders.values()]
    root = min(roots, key=len, default=None)
    if path.is_file() and len(names) == 1:
        yield from _alone(source, names[0], path, desk, left)
        return
    if root is None or root.rsplit("/", 1)[-1] != MARKS:
        root = next(
            (n for n in names if n.rsplit("/", 1)[-1] == MARKS and n not in folders.values()), None
        )
    tables = {number: _Marks(source, name, desk) for number, name in sorted(folders.items())}
    if listing is not None:
        told = _habits(source, listing, desk.options)
        told = [
            _counted(one, tables[number].values()) if number in tables else one
            for number, one in enumerate(told, start=1)
        ]
    else:
        told = _by_folder(tables) if tables else []
    if tables:
        yield from (Declared(one.habit) for one in told)
        for number, table in tables.items():
            if number > len(told):
                raise FlowError(f"{table.name} belongs to no habit of {HABITS}", "export it again")
            yield from table.rows(told[number - 1], left)
        return
    if root is None:
        raise FlowError(f"{path} holds no {MARKS}", _HINT)
    yield from _all_marks(_Marks(source, root, desk), told, left)


def _alone(source: Source, name: str, path: Path, desk: Desk, left: Counter[str]) -> Iterator[Row]:
    """A `Checkmarks.csv` without the rest of its export."""
    table = _Marks(source, name, desk)
    first = table.lines[0] if table.lines else None
    marks = [cell for row in table.lines for cell in row.cells[1:] if cell.strip()]
    if table.of_one_habit:
        marks = table.values()
    if first is None or not _is_day(first.get(0)) or any(code_of(mark) is None for mark in marks):
        raise FlowError(f"{path} does not hold days as Loop writes them", _HINT)
    if not table.of_one_habit:
        yield from _all_marks(table, [], left)
        return
    folder = re.fullmatch(r"\d{3} (.+)", path.absolute().parent.name)
    if folder is None:
        raise FlowError(
            f"{path} does not say which habit it is of",
            "import the whole export, or the table in its habit's own folder (001 Meditate)",
        )
    told = _counted(_told(folder[1], False, "", False, []), table.values())
    yield Declared(told.habit)
    yield from table.rows(told, left)


def _habits(source: Source, name: str, options: Options) -> list[Told]:
    with source.open(name) as file:
        header, rows = split_header(lines(file, name, source.size(name), options))
        at = needs(header, ("Name",), name)
        kind, unit, archived = (header.at(n) for n in ("Type", "Unit", "Archived?"))
        told: list[Told] = []
        for row in rows:
            numeric = row.get(kind).upper().startswith("NUMERIC")
            told.append(
                _told(
                    row.get(at["Name"]),
                    numeric,
                    row.get(unit),
                    row.get(archived).casefold() == "true",
                    told,
                )
            )
        return told


def _by_folder(tables: dict[int, _Marks]) -> list[Told]:
    """Habits by the names of their folders, where nothing else tells of them."""
    told: list[Told] = []
    for number in range(1, max(tables) + 1):
        table = tables.get(number)
        match = _FOLDER.fullmatch(table.name) if table is not None else None
        one = _told((match[2] or "") if match else "", False, "", False, told)
        told.append(_counted(one, table.values()) if table is not None else one)
    return told


def _counted(told: Told, values: list[str]) -> Told:
    """`told`, as a habit that is counted if a value says so and nothing else did."""
    if told.numeric or not any(map(is_amount, values)):
        return told
    return Told(replace(told.habit, form=Form.COUNT), True)


def _told(title: str, numeric: bool, unit: str, archived: bool, before: list[Told]) -> Told:
    """A habit under a name of its own, even where Loop has two called alike."""
    try:
        name = habit_name(title)
    except UsageError:
        name = f"loop-{len(before) + 1}"
    taken = {t.habit.name for t in before}
    plain, number = name, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    form = Form.COUNT if numeric else Form.YES_NO
    label = title if title != name else None
    habit = Habit(name, form, label, unit or None, ask=not archived, archived=archived)
    return Told(habit, numeric)


class _Marks:
    """One `Checkmarks.csv`."""

    def __init__(self, source: Source, name: str, desk: Desk) -> None:
        self.name = name
        self.desk = desk
        with source.open(name) as file:
            data = file.read()
        self.ended = data.endswith(b"\n")
        text = without_objects(data.decode(encoding_of(data), "replace"))
        cells = csv.reader(io.StringIO(text, newline=""))
        rows = [Line(number, tuple(row)) for number, row in enumerate(cells, start=1)]
        rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
        self.header = None if not rows or _is_day(rows[0].get(0)) else rows[0]
        self.lines = rows if self.header is None else rows[1:]

    @property
    def of_one_habit(self) -> bool:
        """Whether it is of one habit: Date, Value, Notes, or no header at all."""
        names = [cell.strip().casefold() for cell in self.header.cells] if self.header else []
        return self.header is None or names[:2] == ["date", "value"]

    def values(self) -> list[str]:
        """The second cell of every row."""
        return [row.get(1) for row in self.lines]

    def rows(self, told: Told, left: Counter[str]) -> Iterator[Row]:
        """The days of the one habit. Raises FlowError for a table that is cut short."""
        for row in self.lines:
            self.check_whole(row, 2)
            made = mark(self.desk, row, told, row.get(0), row.get(1), row.get(2), left)
            if made is not None:
                yield made

    def check_whole(self, row: Line, cells: int) -> None:
        """Raises FlowError if `row` is the last one and breaks off."""
        if row is self.lines[-1] and not self.ended and len(row.cells) < cells:
            raise FlowError(
                f"{self.name} ends in the middle of line {row.number}",
                "the file is cut short; export it again, nothing was imported",
            )


def _is_day(text: str) -> bool:
    try:
        read_date(text)
    except UsageError:
        return False
    return True


def _all_marks(table: _Marks, told: list[Told], left: Counter[str]) -> Iterator[Row]:
    """The table of all habits. Loop does not quote its header, so a comma in a habit's name shows
    in the header only; the columns are those of `Habits.csv`, in its order."""
    if not told:
        names = [cell.strip() for cell in table.header.cells[1:]] if table.header else []
        for column, name in enumerate(filter(None, names), start=1):
            one = _told(name, False, "", False, told)
            told = [*told, _counted(one, [row.get(column) for row in table.lines])]
    yield from (Declared(one.habit) for one in told)
    expected = len(told) + 1
    for row in table.lines:
        table.check_whole(row, expected)
        if len(row.cells) - (row.cells[-1] == "") != expected:
            why = f"has {len(row.cells)} columns, not {expected}"
            yield table.desk.unread(row.number, row.text, why)
            continue
        for position, one in enumerate(told, start=1):
            made = mark(table.desk, row, one, row.get(0), row.get(position), "", left)
            if made is not None:
                yield made
