"""What is not tested, and the reason that is given: a refusal is an answer, not an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pytest

from flowtui.core.insight.day_table import Factor, Kind, Outcome, Timing, guessed
from flowtui.core.insight.refusal import Refused, Why
from flowtui.insight.gls import Floats
from flowtui.insight.refuse import missing_code, refused
from flowtui.insight.study import Study, study
from flowtui.insight.table import on_calendar, paired
from tests.synthetic_days import DEEP, FIRST, as_days, by_day, night

N = 90
RNG = np.random.default_rng(5)
Y: Floats = 150 + 30 * RNG.normal(size=N)
HABIT: Floats = (RNG.random(N) > 0.5).astype(float)


def looked(
    factors: Mapping[str, Floats],
    kinds: Mapping[str, Factor] | None = None,
    y: Floats = Y,
    outcome: Outcome = DEEP,
) -> Study:
    """A quick study of columns that are asked about at lag 0 alone, unless told otherwise."""
    known = kinds or {}
    every = [known.get(name, night(name)) for name in factors]
    return study(as_days(y, factors), every, outcome, draws=99, keep_draws=True)


def reason(x: Floats, factor: Factor | None = None, y: Floats = Y) -> Refused:
    """Why a single column was refused; it must have been."""
    found = looked({"x": x}, {"x": factor or night("x")}, y)
    assert found.judged == ()
    return found.refused[0]


def holes(values: Floats, lost: Floats) -> Floats:
    return np.where(lost > 0, np.nan, values)


def first_days(values: Floats, n: int) -> Floats:
    return np.where(np.arange(len(values)) < n, values, np.nan)


CASES: dict[str, tuple[Floats, Factor, Why]] = {
    "constant": (np.zeros(N), night("x"), Why.CONSTANT),
    "only ever done": (np.ones(N), night("x"), Why.ALWAYS),
    "13 days": (first_days(HABIT, 13), night("x"), Why.TOO_FEW),
    "never both": (np.full(N, np.nan), night("x"), Why.TOO_FEW),
    "three days with it": ((np.arange(N) % 30 == 0).astype(float), night("x"), Why.ONE_ARM),
    "known on a third": (holes(HABIT, (np.arange(N) % 3 > 0) * 1.0), night("x"), Why.COVERAGE),
    "a summer": (((np.arange(N) > 30) & (np.arange(N) < 60)) * 1.0, night("x"), Why.ONE_STRETCH),
    "weekends": ((np.arange(N) % 7 >= 5) * 1.0, night("x"), Why.CALENDAR),
    "the date": (np.arange(N) * 1.0, night("x", Kind.COUNT), Why.CALENDAR),
    "the outcome in hours": (Y / 60, night("x", Kind.DOSE), Why.DISGUISE),
    "the outcome backwards": (-Y + RNG.normal(size=N), night("x", Kind.DOSE), Why.DISGUISE),
    "the outcome of the day before": (np.roll(Y, 1), night("x", Kind.DOSE), Why.DISGUISE),
    "the outcome and some noise": (
        Y + 10 * RNG.normal(size=N),
        night("x", Kind.DOSE),
        Why.DISGUISE,
    ),
    "infinite": (np.where(np.arange(N) == 7, np.inf, HABIT), night("x"), Why.INFINITE),
    "immense": (np.where(np.arange(N) == 7, 1e300, HABIT), night("x"), Why.INFINITE),
}
"""Name: a column, what it is, why it is refused."""


@pytest.mark.parametrize("name", CASES)
def test_what_would_mean_nothing_is_refused_with_its_reason(name: str) -> None:
    x, factor, why = CASES[name]

    refused = reason(x, factor)

    assert refused.why is why
    assert refused.reason.endswith(".") and "nan" not in refused.reason


def test_what_is_made_of_the_same_records_is_refused_whatever_it_looks_like() -> None:
    outcome = Outcome("deep", "deep minutes", "min", frozenset({"blocks"}))
    counted = Factor("x", "blocks", Kind.COUNT, Timing.DAY, "", "", frozenset({"blocks"}))

    found = looked({"x": HABIT}, {"x": counted}, outcome=outcome)

    assert [r.why for r in found.refused] == [Why.TAUTOLOGY] * 2
    assert "blocks is made of the same records as deep minutes" in found.refused[0].reason


def test_of_two_identical_factors_one_is_tested_and_the_other_named() -> None:
    found = looked({"yoga": HABIT, "mat out": 1 - HABIT})

    assert [j.result.factor.name for j in found.judged] == ["yoga"]
    assert found.refused[0].why is Why.SAME_AS
    assert "mat out went along with yoga" in found.refused[0].reason
    assert found.asked == 1


def test_days_that_are_needed_are_counted() -> None:
    short = reason(first_days(HABIT, 20))
    arm = reason((np.arange(N) % 30 == 0) * 1.0)

    assert short.days_needed == 8
    assert short.reason == "20 days with both x and deep minutes; 28 are needed."
    assert arm.days_needed == 2
    assert "on 3 days only; 5 are needed" in arm.reason


def test_an_outcome_that_never_changes_explains_nothing() -> None:
    refused = reason(HABIT, y=np.full(N, 120.0))

    assert refused.why is Why.OUTCOME_CONSTANT


def test_an_outcome_that_the_calendar_explains_leaves_nothing_to_explain() -> None:
    refused = reason(HABIT, y=(np.arange(N) % 7) * 10.0)

    assert refused.why is Why.NOTHING_LEFT
    assert "nothing is left that x could go with" in refused.reason


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_the_size_of_the_outcome_is_no_reason(scale: float) -> None:
    found = looked({"x": HABIT}, y=scale * (Y - 150))

    numbers = found.judged[0].result.numbers
    assert np.isfinite([numbers.effect, numbers.low, numbers.high, numbers.d]).all()


def test_without_any_weekend_the_rest_is_tested_all_the_same() -> None:
    weekend = (np.arange(N) % 7 >= 5) * 1.0

    found = looked({"x": holes(HABIT, weekend)}, y=holes(Y, weekend))

    assert [j.result.numbers.n for j in found.judged] == [65]
    assert np.isfinite(found.judged[0].result.numbers.effect)


def test_a_factor_of_one_summer_speaks_of_that_summer_alone() -> None:
    inside = (np.arange(N) >= 20) & (np.arange(N) < 65)

    found = looked({"x": np.where(inside, HABIT, np.nan)})

    numbers = found.judged[0].result.numbers
    assert (numbers.n, numbers.first, numbers.last) == (
        45, FIRST + timedelta(20), FIRST + timedelta(64),
    )  # fmt: skip


def test_sixty_factors_are_all_asked_and_none_is_lost() -> None:
    columns = {f"h{k}": (RNG.random(N) > 0.5).astype(float) for k in range(60)}

    found = study(
        as_days(Y, columns), [by_day(name) for name in columns], DEEP, draws=99, keep_draws=True
    )

    assert found.asked == len(found.judged) == 120
    assert all(0 < j.result.main.p <= 1 for j in found.judged)


def test_a_week_in_which_the_clocks_change_has_seven_days() -> None:
    """Days are dates: one of 23 hours is as long as any other."""
    days = [date(2026, 3, 20) + timedelta(k) for k in range(40)]
    values = [float(v) for v in Y[:40]]

    found = on_calendar(days, values, {"x": [float(v) for v in HABIT[:40]]})

    assert found.size == 40
    assert found.date_of(9) == date(2026, 3, 29)
    assert np.isfinite(found.outcome).all()


def test_columns_of_a_foreign_table_are_taken_for_what_they_look_like() -> None:
    assert guessed("yoga", [0, 1, 1]).kind is Kind.BINARY
    assert guessed("energy", [1, 5, 3]).kind is Kind.ORDINAL
    assert guessed("coffees", [0, 2, 3]).kind is Kind.COUNT
    assert guessed("hours", [0.5, 2.25]).kind is Kind.DOSE
    assert guessed("sleep_hours", [7.5]).timing is Timing.NIGHT
    assert guessed("coffees", [2.0]).timing is Timing.DAY


def deterministic_checks() -> float:
    """The share of the cases above that are refused as they should; for the full protocol."""
    right = [reason(x, factor).why is why for x, factor, why in CASES.values()]
    test_what_is_made_of_the_same_records_is_refused_whatever_it_looks_like()
    test_of_two_identical_factors_one_is_tested_and_the_other_named()
    test_without_any_weekend_the_rest_is_tested_all_the_same()
    test_a_week_in_which_the_clocks_change_has_seven_days()
    return sum(right) / len(right)


@pytest.mark.parametrize(
    ("others", "code", "told"),
    [
        ((0.0, 1.0, 2.0), -1.0, -1.0),
        ((7.5, 8.0), -999.0, -999.0),
        ((7.5, 8.0), 9999.0, 9999.0),
        ((3.0, 5.0), 999.0, 999.0),
        ((900.0, 1200.0), 999.0, None),
        ((-3.0, 2.0), -1.0, None),
        ((-999.5, 5.0), -999.0, None),
        ((400.0, 350.0), 999.0, None),
    ],
)
def test_a_code_for_missing_is_refused_by_name(
    others: tuple[float, ...], code: float, told: float | None
) -> None:
    values = np.array([*others * 20, code, np.nan])

    assert missing_code(values) == told
    assert missing_code(np.array([*others * 20])) is None
    x = np.array([*others * 20, code])
    days = as_days(np.random.default_rng(1).normal(size=len(x)), {"steps": x})
    factor = night("steps", Kind.DOSE)
    no = refused(days, factor, 0, DEEP, paired(days, factor, 0), None)
    if told is not None:
        assert no is not None and no.why is Why.CODE
        assert f"steps is {code:g} on 1 day" in no.reason
    else:
        assert no is None or no.why is not Why.CODE
