"""The kinds of entries, and what each one may hold.

A kind never changes its meaning; a new meaning is a new kind or a new version of its scale.
"""

from __future__ import annotations

from enum import StrEnum

from flowtui.core.lazy_dataclass import dataclass


class Kind(StrEnum):
    """What an entry is about."""

    ENERGY = "energy"
    OUTPUT = "output"
    SLEEP = "sleep"
    WORKOUT = "workout"
    EATING = "eating"
    SUGAR = "sugar"
    CAFFEINE = "caffeine"
    HABIT = "habit"
    STOP = "stop"
    WORKED = "worked"


class State(StrEnum):
    """What is known. That nothing was recorded ("missing") is the absence of an entry."""

    GIVEN = "given"
    NO = "no"
    SKIPPED = "skipped"


class Scope(StrEnum):
    """Whether an amount is one occasion (one cup) or what the whole day comes to."""

    ONE = "one"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class KindSpec:
    """What entries of one kind may hold."""

    kind: Kind
    label: str
    """Name on screens and in exports' dictionary."""
    unit: str | None
    """Unit of `value`; None where the kind has no value of its own."""
    states: frozenset[State]
    """`no` is missing where it would mean nothing: there is no "no energy"."""
    low: float | None = None
    """Least `value`, inclusive."""
    high: float | None = None
    """Greatest `value`, inclusive."""
    spans: bool = False
    """Whether it may have a start and an end."""
    named: bool = False
    """Whether it needs a `name` (kind of workout, habit, thing to stop)."""
    max_s: int | None = None
    """Longest believable length in seconds."""


_ALL = frozenset(State)
_NOT_NO = frozenset({State.GIVEN, State.SKIPPED})
DAY_S = 24 * 3600

SPECS: dict[Kind, KindSpec] = {
    spec.kind: spec
    for spec in (
        KindSpec(Kind.ENERGY, "energy", "1-5", _NOT_NO, 1, 5),
        KindSpec(Kind.OUTPUT, "output", "1-5", _NOT_NO, 1, 5),
        KindSpec(Kind.SLEEP, "sleep", None, _ALL, spans=True, max_s=DAY_S),
        KindSpec(Kind.WORKOUT, "workout", None, _ALL, spans=True, named=True, max_s=DAY_S),
        KindSpec(Kind.EATING, "eating window", None, _ALL, spans=True, max_s=DAY_S),
        KindSpec(Kind.SUGAR, "sugar", "1-3", _ALL, 1, 3),
        KindSpec(Kind.CAFFEINE, "caffeine", "cups", _ALL, 0.25, 50),
        KindSpec(Kind.HABIT, "habit", None, _ALL, named=True),
        KindSpec(Kind.STOP, "stop doing", "times", _ALL, named=True),
        KindSpec(Kind.WORKED, "what worked", None, _NOT_NO),
    )
}
