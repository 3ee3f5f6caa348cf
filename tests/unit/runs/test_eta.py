"""The end that is foreseen, and how sure that is.

How often the stated interval holds the end, by kind of run, is measured by tests/bench/eta.py.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from flowtui.core.runs.eta import Eta, asked_at, eta_of
from flowtui.core.runs.history import History
from flowtui.core.runs.reading import Reading
from tests.unit.runs.histories import START_S


def at_share(share: float, steps: int, take: Callable[[int], float]) -> tuple[Eta, float]:
    """The estimate at a share of a run whose step k takes `take(k)` seconds; and the truth."""
    history, at, cut = History(), START_S, int(steps * share)
    for k in range(1, cut + 1):
        at += take(k)
        history.fold([Reading(k, {"loss": 1.0}, total_steps=steps)], at)
    left = sum(take(k) for k in range(cut + 1, steps + 1))
    eta = eta_of(history, at)
    assert eta is not None
    return eta, left


def test_evaluations_to_come_are_counted_from_those_that_were() -> None:
    eta, left = at_share(0.35, 1000, lambda k: 1.0 + 300.0 * (k % 100 == 0))

    assert eta.left_s == pytest.approx(left, rel=0.02)


def test_one_pause_tells_of_the_next_ones() -> None:
    eta, left = at_share(0.3, 400, lambda k: 1.0 + 200.0 * (k % 100 == 0))

    assert eta.error_s is not None
    assert abs(eta.left_s - left) <= eta.error_s


def test_a_pause_under_way_is_not_all_that_is_left() -> None:
    history, at = History(), START_S
    for k in range(1, 101):
        at += 1.0
        history.fold([Reading(k, {"loss": 1.0}, total_steps=400)], at)

    eta = eta_of(history, at + 200)

    assert eta is not None and eta.left_s > 300 and eta.error_s is not None
    assert eta.error_s > 100


def test_a_steady_run_is_foreseen_closely_and_never_with_certainty() -> None:
    eta, left = at_share(0.5, 400, lambda _: 2.0)

    assert eta.left_s == pytest.approx(left)
    assert eta.error_s is not None and 0 < eta.error_s <= 0.01 * left


def test_a_pace_that_drifts_is_trusted_less_than_a_steady_one() -> None:
    steady, _ = at_share(0.5, 400, lambda k: 2.0 + 0.1 * (k % 3))
    drifting, left = at_share(0.5, 400, lambda k: 2.0 + 0.1 * (k % 3) + 0.004 * k)

    assert steady.error_s is not None and drifting.error_s is not None
    assert drifting.error_s / drifting.left_s > 4 * steady.error_s / steady.left_s
    assert abs(drifting.left_s - left) <= drifting.error_s


def test_stamps_of_another_zone_do_not_use_up_what_is_left() -> None:
    history = History()
    history.fold([Reading(10, {"loss": 1.0}, at=1000.0, eta_s=600.0)])

    assert asked_at(history, 50_100.0, 50_000.0) == 1100.0
    assert asked_at(history, 1100.0, 1050.0) == 1100.0


def test_lines_written_in_blocks_are_one_tick_each() -> None:
    history, total = History(), 1000
    for block in range(1, 11):
        at = START_S + 50 * block
        for k in range(50 * (block - 1) + 1, 50 * block + 1):
            history.fold([Reading(k, {"loss": 1.0}, total_steps=total)], at)

    eta = eta_of(history, START_S + 500)

    assert eta is not None and eta.left_s == pytest.approx(500, rel=0.05)


@pytest.mark.parametrize("jitter", [0.05, 0.3])
def test_the_error_holds_the_end_four_times_in_five(jitter: float) -> None:
    held = 0
    for seed in range(200):
        rng = Random(seed)
        steps = [rng.lognormvariate(0, jitter) for _ in range(201)]
        eta, left = at_share(0.4, 200, steps.__getitem__)
        assert eta.error_s is not None
        held += abs(eta.left_s - left) <= eta.error_s

    assert 0.70 <= held / 200 <= 0.90  # four standard errors around what it should be
