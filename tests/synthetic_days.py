"""Made-up days whose truth is known: what insight is tried on. numpy alone.

All series have a standard deviation of about 1 before weekends, trends and effects are added;
effects are in those units. `rho` is the correlation of a day with the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from flowtui.core.insight.day_table import Factor, Kind, Outcome, Timing
from flowtui.insight.gls import Floats
from flowtui.insight.table import Days

FIRST = date(2025, 1, 6)
"""A Monday."""
DEEP = Outcome("deep", "deep minutes", "min")


def night(name: str, kind: Kind = Kind.BINARY) -> Factor:
    """A factor that is asked about at lag 0 alone."""
    return Factor(name, name, kind, Timing.NIGHT)


def by_day(name: str, kind: Kind = Kind.BINARY) -> Factor:
    """A factor that is asked about at both lags."""
    return Factor(name, name, kind, Timing.DAY)


def ar1(rng: np.random.Generator, n: int, rho: float, k: int = 1) -> Floats:
    """`k` series of `n` days, (n, k), stationary."""
    series = rng.normal(size=(n, k))
    for at in range(1, n):
        series[at] = rho * series[at - 1] + np.sqrt(1 - rho**2) * series[at]
    return series


def ar2(rng: np.random.Generator, n: int) -> Floats:
    """A series with memory of two days (0.4, 0.3), scaled to sd 1; (n)."""
    noise = rng.normal(size=n + 100)
    series = np.zeros(n + 100)
    for at in range(2, n + 100):
        series[at] = 0.4 * series[at - 1] + 0.3 * series[at - 2] + noise[at]
    # variance of an AR(2): (1 - b) / ((1 + b) ((1 - b)^2 - a^2))
    variance = (1 - 0.3) / ((1 + 0.3) * ((1 - 0.3) ** 2 - 0.4**2))
    found: Floats = series[100:] / np.sqrt(variance)
    return found


def shared(n: int, weekend: float = -0.8, trend: float = 0.8) -> Floats:
    """What weekends and a trend do to habit and output alike, (n)."""
    days = np.arange(n)
    return weekend * (days % 7 >= 5) + trend * np.linspace(-0.5, 0.5, n) * 2


@dataclass(frozen=True, slots=True)
class World:
    """One way in which days can be."""

    n: int
    rho: float = 0.0
    confounded: bool = False
    """Weekends and a trend move both."""
    step: bool = False
    """One change of life in the middle moves both."""
    second_order: bool = False
    effect: float = 0.0
    lag: int = 0
    output: str = "normal"
    """normal, ordinal (1 to 5), minutes (many zeros, skewed) or commits (Poisson)."""
    missing: str = "none"
    """none, mcar (20 %), mnar (bad days, about 30 %) or collider (bad days without the habit)."""
    continuous: bool = False
    """The habit is a number, not a yes or no."""


def drawn(world: World, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Habit and output of one draw, (n) each, NaN where a day was not logged."""
    n = world.n
    together = shared(n) if world.confounded else np.zeros(n)
    if world.step:
        together = together + 1.0 * (np.arange(n) >= n // 2)
    series = (
        [ar2(rng, n) for _ in range(2)] if world.second_order else list(ar1(rng, n, world.rho, 2).T)
    )
    latent = series[0] + together
    x = latent if world.continuous else (latent > np.median(latent)).astype(float)
    before = np.concatenate([[0.0] * world.lag, x[: n - world.lag]])
    y = _output(series[1] + together + world.effect * before, world.output, rng)
    return _with_gaps(x, y, world, rng)


def mirrored(n: int, rho: float, rng: np.random.Generator, rating: bool) -> tuple[Floats, Floats]:
    """A habit that says how the output of its own day was and nothing else, and that output."""
    y = ar1(rng, n, rho)[:, 0]
    x = y + rng.normal(size=n)
    return (np.digitize(x, [-2.0, -0.7, 0.7, 2.0]) + 1.0 if rating else x), y


def hidden_state(
    n: int, rho: float, rng: np.random.Generator, yes_no: bool = False
) -> tuple[Floats, Floats]:
    """Habit and output that show one and the same state, each with noise of its own."""
    state = ar1(rng, n, rho)[:, 0]
    x, y = state + rng.normal(size=n), state + rng.normal(size=n)
    return ((x > np.median(x)).astype(float) if yes_no else x), y


def _output(y: Floats, kind: str, rng: np.random.Generator) -> Floats:
    if kind == "ordinal":
        return np.digitize(y, [-1.5, -0.5, 0.5, 1.5]).astype(float) + 1.0
    if kind == "minutes":
        minutes = np.round(60 * np.exp(0.8 * y))
        return np.where(y < -0.8, 0.0, minutes)
    if kind == "commits":
        commits: Floats = rng.poisson(np.exp(0.5 + 0.6 * y)).astype(float)
        return commits
    return y


def _with_gaps(
    x: Floats, y: Floats, world: World, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    n = world.n
    if world.missing == "mcar":
        lost = rng.random(n) < 0.2
    elif world.missing == "mnar":
        lost = rng.random(n) < np.where(y < np.median(y), 0.55, 0.05)
    elif world.missing == "collider":
        lost = rng.random(n) < np.where((x < 0.5) & (y < np.median(y)), 0.8, 0.05)
    else:
        return x, y
    return np.where(lost, np.nan, x), np.where(lost, np.nan, y)


def as_days(y: Floats, factors: Mapping[str, Floats]) -> Days:
    """A calendar from `FIRST` on."""
    return Days(FIRST, y, factors)


@dataclass(frozen=True, slots=True)
class Grid:
    """Ten habits of which some truly do something on the same day."""

    n: int
    rho: float
    true: int = 0
    effect: float = 0.8
    common: float = 0.0
    """Share of each habit's variance that all of them have in common."""
    habits: int = 10
    names: tuple[str, ...] = field(default=tuple(f"h{k}" for k in range(10)))


def drawn_grid(grid: Grid, rng: np.random.Generator) -> Days:
    """One draw: output and habits, weekends and a trend in all of them."""
    n, together = grid.n, shared(grid.n)[:, None]
    own = ar1(rng, n, grid.rho, grid.habits)
    one = ar1(rng, n, grid.rho, 1)
    latent = np.sqrt(grid.common) * one + np.sqrt(1 - grid.common) * own + together
    x = (latent > np.median(latent, axis=0)).astype(float)
    y = ar1(rng, n, grid.rho)[:, 0] + together[:, 0] + grid.effect * x[:, : grid.true].sum(axis=1)
    return as_days(y, {name: x[:, k] for k, name in enumerate(grid.names)})


def sleepy_year(seed: int = 7, days: int = 365) -> tuple[list[date], dict[str, list[float | None]]]:
    """A year of a person for whom a night of sleep adds 25 deep minutes and five habits nothing.

    Weekends are shorter, there is a trend, a day carries over to the next; habits have weekends
    and trends of their own; one day in twelve was not logged.
    """
    rng = np.random.default_rng(seed)
    together = shared(days)
    noise = 45 * ar1(rng, days, 0.3)[:, 0]
    slept = (ar1(rng, days, 0.3)[:, 0] + 0.4 * together > 0).astype(float)
    columns: dict[str, Floats] = {"slept_well": slept}
    for name in ("yoga", "walk", "no_sugar", "fasting", "cold_shower"):
        columns[name] = (ar1(rng, days, 0.5)[:, 0] + together > 0).astype(float)
    columns["deep_min"] = np.maximum(0, np.round(150 + 40 * together + 25 * slept + noise))
    lost = rng.random((days, len(columns))) < 1 / 12
    found: dict[str, list[float | None]] = {}
    for at, (name, values) in enumerate(columns.items()):
        found[name] = [None if lost[k, at] else float(v) for k, v in enumerate(values)]
    return [FIRST + timedelta(days=k) for k in range(days)], found
