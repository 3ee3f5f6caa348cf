"""Loop Habit Tracker: the CSV archive (or folder) and the database backup.

Format: HabitsCSVExporter and Entry of iSoron/uhabits. Values are YES_MANUAL, YES_AUTO, NO, SKIP,
UNKNOWN (2, 1, 0, 3, -1 in older exports); amounts are numbers times 1000. YES_AUTO is filled in
by the habit's schedule, not by the person, so it is left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.exchange.csvs import Line, encoding_of, lines, needs, split_header
from flowtui.exchange.databases import FAR_MS, database
from flowtui.exchange.dates import read_date
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.protocol import Declared, Found, LeftOut, Options, Row, Unread
from flowtui.exchange.sniffing import columns_of, has_tables, holds
from flowtui.exchange.sources import Source, open_source

HABITS = "Habits.csv"
MARKS = "Checkmarks.csv"
_FOLDER = re.compile(r"(?:.*/)?(\d{3})(?: [^/]*)?/Checkmarks\.csv")
_WORDS = {"YES_MANUAL": 2, "YES_AUTO": 1, "NO": 0, "SKIP": 3, "UNKNOWN": -1}
_SKIPS = (3, -3)
_AUTO = "days filled in by a habit's schedule (YES_AUTO)"


@dataclass(frozen=True, slots=True)
class _Told:
    """One habit as Loop describes it."""

    habit: Habit
    numeric: bool


class Loop:
    """Loop Habit Tracker's exports."""

    name = "loop"
    title = "Loop Habit Tracker (CSV archive or database backup)"

    def sniff(self, path: Path) -> bool:
        """A `Habits.csv` beside `Checkmarks.csv`, or the app's own database."""
        if has_tables(path, ("Habits", "Repetitions")):
            return True
        return (path.is_dir() or path.suffix.casefold() == ".zip") and holds(path, _is_export)

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every day a person marked, with its note. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        left: Counter[str] = Counter()
        if has_tables(path, ("Habits", "Repetitions")):
            yield from _database(path, desk, left)
        else:
            with open_source(path) as source:
                yield from _archive(source, path, desk, left)
        for what, count in left.items():
            yield LeftOut(what, count)


def _is_export(names: list[str]) -> bool:
    last = {name.rsplit("/", 1)[-1] for name in names}
    return HABITS in last and MARKS in last


def _archive(source: Source, path: Path, desk: Desk, left: Counter[str]) -> Iterator[Row]:
    names = source.names()
    listing = min((n for n in names if n.rsplit("/", 1)[-1] == HABITS), key=len, default=None)
    if listing is None:
        raise FlowError(f"{path} holds no {HABITS}", "export from Loop: Settings, Export as CSV")
    told = _habits(source, listing, desk.options)
    yield from (Declared(t.habit) for t in told)
    folders = {int(m[1]): n for n in names if (m := _FOLDER.fullmatch(n))}
    if folders:
        for number, name in sorted(folders.items()):
            if number > len(told):
                raise FlowError(f"{name} belongs to no habit of {HABITS}", "export it again")
            yield from _own_marks(source, name, told[number - 1], desk, left)
        return
    root = listing[: -len(HABITS)] + MARKS
    if root not in names:
        raise FlowError(f"{path} holds no {MARKS}", "export from Loop: Settings, Export as CSV")
    yield from _all_marks(source, root, told, desk, left)


def _habits(source: Source, name: str, options: Options) -> list[_Told]:
    with source.open(name) as file:
        header, rows = split_header(lines(file, name, source.size(name), options))
        at = needs(header, ("Name",), name)
        kind, unit, archived = (header.at(n) for n in ("Type", "Unit", "Archived?"))
        told: list[_Told] = []
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


def _told(title: str, numeric: bool, unit: str, archived: bool, before: list[_Told]) -> _Told:
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
    habit = Habit(
        name,
        form,
        title if title != name else None,
        unit or None,
        ask=not archived,
        archived=archived,
    )
    return _Told(habit, numeric)


