"""Sizes as they are told: two significant digits, one precision within a sentence, a usual step."""

from __future__ import annotations

from math import floor, isfinite, log10

from flowtui.core.insight.association import Finding
from flowtui.core.insight.day_table import Factor, Kind
from flowtui.core.lazy_dataclass import dataclass

DIGITS = 2
"""Significant digits: no interval of so few days bears more."""
SMALL_SD = 0.3
"""A spread below this, in the factor's unit, is told for a tenth of the unit or less."""


@dataclass(frozen=True, slots=True)
class Size:
    """An effect for a usual step of the factor, with its interval, in the outcome's unit."""

    effect: float
    low: float
    high: float
    step: float
    """The change of the factor that it is told for, in the factor's unit."""
    places: int
    """Decimals of all three; -1 stands for tens."""


def size_of(finding: Finding) -> Size:
    """What is told of a finding, in its row and in its sentence alike."""
    n, step = finding.numbers, usual_step(finding.factor, finding.numbers.step)
    effect, low, high = n.effect * step, n.low * step, n.high * step
    return Size(effect, low, high, step, common_places(effect, low, high))


def common_places(effect: float, low: float, high: float) -> int:
    """Decimals for an effect and its interval: two digits of the effect, or of a quarter of the
    interval where the effect is smaller than that."""
    return places(max(abs(effect), abs(high - low) / 4))


def places(size: float) -> int:
    """Decimals that leave two significant digits of `size`; 0 for nothing and for no end."""
    if size == 0 or not isfinite(size):
        return 0
    found = DIGITS - 1 - floor(log10(abs(size)))
    # 9.96 is 10 when it is rounded, and 10 needs a digit less
    again = DIGITS - 1 - floor(log10(abs(round(size, found)) or abs(size)))
    return min(found, again)


def text(value: float, decimals: int) -> str:
    """`value` with so many decimals, `-` before what is negative as it is shown."""
    if not isfinite(value):
        return "without end"
    rounded = round(value, decimals) + 0.0  # no -0
    return f"{rounded:,.{max(0, decimals)}f}"


def usual_step(factor: Factor, spread: float) -> float:
    """The change of a factor that people speak of: a point, an hour, a power of ten.

    `spread` is one standard deviation of it, in its unit.
    """
    if factor.kind in (Kind.BINARY, Kind.ORDINAL) or factor.unit == "h" or not spread > 0:
        return 1.0
    if factor.kind is Kind.COUNT and spread < 1:
        return 1.0
    if SMALL_SD <= spread < 1:
        return 1.0
    step: float = 10.0 ** floor(log10(spread))
    return step
