"""The words of the status line, and the small file it is answered from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core import status_file
from flowtui.core.status_file import Fields

keys = st.text("abcdefghij_", min_size=1, max_size=8).filter(lambda k: k != "json")
values = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


@given(st.dictionaries(keys, values))
def test_what_is_written_is_read_back(fields: dict[str, str]) -> None:
    text = status_file.encode(dict(fields), '{"a":1}')

    assert status_file.decode(text) == fields | {"json": '{"a":1}'}


@given(st.dictionaries(keys, values, min_size=1), st.data())
def test_a_file_that_is_not_whole_is_none(fields: dict[str, str], data: st.DataObject) -> None:
    text = status_file.encode(dict(fields), '{"a":1}')
    end = data.draw(st.integers(0, len(text) - 1))

    assert status_file.decode(text[:end]) is None


@pytest.mark.parametrize("text", ["", "\n", "flowtui-status 1\n", "flowtui-status 1\njson\t{}"])
def test_what_is_no_status_file_is_none(text: str) -> None:
    assert status_file.decode(text) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "-"),
        (0, "0 min"),
        (1, "1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 00"),
        (3660, "1 h 01"),
        (36_000, "10 h 00"),
    ],
)
def test_lengths_are_cut_to_minutes(seconds: int | None, words: str) -> None:
    assert status_file.minutes(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0, "00:00"), (2527, "42:07"), (3600, "1:00:00"), (3661, "1:01:01")],
)
def test_the_clock_is_steady(seconds: int | None, words: str) -> None:
    assert status_file.clock(seconds) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "running", "remaining_s": "3000"}, "50 min left"),
        ({"state": "running", "remaining_s": "2999"}, "50 min left"),
        ({"state": "running", "remaining_s": "61"}, "2 min left"),
        ({"state": "running", "remaining_s": "60"}, "1 min left"),
        ({"state": "running", "remaining_s": "59"}, "59 s left"),
        ({"state": "running", "remaining_s": "3541"}, "1 h 00 left"),
        ({"state": "running", "focus_s": "125"}, "2 min"),
        ({"state": "overtime", "remaining_s": "0", "overtime_s": "125"}, "2 min over"),
        ({"state": "paused", "remaining_s": "10", "gap_s": "60"}, "paused 1 min"),
    ],
)
def test_the_phrase_is_the_one_thing_to_know(fields: Fields, words: str) -> None:
    """What is left is rounded up: nobody reads "0 min left" with 50 seconds to go."""
    assert status_file.phrase(fields) == words


def test_the_line_leaves_out_what_is_not_there() -> None:
    fields = {"state": "running", "remaining_s": "600", "day_focus_s": "1800"}

    assert status_file.line(fields) == "10 min left · a block · 30 min today"
    assert status_file.line(fields | {"intention": "fuse", "tags": "#cuda"}) == (
        "10 min left · fuse · #cuda · 30 min today"
    )
    assert status_file.line({}) == "no block · 0 min today"


def test_a_clock_that_is_behind_the_file_carries_nothing_on() -> None:
    fields = {"state": "running", "anchor": "1000", "focus_s": "50", "remaining_s": "10"}

    assert status_file.at(fields, 990.0) == fields
    assert status_file.at(fields, 1000.9) == fields


def test_the_plan_is_reached_to_the_second() -> None:
    fields = {"state": "running", "anchor": "1000", "focus_s": "50", "remaining_s": "10"}

    assert status_file.at(fields, 1009.9)["state"] == "running"
    reached = status_file.at(fields, 1010.0)
    assert (reached["state"], reached["remaining_s"], reached["overtime_s"]) == (
        "overtime",
        "0",
        "0",
    )
    assert status_file.at(fields, 1013.0)["overtime_s"] == "3"


def test_json_without_a_block_is_left_as_it_is() -> None:
    data = {"block": None, "day": {"focus_s": 1, "week_focus_s": 2}}

    assert status_file.patched({"day_focus_s": "3", "week_focus_s": "4"}, data) == {
        "block": None,
        "day": {"focus_s": 3, "week_focus_s": 4},
    }
