"""What the rules ask of a curve: its noise, its level, its trend. All robust against single spikes.

A curve is the list of means of a metric's places (see `series`): at most some hundred points,
evenly spread over the run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median

from flowtui.core.runs.metric_series import Point
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.metrics import Better

_MAD_TO_SD = 1.4826


def costs(track: Track) -> list[Point]:
    """The curve, turned so that lower is better; empty if the direction is not known."""
    if track.better is None:
        return []
    sign = -1.0 if track.better is Better.HIGHER else 1.0
    return [Point(p.step, p.at, sign * p.value) for p in track.series.means()]


def noise(values: Sequence[float]) -> float:
    """Standard deviation of the noise, from the differences of neighbours (trends drop out)."""
    steps = [b - a for a, b in pairwise(values)]
    if len(steps) < 3:
        return 0.0
    middle = median(steps)
    return _MAD_TO_SD * median(abs(step - middle) for step in steps) / math.sqrt(2)


def smoothed(values: Sequence[float], width: int) -> list[float]:
    """Running medians over `width` values that end at each place (fewer at the beginning)."""
    return [median(values[max(0, k - width + 1) : k + 1]) for k in range(len(values))]


def trend_z(values: Sequence[float]) -> float:
    """Mann and Kendall's statistic: above 2 the values rise, below -2 they fall, else no trend.

    Of more than 60 values the means of 60 stretches are taken. Source: Kendall, Rank Correlation
    Methods.
    """
    if len(values) > 60:
        size = len(values) / 60
        values = [
            fmean(values[int(k * size) : max(int(k * size) + 1, int((k + 1) * size))])
            for k in range(60)
        ]
    n = len(values)
    if n < 4:
        return 0.0
    s = 0
    for k, early in enumerate(values):
        for late in values[k + 1 :]:
            s += (late > early) - (late < early)
    if s == 0:
        return 0.0
    spread = math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return (s - math.copysign(1, s)) / spread


def sure(ratio: float, least: float = 0.6) -> float:
    """A confidence from `least` at the threshold (ratio 1) towards 0.99."""
    return round(min(0.99, 1 - (1 - least) / math.pow(max(1.0, ratio), 1.5)), 2)
