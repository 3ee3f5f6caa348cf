"""What is found about one outcome, as numbers; the words about them are in `words`."""

from __future__ import annotations

from datetime import date

from flowtui.core.insight.day_table import Factor, Outcome
from flowtui.core.insight.refusal import Missingness, Refused
from flowtui.core.lazy_dataclass import dataclass

Q = 0.10
"""The share of false findings that is put up with among those that pass."""
SIGNIFICANT = 0.05


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
    """Of the sieve bootstrap, before any correction; at lag 1 the larger of two models'."""
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
    alone_p: float | None = None
    """p without yesterday's outcome beside it."""
    beyond_p: float | None = None
    """p of a lag-1 pair beside yesterday's outcome; None where not asked, or not known."""
    ahead: bool | None = None
    """False: it goes as well with the day before as with the day after it."""
    x_rank_p: float | None = None
    """p on ranks of the factor and of the outcome; None where not asked."""
    lever: float = 0.0
    """The largest share that one day has in what is known of the factor's own changes."""
    lever_day: date | None = None
    """That day, where its share is more than any one day should have."""
    lever_value: float = 0.0


@dataclass(frozen=True, slots=True)
class Forecasts:
    """How foretelling the next day went with the habit and without it."""

    baseline: str
    """The best plain forecast."""
    error_without: float
    """Mean absolute error, in the outcome's unit."""
    error_with: float
    first: date
    days: tuple[int, ...]
    """Days after `first` that were foretold."""
    gain: tuple[float, ...]
    """Error without less error with, summed up to each of them; rising: the habit helps."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A tested pair, and what the family of all questions makes of it."""

    factor: Factor
    lag: int
    """0: the same row of the table; 1: the day after the factor."""
    numbers: Numbers
    q_bh: float
    """p adjusted by Benjamini-Hochberg over every question ever asked."""
    q_by: float
    """By Benjamini-Yekutieli, which holds however the questions hang together."""
    joint_p: float | None
    """p beside all others that came through; None where it did not come so far."""
    together_with: tuple[str, ...] = ()
    """What it moves together with, where that is why it did not pass."""
    apart: bool = True
    """False where too few days have all of them to tell them apart."""
    forecasts: Forecasts | None = None
    note: str = ""
    """What is known of the column: a scale that changed, say."""

    @property
    def key(self) -> tuple[str, int]:
        """Name and lag."""
        return self.factor.name, self.lag

    @property
    def passed(self) -> bool:
        """Worth an experiment: not chance alone, and not another habit in disguise."""
        fit = self.joint_p is not None and self.joint_p <= SIGNIFICANT
        return self.q_bh <= Q and fit and self.numbers.ahead is not False

    @property
    def mirrors(self) -> bool:
        """Whether it is told apart from nothing only until yesterday's outcome stands beside it."""
        n = self.numbers
        if n.alone_p is None or n.alone_p > SIGNIFICANT or self.lag == 0:
            return False
        return n.p > SIGNIFICANT or n.ahead is False


@dataclass(frozen=True, slots=True)
class Insight:
    """The whole look at one outcome."""

    outcome: Outcome
    days: int
    """Days on which the outcome is known."""
    first: date | None
    last: date | None
    asked: int
    """Questions ever asked; the false discovery rate is held over all of them."""
    findings: tuple[Finding, ...]
    refused: tuple[Refused, ...]
    missing: tuple[Missingness, ...]

    @property
    def passed(self) -> tuple[Finding, ...]:
        """What is worth an experiment."""
        return tuple(f for f in self.findings if f.passed)

    @property
    def not_passed(self) -> tuple[Finding, ...]:
        """What was tested and is not."""
        return tuple(f for f in self.findings if not f.passed)

    def missing_of(self, factor: str) -> Missingness | None:
        """How the missing days of a factor lie."""
        return next((m for m in self.missing if m.factor == factor), None)
