"""Missing days, and many questions at once: Little's test, Benjamini-Hochberg, Yekutieli."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import erfc, sqrt

import numpy as np

from flowtui.core.insight.association import Q
from flowtui.core.insight.refusal import MANY, Missingness
from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.gls import Bools, Floats

SUSPECT_P = 0.1


@dataclass(frozen=True, slots=True)
class _Contrast:
    """Mean beside missing days, less that beside recorded ones."""

    difference: float
    p: float


def missingness(name: str, first_weekday: int, x: Floats, y: Floats) -> Missingness:
    """How days without `x` (calendar, NaN missing) lie among those of the outcome `y`.

    Looked at from the factor's first record to its last.
    """
    known = np.flatnonzero(np.isfinite(x))
    low, high = int(known[0]), int(known[-1]) + 1
    x, y = x[low:high], y[low:high]
    gone = ~(np.isfinite(x) & np.isfinite(y))
    weekday = (first_weekday + low + np.arange(len(x))) % 7
    by_weekday = tuple(
        float(1 - gone[weekday == day].mean()) if (weekday == day).any() else None
        for day in range(7)
    )
    share = float(gone.mean())
    clues = {
        "output on the same day": _contrast(y, ~np.isfinite(x)),
        "output on the days beside it": _contrast(_beside(y), gone),
        "the habit on the days beside it": _contrast(_beside(x), gone),
    }
    found = {what: c for what, c in clues.items() if c is not None}
    # three looks, so each must be three times as rare
    telling = tuple(what for what, c in found.items() if c.p < SUSPECT_P / len(clues))
    return Missingness(
        factor=name,
        days=len(x),
        missing=int(gone.sum()),
        share=share,
        by_weekday=by_weekday,
        clues=telling,
        differences=tuple((what, c.difference, c.p) for what, c in found.items()),
        suspect=bool(telling) or share >= MANY,
    )


def _beside(values: Floats) -> Floats:
    """Mean of the day before and the day after, of those that are known."""
    before, after = np.full_like(values, np.nan), np.full_like(values, np.nan)
    before[1:], after[:-1] = values[:-1], values[1:]
    both = np.stack([before, after])
    count = np.isfinite(both).sum(axis=0)
    total = np.where(np.isfinite(both), both, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _contrast(values: Floats, gone: Bools) -> _Contrast | None:
    """Welch's comparison, normal approximation; None below four days on either side."""
    known = np.isfinite(values)
    here, there = values[known & gone], values[known & ~gone]
    if min(len(here), len(there)) < 4:
        return None
    spread = here.var(ddof=1) / len(here) + there.var(ddof=1) / len(there)
    if spread <= 0:
        return None
    difference = float(here.mean() - there.mean())
    return _Contrast(difference, erfc(abs(difference) / sqrt(2 * float(spread))))


def adjusted(ps: Sequence[float], asked: int, any_dependence: bool = False) -> Floats:
    """Adjusted p of each of `ps`, with `asked` >= len(ps) questions in all.

    Questions beyond `ps` count as having found nothing. With `any_dependence` by Benjamini and
    Yekutieli, which holds however the tests hang together.
    """
    m = max(asked, len(ps))
    values = np.asarray(ps, dtype=float)
    order = np.argsort(values)
    factor = float(sum(1.0 / i for i in range(1, m + 1))) if any_dependence else 1.0
    raised = values[order] * m * factor / np.arange(1, len(values) + 1)
    stepped = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    result = np.empty_like(stepped)
    result[order] = stepped
    return result


def draws_for(asked: int, least: int) -> int:
    """Refits enough that the smallest p can still pass among `asked` questions; odd thousands."""
    # twice over, so that a single unlucky refit does not hide a finding
    needed = math.ceil(2 * asked / Q)
    return max(least, -(-needed // 1000) * 1000 - 1)
