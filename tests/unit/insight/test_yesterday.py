"""A lag-1 pattern goes beyond yesterday's outcome, or is told as what it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pytest

from flowtui.core.insight.day_table import Kind
from flowtui.insight.gls import Floats
from flowtui.insight.pair import Result, analysed
from flowtui.insight.study import Study, study
from flowtui.insight.table import paired
from flowtui.insight.yesterday import SURE, needed
from flowtui.services.insight.day_rows import _used
from tests import synthetic_days
from tests.bench.tracked_days import tracked
from tests.synthetic_days import World


def looked(x: Floats, y: Floats, kind: Kind, lag: int = 1, draws: int = 99) -> Result:
    days = synthetic_days.as_days(y, {"x": x})
    factor = synthetic_days.by_day("x", kind)
    return analysed(days, factor, lag, paired(days, factor, lag), draws, 1, bare=True)


def through(result: Result) -> bool:
    return result.numbers.p <= 0.05 and result.numbers.ahead is not False


def test_a_rating_that_mirrors_its_own_day_says_nothing_of_the_next() -> None:
    rng = np.random.default_rng(5)
    results = [
        looked(*synthetic_days.mirrored(120, 0.6, rng, rating=True), Kind.ORDINAL)
        for _ in range(40)
    ]

    # without yesterday's outcome beside it most of them would have passed
    assert sum((r.numbers.alone_p or 1) <= 0.05 for r in results) >= 25
    assert sum(map(through, results)) <= 5


def test_a_state_that_both_show_is_no_pattern_of_the_day_before() -> None:
    rng = np.random.default_rng(6)
    results = [looked(*synthetic_days.hidden_state(200, 0.6, rng), Kind.DOSE) for _ in range(40)]

    assert sum((r.numbers.alone_p or 1) <= 0.05 for r in results) >= 20
    assert sum(map(through, results)) <= 5


def test_an_effect_on_its_own_day_is_none_of_the_next() -> None:
    rng = np.random.default_rng(7)
    results = [
        looked(*synthetic_days.drawn(World(120, 0.6, effect=0.8), rng), Kind.BINARY)
        for _ in range(40)
    ]

    assert sum(map(through, results)) <= 5


def test_an_effect_of_the_day_before_is_still_seen() -> None:
    rng = np.random.default_rng(8)
    results = [
        looked(*synthetic_days.drawn(World(120, 0.3, True, effect=0.8, lag=1), rng), Kind.BINARY)
        for _ in range(20)
    ]

    assert sum(map(through, results)) >= 16
    assert all(r.numbers.beyond_p is not None for r in results if through(r))


def test_without_the_outcome_of_the_day_before_nothing_is_claimed() -> None:
    rng = np.random.default_rng(9)
    x, y = synthetic_days.drawn(World(160, 0.0, effect=1.5, lag=1), rng)
    y[::2] = np.nan  # every second day is known: no day has the one before it

    result = looked(x, y, Kind.BINARY)
    assert (result.numbers.alone_p or 1) <= 0.05
    assert result.numbers.p == 1.0
    assert result.numbers.beyond_p is None


def test_the_more_days_the_surer_the_difference_must_be() -> None:
    wanted = [needed(n, kind) for kind in (Kind.BINARY, Kind.DOSE) for n in (28, 60, 90, 120, 365)]

    assert wanted[:5] == sorted(wanted[:5]) and wanted[5:] == sorted(wanted[5:])
    assert max(wanted) == SURE
    assert min(wanted) >= 0


def whole(names: Mapping[str, str], x: Mapping[str, Floats], y: Floats) -> Study:
    days = synthetic_days.as_days(y, {names[key]: values for key, values in x.items()})
    factors = [synthetic_days.by_day(names[key], Kind.DOSE) for key in x]
    return study(days, factors, synthetic_days.DEEP, draws=199, keep_draws=True)


def test_no_p_depends_on_the_name_of_a_column() -> None:
    rng = np.random.default_rng(3)
    x = {key: rng.normal(size=80) for key in ("a", "b")}
    y = x["a"] + x["b"] + rng.normal(size=80)
    first = whole({"a": "a", "b": "b"}, x, y)
    second = whole({"a": "Sleep (min)", "b": "zz"}, x, y)

    def told(found: Study) -> list[object]:
        return [(j.result.lag, j.result.numbers.p, j.q_bh, j.joint_p) for j in found.judged]

    assert told(first) == told(second)


def test_one_wild_value_neither_makes_nor_hides_a_finding_unsaid() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(50, 5, size=90)
    y = 0.3 * (x - 50) + rng.normal(size=90)
    clear = looked(x, y, Kind.DOSE, lag=0)
    assert clear.numbers.p <= 0.05 and clear.numbers.lever_day is None
    x[30] = 5000.0
    hidden = looked(x, y, Kind.DOSE, lag=0)
    assert hidden.numbers.lever > 0.9
    assert hidden.numbers.lever_value == 5000.0
    assert str(hidden.numbers.lever_day) == "2025-02-05"
    noise = np.random.default_rng(12).normal(size=90)
    noise[30] = 40.0
    made = looked(x, noise, Kind.DOSE, lag=0)
    assert made.main.p <= 0.05 < made.numbers.p


def test_imported_habits_do_not_make_days_of_no_work() -> None:
    rng = np.random.default_rng(2)
    days, factors = tracked(330, 75, rng)

    known = np.flatnonzero(np.isfinite(days.outcome))
    assert 70 <= len(known) <= 75
    assert known.min() == 330 - 75
    (sleep,) = [f for f in factors if f.name == "sleep"]
    assert np.isfinite(days.factors["sleep"]).sum() == 330
    result = analysed(days, sleep, 0, paired(days, sleep, 0), 99, 1, bare=True)
    assert result.numbers.n == len(known)


@pytest.mark.parametrize("gap", [20, 21])
def test_three_weeks_without_a_block_are_unknown_and_less_are_no_work(gap: int) -> None:
    days = [synthetic_days.FIRST + timedelta(days=k) for k in range(60)]
    had = {days[5], days[6 + gap]}

    used = _used(days, had)
    assert days[4] not in used
    assert (days[10] in used) is (gap < 21)
    assert days[59] not in used
    assert days[5] in used and days[6 + gap] in used
