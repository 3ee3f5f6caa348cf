"""Schedules, the randomisation test and the score: checked by hand where hands suffice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import LedgerError, UsageError
from flowtui.core.insight.experiment import (
    Declared,
    Design,
    Direction,
    Experiment,
    Stage,
    brier,
    came_true,
    checked,
    fingerprint,
    min_p,
    schedule,
    whole_length,
)
from flowtui.core.kinds import EXPERIMENTS, KINDS
from flowtui.insight.power import foreseen
from flowtui.insight.randomised import Trial, read, whole_pairs
from tests.synthetic_days import ar1, as_days

TODAY = date(2026, 3, 4)
DECLARED = Declared(
    "no phone before noon", "deep_min", Direction.MORE, Design.PAIRS, date(2026, 3, 5), 28, 70
)


def experiment(**changes: Any) -> Experiment:
    """A declared experiment."""
    slots = schedule(DECLARED.design, DECLARED.first, DECLARED.days, "seed")
    digest = fingerprint(DECLARED.plain(), slots)
    made = Experiment("xabcd", DECLARED, "seed", digest, datetime(2026, 3, 4, 9, tzinfo=UTC))
    return replace(made, **changes)


def trial(arm: list[int], y: list[float], pair: list[int] | None) -> Trial:
    days = np.arange(len(arm))
    return Trial(
        days,
        days % 7,
        np.array(arm, dtype=bool),
        None if pair is None else np.array(pair),
        np.array(y, dtype=float),
    )


# Schedules


@given(st.sampled_from(list(Design)), st.integers(1, 120), st.text(max_size=8))
def test_every_pair_has_both_arms_and_no_arm_is_longer(
    design: Design, days: int, seed: str
) -> None:
    length = whole_length(design, days)
    slots = schedule(design, TODAY, length, seed)

    assert len(slots) == length >= days
    assert [slot.day for slot in slots] == sorted({slot.day for slot in slots})
    assert sum(slot.arm for slot in slots) * 2 == length
    for pair in {slot.pair for slot in slots}:
        arms = [slot.arm for slot in slots if slot.pair == pair]
        assert arms in (
            [0] * design.block + [1] * design.block,
            [1] * design.block + [0] * design.block,
        )


def test_the_same_seed_gives_the_same_days_for_ever() -> None:
    """Written down: a change of it would break every experiment that is under way."""
    arms = "".join(str(slot.arm) for slot in schedule(Design.PAIRS, TODAY, 20, "2f1a"))

    assert arms == "10100110010110101001"
    assert schedule(Design.PAIRS, TODAY, 20, "2f1a") != schedule(Design.PAIRS, TODAY, 20, "2f1b")


def test_orders_are_dealt_evenly() -> None:
    first = Counter(schedule(Design.PAIRS, TODAY, 12, f"s{k}")[0].arm for k in range(2000))

    assert 900 < first[0] < 1100


def test_the_first_of_three_days_is_not_counted() -> None:
    slots = schedule(Design.BLOCKS, TODAY, 36, "x")

    assert [slot.counts for slot in slots[:6]] == [False, True, True, False, True, True]


def test_the_smallest_p_is_said_before_the_start() -> None:
    assert min_p(6) == pytest.approx(0.03125)
    assert min_p(5) > 0.05
    assert whole_length(Design.PAIRS, 3) == 12
    assert whole_length(Design.BLOCKS, 40) == 42


# The test


def test_p_is_the_share_of_all_flips_that_give_as_much() -> None:
    """Six pairs, an order of effects that chance would give in 2 of 64 flips."""
    y = [10.0, 3, 11, 4, 12, 6, 9, 1, 13, 5, 12, 2]
    found = read(trial([1, 0] * 6, y, [k // 2 for k in range(12)]))

    assert found.exact and found.flips == 64
    assert found.p == pytest.approx(2 / 64) == found.min_p
    assert found.effect == pytest.approx(7.67, abs=0.6)
    assert found.low > 0


def test_p_agrees_with_plain_enumeration_where_nothing_is_adjusted() -> None:
    """On ten days nothing but the mean is taken out; rho is that of the outcome alone."""
    rng = np.random.default_rng(3)
    y = list(rng.normal(size=10))
    arm = [1, 0, 0, 1, 1, 0, 1, 0, 0, 1]

    found = read(trial(arm, y, [k // 2 for k in range(10)]), interval=False)

    from flowtui.insight.gls import Model

    days = np.arange(10)
    _, rho = Model(days, np.ones((10, 1))).coefficients(np.array(y))
    v = np.linalg.inv(rho ** np.abs(days[:, None] - days[None, :]).astype(float))

    def strength(flipped: list[int]) -> float:
        design = np.column_stack([np.ones(10), flipped])
        information = design.T @ v @ design
        beta = np.linalg.solve(information, design.T @ v @ np.array(y))
        left = np.array(y) - design @ beta
        return float(abs(beta[1]) / np.sqrt(np.linalg.inv(information)[1, 1] * (left @ v @ left)))

    flips = [
        strength([a ^ signs[k // 2] for k, a in enumerate(arm)])
        for signs in product([0, 1], repeat=5)
    ]
    expected = np.mean([f >= strength(arm) * (1 - 1e-9) for f in flips])
    assert found.p == pytest.approx(float(expected))


def test_the_interval_is_what_the_test_does_not_reject() -> None:
    rng = np.random.default_rng(8)
    arm = [int(a) for a in rng.permutation([1, 0] * 14)]
    arm = [a for k in range(14) for a in ((1, 0) if arm[k] else (0, 1))]
    y = ar1(rng, 28, 0.3)[:, 0] + 0.8 * np.array(arm)
    pairs = [k // 2 for k in range(28)]

    found = read(trial(arm, list(y), pairs))

    for effect, rejected in ((found.low - 0.02, True), (found.low + 0.02, False)):
        moved = read(trial(arm, list(y - effect * np.array(arm)), pairs), interval=False)
        assert (moved.p <= 0.05) is rejected


def test_days_dealt_out_freely_are_compared_with_all_other_deals() -> None:
    found = read(trial([1, 1, 1, 0, 0, 0], [9.0, 8, 10, 1, 2, 3], None))

    assert found.n_pairs == 0
    assert found.flips == 20 and found.exact
    assert found.min_p == pytest.approx(0.1)
    assert found.p >= found.min_p


def test_with_few_pairs_no_value_can_be_excluded() -> None:
    found = read(trial([1, 0] * 3, [9.0, 1, 8, 2, 9, 1], [0, 0, 1, 1, 2, 2]))

    assert found.min_p == pytest.approx(0.25)
    assert np.isinf(found.low) and np.isinf(found.high)


def test_a_pair_without_a_known_day_of_each_arm_is_left_out() -> None:
    pair, arm = np.array([0, 0, 1, 1, 2, 2]), np.array([1, 0, 0, 1, 1, 0], dtype=bool)
    known = np.array([1, 1, 1, 0, 1, 1], dtype=bool)

    assert list(whole_pairs(pair, arm, known)) == [True, True, False, False, True, True]


def test_power_is_said_as_the_simulations_find_it() -> None:
    """0.62 at 28 days and 0.84 at 42, as in the full protocol."""
    rng = np.random.default_rng(1)
    days = as_days(ar1(rng, 2000, 0.3)[:, 0], {})

    at = {n: dict(foreseen(days, Design.PAIRS, n).powers)[0.8] for n in (28, 42)}

    assert at[28] == pytest.approx(0.62, abs=0.06)
    assert at[42] == pytest.approx(0.84, abs=0.05)


def test_without_a_history_power_is_said_in_standard_deviations() -> None:
    seen = foreseen(as_days(np.full(3, np.nan), {}), Design.PAIRS, 42)

    assert seen.sd is None
    assert 0.6 < seen.visible_sd < 0.9


# Declarations


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"predicted": 0}, "a prediction of 0 % is none"),
        ({"predicted": 100}, "a prediction of 100 % is none"),
        ({"first": TODAY}, "is not ahead"),
        ({"days": 0}, "0 days is out of range"),
        ({"days": 4000}, "4000 days is out of range"),
        ({"factor": "  "}, "there is nothing to try"),
    ],
)
def test_what_cannot_be_meant_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        checked(replace(DECLARED, **changes), TODAY)


def test_a_length_is_rounded_up_to_whole_pairs() -> None:
    assert checked(replace(DECLARED, days=41), TODAY).days == 42
    assert checked(replace(DECLARED, days=3), TODAY).days == 12


def test_what_was_frozen_is_known_again_and_a_change_is_noticed() -> None:
    made = experiment()

    assert made.genuine
    assert not replace(made, seed="other").genuine
    assert not replace(made, declared=replace(DECLARED, predicted=71)).genuine


def test_an_experiment_goes_through_its_stages() -> None:
    made = experiment()

    assert made.stage(TODAY) is Stage.AHEAD
    assert made.stage(date(2026, 3, 5)) is Stage.RUNNING
    assert made.stage(date(2026, 4, 1)) is Stage.RUNNING
    assert made.stage(date(2026, 4, 2)) is Stage.OVER
    assert replace(made, stopped_on=TODAY).stage(TODAY) is Stage.STOPPED
    assert replace(made, result={"assigned": None}).stage(TODAY) is Stage.READ


def test_records_come_back_as_they_went() -> None:
    made = experiment(actual={date(2026, 3, 5): True, date(2026, 3, 6): False}, why_stopped="flu")

    assert KINDS[EXPERIMENTS].decode(KINDS[EXPERIMENTS].encode(made)) == made


def test_a_damaged_record_is_named() -> None:
    record = KINDS[EXPERIMENTS].encode(experiment())
    record["declared"]["design"] = "weekly"

    with pytest.raises(LedgerError, match="experiment xabcd"):
        KINDS[EXPERIMENTS].decode(record)


def test_predictions_are_scored_by_brier() -> None:
    assert brier(70, True) == pytest.approx(0.09)
    assert brier(70, False) == pytest.approx(0.49)
    assert brier(50, True) == brier(50, False) == pytest.approx(0.25)


def test_it_came_true_if_it_went_that_way_and_not_by_chance() -> None:
    assert came_true(DECLARED, {"p": 0.04, "effect": 5.0})
    assert not came_true(DECLARED, {"p": 0.04, "effect": -5.0})
    assert not came_true(DECLARED, {"p": 0.06, "effect": 5.0})
    less = replace(DECLARED, direction=Direction.LESS)
    assert came_true(less, {"p": 0.04, "effect": -5.0})
