"""Any table of days or moments: columns mapped to kinds, shown first, then read.

A row names its day (or its instant) and holds one value a column. Empty cells are missing, a
`no` is a no, a dash or `skip` was skipped: the three are never confused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from flowtui.core.body.habits import Form, Habit
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.missing_codes import missing_codes
from flowtui.exchange.answers import answer_role, are_answers
from flowtui.exchange.csv_rows import Columns, row_entries, says_times
from flowtui.exchange.csvs import TICK_ROWS, Header, Line, lines, split_header
from flowtui.exchange.dates import date_order, is_ambiguous
from flowtui.exchange.desk import desk_for
from flowtui.exchange.headless import headed, says_names, when_roles
from flowtui.exchange.numbers import column_marks, read_number
from flowtui.exchange.protocol import Declared, LeftOut, Options, Row
from flowtui.exchange.roles import (
    LENGTHS,
    MISSING,
    ROW,
    TALL,
    TIMES,
    Meaning,
    cell,
    guessed_role,
    impossible,
    meaning_from,
    with_ends,
)
from flowtui.exchange.sniffing import head_rows, table_header
from flowtui.exchange.units import split_unit

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """What a person sees before a table is read."""

    header: Header
    roles: tuple[str | None, ...]
    guessed: bool
    """Whether the roles come from the columns' names alone."""
    samples: tuple[Line, ...]
    warnings: tuple[str, ...] = field(default=())


class CsvMap:
    """The generic table."""

    name = "csv"
    title = "Any CSV table (columns mapped by you)"

    def sniff(self, path: Path) -> bool:
        """A table with a column that is plainly a day or an instant, and one with a value."""
        header = table_header(path)
        if header is None or len(header.names) < 2:
            return False
        if not says_names(header.names):
            return True
        roles = set(_roles(header, {}, head_rows(path))) - {None}
        return bool(roles & {"date", "at", "sleep.end", "eating.open"}) and len(roles) > 1

    def preview(self, path: Path, options: Options) -> Preview:
        """The first rows with the roles they would be read by. Raises FlowError for no table."""
        with path.open("rb") as file:
            header, body = split_header(lines(file, path.name, path.stat().st_size, options))
            header, rows = headed(header, [without_missing(row) for row in body])
        samples = tuple(rows[:SAMPLES])
        roles = _roles(header, options.columns, rows)
        warnings = [f"two columns are called {name!r}" for name in header.repeated]
        if header.numbered:
            warnings.append("the first row holds values, not names: columns go by #1, #2, ...")
        if header.delimiter != ",":
            shown = {"\t": "tab"}.get(header.delimiter, header.delimiter)
            warnings.append(f"columns are parted by {shown!r}")
        if not _dated(roles):
            warnings.append("no column says which day: map one with --column NAME=date")
        _, refused = _meanings(header, roles, rows, options.columns)
        warnings += [f"{name} is not read: {why}" for name, why in refused.items()]
        return Preview(header, roles, not options.columns, samples, tuple(warnings))

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """An entry for every cell with a value. Raises FlowError for a damaged table, for one
        without a day, and for dates that could be read in two ways."""
        desk = desk_for(self.name, path, options)
        with path.open("rb") as file:
            header, body = split_header(lines(file, path.name, path.stat().st_size, options))
            header, rows = headed(header, [without_missing(row) for row in body])
        roles = _roles(header, options.columns, rows)
        if header.numbered and not {role for role in roles if role} - {*ROW}:
            raise FlowError(
                f"{path.name} does not name its columns", "say what they are: --column '#2=energy'"
            )
        if not _dated(roles):
            raise FlowError(
                f"{path.name} has no column that says which day",
                f"map one: --column NAME=date; it has {', '.join(header.keys[:12])}",
            )
        meanings, refused = _meanings(header, roles, rows, options.columns)
        for name, why in refused.items():
            yield desk.unread(1, name, why)
        rows, codes = _without_codes(rows, meanings)
        for place, told in codes.items():
            yield desk.unread(1, header.names[place], told)
        order = _order(rows, roles, path, options)
        timed = says_times(rows, roles, order, options.zone)
        columns = Columns(meanings, order, _plain_habits(roles, rows), timed)
        seen: Counter[str] = Counter()
        amounts: dict[str, bool] = {}
        size = path.stat().st_size
        for count, row in enumerate(rows):
            if count % TICK_ROWS == 0:
                options.tick(size, size)
            yield from row_entries(row, columns, desk, seen, amounts)
        strange = _strange(header, roles, rows, options.columns)
        if strange:
            what = "column that is" if len(strange) == 1 else "columns that are"
            yield LeftOut(f"{what} not understood: {', '.join(strange)}", len(strange))
        for name, counted in amounts.items():
            unit = columns.meaning(f"habit:{name}").unit if counted else None
            form = Form.COUNT if counted else Form.YES_NO
            yield Declared(Habit(name, form, unit=unit.name if unit else None))


