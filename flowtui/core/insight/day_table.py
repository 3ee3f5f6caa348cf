"""The table of days: its variables, and one row a logical day, with missing as missing."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass


class Kind(StrEnum):
    """How a factor is counted."""

    BINARY = "binary"
    COUNT = "count"
    DOSE = "dose"
    ORDINAL = "ordinal"


class Timing(StrEnum):
    """When in the logical day a factor falls; decides which outcomes it can precede."""

    NIGHT = "night"
    """The night before: it precedes the day it is filed under."""
    DAY = "day"
    """In the day: only the next day's outcome comes surely after it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be explained."""

    name: str
    label: str
    """As in a sentence: "deep minutes"."""
    unit: str
    """Of its values: "min", "commits", "1-5"; empty if it has none."""
    derived_from: frozenset[str] = frozenset()
    """What it is computed from; a factor that shares any of it is a tautology."""
    night: bool = False
    """Whether it is of the night before its day: what a day held comes after it."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A habit or circumstance, one value a day."""

    name: str
    label: str
    kind: Kind
    timing: Timing
    unit: str = ""
    source: str = ""
    """Where the values come from: "blocks", "body log", "table"."""
    derived_from: frozenset[str] = frozenset()


_NIGHT = re.compile(
    r"sleep|slept|night|bed|wake|woke|schlaf|nacht|sommeil|nuit|sue[nñ]o|noche|sonno|notte"
    r"|slaap|sono|s[oö]mn|søvn|сон",
    re.IGNORECASE,
)


def guessed(name: str, values: Iterable[float]) -> Factor:
    """A factor of a foreign table, by its name and its (known) values.

    Only 0 and 1: yes or no. Few whole numbers up to 10 that begin at 1: a scale. Whole numbers: a
    count. All else: a dose. A name that speaks of sleep falls in the night before.
    """
    seen = set(values)
    whole = all(value == int(value) for value in seen if abs(value) < 1e15)
    if seen <= {0.0, 1.0}:
        kind = Kind.BINARY
    elif whole and seen and min(seen) >= 1 and max(seen) <= 10:
        kind = Kind.ORDINAL
    elif whole and seen and min(seen) >= 0:
        kind = Kind.COUNT
    else:
        kind = Kind.DOSE
    timing = Timing.NIGHT if _NIGHT.search(name) else Timing.DAY
    return Factor(name, name.replace("_", " "), kind, timing, "", "table")


Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is, and a value for each day."""

    name: str
    meaning: str
    """One sentence, for the dictionary."""
    values: Values
    """None: not known. Never 0 for what was not recorded."""
    factor: Factor | None = None
    """How it stands as a factor; None if it is none."""
    outcome: Outcome | None = None
    """How it stands as an outcome; None if it is none."""
    note: str = ""
    """What a reader must know of it: a scale that changed, say."""

    @property
    def known(self) -> int:
        """Days with a value."""
        return sum(value is not None for value in self.values)

    @property
    def unit(self) -> str:
        """Of the values; empty if there is none."""
        shown = self.factor or self.outcome
        return shown.unit if shown is not None else ""


@dataclass(frozen=True, slots=True)
class DayTable:
    """Days, ascending and distinct, and their columns."""

    days: tuple[date, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name; `yoga` is short for `habit:yoga`, if that is the only one.

        Raises UsageError naming the nearest one.
        """
        for column in self.columns:
            if column.name == name:
                return column
        short = [c for c in self.columns if c.name.partition(":")[2] == name]
        if len(short) == 1:
            return short[0]
        names = [column.name for column in self.columns]
        shorts = [n.partition(":")[2] for n in names if ":" in n]
        near = get_close_matches(name, [*names, *shorts], 1)
        hint = f"did you mean {near[0]}?" if near else f"columns: {', '.join(names[:12])}"
        raise UsageError(f"unknown column {name!r}", hint)

    def outcome(self, name: str) -> Column:
        """The column of that name as an outcome. Raises UsageError if it is none."""
        column = self.column(name)
        if column.outcome is None:
            able = ", ".join(c.name for c in self.columns if c.outcome is not None)
            raise UsageError(f"{name} cannot stand as an outcome", f"outcomes: {able}")
        return column

    def factors(self, names: tuple[str, ...] = ()) -> list[Column]:
        """All factors, or those named. Raises UsageError for a name that is none."""
        if not names:
            return [column for column in self.columns if column.factor is not None]
        found = [self.column(name) for name in dict.fromkeys(names)]
        for column in found:
            if column.factor is None:
                able = ", ".join(c.name for c in self.columns if c.factor is not None)
                raise UsageError(f"{column.name} cannot stand as a factor", f"factors: {able}")
        return found

    def until(self, last: date) -> DayTable:
        """The days up to `last`."""
        count = sum(day <= last for day in self.days)
        cut = tuple(replace(c, values=c.values[:count]) for c in self.columns)
        return DayTable(self.days[:count], cut)

    def digest(self) -> str:
        """A hash of every day, name and value, hex: the same table, the same hash."""
        whole = [
            [day.isoformat() for day in self.days],
            [[c.name, c.note, *c.values] for c in self.columns],
        ]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()

    def csv(self) -> Iterator[str]:
        """Line by line, header first; missing is an empty cell."""
        yield _line(["date", *(column.name for column in self.columns)])
        for at, day in enumerate(self.days):
            values = [column.values[at] for column in self.columns]
            yield _line([day.isoformat(), *("" if v is None else f"{v:.10g}" for v in values)])

    def dictionary(self) -> Iterator[tuple[str, str]]:
        """Name and meaning of each column, with unit, timing and source."""
        yield "date", "Logical day; it begins at the configured hour, 04:00 by default."
        for column in self.columns:
            words = [column.meaning]
            if column.unit:
                words.append(f"Unit: {column.unit}.")
            if column.factor is not None:
                kind, timing = column.factor.kind.value, column.factor.timing.value
                words.append(f"Factor: {kind}, of the {timing}; from {column.factor.source}.")
            if column.note:
                words.append(f"{column.note[:1].upper()}{column.note[1:]}.")
            yield column.name, " ".join(words)


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
