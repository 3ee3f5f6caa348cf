"""The whole look at one outcome: refusals, tests, false discovery rate, joint refit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from flowtui.core.insight.association import SIGNIFICANT, Q
from flowtui.core.insight.day_table import Factor, Outcome
from flowtui.core.insight.refusal import MIN_DAYS, Refused
from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.gls import Floats
from flowtui.insight.missing import adjusted, draws_for
from flowtui.insight.pair import Result, analysed, rng_for
from flowtui.insight.refuse import refused, twins
from flowtui.insight.sieve import tested
from flowtui.insight.table import Days, base_columns, lags_of, paired, shifted

DRAWS = 1999
Key = tuple[str, int]
"""A factor's name and its lag."""
Tell = Callable[[int, int, str], None]
"""Called with what is done, what there is to do, and what comes next."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A tested pair and what the family of all questions makes of it."""

    result: Result
    q_bh: float
    q_by: float
    joint_p: float | None
    """p beside all other pairs that came through; None where it did not come so far."""
    together_with: tuple[str, ...]
    """Labels of what it moves together with, where the joint refit dropped it."""
    apart: bool
    """False where too few days have all of them to tell them apart."""

    @property
    def passed(self) -> bool:
        """Worth an experiment: not chance alone, and not another habit in disguise."""
        fit = self.joint_p is not None and self.joint_p <= SIGNIFICANT
        return self.q_bh <= Q and fit and self.result.numbers.ahead is not False


@dataclass(frozen=True, slots=True)
class Study:
    """All of it."""

    judged: tuple[Judged, ...]
    """By adjusted p, then p."""
    refused: tuple[Refused, ...]
    asked: int
    """Questions that the false discovery rate was held over."""
    draws: int


def study(
    days: Days,
    factors: Sequence[Factor],
    outcome: Outcome,
    asked_before: Iterable[Key] = (),
    others_asked: int = 0,
    draws: int = DRAWS,
    seed: int = 1,
    tell: Tell = lambda done, total, what: None,
    keep_draws: bool = False,
    bare: bool = False,
) -> Study:
    """Every pair of `factors` with the outcome of `days`.

    `asked_before`: pairs of this outcome that were ever tested; `others_asked`: how many pairs of
    other outcomes were. Those not tested now count as having found nothing. `keep_draws` takes
    `draws` as it is, and `bare` leaves out what stands beside each test; both for simulations.
    """
    copies = twins(days, factors)
    pairs = [(factor, lag) for factor in factors for lag in lags_of(factor, outcome.night)]
    refusals: list[Refused] = []
    testable = []
    for factor, lag in pairs:
        pair = paired(days, factor, lag)
        no = refused(days, factor, lag, outcome, pair, _at(copies.get(factor.name), lag))
        if no is not None:
            refusals.append(no)
        else:
            testable.append((factor, lag, pair))
    keys = {(factor.name, lag) for factor, lag, _ in testable}
    asked = len(keys | set(asked_before)) + others_asked
    draws = draws if keep_draws else draws_for(asked, draws)
    results = []
    for done, (factor, lag, pair) in enumerate(testable):
        tell(done, len(testable) + 1, factor.label)
        results.append(analysed(days, factor, lag, pair, draws, seed, bare))
    tell(len(testable), len(testable) + 1, "what passed, side by side")
    judged = judge(days, results, asked, draws, seed)
    tell(len(testable) + 1, len(testable) + 1, "")
    return Study(judged, tuple(refusals), asked, draws)


def judge(
    days: Days, results: Sequence[Result], asked: int, draws: int, seed: int
) -> tuple[Judged, ...]:
    """The results under the false discovery rate, and what came through side by side."""
    ps = [result.numbers.p for result in results]
    q_bh, q_by = adjusted(ps, asked), adjusted(ps, asked, any_dependence=True)
    through = [
        result
        for result, q in zip(results, q_bh, strict=True)
        if q <= Q and result.numbers.ahead is not False
    ]
    joint = _side_by_side(days, through, draws, seed)
    judged = []
    for result, bh, by in zip(results, q_bh, q_by, strict=True):
        p, apart = joint.get(_key(result), (None, True))
        dropped = _key(result) in joint and (p is None or p > SIGNIFICANT)
        beside = _companions(days, result, through) if dropped else ()
        judged.append(Judged(result, float(bh), float(by), p, beside, apart))
    return tuple(sorted(judged, key=lambda j: (j.q_bh, j.result.numbers.p)))


def _side_by_side(
    days: Days, through: Sequence[Result], draws: int, seed: int
) -> dict[Key, tuple[float | None, bool]]:
    """p of each of `through` in one model of them all, and whether it could be told apart."""
    if len(through) < 2:
        return {_key(r): (r.numbers.p, True) for r in through}
    kept, told = _enough_days(days, through)
    found: dict[Key, tuple[float | None, bool]] = {
        _key(r): (None, False) for r in through if r not in kept
    }
    if len(kept) < 2:
        return found | {_key(r): (r.numbers.p, True) for r in kept}
    columns = [_column(days, r)[told] for r in kept]
    base, y = base_columns(days.first, told), days.outcome[told]
    for at, result in enumerate(kept):
        beside = np.column_stack([base, *(c for k, c in enumerate(columns) if k != at)])
        if not _adds(beside, columns[at]):
            found[_key(result)] = (None, False)
            continue
        rng = rng_for(seed, "joint", result.lag)
        p = tested(told, beside, columns[at], y, draws, rng).p
        found[_key(result)] = (p, True)
    return found


def _enough_days(days: Days, through: Sequence[Result]) -> tuple[list[Result], np.ndarray]:
    """The most pairs, weakest left out first, that share enough days; and those days."""
    kept = sorted(through, key=lambda r: r.numbers.p)
    while True:
        known = np.isfinite(days.outcome)
        for result in kept:
            known &= np.isfinite(_column(days, result))
        places = np.flatnonzero(known)
        if len(places) >= MIN_DAYS + len(kept) or len(kept) < 2:
            return kept, places
        kept = kept[:-1]


def _adds(base: Floats, x: Floats) -> bool:
    from flowtui.insight.gls import independent

    columns = [base[:, at] for at in range(base.shape[1])]
    return independent([*columns, x]) == list(range(len(columns) + 1))


def _companions(days: Days, result: Result, through: Sequence[Result]) -> tuple[str, ...]:
    """Labels of the others that came through, the most alike first, at most two."""
    x = _column(days, result)
    alike: list[tuple[float, str]] = []
    for other in through:
        if _key(other) == _key(result):
            continue
        beside = _column(days, other)
        both = np.isfinite(x) & np.isfinite(beside)
        if both.sum() >= 3 and np.ptp(x[both]) > 0 and np.ptp(beside[both]) > 0:
            r = abs(float(np.corrcoef(x[both], beside[both])[0, 1]))
            alike.append((-r, _named(other)))
    return tuple(dict.fromkeys(name for _, name in sorted(alike)))[:2]


def _named(result: Result) -> str:
    return result.factor.label + (" the day before" if result.lag else "")


def _column(days: Days, result: Result) -> Floats:
    return shifted(days.factors[result.factor.name], result.lag)


def _key(result: Result) -> Key:
    return result.factor.name, result.lag


def _at(refusal: Refused | None, lag: int) -> Refused | None:
    if refusal is None:
        return None
    return Refused(refusal.factor, lag, refusal.why, refusal.reason, refusal.days_needed)
