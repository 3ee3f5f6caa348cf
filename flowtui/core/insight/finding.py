"""What is found about one pair, as numbers; the words about it are in `words`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Numbers:
    """One tested pair. Effects are in the outcome's unit for each unit of the factor."""

    n: int
    """Days with both values."""
    n_on: int
    """Days with it; for counts, doses and scales: days above the median."""
    n_off: int
    effect: float
    """Adjusted for weekday, trend, autocorrelation and (if `other_lag`) the factor's other lag."""
    low: float
    """Lower end of the 95 % interval."""
    high: float
    d: float
    """Effect of `step`, in marginal standard deviations of what remains unexplained."""
    step: float
    """The change that `d` speaks of: 1 for a yes or no, else one standard deviation."""
    p: float
    """Of the sieve bootstrap, before any correction."""
    rho: float
    """Correlation of one day's error with the next."""
    n_eff: float
    """Independent days that these are worth."""
    raw_effect: float
    """Without any adjustment."""
    robust_slope: float | None
    """Theil-Sen, unadjusted; None for a yes or no."""
    rank_p: float | None
    """p on ranks of the outcome; None where p is so large that it was not asked."""
    slow_p: float | None
    """p beside slow waves; None where not asked, or the stretch is too short."""
    slow_effect: float | None
    skill: float | None
    """Of forecasts with it over the best baseline; None below 31 days."""
    other_lag: bool
    first: date
    last: date
    plain_p: float
    """What a plain correlation would have claimed."""
