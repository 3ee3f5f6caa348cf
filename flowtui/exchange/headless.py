"""Tables whose first row holds values, not names: what their columns are told by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from zoneinfo import ZoneInfo

from flowtui.core.errors import UsageError
from flowtui.exchange.csvs import Header, Line, numbered_names
from flowtui.exchange.dates import read_date, read_moment, read_time
from flowtui.exchange.roles import guessed_role

_UTC = ZoneInfo("UTC")


def says_names(cells: Sequence[str]) -> bool:
    """Whether a first row may name columns: it holds no day, or a word that names a column."""
    return any(guessed_role(cell) for cell in cells) or not any(map(_is_when, cells))


def headed(header: Header, rows: list[Line]) -> tuple[Header, list[Line]]:
    """Header and rows; where the first row is one of values, columns are `#1`, `#2` and so on.

    A first row is one of values if a day stands in it where the next row has a day too: a table
    with a column a day has words below.
    """
    beside = rows[0].cells if rows else header.names
    both = zip(header.names, beside, strict=False)
    if says_names(header.names) or not any(_is_when(a) and _is_when(b) for a, b in both):
        return header, rows
    first = Line(1, header.names, header.raw)
    return replace(header, names=numbered_names(len(header.names))), [first, *rows]


def when_roles(rows: Sequence[Line], count: int) -> list[str | None]:
    """For each of `count` columns `date`, `at` or `time`, by most of its cells; None for others."""
    roles: list[str | None] = []
    for place in range(count):
        cells = [row.get(place) for row in rows if row.get(place)]
        roles.append(next((role for role, fits in _FITS.items() if _most(cells, fits)), None))
    if "at" in roles or "date" not in roles:
        return [None if role == "time" else role for role in roles]
    return roles


def _most(cells: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return bool(cells) and 2 * sum(map(fits, cells)) > len(cells)


def _is_when(cell: str) -> bool:
    return _is_moment(cell) or _is_date(cell)


def _is_moment(cell: str) -> bool:
    for order in ("dmy", "mdy"):
        with suppress(UsageError):
            read_moment(cell, _UTC, order)
            return True
    return False


def _is_date(cell: str) -> bool:
    for order in ("dmy", "mdy"):
        with suppress(UsageError):
            read_date(cell, order)
            return True
    return False


def _is_time(cell: str) -> bool:
    with suppress(UsageError):
        read_time(cell)
        return True
    return False


_FITS = {"at": _is_moment, "date": _is_date, "time": _is_time}