def _roles(
    header: Header, columns: Mapping[str, str], rows: Sequence[Line]
) -> tuple[str | None, ...]:
    """Roles by the columns' names, and where the person said one, by that.

    Of columns without names those of days and times are told by their cells.

    Raises UsageError for a column said twice, and for two columns said to be the same.
    """
    said: dict[int, str | None] = {}
    for column, role in columns.items():
        position = _position(header, column)
        clean = meaning_from(role, "").role
        if position in said:
            raise UsageError(f"column {column!r} is mapped twice", "keep one of the two")
        if clean != "ignore" and clean in said.values():
            raise UsageError(f"two columns are mapped to {clean!r}", "keep one of them")
        said[position] = None if clean == "ignore" else clean
    guesses = when_roles(rows, len(header.names)) if header.numbered else None
    roles: list[str | None] = []
    for position, name in enumerate(header.names):
        guess = guesses[position] if guesses else guessed_role(name)
        guess = said.get(position, guess)
        if position not in said and not header.numbered:
            guess = answer_role(
                name, guess, [row.get(position) for row in rows if row.get(position)]
            )
        if guess in roles and guess is not None and position not in said:
            guess = _beside(guess, name)
        taken = guess in roles or (position not in said and guess in said.values())
        roles.append(None if taken else guess)
    left = [None if at in said else name for at, name in enumerate(header.names)]
    return tuple(with_ends([name or "" for name in left], roles))


def _beside(role: str, header: str) -> str:
    """The role of a second column of one habit, by its unit: `habit:run-km` beside `habit:run`."""
    unit = split_unit(header)[1]
    return f"{role}-{unit.name}" if role.startswith("habit:") and unit is not None else role


def _meanings(
    header: Header,
    roles: Sequence[str | None],
    rows: Sequence[Line],
    said: Mapping[str, str],
) -> tuple[tuple[Meaning | None, ...], dict[str, str]]:
    """What each column means; and by name, why a column is left out."""
    asked = {_position(header, column): role for column, role in said.items()}
    cells = [[row.get(at) for row in rows if row.get(at)] for at in range(len(roles))]
    marks = column_marks(cells, header.delimiter)
    found: list[Meaning | None] = []
    refused: dict[str, str] = {}
    for at, role in enumerate(roles):
        name = header.names[at]
        try:
            meaning = None if role is None else meaning_from(asked.get(at, role), name)
        except UsageError as error:
            meaning = None
            refused[name] = str(error)
        if meaning is not None:
            yes_no = meaning.role.startswith(("habit:", "stop:")) and are_answers(cells[at])
            meaning = replace(meaning, marks=marks[at], yes_no=yes_no)
            codes = missing_codes(v for c in cells[at] if (v := _number(c, meaning)) is not None)
            known = [c for c in cells[at] if _number(c, meaning) not in codes]
            why = impossible(meaning.role, _lengths(meaning, known))
            if why is not None:
                unit = f" in {meaning.unit.name}" if meaning.unit else ""
                hint = f"--column {name}={meaning.role}:min (or s, h, ms) says the unit"
                refused[name] = f"{why}{unit}; {hint}"
                meaning = None
        found.append(meaning)
    return tuple(found), refused


def without_missing(row: Line) -> Line:
    """The row with an empty cell where a program or a person wrote that nothing is known."""
    if not any(cell.strip().casefold() in MISSING for cell in row.cells):
        return row
    cells = ("" if cell.strip().casefold() in MISSING else cell for cell in row.cells)
    return replace(row, cells=tuple(cells))


