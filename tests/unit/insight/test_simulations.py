"""Small runs of the acceptance protocol: 200 worlds a cell, fixed seeds, bounds three errors wide.

The full protocol is `tests/bench/insight.py`; its figures are in `tests/bench/README.md`.
"""

from __future__ import annotations

from math import sqrt

import pytest

from flowtui.core.insight.experiment import Design
from tests.bench import insight
from tests.synthetic_days import Grid, World

SIMS, DRAWS, SEED = 200, 199, 11


def above(rate: float, sims: int = SIMS) -> float:
    """`rate` and three standard errors."""
    return rate + 3 * sqrt(rate * (1 - rate) / sims)


def below(rate: float, sims: int = SIMS) -> float:
    return rate - 3 * sqrt(rate * (1 - rate) / sims)


@pytest.mark.parametrize(
    ("world", "bound"),
    [
        (World(60), 0.065),
        (World(60, 0.6), 0.065),
        (World(60, 0.6, True), 0.065),
        (World(60, 0.5, step=True), 0.085),
        (World(60, 0.5, second_order=True), 0.085),
        (World(60, 0.6, True, output="ordinal", missing="mcar"), 0.065),
        (World(60, 0.5, output="minutes"), 0.065),
        (World(60, 0.5, output="commits"), 0.065),
        (World(60, 0.6, continuous=True), 0.065),
    ],
    ids=["iid", "ar", "shared", "step", "ar2", "ordinal", "minutes", "commits", "dose"],
)
def test_where_there_is_nothing_little_is_found(world: World, bound: float) -> None:
    found = insight.pair_cell(world, DRAWS)(SIMS, SEED)

    assert found["engine"] <= above(bound)


def test_a_plain_correlation_is_fooled_so_the_suite_sees_the_disease() -> None:
    found = insight.pair_cell(World(120, 0.6, True), 19)(SIMS, SEED)

    assert found["pearson"] > 0.15


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_the_interval_holds_the_truth_and_the_truth_is_found(rho: float) -> None:
    found = insight.pair_cell(World(60, rho, True, effect=0.8), DRAWS)(SIMS, SEED)

    assert found["coverage"] >= below(0.93)
    assert found["engine"] >= below(0.70)
    assert found["mean effect"] == pytest.approx(0.8, abs=0.08)


@pytest.mark.parametrize("lag", [0, 1])
def test_an_effect_is_not_reported_at_the_wrong_lag(lag: int) -> None:
    found = insight.lag_cell(60, 0.6, lag)(40, SEED)

    assert found["wrong lag silent"] >= below(0.90, 40)


def test_twenty_questions_about_nothing_seldom_find_something() -> None:
    found = insight.grid_cell(Grid(60, 0.6), 399)(20, SEED)

    assert found["any false"] <= above(0.10, 20)
    assert found["pearson any false"] > 0.8


def test_habits_that_go_together_are_told_apart() -> None:
    names = tuple(f"h{k}" for k in range(6))
    grid = Grid(90, 0.6, 2, common=0.5, habits=6, names=names)

    found = insight.grid_cell(grid, 399)(16, SEED)

    assert found["FDR"] <= above(0.10, 16)
    assert found["power"] >= below(0.7, 16)


def test_bad_days_that_go_unlogged_raise_the_flag() -> None:
    found = insight.pair_cell(World(120, 0.6, missing="collider"), 19)(100, SEED)

    assert found["flagged"] >= below(0.80, 100)


@pytest.mark.parametrize("design", list(Design))
def test_an_experiment_about_nothing_seldom_finds_something(design: Design) -> None:
    found = insight.trial_cell(60, design, 0.3, 0.0, inversions=0)(SIMS, SEED)

    assert found["p <= .05"] <= above(0.065)


def test_an_experiment_finds_what_is_there() -> None:
    found = insight.trial_cell(42, Design.PAIRS, 0.3, 0.8, inversions=60)(SIMS, SEED)

    assert found["p <= .05"] >= below(0.80)
    assert found["mean effect"] == pytest.approx(0.8, abs=0.06)
    assert found["coverage"] >= below(0.93, 60)
