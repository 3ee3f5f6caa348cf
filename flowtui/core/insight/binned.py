"""A finding's days as a picture needs them: both arms over time, and how they spread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import fmean, median

from flowtui.core.insight.association import Finding
from flowtui.core.insight.day_table import DayTable, Kind
from flowtui.core.lazy_dataclass import dataclass

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Point:
    """One day with both values."""

    day: date
    on: bool
    """With it; for counts, doses and scales: above the median."""
    value: float
    """The outcome."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Some days in a row; None where an arm has no day among them."""

    first: date
    on: float | None
    off: float | None


def points(finding: Finding, table: DayTable, outcome: str) -> tuple[Point, ...]:
    """The days that `finding` speaks of, ascending."""
    at = {day: place for place, day in enumerate(table.days)}
    factor = table.column(finding.factor.name).values
    values = table.column(outcome).values
    found: list[tuple[date, float, float]] = []
    for day, place in at.items():
        before = at.get(day - finding.lag * ONE_DAY)
        x = factor[before] if before is not None else None
        y = values[place]
        if x is not None and y is not None:
            found.append((day, x, y))
    if not found:
        return ()
    binary = finding.factor.kind is Kind.BINARY
    bound = 0.5 if binary else median(x for _, x, _ in found)
    return tuple(Point(day, x > bound, y) for day, x, y in sorted(found))


def over_time(found: Sequence[Point], width: int) -> tuple[list[Bin], int]:
    """At most `width` bins of the same length, and that length in days."""
    if not found:
        return [], 1
    first, last = found[0].day, found[-1].day
    span = (last - first).days + 1
    length = -(-span // max(1, width))
    if length > 1:
        length = -(-length // 7) * 7 if length > 3 else length
    bins: dict[int, tuple[list[float], list[float]]] = {}
    for point in found:
        on, off = bins.setdefault((point.day - first).days // length, ([], []))
        (on if point.on else off).append(point.value)
    made = []
    for number in range(-(-span // length)):
        on, off = bins.get(number, ([], []))
        made.append(
            Bin(
                first + number * length * ONE_DAY,
                fmean(on) if on else None,
                fmean(off) if off else None,
            )
        )
    return made, length


def spread(found: Sequence[Point], on: bool, low: float, high: float, width: int) -> list[int]:
    """How many days of an arm fall into each of `width` equal stretches from `low` to `high`."""
    counts = [0] * width
    for point in found:
        if point.on is on and high > low:
            share = (point.value - low) / (high - low)
            counts[max(0, min(width - 1, int(share * width)))] += 1
    return counts
