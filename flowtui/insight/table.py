"""The table of days as arrays on a whole calendar, and one factor laid beside one outcome.

Row order does not matter, a day without a row is a day of missing values, and what is missing
stays missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from flowtui.core.insight.day_table import Factor, Kind, Timing
from flowtui.core.lazy_dataclass import dataclass
from flowtui.insight.gls import Bools, Floats, Ints

OTHER_LAG_SHARE = 0.75
"""The share of days that must remain for a factor's other lag to be adjusted for."""


@dataclass(frozen=True, slots=True)
class Days:
    """Outcome and factors, one place a calendar day from the first row to the last."""

    first: date
    outcome: Floats
    factors: Mapping[str, Floats]

    @property
    def size(self) -> int:
        """Days from first to last."""
        return len(self.outcome)

    def date_of(self, place: int) -> date:
        """The day at `place`."""
        return date.fromordinal(self.first.toordinal() + place)


def on_calendar(
    dates: Sequence[date],
    outcome: Sequence[float | None],
    factors: Mapping[str, Sequence[float | None]],
) -> Days:
    """The columns (one value a date, None: missing) on a calendar. Dates must be distinct."""
    places = np.array([day.toordinal() for day in dates], dtype=np.int64)
    start = int(places.min()) if len(places) else 1
    size = int(places.max()) - start + 1 if len(places) else 0

    def laid(values: Sequence[float | None]) -> Floats:
        column = np.full(size, np.nan)
        column[places - start] = [np.nan if v is None else v for v in values]
        return column

    return Days(
        date.fromordinal(start), laid(outcome), {name: laid(v) for name, v in factors.items()}
    )


@dataclass(frozen=True, slots=True)
class Pairing:
    """Days on which both the outcome and the factor (at its lag) are known."""

    days: Ints
    """Their places on the calendar, ascending (n)."""
    x: Floats
    y: Floats
    other: Floats | None
    """The factor at its other lag; None if it has none or too few days would be left."""
    base: Floats
    """Intercept, weekdays and trend (n, p), of full rank together with `other`."""


def lags_of(factor: Factor, night: bool = False) -> tuple[int, ...]:
    """Lags asked about: what happened at night precedes the day, a day precedes the next one.

    A day's factor on the same day is asked too, where direction stays unknown; not of an outcome
    of the `night`, which was over before that day began.
    """
    if night and factor.timing is Timing.DAY:
        return (1,)
    return (0,) if factor.timing is Timing.NIGHT else (1, 0)


def shifted(values: Floats, lag: int) -> Floats:
    """`values` as known `lag` days later."""
    if lag == 0:
        return values
    moved = np.full_like(values, np.nan)
    moved[lag:] = values[:-lag]
    return moved


def paired(days: Days, factor: Factor, lag: int) -> Pairing:
    """`factor` at `lag` beside the outcome."""
    values = days.factors[factor.name]
    x, y = shifted(values, lag), days.outcome
    valid = np.isfinite(x) & np.isfinite(y)
    other: Floats | None = None
    if len(lags_of(factor)) > 1:
        beside = shifted(values, 1 - lag)
        both = valid & np.isfinite(beside)
        if both.sum() >= OTHER_LAG_SHARE * valid.sum() and _apart(x[both], beside[both]):
            valid, other = both, beside[both]
    places = np.flatnonzero(valid)
    return Pairing(places, x[valid], y[valid], other, base_columns(days.first, places, other))


def base_columns(first: date, places: Ints, other: Floats | None = None) -> Floats:
    """Intercept, weekdays, linear trend and `other` on the days at `places`, of full rank.

    One column for weekends below 56 days, six for weekdays from there on.
    """
    from flowtui.insight.gls import independent

    n = len(places)
    if n == 0:
        return np.zeros((0, 1))
    weekday = (first.weekday() + places) % 7
    columns: list[Floats] = [np.ones(n)]
    if n < 56:
        columns.append((weekday >= 5).astype(float))
    else:
        columns += [(weekday == day).astype(float) for day in range(1, 7)]
    middle = places.mean()
    columns.append((places - middle) / max(float(np.abs(places - middle).max()), 1.0))
    if other is not None:
        columns.append(other)
    kept = independent(columns)
    return np.column_stack([columns[at] for at in kept])


def slow_columns(places: Ints) -> Floats:
    """Slow cosines over the days, one for every 28 of them (n, k): seasons and life changes."""
    span = int(places[-1] - places[0]) + 1
    k = np.arange(1, span // 28 + 1)
    return np.cos(np.pi * np.outer(places - places[0] + 0.5, k) / span)


def in_arm(x: Floats, kind: Kind) -> Bools:
    """Which days had it: 1 of a yes or no, above the median of anything else."""
    return x > 0.5 if kind is Kind.BINARY else x > np.median(x)


def _apart(x: Floats, other: Floats) -> bool:
    """Whether a day and the day before it can be told apart at all."""
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(other) == 0:
        return False
    return abs(float(np.corrcoef(x, other)[0, 1])) < 0.95
