"""One pair: everything that is computed about one factor, at one lag, and the outcome."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from flowtui.core.insight.association import Numbers
from flowtui.core.insight.day_table import Factor, Kind
from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.gls import Floats, independent
from flowtui.insight.refuse import correlation
from flowtui.insight.sieve import Tested, tested
from flowtui.insight.skill import Skill, skill
from flowtui.insight.table import Days, Pairing, in_arm, slow_columns
from flowtui.insight.yesterday import beyond

LEVER = 0.25
"""A share of one day in all that is known, from which that day is named."""
CLOSER_LOOK_P = 0.1
"""Above this p, nothing more is asked of a pair: no sensitivity can make it pass."""


@dataclass(frozen=True, slots=True)
class Result:
    """A tested pair."""

    factor: Factor
    lag: int
    pair: Pairing
    main: Tested
    numbers: Numbers
    forecasts: Skill | None


def rng_for(seed: int, *words: object) -> np.random.Generator:
    """Random numbers that depend on the seed and on what they are for, not on the order."""
    return np.random.default_rng([seed, *(crc32(str(word).encode()) for word in words)])


def analysed(
    days: Days,
    factor: Factor,
    lag: int,
    pair: Pairing,
    draws: int,
    seed: int,
    bare: bool = False,
) -> Result:
    """The pair's effect, test, interval and what stands beside them.

    With `bare` nothing stands beside them: for simulations, which look at the test alone.
    """
    rng = rng_for(seed, lag)  # the same for every factor: no p depends on a name
    main = tested(pair.days, pair.base, pair.x, pair.y, draws, rng)
    more = None
    if lag and main.p <= CLOSER_LOOK_P:
        more = beyond(days, factor, pair, main, draws, rng)
    p = main.p if more is None else max(main.p, more.p)
    at, share = leverage(pair)
    wild = share > LEVER
    x_rank_p: float | None = None
    if wild or (p <= CLOSER_LOOK_P and not bare and factor.kind is not Kind.BINARY):
        y = ranks(pair.y)
        x_rank_p = tested(pair.days, pair.base, ranks(pair.x), y, draws, rng).p
    if wild and x_rank_p is not None:
        p = max(p, x_rank_p)  # one day makes no finding
    arm = in_arm(pair.x, factor.kind)
    weekday = (days.first.weekday() + pair.days) % 7
    forecasts = None if bare else skill(pair.days, weekday, pair.x, pair.y)
    closer = p <= CLOSER_LOOK_P and not bare
    rank_p, slow_p, slow = _closer(pair, draws, rng) if closer else (None, None, None)
    numbers = Numbers(
        n=len(pair.days),
        n_on=int(arm.sum()),
        n_off=int((~arm).sum()),
        effect=main.effect,
        low=main.low,
        high=main.high,
        d=main.effect * _step(pair.x, factor.kind) / main.sd,
        step=_step(pair.x, factor.kind),
        p=p,
        rho=main.rho,
        n_eff=_effective(pair, main.rho),
        raw_effect=_raw(pair.x, pair.y),
        robust_slope=None if bare or factor.kind is Kind.BINARY else theil_sen(pair.x, pair.y),
        rank_p=rank_p,
        slow_p=slow_p,
        slow_effect=slow,
        skill=forecasts.skill if forecasts else None,
        other_lag=pair.other is not None,
        first=days.date_of(int(pair.days[0])),
        last=days.date_of(int(pair.days[-1])),
        plain_p=plain_p(pair.x, pair.y),
        alone_p=main.p,
        beyond_p=more.p if more is not None and more.known else None,
        ahead=more.ahead if more is not None else None,
        x_rank_p=x_rank_p,
        lever=share,
        lever_day=days.date_of(int(pair.days[at]) - lag) if wild else None,
        lever_value=float(pair.x[at]) if wild else 0.0,
    )
    return Result(factor, lag, pair, main, numbers, forecasts)


def _closer(
    pair: Pairing, draws: int, rng: np.random.Generator
) -> tuple[float, float | None, float | None]:
    """p on ranks; p and effect beside slow waves, None where these leave too little."""
    rank_p = tested(pair.days, pair.base, pair.x, ranks(pair.y), draws, rng).p
    beyond = _with_slow(pair)
    if beyond is None:
        return rank_p, None, None
    again = tested(pair.days, beyond, pair.x, pair.y, draws, rng)
    return rank_p, again.p, again.effect


def leverage(pair: Pairing) -> tuple[int, float]:
    """The day that says most about the effect, and its share: x beside all that is adjusted for."""
    fitted = pair.base @ np.linalg.lstsq(pair.base, pair.x, rcond=None)[0]
    squares = (pair.x - fitted) ** 2
    total = float(squares.sum())
    at = int(np.argmax(squares))
    return at, float(squares[at]) / total if total else 0.0


def ranks(values: Floats) -> Floats:
    """Ranks from 1; those of equal values are their mean."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middle: Floats = ends - (counts - 1) / 2
    return middle[place]


def theil_sen(x: Floats, y: Floats) -> float | None:
    """Median slope between all pairs of days with different x (Sen 1968, JASA 63); None if none.

    Of more than 1,500 days every so-manieth is used.
    """
    step = -(-len(x) // 1500)
    x, y = x[::step], y[::step]
    i, j = np.triu_indices(len(x), 1)
    apart = x[i] != x[j]
    if not apart.any():
        return None
    return float(np.median((y[j] - y[i])[apart] / (x[j] - x[i])[apart]))


def plain_p(x: Floats, y: Floats) -> float:
    """p of Pearson's correlation, as most programs give it: t with normal tails beyond n = 30.

    For the comparison with noise alone; nothing is decided by it.
    """
    from math import erfc, sqrt

    r, n = correlation(x, y), len(x)
    if n < 4 or abs(r) >= 1:
        return 0.0 if n >= 4 else 1.0
    # Fisher's z, good to the third digit from n = 14 on
    z = np.arctanh(r) * sqrt(n - 3)
    return float(erfc(abs(z) / sqrt(2)))


def _raw(x: Floats, y: Floats) -> float:
    """Slope of a straight line, and so the difference of means for a yes or no."""
    spread = float(np.ptp(x))
    a = (x - x.mean()) / spread
    return float(a @ (y - y.mean()) / (a @ a)) / spread


def _step(x: Floats, kind: Kind) -> float:
    """The change of the factor that `d` speaks of: having it or not, else one sd of it."""
    return 1.0 if kind is Kind.BINARY else float(x.std(ddof=1))


def _effective(pair: Pairing, rho: float) -> float:
    """Independent days that these are worth: n (1 - rx ry) / (1 + rx ry) (Bartlett 1935)."""
    next_to = np.diff(pair.days) == 1
    rx = correlation(pair.x[:-1][next_to], pair.x[1:][next_to]) if next_to.any() else 0.0
    both = max(-0.9, min(0.9, rx * rho))
    return min(float(len(pair.x)), len(pair.x) * (1 - both) / (1 + both))


def _with_slow(pair: Pairing) -> Floats | None:
    """Base with slow waves beside it; None where they leave too little to learn from."""
    slow = slow_columns(pair.days)
    base = [pair.base[:, at] for at in range(pair.base.shape[1])]
    columns = [*base, *(slow[:, at] for at in range(slow.shape[1]))]
    kept = independent(columns)
    if len(kept) in (len(base), len(columns) + len(pair.x)) or len(pair.x) - len(kept) < 12:
        return None
    if len(independent([*(columns[at] for at in kept), pair.x])) == len(kept):
        return None
    return np.column_stack([columns[at] for at in kept])
