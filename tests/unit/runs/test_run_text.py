"""A run in words, in as much room as there is."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.run_text import (
    ends,
    figure,
    grouped,
    left,
    line,
    percent,
    place,
    spark,
    state_words,
)

UTC_ZONE = ZoneInfo("UTC")
AT = datetime(2026, 3, 4, 10, 30, tzinfo=UTC).timestamp()


def glance(**more: object) -> RunGlance:
    usual: dict[str, object] = {
        "id": "abc", "name": "resnet-b", "state": "running", "at": AT, "progress": 0.624,
        "key": "val_loss", "last": 0.412, "best": 0.412, "is_best": True, "eta_s": 4920.0,
        "eta_error_s": 240.0, "spark": (0.9, 0.7, 0.6, 0.5, 0.412), "step": 620,
    }  # fmt: skip
    return RunGlance(**usual | more)  # type: ignore[arg-type] # the fields' own types


def test_the_line_under_a_block_says_all_there_is_to_know() -> None:
    text = line(glance(), UTC_ZONE, AT + 3600, 120)

    assert text == (
        "resnet-b  62 %  val_loss 0.4120 █▅▄▂▁ best  ends 11:52 ±4 min, after this block"
    )


@given(st.integers(1, 140))
def test_a_line_never_is_longer_than_its_room(width: int) -> None:
    shown = line(glance(), UTC_ZONE, AT + 3600, width, others=2)

    assert 0 < len(shown) <= width
    assert shown.startswith("resnet-b"[: width - 1])


def test_a_disaster_stands_first() -> None:
    lost = glance(findings=(("nan", "serious", "the loss is nan since step 600"),))

    assert line(lost, UTC_ZONE, None, 60) == "resnet-b  the loss is nan since step 600"


@pytest.mark.parametrize(
    ("block_ends", "words"),
    [
        (AT + 4920 + 300, "inside this block"),
        (AT + 4920 - 300, "after this block"),
        (AT + 4920, "about then"),
    ],
)
def test_whether_it_ends_inside_the_block_takes_the_error_into_account(
    block_ends: float, words: str
) -> None:
    assert ends(glance(), UTC_ZONE, block_ends) == f"ends 11:52 ±4 min, {words}"


def test_an_end_on_another_day_names_the_day_and_an_ended_run_has_none() -> None:
    assert ends(glance(eta_s=90_000.0), UTC_ZONE, None) == "ends Thu 11:30 ±4 min"
    assert ends(glance(state="finished"), UTC_ZONE, None) == ""
    assert ends(glance(eta_s=None), UTC_ZONE, AT) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (0.0, "0.0000"), (0.41234, "0.4123"), (12.3456, "12.35"), (98765.4, "98765"),
        (123456.0, "1.2e+05"), (1.2e-5, "1.2e-05"), (-0.5, "-0.5000"), (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)  # fmt: skip
def test_figures_have_four_digits(value: float | None, text: str) -> None:
    assert figure(value) == text


def test_a_run_without_a_known_whole_says_where_it_is() -> None:
    assert place(glance(progress=None, step=12345)) == "step 12 345"
    assert place(glance(progress=None, step=None, epoch=2.5)) == "epoch 2.5"
    assert place(glance(progress=None, step=None)) == ""
    assert percent(0.9999) == "99 %" and percent(1.0) == "100 %" and percent(None) == ""
    assert left(glance()) == "1 h 22 ±4 min left"


def test_the_state_names_the_way_of_an_end() -> None:
    assert state_words(glance(state="crashed", exit_status=1)) == "crashed, exit 1"
    assert state_words(glance(state="crashed", exit_status=-9)) == "crashed, SIGKILL"
    assert state_words(glance(state="finished", exit_status=0)) == "finished"


@given(st.lists(st.floats(), max_size=100), st.integers(0, 30))
@example([3.3e293, -1.7976931348623125e308], 2)
def test_a_sparkline_keeps_to_its_width_whatever_the_figures(
    values: list[float], width: int
) -> None:
    assert len(spark(values, width)) <= width


def test_a_glance_survives_being_kept() -> None:
    for seen in (glance(), glance(last=math.inf, epoch=None, findings=(("a", "b", "c"),))):
        assert RunGlance.from_json(seen.to_json()) == seen
    nan = RunGlance.from_json(glance(last=math.nan).to_json())
    assert nan.last is not None and math.isnan(nan.last)


@pytest.mark.parametrize(
    ("state", "ended_ago_s", "heading"),
    [
        ("running", None, "running"),
        ("stalled", None, "running"),
        ("pending", None, "in the queue"),
        ("unknown", None, "end not known"),
        ("finished", 60, "ended today"),
        ("crashed", 3 * 86400, "older"),
    ],
)
def test_a_run_stands_under_what_is_known_of_it(
    state: str, ended_ago_s: float | None, heading: str
) -> None:
    ended_at = None if ended_ago_s is None else AT - ended_ago_s
    run = glance(state=state, ended_at=ended_at)
    assert [name for name, _runs in grouped([run], UTC_ZONE)] == [heading]
