"""Verdicts from a handful of validations: rises each time, or never was better than at the first.

A run of an hour validates five to twelve times. So few values carry a verdict only where it is
plain: each of them is worse than the one before, by many times their noise; or the whole curve lies
level, and not even the steepest slope that its noise allows would be an improvement.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

from flowtui.core.runs.metric_series import Point

RISES = 3
"""So many times in a row it has to get worse."""
BY = {3: 0.08, 4: 0.05, 5: 0.03}
"""By this share of the best value at least, for so many rises; for more the last one."""
NOISES = 5.0
"""And by so many times what the values scatter around their own course."""


def rise_since(values: Sequence[float]) -> int | None:
    """Place of the best of `values` (low is good) since which each was worse; None if not so."""
    best = min(range(len(values)), key=values.__getitem__)
    after = values[best:]
    rises = len(after) - 1
    if rises < RISES or any(b <= a for a, b in pairwise(after)):
        return None
    rise = after[-1] - after[0]
    if rise < BY[min(rises, max(BY))] * abs(after[0]) or rise < NOISES * scatter(after):
        return None
    return best


def scatter(values: Sequence[float]) -> float:
    """Standard deviation around a straight line; 0 for less than three values."""
    n = len(values)
    if n < 3:
        return 0.0
    slope, level = _line(range(n), values)
    rest = [v - level - slope * k for k, v in enumerate(values)]
    return math.sqrt(sum(r * r for r in rest) / (n - 2))


ENOUGH_FLAT = 5
MOST_FLAT = 30
"""With more values there is a past that promises something, or not: the usual rule judges."""
_T90 = {3: 1.64, 4: 1.53, 5: 1.48, 6: 1.44, 7: 1.41, 8: 1.40, 9: 1.38, 10: 1.37}
"""Student's t, one-sided 90 %, by degrees of freedom; 1.33 beyond."""
NO_GAIN = 0.05
"""Less than this share of the level, over the whole run, is no improvement."""


def flat_from_start(curve: Sequence[Point], bounded: bool) -> float | None:
    """The most that the curve may have gained (lower is better), if that is next to nothing.

    Learning curves fall with the logarithm of the steps: the slope over it, plus what its noise may
    hide. `bounded`: the metric lies between 0 and 1, where a fifth is a level to measure by.
    """
    n = len(curve)
    if not ENOUGH_FLAT <= n <= MOST_FLAT:
        return None
    values = [point.value for point in curve]
    places = [math.log(k + 1) for k in range(n)]
    slope, level = _line(places, values)
    spread = math.sqrt(
        sum((v - level - slope * x) ** 2 for x, v in zip(places, values, strict=True)) / (n - 2)
    )
    mean = fmean(places)
    error = spread / math.sqrt(sum((x - mean) ** 2 for x in places))
    width = places[-1] - places[0]
    gain = (-slope + _T90.get(n - 2, 1.33) * error) * width
    size = max(abs(fmean(values)), 0.2 if bounded else 0.0)
    if gain >= NO_GAIN * size or not -0.5 < slope * width / (NO_GAIN * size) < 1.0:
        return None  # it improves, or gets worse
    ahead = values[0] - min(values[1:])
    return gain if ahead <= max(0.01 * size, 2.5 * spread) else None


def _line(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """Slope and value at 0 of the straight line nearest to the points."""
    mean_x, mean_y = fmean(xs), fmean(ys)
    square = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / square
    return slope, mean_y - slope * mean_x
