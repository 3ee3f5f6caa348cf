"""The randomisation test of an experiment: its estimate, its p, and the interval by inversion.

What was randomised is which half of each pair came first (or, without pairs, which days had it),
so p is the share of those deals that would have given as much. The statistic is the arm's effect
beside intercept, weekend and trend after whitening with an AR(1) that is estimated without the
arm: another deal does not move it, and the test is exact whatever the days are like (Fisher 1935;
Rosenbaum 2002).
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.gls import Bools, Floats, Ints, Model, independent

EXACT_PAIRS = 12
"""Up to so many pairs all flips are looked at."""
FLIPS = 4999
"""Random flips beyond that."""
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Read:
    """The result of an experiment, in the outcome's units."""

    n: int
    n_on: int
    n_off: int
    n_pairs: int
    effect: float
    low: float
    high: float
    """Interval ends; infinite where no value can be excluded with so few pairs."""
    p: float
    min_p: float
    """The smallest p that could have been reached."""
    flips: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """Days of a randomised experiment, ascending; arrays of shape (n)."""

    days: Ints
    weekday: Ints
    arm: Bools
    """As assigned, or as it was."""
    pair: Ints | None
    """Which pair (of days, or of blocks of days) each day belongs to; None: dealt out freely."""
    y: Floats


def read(trial: Trial, seed: int = 1, flips: int = FLIPS, interval: bool = True) -> Read:
    """The test. Every pair must have days in both arms (see `whole_pairs`); at least 2 pairs."""
    arms, least, exact = (_dealt if trial.pair is None else _flipped)(trial, seed, flips)
    base = _base(trial)
    p0, effect = _compared(trial, base, arms, 0.0)
    low = high = float("nan")
    if interval:
        low = _end(trial, base, arms, effect, -1.0)
        high = _end(trial, base, arms, effect, 1.0)
    return Read(
        n=len(trial.y),
        n_on=int(trial.arm.sum()),
        n_off=int((~trial.arm).sum()),
        n_pairs=0 if trial.pair is None else len(np.unique(trial.pair)),
        effect=effect,
        low=low,
        high=high,
        p=p0,
        min_p=least,
        flips=arms.shape[1],
        exact=exact,
    )


def whole_pairs(pair: Ints, arm: Bools, known: Bools) -> Bools:
    """Which days can be used: known ones of pairs that have a known day in both arms."""
    usable = known.copy()
    for each in np.unique(pair):
        here = (pair == each) & known
        if not (arm[here].any() and (~arm[here]).any()):
            usable[pair == each] = False
    return usable


def _flipped(trial: Trial, seed: int, flips: int) -> tuple[Floats, float, bool]:
    """Arms under every flip, (n, flips), centred on zero (+-0.5), the true one first.

    With the smallest p that can be reached, and whether all flips are there.
    """
    pairs, where = np.unique(np.asarray(trial.pair), return_inverse=True)
    m = len(pairs)
    exact = m <= EXACT_PAIRS
    if exact:
        codes = np.arange(2**m)
        signs = 1.0 - 2.0 * ((codes[None, :] >> np.arange(m)[:, None]) & 1)
    else:
        rng = np.random.default_rng([seed, m])
        signs = 1.0 - 2.0 * rng.integers(0, 2, size=(m, flips + 1))
        signs[:, 0] = 1.0
    least = min(1.0, 2.0 / 2.0**m)
    return _signed(trial)[:, None] * signs[where], _reachable(least, flips, exact), exact


