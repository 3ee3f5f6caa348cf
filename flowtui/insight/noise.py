"""Try it on noise: one's own days, with every habit moved against the output.

Each habit is moved in time by whole weeks, each by another stretch, the end going round to the
beginning. Weekdays, habits' own rhythm and the output stay as they were; whatever went with what
is gone. What is found then is false.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flowtui.core.errors import FlowError
from flowtui.core.insight.day_table import Factor, Outcome
from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.pair import rng_for
from flowtui.insight.study import Study, Tell, study
from flowtui.insight.table import Days

SHUFFLES = 20
LEAST_WEEKS = 6
PLAIN = 0.05


@dataclass(frozen=True, slots=True)
class Claim:
    """What a plain correlation would have claimed of days on which nothing is true."""

    factor: str
    label: str
    lag: int
    raw_effect: float
    p: float


@dataclass(frozen=True, slots=True)
class Noise:
    """How both did on the moved days."""

    shuffles: int
    asked: int
    """Patterns checked in each of them, on average."""
    plain_claims: int
    """Patterns that a plain correlation would have claimed, over all shuffles."""
    plain_any: int
    """Shuffles in which it would have claimed at least one."""
    passed: int
    """Patterns that passed here, over all shuffles."""
    passed_any: int
    claims: tuple[Claim, ...]
    """The boldest claim of each pattern, at most five."""


def noise(
    days: Days,
    factors: Sequence[Factor],
    outcome: Outcome,
    shuffles: int = SHUFFLES,
    seed: int = 1,
    tell: Tell = lambda done, total, what: None,
) -> Noise:
    """Move and look `shuffles` times. Raises FlowError below six whole weeks."""
    weeks = days.size // 7
    if weeks < LEAST_WEEKS:
        raise FlowError(
            f"{days.size} days are too few to be moved against each other",
            f"from {7 * LEAST_WEEKS} days on it can be tried on noise",
        )
    asked = passed = passed_any = plain_any = 0
    claims: list[Claim] = []
    for at in range(shuffles):
        tell(at, shuffles, f"shuffle {at + 1}")
        found = study(
            _moved(days, weeks, rng_for(seed, "noise", at)),
            factors,
            outcome,
            draws=max(399, 20 * 2 * len(factors) - 1),
            seed=seed + at,
            keep_draws=True,
            bare=True,
        )
        through, false = sum(j.passed for j in found.judged), _claims(found)
        asked, passed, passed_any = (
            asked + found.asked,
            passed + through,
            passed_any + (through > 0),
        )
        plain_any += bool(false)
        claims += false
    tell(shuffles, shuffles, "")
    return Noise(
        shuffles,
        round(asked / shuffles),
        len(claims),
        plain_any,
        passed,
        passed_any,
        _boldest(claims),
    )


def _claims(found: Study) -> list[Claim]:
    """What a plain correlation would have claimed."""
    false = [j.result for j in found.judged if j.result.numbers.plain_p <= PLAIN]
    return [
        Claim(r.factor.name, r.factor.label, r.lag, r.numbers.raw_effect, r.numbers.plain_p)
        for r in false
    ]


def _boldest(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """One of each pattern, for the same again would be no further warning; five at most."""
    by_pattern = {(c.factor, c.lag): c for c in sorted(claims, key=lambda c: -c.p)}
    return tuple(sorted(by_pattern.values(), key=lambda claim: claim.p)[:5])


def _moved(days: Days, weeks: int, rng: np.random.Generator) -> Days:
    size = weeks * 7
    # at least two weeks away, on either side, so that nothing stays near its place
    apart = range(2, weeks - 1)
    moved = {
        name: np.roll(values[:size], 7 * int(rng.choice(apart)))
        for name, values in days.factors.items()
    }
    return Days(days.first, days.outcome[:size], moved)
