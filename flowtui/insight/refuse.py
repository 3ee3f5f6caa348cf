"""Which pairs are not tested, and why: decided from factor and days, never from a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from flowtui.core.insight.day_table import Factor, Kind, Outcome
from flowtui.core.insight.refusal import (
    BEYOND,
    MIN_ARM,
    MIN_CHANGES,
    MIN_COVERAGE,
    MIN_DAYS,
    Refused,
    Why,
    words,
)
from flowtui.core.missing_codes import missing_codes
from flowtui.insight.gls import Floats, independent
from flowtui.insight.table import Days, Pairing, shifted

DISGUISE_R = 0.90
"""Correlation with the outcome, of that day or of one beside it, from which a factor is taken for
the outcome itself: no habit goes with output so closely."""
SAME_R = 0.98
"""Correlation from which two factors are one."""
MIN_FREEDOM = 10
ROUNDING = 1e-9
"""What is left of the outcome, in its own size, is rounding below this."""


class _No(Protocol):
    def __call__(self, why: Why, needed: int | None = None, **said: object) -> Refused: ...


def refused(
    days: Days, factor: Factor, lag: int, outcome: Outcome, pair: Pairing, same: Refused | None
) -> Refused | None:
    """Why `factor` at `lag` is not tested, or None. `same`: what `twins` said of the factor."""

    def no(why: Why, needed: int | None = None, **said: object) -> Refused:
        said |= {"factor": factor.label, "outcome": outcome.label}
        return Refused(factor.name, lag, why, words(why, **said), needed)

    values = days.factors[factor.name]
    endless = np.flatnonzero(np.abs(values) > BEYOND)
    if len(endless):
        return no(Why.INFINITE, day=days.date_of(int(endless[0])))
    for name, column in ((factor.label, values), (outcome.label, days.outcome)):
        code = missing_code(column)
        if code is not None:
            n = int(np.count_nonzero(column == code))
            return no(Why.CODE, name=name, code=code, n=n, days=_plural(n, "day"))
    if factor.derived_from & outcome.derived_from or factor.name == outcome.name:
        return no(Why.TAUTOLOGY)
    r = _likeness(values, days.outcome)
    if abs(r) >= DISGUISE_R:
        return no(Why.DISGUISE, r=r)
    return _too_little(days, factor, lag, pair, no) or same or _rank(pair, no)


def missing_code(values: Floats) -> float | None:
    """The number in `values` that stands for "missing" in many files; None if there is none."""
    codes = missing_codes(np.unique(values[np.isfinite(values)]).tolist())
    return codes[0] if codes else None


def _too_little(days: Days, factor: Factor, lag: int, pair: Pairing, no: _No) -> Refused | None:
    n = len(pair.days)
    if n < MIN_DAYS:
        return no(Why.TOO_FEW, MIN_DAYS - n, n=n, days=_plural(n, "day"), least=MIN_DAYS)
    if np.ptp(pair.y) == 0:
        return no(Why.OUTCOME_CONSTANT, n=n)
    usual = _usual(pair.x)
    if n == usual:
        always = factor.kind is Kind.BINARY and pair.x[0] == 1
        return no(Why.ALWAYS if always else Why.CONSTANT, MIN_ARM, n=n)
    if min(n - usual, usual if factor.kind is Kind.BINARY else n) < MIN_ARM:
        few = min(n - usual, usual)
        return no(Why.ONE_ARM, MIN_ARM - few, n=few, days=_plural(few, "day"), least=MIN_ARM)
    known, span = _coverage(days, shifted(days.factors[factor.name], lag))
    if known < MIN_COVERAGE * span:
        # each further day that has a record adds to both
        needed = int(np.ceil((MIN_COVERAGE * span - known) / (1 - MIN_COVERAGE)))
        return no(Why.COVERAGE, needed, n=known, span=span)
    changes = int(np.count_nonzero(np.diff(pair.x)))
    if changes < MIN_CHANGES:
        times = _plural(changes, "time")
        return no(Why.ONE_STRETCH, n=changes, times=times, span=n)
    return None


def _rank(pair: Pairing, no: _No) -> Refused | None:
    columns = [pair.base[:, at] for at in range(pair.base.shape[1])]
    p = len(columns)
    if p not in independent([*columns, pair.x]):
        return no(Why.CALENDAR)
    left = pair.y - pair.base @ np.linalg.lstsq(pair.base, pair.y, rcond=None)[0]
    if float(np.abs(left).max()) <= ROUNDING * float(np.abs(pair.y).max()):
        return no(Why.NOTHING_LEFT)
    if len(pair.days) - p - 1 < MIN_FREEDOM:
        needed = MIN_FREEDOM - (len(pair.days) - p - 1)
        return no(Why.DEGREES, needed, n=len(pair.days), p=p)
    return None


def twins(days: Days, factors: Sequence[Factor]) -> dict[str, Refused]:
    """Factors that are all but a copy of one before them, by name (with lag 0)."""
    found: dict[str, Refused] = {}
    kept: list[Factor] = []
    for factor in factors:
        values = days.factors[factor.name]
        for other in kept:
            both = np.isfinite(values) & np.isfinite(days.factors[other.name])
            if both.sum() < MIN_DAYS:
                continue
            r = correlation(values[both], days.factors[other.name][both])
            if abs(r) >= SAME_R:
                text = words(Why.SAME_AS, factor=factor.label, other=other.label, r=r)
                found[factor.name] = Refused(factor.name, 0, Why.SAME_AS, text)
                break
        else:
            kept.append(factor)
    return found


def _likeness(x: Floats, outcome: Floats) -> float:
    """The strongest correlation of a factor with the outcome of its day, the day before, or after.

    0 below ten common days, where any two columns can look alike.
    """
    found = [0.0]
    for by in (-1, 0, 1):
        beside = np.full_like(outcome, np.nan)
        size = len(outcome) - abs(by)
        beside[max(0, by) : max(0, by) + size] = outcome[max(0, -by) : max(0, -by) + size]
        known = np.isfinite(x) & np.isfinite(beside)
        if known.sum() >= 10:
            found.append(correlation(x[known], beside[known]))
    return max(found, key=abs)


def correlation(x: Floats, y: Floats) -> float:
    """Pearson's r of two columns without missing values; 0 where one of them never changes."""
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    # scaled first, so that no square overflows
    a = (x - x.mean()) / np.ptp(x)
    b = (y - y.mean()) / np.ptp(y)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def _coverage(days: Days, x: Floats) -> tuple[int, int]:
    """Days with both values, and days with the outcome between the factor's first and last."""
    known = np.flatnonzero(np.isfinite(x))
    inside = np.isfinite(days.outcome[known[0] : known[-1] + 1])
    both = inside & np.isfinite(x[known[0] : known[-1] + 1])
    return int(both.sum()), int(inside.sum())


def _usual(x: Floats) -> int:
    """On how many days the most frequent value was seen."""
    return int(np.unique(x, return_counts=True)[1].max())


def _plural(n: int, word: str) -> str:
    return word if n == 1 else f"{word}s"
