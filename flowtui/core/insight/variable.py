"""What a day's number is: how it is counted, when in the day it falls, what it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

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


_NIGHT = re.compile(r"sleep|slept|night|bed|wake|woke", re.IGNORECASE)


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
