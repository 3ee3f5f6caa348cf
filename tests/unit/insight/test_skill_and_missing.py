"""The validation view against plain loops, and what is said of missing days."""

from __future__ import annotations

import numpy as np
import pytest

from flowtui.insight.missing import missingness
from flowtui.insight.skill import BASELINES, skill
from tests.synthetic_days import ar1


def by_hand(weekday: list[int], y: list[float], at: int) -> tuple[float, float]:
    """The first two baselines of day `at`, from the days before it alone."""
    last = y[max(0, at - 7) : at]
    same = [y[k] for k in range(at) if weekday[k] == weekday[at]]
    return sum(last) / len(last), sum(same) / len(same)


def test_forecasts_know_only_the_days_before() -> None:
    """Whatever the last day holds, the errors before it stay as they were."""
    rng = np.random.default_rng(3)
    days, x = np.arange(60), (rng.random(60) > 0.5).astype(float)
    y = 100 + 20 * x + 10 * rng.normal(size=60)
    changed = y.copy()
    changed[-1] += 1e4

    one, other = skill(days, days % 7, x, y), skill(days, days % 7, x, changed)

    assert one is not None and other is not None
    if one.baseline == other.baseline:
        assert one.gain[:-1] == pytest.approx(other.gain[:-1], abs=1e-6)


def test_the_plain_baselines_are_what_their_names_say() -> None:
    rng = np.random.default_rng(5)
    y = 50 * rng.normal(size=70)
    days = np.arange(70)
    weekday = days % 7

    found = skill(days, weekday, rng.normal(size=70), y)

    assert found is not None
    errors = np.array([
        [abs(y[at] - guess) for guess in by_hand(list(weekday), list(y), at)]
        for at in range(35, 70)
    ]).mean(axis=0)  # fmt: skip
    assert found.error_without <= min(errors) + 1e-9
    if found.baseline in BASELINES[:2]:
        assert found.error_without == pytest.approx(errors[BASELINES.index(found.baseline)])


def test_a_habit_that_counts_beats_the_baseline_and_one_that_does_not_does_not() -> None:
    rng = np.random.default_rng(7)
    days = np.arange(180)
    better = 0
    worse = 0
    for _ in range(40):
        x = (rng.random(180) > 0.5).astype(float)
        noise = ar1(rng, 180, 0.3)[:, 0]
        real, none = skill(days, days % 7, x, noise + 0.8 * x), skill(days, days % 7, x, noise)
        assert real is not None and none is not None
        better += real.skill > 0
        worse += none.skill > 0

    assert better >= 33
    assert worse <= 20


def test_below_31_days_nothing_is_foretold() -> None:
    days = np.arange(30)

    assert skill(days, days % 7, days % 2.0, days * 1.0) is None


def test_what_weekday_is_logged_least_is_seen() -> None:
    x = np.where(np.arange(70) % 7 == 6, np.nan, 1.0)

    found = missingness("x", 0, x, np.ones(70))

    assert list(found.by_weekday) == [1, 1, 1, 1, 1, 1, 0]
    assert (found.days, found.missing) == (69, 9)


def test_bad_days_that_go_unlogged_are_named() -> None:
    rng = np.random.default_rng(2)
    y = rng.normal(size=200)
    x = np.where(y < -0.5, np.nan, (rng.random(200) > 0.5) * 1.0)

    found = missingness("x", 0, x, y)

    assert found.suspect
    assert "output on the same day" in found.clues
    assert "they differ: output on the same day" in found.caveat
    assert "can look like an effect" in found.caveat


def test_a_few_days_lost_by_chance_are_no_reason_to_worry() -> None:
    rng = np.random.default_rng(11)
    flagged = 0
    for _ in range(100):
        y = ar1(rng, 120, 0.3)[:, 0]
        x = np.where(rng.random(120) < 0.08, np.nan, (rng.random(120) > 0.5) * 1.0)
        flagged += missingness("x", 0, x, y).suspect

    assert flagged <= 18


def test_a_factor_is_looked_at_from_its_first_record_to_its_last() -> None:
    x = np.full(100, np.nan)
    x[40:60] = 1.0

    found = missingness("x", 0, x, np.zeros(100))

    assert (found.days, found.missing, found.caveat) == (20, 0, "")