def _without_codes(
    rows: Sequence[Line], meanings: Sequence[Meaning | None]
) -> tuple[list[Line], dict[int, str]]:
    """The rows without numbers that stand for missing; and by column, which those were."""
    told: dict[int, str] = {}
    gone: dict[int, set[str]] = {}
    for at, meaning in enumerate(meanings):
        if meaning is None or meaning.role in ROW or meaning.role in TIMES:
            continue
        numbers = {
            cell: value
            for cell in _cells(rows, at)
            if (value := _number(cell, meaning)) is not None
        }
        codes = missing_codes(numbers.values())
        if not codes:
            continue
        gone[at] = {cell for cell, value in numbers.items() if value in codes}
        count = sum(row.get(at) in gone[at] for row in rows)
        shown = " and ".join(f"{code:g}" for code in codes)
        told[at] = f"{count} cells hold {shown}, which looks like a code for missing: not read"
    if not gone:
        return list(rows), told
    return [_emptied(row, gone) for row in rows], told


def _emptied(row: Line, gone: Mapping[int, set[str]]) -> Line:
    cells = ("" if row.get(at) in gone.get(at, ()) else cell for at, cell in enumerate(row.cells))
    return replace(row, cells=tuple(cells))


def _cells(rows: Sequence[Line], at: int) -> set[str]:
    return {row.get(at) for row in rows if row.get(at)}


def _number(text: str, meaning: Meaning) -> float | None:
    try:
        return read_number(text, meaning.marks)
    except UsageError:
        return None


def _strange(
    header: Header, roles: Sequence[str | None], rows: Sequence[Line], said: Mapping[str, str]
) -> list[str]:
    """Columns with cells that mean nothing here, and of which nobody said that they do not."""
    ignored = {_position(header, column) for column in said}
    return [
        key
        for at, key in enumerate(header.keys)
        if roles[at] is None and at not in ignored and any(row.get(at) for row in rows)
    ]


def _plain_habits(roles: Sequence[str | None], rows: Sequence[Line]) -> dict[str, bool]:
    """Of a table with a row a habit: which habits have nothing but 1 and 0."""
    if not set(TALL) <= set(roles):
        return {}
    name, value = roles.index("habit"), roles.index("value")
    texts: dict[str, list[str]] = {}
    for row in rows:
        if row.get(value):
            texts.setdefault(row.get(name).casefold(), []).append(row.get(value))
    return {habit: are_answers(cells) for habit, cells in texts.items()}


def _lengths(meaning: Meaning, texts: Sequence[str]) -> list[float]:
    """The lengths of a column that can be read, without nights and workouts that were none."""
    if meaning.role not in LENGTHS:
        return []
    found = []
    for text in texts:
        try:
            seconds = cell(meaning, text).fields.get("duration_s")
        except UsageError:
            continue  # told with its row
        if seconds:
            found.append(float(seconds))
    return found


def _position(header: Header, column: str) -> int:
    if column.startswith("#") and column[1:].isdecimal():
        number = int(column[1:])
        if 1 <= number <= len(header.names):
            return number - 1
    matches = [n for n, key in enumerate(header.keys) if key.casefold() == column.casefold()]
    if not matches:
        raise UsageError(
            f"unknown column {column!r}", f"columns: {', '.join(header.keys)}, or #1 and on"
        )
    return matches[0]


def _dated(roles: tuple[str | None, ...]) -> bool:
    """Whether each row says its day: in a column of its own, or by when something began."""
    return bool({"date", "at", *TIMES} & set(roles))


def _order(
    rows: list[Line], roles: tuple[str | None, ...], path: Path, options: Options
) -> str | None:
    if options.date_order is not None:
        return options.date_order
    columns = [n for n, role in enumerate(roles) if role in ("date", "at", *TIMES)]
    texts = [row.get(n) for row in rows for n in columns if row.get(n)]
    order = date_order(texts)
    if order is None and any(map(is_ambiguous, texts)):
        example = next(t for t in texts if is_ambiguous(t))
        raise FlowError(
            f"{path.name} writes dates as {example!r}: day or month first cannot be told",
            "say it: --dates dmy or --dates mdy",
        )
    return order