def _own_marks(
    source: Source, name: str, told: _Told, desk: Desk, left: Counter[str]
) -> Iterator[Row]:
    with source.open(name) as file:
        header, rows = split_header(lines(file, name, source.size(name), desk.options))
        at = needs(header, ("Date", "Value"), name)
        notes = header.at("Notes")
        for row in rows:
            day, value = row.get(at["Date"]), row.get(at["Value"])
            made = _mark(desk, row, told, day, value, row.get(notes), left)
            if made is not None:
                yield made


def _all_marks(
    source: Source, name: str, told: list[_Told], desk: Desk, left: Counter[str]
) -> Iterator[Row]:
    """The table of all habits. Loop does not quote its header, so a comma in a habit's name shows
    in the header only; the columns are those of `Habits.csv`, in its order."""
    expected = len(told) + 1
    with source.open(name) as file:
        text = file.read()
    table = csv.reader(io.StringIO(text.decode(encoding_of(text), "replace"), newline=""))
    next(table, None)
    for number, cells in enumerate(table, start=2):
        line = Line(number, tuple(cells))
        if not any(cells):
            continue
        if len(cells) < expected and not text.endswith(b"\n") and number == _last(text):
            raise FlowError(
                f"{name} ends in the middle of line {number}",
                "the file is cut short; export it again, nothing was imported",
            )
        if len(cells) - (cells[-1] == "") != expected:
            yield desk.unread(number, line.text, f"has {len(cells)} columns, not {expected}")
            continue
        for position, habit in enumerate(told, start=1):
            made = _mark(desk, line, habit, cells[0], cells[position], "", left)
            if made is not None:
                yield made


def _last(text: bytes) -> int:
    return text.count(b"\n") + 1


def _database(path: Path, desk: Desk, left: Counter[str]) -> Iterator[Row]:
    with database(path) as connection:
        have = columns_of(connection, "Habits")
        marks = columns_of(connection, "Repetitions")
        told: dict[int, _Told] = {}
        order = "position, id" if "position" in have else "id"
        for row in connection.execute(f"SELECT * FROM Habits ORDER BY {order}"):
            fields = dict(row)
            told[fields["id"]] = _told(
                str(fields.get("name") or ""),
                fields.get("type") == 1,
                str(fields.get("unit") or ""),
                bool(fields.get("archived")),
                list(told.values()),
            )
        yield from (Declared(t.habit) for t in told.values())
        if "value" not in marks:
            raise FlowError(
                f"{path.name} is from a very old Loop", "update the app and export it again"
            )
        note = "notes" if "notes" in marks else "NULL"
        query = f"SELECT id, habit, timestamp, value, {note} FROM Repetitions ORDER BY id"
        for number, habit, stamp, value, text in connection.execute(query):
            line = Line(number, (str(habit), str(stamp), str(value)))
            if habit not in told or not isinstance(stamp, int) or not 0 <= stamp < FAR_MS:
                yield desk.unread(number, line.text, "belongs to no habit, or to no day")
                continue
            # a day is kept as its midnight in UTC, in milliseconds
            day = datetime.fromtimestamp(stamp / 1000, UTC).date().isoformat()
            made = _mark(desk, line, told[habit], day, str(value), str(text or ""), left)
            if made is not None:
                yield made


def _mark(
    desk: Desk, row: Line, told: _Told, day: str, value: str, note: str, left: Counter[str]
) -> Found | Unread | None:
    try:
        when: date = read_date(day)
    except UsageError as error:
        return desk.unread(row.number, row.text, error.message)
    code = _WORDS.get(value)
    if code is None and re.fullmatch(r"-?\d+", value):
        code = int(value)
    if code is None:
        return desk.unread(row.number, row.text, f"{value!r} is not a value that Loop writes")
    if code == -1:
        return None
    state, amount = State.GIVEN, None
    if code == 0:
        state = State.NO
    elif code in _SKIPS:
        state = State.SKIPPED
    elif told.numeric:
        amount = code / 1000
    elif code == 1:
        left[_AUTO] += 1
        return None
    elif code != 2:
        return desk.unread(row.number, row.text, f"{value!r} is not an answer to a yes-or-no habit")
    return desk.entry(
        row.number,
        f"{told.habit.name}|{when}",
        Kind.HABIT,
        row.text,
        day=when,
        name=told.habit.name,
        state=state,
        value=amount,
        unit=told.habit.unit if amount is not None else None,
        scope=Scope.DAY,
        note=note,
    )