def _dealt(trial: Trial, seed: int, flips: int) -> tuple[Floats, float, bool]:
    """As `_flipped`, for days that were dealt out freely: as many with it as there were."""
    n, on = len(trial.arm), int(trial.arm.sum())
    ways = comb(n, on)
    least = min(1.0, (2.0 if 2 * on == n else 1.0) / ways)
    arms = np.full((n, min(ways, flips + 1)), -0.5)
    arms[:, 0] = _signed(trial)
    if ways <= flips + 1:
        others = (c for c in combinations(range(n), on) if c != tuple(np.flatnonzero(trial.arm)))
        for at, chosen in enumerate(others, 1):
            arms[list(chosen), at] = 0.5
        return arms, least, True
    rng = np.random.default_rng([seed, n])
    drawn = np.argsort(rng.random((n, flips)), axis=0) < on
    arms[:, 1:] = np.where(drawn, 0.5, -0.5)
    return arms, _reachable(least, flips, False), False


def _signed(trial: Trial) -> Floats:
    return np.where(trial.arm, 0.5, -0.5)


def _reachable(least: float, flips: int, exact: bool) -> float:
    return least if exact else max(least, 1 / (flips + 1))


def _base(trial: Trial) -> Floats:
    """Intercept, weekend and trend, of full rank."""
    days = trial.days - trial.days.mean()
    columns = [
        np.ones(len(days)),
        (trial.weekday >= 5).astype(float),
        days / max(float(np.abs(days).max()), 1.0),
    ]
    if len(days) < 12:
        columns = columns[:1]
    return np.column_stack([columns[at] for at in independent(columns)])


def _compared(trial: Trial, base: Floats, arms: Floats, effect: float) -> tuple[float, float]:
    """p of the hypothesis that the arm does `effect`, and the estimate."""
    y = trial.y - effect * (trial.arm - 0.5)
    _, rho = Model(trial.days, base).coefficients(y)
    carry = rho ** np.diff(trial.days)
    scale = 1.0 / np.sqrt(1.0 - carry**2)

    def white(columns: Floats) -> Floats:
        out = columns.copy()
        out[1:] = (columns[1:] - carry[:, None] * columns[:-1]) * scale[:, None]
        return out

    q, _ = np.linalg.qr(white(base))
    a, v = white(arms), white(y[:, None])[:, 0]
    a -= q @ (q.T @ a)
    v -= q @ (q.T @ v)
    squares = np.einsum("nk,nk->k", a, a)
    slope = (v @ a) / np.maximum(squares, np.finfo(float).tiny)
    t = np.abs(slope) * np.sqrt(squares)
    # scaled by what is left, so that flips which take up more room gain nothing by it
    left = np.maximum(v @ v - t**2, np.finfo(float).eps * float(v @ v) + np.finfo(float).tiny)
    t = t / np.sqrt(left)
    reached = int(np.count_nonzero(t >= t[0] * (1 - 1e-9)))
    return reached / arms.shape[1], float(slope[0]) + effect


def _end(trial: Trial, base: Floats, arms: Floats, effect: float, side: float) -> float:
    """The farthest effect on one side of the estimate that is not rejected."""
    spread = float(trial.y.std()) or 1.0
    inside, step = effect, spread / 4
    outside = effect + side * step
    for _ in range(12):
        if _compared(trial, base, arms, outside)[0] <= LEVEL:
            break
        inside, step = outside, step * 2
        outside = effect + side * step
    else:
        return side * float("inf")
    for _ in range(14):
        middle = (inside + outside) / 2
        if _compared(trial, base, arms, middle)[0] > LEVEL:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2


def standard_error(days: Ints, weekday: Ints, arm: Bools, rho: float) -> float:
    """Of the estimate, in marginal standard deviations of a day, with errors that carry `rho`."""
    base = _base(Trial(days, weekday, arm, None, np.zeros(len(days))))
    x = arm - 0.5
    carry = rho ** np.diff(days)
    scale = 1.0 / np.sqrt(1.0 - carry**2)
    whole = np.column_stack([base, x])
    white = whole.copy()
    white[1:] = (whole[1:] - carry[:, None] * whole[:-1]) * scale[:, None]
    inverse = np.linalg.pinv(white.T @ white)
    return float(np.sqrt(inverse[-1, -1]))
