"""When a run will end, with the error of that estimate.

The pace is measured over stretches of the run that are long enough to hold its evaluations and
checkpoints, so that these are in it. The latest half counts: a run that became slower stays slow.
How the paces of equal stretches scatter gives the error: with m stretches of standard deviation s
and a rest of r stretches, the sum of the rest deviates by s * sqrt(r + r*r/m) (the rest's own
scatter, and that of the mean it is estimated by); Student's t for 80 % covers small m.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean, stdev
from typing import NamedTuple

from flowtui.core.runs.history import History

_T80 = (3.08, 1.89, 1.64, 1.53, 1.48, 1.44, 1.41, 1.40, 1.38, 1.37)
"""Student's t, two-sided 80 %, for 1 to 10 degrees of freedom; 1.28 to 1.36 beyond."""
WIDER = 1.25
"""Neighbouring stretches are alike, so that they scatter less than the rest will; by simulation."""
STRETCHES = 8
ENOUGH = 6
"""Ticks needed before a pace is a pace."""


class Eta(NamedTuple):
    """Seconds to the end of the run."""

    left_s: float
    error_s: float | None
    """Half the width of an interval that should hold the true end four times in five; None: the
    figure is the log's own, and it does not say."""


def eta_of(history: History, now_s: float | None) -> Eta | None:
    """The time left at `now_s` (None: as of the last reading); None if nothing tells the whole."""
    whole = history.total_steps if history.step is not None else history.total_epochs
    position = history.position
    if not whole or position is None:
        return _by_word(history, now_s)
    rest = whole - position
    if rest <= 0:
        return Eta(0.0, 0.0)
    paces = _paces(history)
    if paces is None:
        return _by_word(history, now_s)
    length, seconds = paces
    mean = fmean(seconds)
    count = rest / length
    waited = 0.0 if now_s is None or history.last_at is None else now_s - history.last_at
    left = mean * count - min(max(0.0, waited), mean * min(1.0, count))
    if len(seconds) < 3:
        return Eta(left, None)
    spread = stdev(seconds)
    freedom = len(seconds) - 1
    t = _T80[freedom - 1] if freedom <= len(_T80) else 1.33
    error = WIDER * t * spread * math.sqrt(count + count * count / len(seconds))
    return Eta(left, max(error, 0.02 * left))


def _by_word(history: History, now_s: float | None) -> Eta | None:
    if history.eta_s is None:
        return None
    waited = 0.0 if now_s is None or history.last_at is None else now_s - history.last_at
    return Eta(max(0.0, history.eta_s - max(0.0, waited)), None)


def _paces(history: History) -> tuple[float, list[float]] | None:
    """Steps in a stretch, and the seconds that each of the latest stretches took."""
    ticks = [(p.step, p.at) for p in history.ticks.all_places() if p.at is not None]
    if history.last_at is not None and ticks and history.position is not None:
        last = (history.position, history.ticks.last_value())
        if last[1] is not None and last[0] > ticks[-1][0]:
            ticks.append((last[0], last[1]))
    if len(ticks) < ENOUGH:
        return None
    if len(ticks) >= 4 * ENOUGH:
        ticks = ticks[len(ticks) // 2 :]
    first, last_tick = ticks[0], ticks[-1]
    span = last_tick[0] - first[0]
    count = min(STRETCHES, len(ticks) - 1)
    if span <= 0 or last_tick[1] <= first[1]:
        return None
    length = span / count
    edges = [_when(ticks, first[0] + length * k) for k in range(count + 1)]
    return length, [max(0.0, b - a) for a, b in pairwise(edges)]


def _when(ticks: list[tuple[float, float]], step: float) -> float:
    """The instant at which `step` was passed, between the ticks around it."""
    before = ticks[0]
    for tick in ticks:
        if tick[0] >= step:
            span = tick[0] - before[0]
            share = (step - before[0]) / span if span > 0 else 1.0
            return before[1] + share * (tick[1] - before[1])
        before = tick
    return before[1]
