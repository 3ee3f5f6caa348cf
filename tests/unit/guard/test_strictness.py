"""Ends before the time: soft at once, firm ever later, hard once a week."""

from __future__ import annotations

import pytest

from flowtui.guard.program import strictness
from flowtui.guard.program.errors import GuardError

NOW = 1_800_000_000.0
DAY = 86400.0


def test_a_firm_lease_takes_longer_with_each_release_of_the_week() -> None:
    assert strictness.firm_delay_s([], NOW) == 60
    assert strictness.firm_delay_s([NOW - DAY], NOW) == 120
    assert strictness.firm_delay_s([NOW - n * DAY for n in range(4)], NOW) == 960
    assert strictness.firm_delay_s([NOW] * 1000, NOW) == 1800
    assert strictness.firm_delay_s([NOW - 8 * DAY], NOW) == 60


def test_the_emergency_exit_is_there_once_a_week_and_no_clock_brings_it_nearer() -> None:
    assert strictness.emergency_left_s([], NOW) == 0
    assert strictness.emergency_left_s([NOW - DAY], NOW) == 6 * DAY
    assert strictness.emergency_left_s([NOW - 7 * DAY], NOW) == 0
    assert strictness.emergency_left_s([NOW + 400 * DAY], NOW) == 7 * DAY


@pytest.mark.parametrize("empty", ["", "because", None, 7, "aaaaaaaaaaaaaaaaa", "   a b   "])
def test_a_reason_has_to_say_something(empty: object) -> None:
    with pytest.raises(GuardError):
        strictness.reason(empty)


def test_a_reason_is_one_printable_line() -> None:
    assert (
        strictness.reason(" the build\n  server is\x1b[2J down ") == "the build server is[2J down"
    )


def test_the_sentence_to_type_differs_each_time() -> None:
    assert len({strictness.phrase(bytes([n, n, n, n])) for n in range(64)}) == 64
    assert strictness.phrase(b"\x00\x01\x02\x03").isascii()
