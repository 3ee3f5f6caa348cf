"""What must not change a result does not change it, and what must turn it round does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from flowtui.core.insight.day_table import Factor, Kind, Timing
from flowtui.insight.gls import Floats
from flowtui.insight.pair import Result, ranks, theil_sen
from flowtui.insight.study import Study, study
from flowtui.insight.table import Days, on_calendar
from tests.synthetic_days import DEEP, FIRST, World, as_days, by_day, drawn

WORLD = World(80, 0.5, True, effect=0.6, missing="mcar")


def days_of(seed: int = 2) -> Days:
    x, y = drawn(WORLD, np.random.default_rng(seed))
    return as_days(100 + 30 * y, {"x": x})


def looked(days: Days, *factors: Factor) -> Study:
    return study(days, factors or [by_day("x")], DEEP, draws=199, keep_draws=True)


def results(found: Study) -> dict[int, Result]:
    return {j.result.lag: j.result for j in found.judged}


def same(one: Study, other: Study, factor: float = 1.0) -> None:
    """Effects of `other` are those of `one` times `factor`; p, rho and d are the same."""
    a, b = results(one), results(other)
    assert a.keys() == b.keys() and a
    for lag, result in a.items():
        assert b[lag].numbers.effect == pytest.approx(factor * result.numbers.effect, rel=1e-7)
        low, high = sorted((factor * result.numbers.low, factor * result.numbers.high))
        assert (b[lag].numbers.low, b[lag].numbers.high) == pytest.approx((low, high), rel=1e-7)
        assert b[lag].numbers.p == result.numbers.p
        assert b[lag].numbers.rho == result.numbers.rho


def test_the_order_of_rows_does_not_matter() -> None:
    days = days_of()
    rows = [
        (days.date_of(k), *(None if np.isnan(v) else float(v) for v in pair))
        for k, pair in enumerate(zip(days.outcome, days.factors["x"], strict=True))
    ]
    mixed = [rows[k] for k in np.random.default_rng(1).permutation(len(rows))]

    again = on_calendar([r[0] for r in mixed], [r[1] for r in mixed], {"x": [r[2] for r in mixed]})

    assert again.first == days.first
    same(looked(days), looked(again))


def test_a_constant_on_top_does_not_matter() -> None:
    days = days_of()

    same(looked(days), looked(replace(days, outcome=days.outcome + 5000)))


def test_hours_for_minutes_give_the_same_in_hours() -> None:
    days = days_of()

    same(looked(days), looked(replace(days, outcome=days.outcome / 60)), 1 / 60)


def test_an_outcome_turned_upside_down_turns_the_effect() -> None:
    days = days_of()

    same(looked(days), looked(replace(days, outcome=-days.outcome)), -1.0)


def test_with_and_without_exchanged_turn_the_effect() -> None:
    days = days_of()

    same(looked(days), looked(replace(days, factors={"x": 1 - days.factors["x"]})), -1.0)


def test_a_factor_in_other_units_gives_the_effect_in_those() -> None:
    rng = np.random.default_rng(4)
    hours: Floats = 7 + rng.normal(size=80)
    y = 100 + 10 * hours + 20 * rng.normal(size=80)
    factor = Factor("x", "sleep", Kind.DOSE, Timing.NIGHT)

    in_hours = looked(as_days(y, {"x": hours}), factor)
    in_minutes = looked(as_days(y, {"x": hours * 60}), factor)

    same(in_hours, in_minutes, 1 / 60)
    assert results(in_hours)[0].numbers.d == pytest.approx(results(in_minutes)[0].numbers.d)


def test_missing_days_at_the_end_change_nothing() -> None:
    days = days_of()
    more = np.full(30, np.nan)
    longer = Days(
        days.first,
        np.concatenate([days.outcome, more]),
        {"x": np.concatenate([days.factors["x"], more])},
    )

    same(looked(days), looked(longer))


def test_other_factors_change_no_effect_but_the_count_of_questions() -> None:
    days = days_of()
    other = (np.random.default_rng(8).random(80) > 0.5).astype(float)
    both = replace(days, factors={"z": other, **days.factors})

    one, two = looked(days), looked(both, by_day("z"), by_day("x"))

    alone = results(one)[0].numbers
    beside = next(
        j.result.numbers for j in two.judged if j.result.factor.name == "x" and j.result.lag == 0
    )
    assert beside == alone
    assert (one.asked, two.asked) == (2, 4)


def test_questions_asked_before_count_for_ever() -> None:
    days = days_of()

    fresh = study(days, [by_day("x")], DEEP, draws=199, keep_draws=True)
    later = study(days, [by_day("x")], DEEP, [("x", 0), ("gone", 0)], 7, draws=199, keep_draws=True)

    assert (fresh.asked, later.asked) == (2, 10)
    for one, other in zip(fresh.judged, later.judged, strict=True):
        assert other.q_bh == pytest.approx(min(1.0, one.q_bh * 5), rel=1e-9) or other.q_bh == 1.0


def test_enough_refits_are_made_for_many_questions() -> None:
    found = study(days_of(), [by_day("x")], DEEP, others_asked=300, draws=199)

    assert found.draws >= 2 * found.asked / 0.1 - 1


def test_ranks_share_the_middle_of_ties() -> None:
    assert list(ranks(np.array([10.0, 20.0, 10.0, 30.0]))) == [1.5, 3.0, 1.5, 4.0]


def test_the_robust_slope_is_scipys() -> None:
    stats = pytest.importorskip("scipy.stats", reason="pip install 'flowtui[oracles]'")
    rng = np.random.default_rng(6)
    x, y = rng.integers(0, 5, 60).astype(float), rng.normal(size=60)

    assert theil_sen(x, y) == pytest.approx(stats.theilslopes(y, x).slope)


def test_a_calendar_begins_with_the_first_row_whatever_its_place() -> None:
    found = on_calendar([FIRST + timedelta(2), date.fromordinal(FIRST.toordinal())], [1.0, 2.0], {})

    assert found.first == FIRST
    assert found.outcome[0] == 2.0 and np.isnan(found.outcome[1]) and found.outcome[2] == 1.0
