"""What an experiment could show, before it begins: from the person's own ordinary days."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np

from flowtui.core.insight.experiment import Design, min_p, schedule
from flowtui.core.insight.refusal import MIN_DAYS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.gls import Model
from flowtui.insight.randomised import standard_error
from flowtui.insight.table import Days, base_columns

SIZES = (0.3, 0.5, 0.8)
"""Effects in standard deviations of a day: small, middling, large."""
ORDERS = 20
"""Schedules that the standard error is averaged over."""
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a design can show with so many days."""

    length: int
    pairs: int
    min_p: float
    """The smallest p it can reach."""
    sd: float | None
    """Of a day beside weekday and trend, in the outcome's unit; None below 28 known days."""
    rho: float
    """From one day to the next; 0.3 where it is not known."""
    powers: tuple[tuple[float, float], ...]
    """Effect in sd, and the chance to see it at p <= .05."""
    visible_sd: float
    """The effect, in sd, that is seen with a chance of 80 %."""


def foreseen(days: Days, design: Design, length: int) -> Foreseen:
    """`length` days of `design`, if coming days are like `days`."""
    sd, rho = _ordinary(days)
    error = _error(design, length, rho)
    pairs = length // (2 * design.block)
    bound = _critical(pairs)
    powers = tuple((size, _seen(size / error, bound)) for size in SIZES)
    low, high = 0.0, 20.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if _seen(middle / error, bound) >= POWER else (middle, high)
    return Foreseen(length, pairs, min_p(pairs), sd, rho, powers, high)


def _ordinary(days: Days) -> tuple[float | None, float]:
    known = np.flatnonzero(np.isfinite(days.outcome))[-180:]
    if len(known) < MIN_DAYS or np.ptp(days.outcome[known]) == 0:
        return None, 0.3
    base = base_columns(days.first, known)
    found = Model(known, base).fit(days.outcome[known][:, None])
    return float(found.sd[0]), float(found.rho[0])


def _error(design: Design, length: int, rho: float) -> float:
    from datetime import date

    found = []
    for at in range(ORDERS):
        slots = schedule(design, date(2026, 1, 5), length, f"power {at}")
        kept = np.array([place for place, slot in enumerate(slots) if slot.counts])
        arm = np.array([slots[place].arm for place in kept], dtype=bool)
        found.append(standard_error(kept, kept % 7, arm, rho))
    return float(np.mean(found))


def _critical(pairs: int) -> float:
    """Two-sided 5 % point of t with pairs - 4 degrees of freedom (Cornish-Fisher, to 0.02).

    Less one for the mean and three for weekend, trend and memory.
    """
    z, f = 1.959964, max(3, pairs - 4)
    return z + (z**3 + z) / (4 * f) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * f**2)


def _seen(strength: float, bound: float) -> float:
    """Chance that a standard normal moved by `strength` lies beyond `bound` on either side."""
    return _below(strength - bound) + _below(-strength - bound)


def _below(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2
