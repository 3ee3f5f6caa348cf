"""Loop's own database, in all its versions.

Habits has `Id` or `id`, and from 2.0 on type, unit, archived; Repetitions has `value` from 1.8 on,
before that a row is a day that was kept. A day is its midnight in UTC, in milliseconds.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from flowtui.exchange.csvs import Line
from flowtui.exchange.databases import FAR_MS, database
from flowtui.exchange.desk import Desk
from flowtui.exchange.loop_values import Told, mark
from flowtui.exchange.protocol import Declared, Row
from flowtui.exchange.sniffing import columns_of

KEPT = "2"
"""What a row without a value stands for."""


def read_database(
    path: Path,
    desk: Desk,
    left: Counter[str],
    tell: Callable[[str, bool, str, bool, list[Told]], Told],
) -> Iterator[Row]:
    """Every habit and every day that was marked. Raises FlowError for a damaged file."""
    with database(path) as connection:
        told: dict[int, Told] = {}
        for fields in _rows(connection, "Habits", ("position", "id")):
            id = fields.get("id")
            if not isinstance(id, int):
                continue
            told[id] = tell(
                str(fields.get("name") or ""),
                fields.get("type") == 1,
                str(fields.get("unit") or ""),
                bool(fields.get("archived")),
                list(told.values()),
            )
        yield from (Declared(one.habit) for one in told.values())
        for number, fields in enumerate(_rows(connection, "Repetitions", ("id",)), start=1):
            yield from _repetition(number, fields, told, desk, left)


def _repetition(
    number: int, fields: dict[str, object], told: dict[int, Told], desk: Desk, left: Counter[str]
) -> Iterator[Row]:
    habit, stamp = fields.get("habit"), _whole(fields.get("timestamp"))
    value = str(fields.get("value", KEPT))
    line = Line(number, (str(habit), str(stamp), value))
    if not isinstance(habit, int) or habit not in told or stamp is None:
        yield desk.unread(number, line.text, "belongs to no habit, or to no day")
        return
    day = datetime.fromtimestamp(stamp / 1000, UTC).date().isoformat()
    made = mark(desk, line, told[habit], day, value, str(fields.get("notes") or ""), left)
    if made is not None:
        yield made


def _rows(
    connection: sqlite3.Connection, table: str, order: tuple[str, ...]
) -> Iterator[dict[str, object]]:
    """The rows of a table by its columns' names in lower case, in order where it has those."""
    have = {name.casefold() for name in columns_of(connection, table)}
    by = ", ".join(name for name in order if name in have) or "rowid"
    for row in connection.execute(f"SELECT * FROM {table} ORDER BY {by}"):
        yield {name.casefold(): row[name] for name in row.keys()}  # noqa: SIM118 - sqlite3.Row


def _whole(value: object) -> int | None:
    """A time in milliseconds, as a number or its text; None for any other."""
    try:
        stamp = int(str(value))
    except ValueError:
        return None
    return stamp if 0 <= stamp < FAR_MS else None
