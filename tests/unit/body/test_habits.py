"""Habits as people declare them, and scales with their words and versions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.habits import Form, Habit, habit_name, habits_from, table_from
from flowtui.core.body.scales import EFFORT, ENERGY, SCALES, SUGAR
from flowtui.core.errors import UsageError


def test_habits_are_read_in_the_order_they_stand() -> None:
    habits = habits_from(
        {
            "meditate": "yes_no",
            "Vitamin D": {"form": "dose", "unit": "IU"},
            "focus": {"form": "scale", "low": 0, "high": 10, "anchors": {"0": "fog"}, "version": 2},
        }
    )

    assert [h.name for h in habits] == ["meditate", "vitamin-d", "focus"]
    assert habits[1].title == "Vitamin D"
    assert habits[2].scale is not None
    assert habits[2].scale.id == "habit:focus@2"
    assert habits[2].scale.anchors == ((0, "fog"), (10, "10"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"form": "dose"}, "a dose without a unit"),
        ({"form": "weekly"}, "has form 'weekly'"),
        ({"colour": "red"}, "unknown field 'colour'"),
        ({"form": "scale", "low": 5, "high": 5}, "scale from 5 to 5"),
        ({"form": "scale", "anchors": {"9": "far"}}, "a word for 9"),
        ({"form": "scale", "anchors": {"x": "far"}}, "is not a point with a word"),
        ({"form": "scale", "version": 0}, "version 0"),
        ({"ask": "yes"}, "ask must be true or false"),
        ({"low": 1.5}, "low must be a whole number"),
        (7, "must be a word or a table"),
    ],
)
def test_a_habit_that_cannot_be_meant_names_itself_and_the_field(
    settings: Any, message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        habits_from({"pages": settings})

    assert message in refused.value.message
    assert "pages" in refused.value.message


def test_two_habits_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="declared twice"):
        habits_from({"vitamin d": "yes_no", "Vitamin-D": "yes_no"})


names = st.text(st.characters(categories=("Ll", "Nd")), min_size=1, max_size=12).map(habit_name)
declared = st.builds(
    Habit,
    name=names,
    form=st.sampled_from([Form.YES_NO, Form.COUNT, Form.SCALE]),
    label=st.none() | st.just("A Label"),
    unit=st.none() | st.just("pages"),
    version=st.integers(1, 9),
    ask=st.booleans(),
    archived=st.booleans(),
    anchors=st.sampled_from([(), ((1, "none"), (5, "a lot"))]),
)


@given(st.lists(declared, unique_by=lambda h: h.name, max_size=5))
def test_habits_written_to_a_table_come_back_as_they_were(habits: list[Habit]) -> None:
    assert list(habits_from(table_from(habits))) == habits


def test_a_name_without_a_letter_is_refused() -> None:
    with pytest.raises(UsageError, match="no letter"):
        habit_name("!!!")


def test_every_shipped_scale_has_a_word_at_both_ends_and_its_id() -> None:
    """A changed word needs a new version; this holds the words of version 1 as they are."""
    for scale_id, scale in SCALES.items():
        assert scale.id == scale_id
        assert scale.anchors[0][0] == scale.low
        assert scale.anchors[-1][0] == scale.high
    assert [word for _, word in ENERGY.anchors] == ["drained", "low", "ok", "good", "buzzing"]
    assert [word for _, word in SUGAR.anchors] == ["none", "a taste", "a portion", "a lot"]


def test_points_between_two_anchors_have_no_word() -> None:
    assert EFFORT.word(4) == "warm, could chat"
    assert EFFORT.word(5) is None
    assert EFFORT.word(4.5) is None
