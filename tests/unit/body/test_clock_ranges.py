"""Stretches of clock time in all the ways in which people write them; what else stands is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.clock_ranges import plain_ranges


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


@given(st.integers(0, 1439), st.integers(0, 1439))
def test_two_clock_times_of_24_hours_stay_what_they_are(first: int, second: int) -> None:
    shown = "-".join(f"{m // 60}:{m % 60:02}" for m in (first, second))
    assert plain_ranges(shown) == shown


@given(st.text(max_size=30))
def test_any_text_is_taken_and_its_form_stays_as_it_is(text: str) -> None:
    once = plain_ranges(text)
    assert plain_ranges(once) == once
