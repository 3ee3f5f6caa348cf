"""Does yesterday's factor go with today's outcome beyond yesterday's outcome?

A rating that mirrors the outcome of its own day (energy, mood) says as much about tomorrow as that
outcome does, and a state that drives both says it too. Beside the same day's factor, which is a
collider then, the plain model takes this for an effect. Three questions stand against it:

- the plain model, with the factor of the same day beside it: fails where the factor mirrors;
- a model with yesterday's outcome beside it instead: fails where the factor acts on its own day and
  both have a memory. A lag-1 pattern needs both (an intersection-union test, Berger 1982, so that
  the larger p counts), with one sign;
- the factor of the day after, which cannot have done anything (a negative control, Lipsitch et al.
  2010): in a hidden common state both days beside the outcome say as much. The more days there are,
  the more of such states pass the two models, and the surer the difference must be.
"""

from __future__ import annotations

import numpy as np

from flowtui.core.insight.day_table import Factor, Kind
from flowtui.core.insight.refusal import MIN_DAYS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.gls import Floats, Ints, Model, independent
from flowtui.insight.sieve import Tested, tested
from flowtui.insight.table import Days, Pairing, base_columns, shifted

SURE = 2.2
"""Standard errors that are asked of the difference at most."""
SHARE = 0.25
"""For each standard error that the pattern has beyond two, so many fewer are asked."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is left of a lag-1 pattern."""

    p: float
    """Beside yesterday's outcome; 1 where the sign is another, or too few days have it."""
    known: bool
    """Whether enough days have yesterday's outcome."""
    ahead: bool | None
    """Whether it goes with the day after it more than with the day before it; None: not known."""


def beyond(
    days: Days, factor: Factor, pair: Pairing, main: Tested, draws: int, rng: np.random.Generator
) -> Beyond:
    """`pair` is `factor` at lag 1, `main` what the plain model says of it."""
    values = days.factors[factor.name]
    before = shifted(days.outcome, 1)[pair.days]
    known = np.isfinite(before)
    places, x, y = pair.days[known], pair.x[known], pair.y[known]
    if len(places) < MIN_DAYS:
        return Beyond(1.0, False, None)
    base = base_columns(days.first, places, before[known])
    if not _adds(base, x):
        return Beyond(1.0, False, None)
    again = tested(places, base, x, y, draws, rng)
    p = again.p if again.effect * main.effect > 0 else 1.0
    ahead = _ahead(days, values, pair)
    if ahead is None:
        return Beyond(p, True, None)
    weaker = min(abs(main.effect) / main.se, abs(again.effect) / again.se)
    sure = needed(len(pair.days), factor.kind) - SHARE * (weaker - 2)
    return Beyond(p, True, bool(ahead * np.sign(main.effect) > sure))


def _ahead(days: Days, values: Floats, pair: Pairing) -> float | None:
    """t of the factor's day before less its day after, beside their sum and the same day."""
    same = values[pair.days]
    after = np.append(values[1:], np.nan)[pair.days]
    known = np.isfinite(same) & np.isfinite(after)
    places: Ints = pair.days[known]
    if len(places) < MIN_DAYS:
        return None
    x, after = pair.x[known], after[known]
    base = base_columns(days.first, places, same[known])
    if not _adds(base, x + after):
        return None
    base = np.column_stack([base, x + after])
    if not _adds(base, x - after):
        return None
    found = Model(places, np.column_stack([base, x - after])).fit(pair.y[known][:, None])
    return float(found.t[0])


def needed(n: int, kind: Kind) -> float:
    """Standard errors that the difference must have on `n` days, of a pattern that has two.

    Chosen by simulation (the protocol's D13 and its power at lag 1): so many that a hidden state
    passes in one of 16 draws at most, and so few that the power of an effect of 0.8 sd falls by
    less than a tenth. A yes or no shows less of a hidden state than a number does. That a strong
    pattern needs a smaller difference costs no false finding: hidden states that pass barely do.
    """
    first = 1.15 + (n - 60) / 120 if kind is Kind.BINARY else 1.4 + (n - 60) / 150
    return min(SURE, max(0.0, first))


def _adds(base: Floats, x: Floats) -> bool:
    columns = [base[:, at] for at in range(base.shape[1])]
    return len(columns) in independent([*columns, x])
