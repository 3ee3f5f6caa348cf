"""Round numbers along an axis: steps of 1, 2 or 5 times a power of ten."""

from __future__ import annotations

import math
from itertools import pairwise


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round values from `low` to `high`, both included if they are round.

    One value where there is no stretch; empty for bounds that are not finite.
    """
    if not (math.isfinite(low) and math.isfinite(high)) or most < 1:
        return []
    if high <= low:
        return [low]
    raw = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in (1, 2, 5, 10, 20, 50):
        step = factor * power
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [round(k * step, 12) for k in range(first, last + 1)] or [low]
    return [low]


def tick_words(places: list[float]) -> list[str]:
    """The values with as many digits as tell them apart, and no more: "0.2", "1500", "2e-05"."""
    if not places:
        return []
    step = min((b - a for a, b in pairwise(places)), default=places[0] or 1.0)
    largest = max(abs(place) for place in places)
    if largest >= 1e6 or (largest and largest < 1e-3):
        return [f"{place:.2g}" for place in places]
    digits = max(0, -math.floor(math.log10(abs(step)))) if step else 0
    return [f"{place:.{min(digits, 6)}f}" for place in places]
