"""Does knowing the habit help to foretell the next day? Rolling origin, one step ahead.

Three plain forecasts stand as baselines; the best of them over all days is the one to beat. The
candidate is that baseline plus what the habit explained of its misses up to then. A display and a
second gate, not a test: a real effect of 0.8 sd beats the baseline in two of three sets of 60 days.
"""

from __future__ import annotations

import numpy as np

from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.gls import Floats, Ints

FIRST_AT = 21
"""Days learnt from before the first forecast, at least; half of all days if that is more."""
SHRINK = 1e-6
BASELINES = ("mean of the last 7 days", "mean of the weekday", "weekday, trend and the day before")


@dataclass(frozen=True, slots=True)
class Skill:
    """How forecasts with the habit did against those without it."""

    skill: float
    """1 - error with / error without; above 0 the habit helped."""
    baseline: str
    """The baseline's name."""
    error_without: float
    """Mean absolute error of the baseline, in the outcome's unit."""
    error_with: float
    days: Ints
    """Places on the calendar that were foretold."""
    gain: Floats
    """Error without less error with, summed up to each of `days`."""


def skill(days: Ints, weekday: Ints, x: Floats, y: Floats) -> Skill | None:
    """Forecasts of `y` (n) with and without `x` (n) on ascending `days`; None below 31 days."""
    n = len(y)
    start = max(FIRST_AT, n // 2)
    if n - start < 10:
        return None
    forecasts = [_last_days(y), _weekday_mean(weekday, y), _regression(days, weekday, y)]
    misses = [y - forecast for forecast in forecasts]
    sizes = [float(np.abs(miss[start:]).mean()) for miss in misses]
    best = int(np.argmin(sizes))
    if sizes[best] == 0:
        return None
    with_x = misses[best] - _explained(x, misses[best], first=7)
    without = np.abs(misses[best][start:])
    after = np.abs(with_x[start:])
    error = float(after.mean())
    gain = np.cumsum(without - after)
    return Skill(1 - error / sizes[best], BASELINES[best], sizes[best], error, days[start:], gain)


def _last_days(y: Floats) -> Floats:
    """Mean of the seven known days before each."""
    total = np.concatenate([[0.0], np.cumsum(y)])
    at = np.arange(len(y))
    low = np.maximum(0, at - 7)
    found: Floats = (total[at] - total[low]) / np.maximum(at - low, 1)
    return found


def _weekday_mean(weekday: Ints, y: Floats) -> Floats:
    """Mean of the same weekday so far; of all days while there is none."""
    found = np.zeros(len(y))
    overall = _before(y) / np.maximum(np.arange(len(y)), 1)
    for day in range(7):
        here = np.flatnonzero(weekday == day)
        count = np.arange(len(here))
        found[here] = np.where(count > 0, _before(y[here]) / np.maximum(count, 1), overall[here])
    return found


def _regression(days: Ints, weekday: Ints, y: Floats) -> Floats:
    """Weekend, trend and the known day before, by least squares on the days so far."""
    n = len(y)
    trend = (days - days[0]) / max(int(days[-1] - days[0]), 1)
    middle = y - y.mean()
    before = np.concatenate([[0.0], middle[:-1]])
    columns = np.column_stack([np.ones(n), (weekday >= 5).astype(float), trend, before])
    products = np.cumsum(columns[:, :, None] * columns[:, None, :], axis=0)
    targets = np.cumsum(columns * middle[:, None], axis=0)
    ridge = SHRINK * np.eye(4) * np.maximum(np.trace(products[-1]) / 4, SHRINK)
    learnt = np.linalg.solve(products[:-1] + ridge, targets[:-1, :, None])[:, :, 0]
    found = np.zeros(n)
    found[1:] = np.einsum("np,np->n", columns[1:], learnt)
    found += float(y.mean())
    return found


def _explained(x: Floats, miss: Floats, first: int) -> Floats:
    """What the regression of earlier misses on earlier `x` says of each miss.

    The first `first` days are not learnt from: there the baseline itself knew nothing.
    """
    n = len(x)
    x, miss = x - x.mean(), miss.copy()
    live = (np.arange(n) >= first).astype(float)
    count = np.maximum(_before(live), 1.0)
    sx, sm = _before(x * live) / count, _before(miss * live) / count
    sxx = _before(x * x * live) / count - sx**2
    sxm = _before(x * miss * live) / count - sx * sm
    slope = np.where(sxx > SHRINK * max(float(x.var()), SHRINK), sxm / np.maximum(sxx, 1e-300), 0.0)
    found: Floats = sm + slope * (x - sx)
    return found


def _before(values: Floats) -> Floats:
    """Sum of all values before each place."""
    return np.concatenate([[0.0], np.cumsum(values)[:-1]])
