"""What a person can do with a pattern: put it to the test for so many days, or leave it, and why.

Never more than that: no pattern is worth acting on before it was tried by chance.
"""

from __future__ import annotations

from math import ceil

from flowtui.core.insight.association import SIGNIFICANT, Finding, Insight
from flowtui.core.insight.day_table import Kind, Timing
from flowtui.core.insight.sentences import SAME_DAY, named, tags

NEAREST = 3
"""Patterns that did not pass of which it is told all the same."""
LONGEST = 365
"""Days of an experiment beyond which hardly anybody goes."""
SHORTEST = 20
PER_D = 27
"""Days x d^2 at which daily pairs see an effect of d with a chance of 0.8 (simulated: D10)."""


def verdicts(whole: Insight) -> list[str]:
    """A line for each pattern that passed, then for the nearest that did not."""
    nearest = sorted(whole.not_passed, key=lambda f: (f.q_bh, f.numbers.p))[:NEAREST]
    return [f"{named(f)}: {verdict(f, whole)}" for f in (*whole.passed, *nearest)]


def verdict(finding: Finding, whole: Insight) -> str:
    """`worth a test of 42 days`, or `do not act on this: ...`."""
    why = _against(finding, whole)
    if why:
        return f"do not act on this: {why}"
    days = test_days(finding.numbers.d)
    if days > LONGEST:
        return f"do not act on this: so small that a test would take {days} days"
    warnings = [t for t in _warnings(finding, whole) if t != SAME_DAY]
    first = f" ({warnings[0]})" if warnings else ""
    return f"worth a test of {days} days{first}"


def test_days(d: float) -> int:
    """Days, two and two, after which a randomised test most likely sees an effect of `d` sd."""
    if d == 0:
        return LONGEST + 1
    return max(SHORTEST, 2 * ceil(PER_D / d**2 / 2))


def _against(finding: Finding, whole: Insight) -> str:
    """The first reason not to act; empty if it is worth a test."""
    outcome, n = whole.outcome.label, finding.numbers
    if finding.passed:
        rated = finding.factor.kind is Kind.ORDINAL and finding.factor.timing is Timing.DAY
        if rated and finding.lag == 0:
            return f"rated on the same day, it may say no more than {outcome} itself"
        return ""
    if finding.mirrors:
        return f"it does not go beyond the {outcome} of the day before"
    if not finding.apart:
        return "too few days tell it apart from the others"
    if finding.together_with:
        return f"it moves together with {' and '.join(finding.together_with)}"
    if n.p <= SIGNIFICANT:
        return f"among {whole.asked} patterns checked as much turns up by chance"
    return f"no clear pattern in {n.n} days"


def _warnings(finding: Finding, whole: Insight) -> tuple[str, ...]:
    return tags(finding, whole.missing_of(finding.factor.name))
