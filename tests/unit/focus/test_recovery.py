"""What two looks at the clocks tell: sleep, a clock that was set, a reboot, and nothing at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.focus.block import Cause, Plan, PlanKind
from flowtui.core.focus.commands import Finish, Pause, Resume, Shift
from flowtui.core.focus.measure import measure
from flowtui.core.focus.recovery import (
    Closing,
    Hole,
    Lapse,
    Reading,
    closings,
    ends_at,
    hole,
    lapse,
    slept_span,
)
from flowtui.core.focus.step import step
from tests.fakes import FakeClock
from tests.unit.focus.blocks import NINE, at, begin, do

DAY_S = 86_400


def read(clock: FakeClock) -> Reading:
    return Reading(clock.now(), clock.monotonic(), clock.boottime(), clock.boot_id())


def lapse_of(*moves: tuple[str, float]) -> Lapse:
    """What two readings tell, with these moves of the clock between them."""
    clock = FakeClock(NINE)
    before = read(clock)
    for name, seconds in moves:
        if name == "set":
            clock.set_wall(clock.now() + timedelta(seconds=seconds))
        else:
            getattr(clock, name)(seconds)
    return lapse(before, read(clock))


def test_time_that_passes_awake_is_just_that() -> None:
    assert lapse_of(("advance", 300)) == Lapse(True, 300, 0, 0)


def test_sleep_is_told_from_being_awake() -> None:
    assert lapse_of(("advance", 60), ("sleep", 3600), ("advance", 5)) == Lapse(True, 3665, 3600, 0)


@pytest.mark.parametrize("seconds", [DAY_S, -DAY_S, 3600, -3600, 3])
def test_a_clock_that_was_set_is_told_by_how_much(seconds: int) -> None:
    assert lapse_of(("advance", 60), ("set", seconds)) == Lapse(True, 60, 0, seconds)


@pytest.mark.parametrize("seconds", [DAY_S, -DAY_S])
def test_sleep_and_a_set_clock_are_told_apart(seconds: int) -> None:
    seen = lapse_of(("advance", 60), ("sleep", 7200), ("set", seconds), ("advance", 3))

    assert seen == Lapse(True, 7263, 7200, seconds)


def test_across_a_reboot_only_the_wall_clock_is_known() -> None:
    assert lapse_of(("advance", 60), ("reboot", 600)) == Lapse(False, 660, 0, 0)


def test_a_clock_that_went_back_across_a_reboot_tells_of_no_time() -> None:
    assert lapse_of(("reboot", 30), ("set", -DAY_S)) == Lapse(False, 0, 0, 0)


def test_boot_time_that_runs_backwards_is_a_reboot_where_boots_have_no_name() -> None:
    clock = FakeClock(NINE)
    before = replace(read(clock), boot_id="")
    clock.reboot(120)

    assert not lapse(before, replace(read(clock), boot_id="")).same_boot


@pytest.mark.parametrize("noise", [0.3, -0.3, 1.9, -1.9])
def test_small_differences_between_the_clocks_are_noise(noise: float) -> None:
    assert lapse_of(("advance", 5), ("set", noise)) == Lapse(True, 5, 0, 0)


def test_a_blink_of_sleep_is_noise_and_ten_seconds_are_sleep() -> None:
    assert lapse_of(("advance", 5), ("sleep", 9.9)).slept_s == 0
    assert lapse_of(("advance", 5), ("sleep", 10)).slept_s == 10


def test_a_clock_that_drifts_over_hours_was_not_set() -> None:
    """The kernel slews by up to 500 ppm: 5 s in three hours, 43 s in a day."""
    assert lapse_of(("advance", 3 * 3600), ("set", 5)).stepped_s == 0
    assert lapse_of(("advance", DAY_S), ("set", 43)).stepped_s == 0
    assert lapse_of(("advance", 60), ("set", 5)).stepped_s == 5


@given(
    st.lists(st.tuples(st.sampled_from(["advance", "sleep"]), st.integers(10, 50_000)), max_size=8),
    st.integers(-10 * DAY_S, 10 * DAY_S),
)
def test_what_is_told_adds_up_to_what_the_wall_clock_shows(
    moves: list[tuple[str, int]], stepped: int
) -> None:
    seen = lapse_of(*moves, ("set", stepped))

    assert seen.elapsed_s == sum(seconds for _, seconds in moves)
    assert seen.slept_s == sum(seconds for name, seconds in moves if name == "sleep")
    assert abs(seen.stepped_s - stepped) <= max(2, seen.elapsed_s / 1000)


def alone(minutes: float, *, slept: float = 0, orderly: bool = False) -> Hole | None:
    """The hole in a block that started at nine and was last looked after at 9:20."""
    clock = FakeClock(at(20))
    last = read(clock)
    clock.advance(minutes * 60)
    clock.sleep(slept * 60)
    return hole(begin(), last, orderly, read(clock), 60)


def test_a_hole_reaches_from_the_last_heartbeat_to_now() -> None:
    assert alone(30) == Hole(at(20), at(50), Cause.CRASH)
    assert alone(30, orderly=True) == Hole(at(20), at(50), Cause.CLOSED)
    assert alone(10, slept=20) == Hole(at(20), at(50), Cause.CRASH)
    found = alone(30)
    assert found is not None and found.seconds == 1800


def test_a_short_absence_is_no_hole() -> None:
    assert alone(0.99) is None
    assert alone(1) is not None


def test_a_machine_that_was_off_is_a_closed_one() -> None:
    clock = FakeClock(at(20))
    last = read(clock)
    clock.reboot(1800)

    assert hole(begin(), last, False, read(clock), 60) == Hole(at(20), at(50), Cause.CLOSED)


def test_a_machine_that_was_off_is_told_by_its_boot_time_where_boots_have_no_name() -> None:
    clock = FakeClock(at(20))
    last = replace(read(clock), boot_id="")
    clock.reboot(1800)
    now = replace(read(clock), boot_id="")

    assert hole(begin(), last, False, now, 60) == Hole(at(20), at(50), Cause.CLOSED)


def test_time_in_a_gap_and_after_the_end_needs_no_question() -> None:
    clock = FakeClock(at(20))
    last = read(clock)
    clock.advance(1800)
    now = read(clock)

    assert hole(do(begin(), Pause(), 10), last, False, now, 60) is None
    assert hole(do(begin(), Finish(), 10), last, False, now, 60) is None
    assert hole(do(do(begin(), Pause(), 10), Resume(), 15), last, False, now, 60) is not None


def test_a_heartbeat_from_before_the_block_makes_no_hole_before_its_start() -> None:
    clock = FakeClock(at(-60))
    last = read(clock)
    clock.advance(2 * 3600)

    assert hole(begin(), last, False, read(clock), 60) == Hole(NINE, at(60), Cause.CRASH)


def test_a_clock_behind_the_heartbeat_makes_no_hole() -> None:
    clock = FakeClock(at(20))
    last = read(clock)
    clock.reboot(10)
    clock.set_wall(at(-DAY_S / 60))

    assert hole(begin(), last, False, read(clock), 60) is None


def test_each_closing_ends_the_block_where_it_says() -> None:
    block, found, now = begin(), Hole(at(20), at(70), Cause.CRASH), at(70)

    assert closings(block, found, now) == (
        Closing.CONTINUE,
        Closing.COUNT,
        Closing.HEARTBEAT,
        Closing.PLAN,
        Closing.ALL,
    )
    ends = {closing: ends_at(block, closing, found, now) for closing in Closing}
    assert ends == {
        Closing.CONTINUE: None,
        Closing.COUNT: None,
        Closing.HEARTBEAT: at(20),
        Closing.PLAN: at(50),
        Closing.ALL: at(70),
    }


@pytest.mark.parametrize("plan", [Plan(), Plan(PlanKind.FIXED, 6000)])
def test_an_end_at_the_plan_is_offered_only_where_the_plan_was_reached(plan: Plan) -> None:
    found = Hole(at(20), at(70), Cause.CRASH)

    assert Closing.PLAN not in closings(begin(plan), found, at(70))


@given(st.integers(10, 40_000), st.integers(0, 40_000))
def test_sleep_is_put_right_before_waking_and_inside_the_two_readings(
    slept: int, awake: int
) -> None:
    clock = FakeClock(NINE)
    before = read(clock)
    clock.advance(awake)
    clock.sleep(slept)
    start, end = slept_span(before, read(clock), slept)

    assert end == clock.now()
    assert start == end - timedelta(seconds=slept)
    assert start >= before.wall


def test_sleep_never_reaches_before_the_last_reading() -> None:
    clock = FakeClock(NINE)
    before = read(clock)
    clock.advance(20)

    assert slept_span(before, read(clock), 90) == (NINE, at(20 / 60))


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_set_by_a_day_moves_the_block_and_no_duration(days: int) -> None:
    until = begin(Plan(PlanKind.UNTIL, until=at(50)))
    block = do(do(until, Pause(), 10), Resume(), 20)
    before = measure(block, at(30))

    moved, _ = step(block, Shift(days * DAY_S), at(30))
    now: datetime = at(30) + timedelta(days=days)

    after = measure(moved, now)
    assert replace(after, reached_at=None) == replace(before, reached_at=None)
    assert moved.started_at == NINE + timedelta(days=days)
    assert measure(moved, now + timedelta(minutes=20)).reached_at == at(50) + timedelta(days=days)
