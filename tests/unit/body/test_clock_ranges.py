"""Stretches of clock time in all the ways in which people write them; what else stands is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.clock_ranges import LIKELY_MIN, over_night, plain_ranges


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("yoga 7-7:30", "yoga 7:00-7:30"),
        ("yoga 7:00 - 7:30 e6", "yoga 7:00-7:30 e6"),
        ("yoga from 7:00 to 7:30", "yoga 7:00-7:30"),
        ("yoga 7:00–7:30", "yoga 7:00-7:30"),
        ("yoga 7:00-7:30pm", "yoga 19:00-19:30"),
        ("yoga 7pm-8", "yoga 19:00-20:00"),
        ("yoga 11-1pm", "yoga 11:00-13:00"),
        ("sleep 11pm-7", "sleep 23:00-7:00"),
        ("sleep 11:30 p.m. to 7:15", "sleep 23:30-7:15"),
        ("sleep 23:40-7:05 q4", "sleep 23:40-7:05 q4"),
        ("yoga 12am-1am", "yoga 0:00-1:00"),
        ("yoga 9 am - 10 am", "yoga 9:00-10:00"),
        ("slept 12-7am", "slept 0:00-7:00"),
        ("yoga 11am-12", "yoga 11:00-12:00"),
        ("yoga 12-1pm", "yoga 12:00-13:00"),
        ("sleep 11pm-12", "sleep 23:00-0:00"),
        ("eat 12:00-8:00", "eat 12:00-20:00"),
        ("hike 10:30 to 6:45", "hike 10:30-18:45"),
        ("eat 6:00-23:00", "eat 6:00-23:00"),
        ("eat 8:00-0:30", "eat 8:00-0:30"),
        ("eat 11 am to 7 am", "eat 11:00am-7:00am"),
        ("energy 3-4", "energy 3-4"),
        ("walk 2026-03-01 30", "walk 2026-03-01 30"),
        ("coffee 25:00-26:00", "coffee 25:00-26:00"),
        ("yoga 13pm-2pm", "yoga 13pm-2pm"),
    ],
)
def test_a_stretch_has_one_form(text: str, plain: str) -> None:
    assert plain_ranges(text) == plain


def test_two_bare_hours_are_a_stretch_only_of_what_is_about_times() -> None:
    assert plain_ranges("eat 12-20", bare=True) == "eat 12:00-20:00"
    assert plain_ranges("eat 12-20") == "eat 12-20"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("10:30 to 6:45", "22:30-6:45"),
        ("11:30-7", "23:30-7:00"),
        ("12:30-8", "0:30-8:00"),
        ("13:00-13:40", "13:00-13:40"),
    ],
)
def test_a_long_stretch_of_sleep_is_a_night(text: str, plain: str) -> None:
    assert plain_ranges(text, asleep=True) == plain


@pytest.mark.parametrize(
    ("text", "asleep", "plain"),
    [
        ("12-4", False, "12:00-16:00"),
        ("12-3", False, "12:00-15:00"),
        ("10-8", False, "10:00-20:00"),
        ("9:00-1:00", True, "21:00-1:00"),
        ("10-1", True, "22:00-1:00"),
        ("9:00-1:00", False, "9:00-13:00"),
        ("09:00-01:00", True, "21:00-1:00"),
        ("10:00-01:00", True, "10:00-1:00"),
        ("7-7", False, "7:00-19:00"),
    ],
)
def test_what_no_one_means_is_read_as_the_likely_stretch_and_said(
    text: str, asleep: bool, plain: str
) -> None:
    guesses: list[str] = []
    assert plain_ranges(text, bare=True, asleep=asleep, guesses=guesses) == plain
    assert guesses == ([] if text == "10:00-01:00" else [plain])


@given(st.integers(0, 1439), st.integers(0, 1439), st.booleans(), st.booleans())
def test_two_clock_times_stay_what_they_are_unless_they_are_too_long_to_be_likely(
    first: int, second: int, asleep: bool, zeros: bool
) -> None:
    shown = "-".join(f"{m // 60}:{m % 60:02}" for m in (first, second))
    written = "-".join(f"{m // 60:02}:{m % 60:02}" for m in (first, second)) if zeros else shown
    guesses: list[str] = []
    plain = plain_ranges(written, asleep=asleep, guesses=guesses)
    hours = {m // 60 for m in (first, second)}
    of_24 = not hours <= set(range(1, 13))
    zeros = zeros and not hours <= {10, 11, 12}
    length = (second - first - 1) % 1440 + 1
    long = over_night(first, second) or (not zeros and second <= first and length > LIKELY_MIN)
    if of_24 or not long:
        assert (plain, guesses) == (shown, [])
    else:
        start, end = (int(h) * 60 + int(m) for h, m in (c.split(":") for c in plain.split("-")))
        assert (start == first) != (end == second)
        assert 0 < (end - start) % 1440 <= 720
        assert guesses == [plain]


@given(st.text(max_size=30))
def test_any_text_is_taken_and_its_form_stays_as_it_is(text: str) -> None:
    once = plain_ranges(text)
    assert plain_ranges(once) == once
