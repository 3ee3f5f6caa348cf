"""Strict reading: every field once, of the right type, and what is wrong is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.ledger.codec import DecodeError, Fields, day_text, instant_text


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"


def refusal(data: Any, read: str, *more: Any) -> str:
    with pytest.raises(DecodeError) as caught, Fields("block b1", data) as fields:
        getattr(fields, read)("x", *more)
    return caught.value.message


def test_each_reader_gives_the_value_it_is_named_for() -> None:
    data = {
        "text": "",
        "whole": 3,
        "number": 3,
        "flag": False,
        "day": "2026-11-23",
        "instant": "2026-11-23T03:38:04Z",
        "mood": "bad",
        "texts": ["a", "b"],
        "raw": {"any": 1},
        "one": {"n": 1},
        "many": [{"n": 1}, {"n": 2}],
        "absent": None,
    }
    with Fields("block b1", data) as f:
        assert (f.text("text"), f.whole("whole", 3, 3), f.flag("flag")) == ("", 3, False)
        assert type(f.number("number", 0, 3.0)) is float
        assert f.day("day") == date(2026, 11, 23)
        assert f.instant("instant") == datetime(2026, 11, 23, 3, 38, 4, tzinfo=UTC)
        assert f.choice("mood", Mood) is Mood.BAD
        assert f.texts("texts") == ("a", "b") and f.raw("raw") == {"any": 1}
        assert f.one("one", lambda inner: inner.whole("n")) == 1
        assert f.many("many", lambda inner: inner.whole("n")) == (1, 2)
        assert f.optional(f.instant, "absent") is None
        assert f.optional(f.text, "text") == ""


@pytest.mark.parametrize(
    ("read", "more", "value", "wanted"),
    [
        ("text", (), 1, "a text, not 1"),
        ("text", (), None, "a text, not None"),
        ("whole", (), 1.0, "a whole number, not 1.0"),
        ("whole", (), True, "a whole number, not True"),
        ("whole", (1, 5), 0, "at least 1, not 0"),
        ("whole", (1, 5), 6, "at most 5, not 6"),
        ("number", (), True, "a number, not True"),
        ("number", (), float("inf"), "a number, not inf"),
        ("number", (0.0, 1.0), 1.5, "at most 1.0, not 1.5"),
        ("flag", (), 0, "true or false, not 0"),
        ("day", (), "2026-11-31", "a day like 2026-11-23, not '2026-11-31'"),
        ("day", (), "20261123", "a day like 2026-11-23, not '20261123'"),
        ("instant", (), "2026-11-23T03:38:04", "an instant like"),
        ("instant", (), "2026-11-23T03:38:04+01:00", "an instant like"),
        ("instant", (), "2026-11-23 03:38:04Z", "an instant like"),
        ("instant", (), "2026-11-23T03Z", "an instant like"),
        ("instant", (), "", "an instant like"),
        ("choice", (Mood,), "ugly", "one of good, bad, not 'ugly'"),
        ("choice", (Mood,), ["good"], "one of good, bad, not ['good']"),
        ("texts", (), ["a", 1], "a list of texts"),
        ("texts", (), "ab", "a list of texts"),
        ("many", (len,), {}, "a list, not {}"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field(
    read: str, more: tuple[Any, ...], value: object, wanted: str
) -> None:
    message = refusal({"x": value}, read, *more)

    assert message.startswith("block b1: 'x' should be ") and wanted in message


def test_missing_and_unknown_fields_are_named() -> None:
    assert refusal({}, "text") == "block b1: 'x' is missing"
    assert refusal({"x": "", "y": 1, "z": 2}, "text") == "block b1: unknown field 'y', 'z'"
    with pytest.raises(DecodeError, match="'x' is missing"):
        fields = Fields("block b1", {})
        fields.optional(fields.text, "x")


def test_the_way_to_a_field_inside_is_told() -> None:
    data = {"x": [{"cause": "pause"}, {"cause": 7}]}
    with pytest.raises(DecodeError, match=r"block b1: x\[1\]: 'cause' should be a text, not 7"):
        Fields("block b1", data).many("x", lambda inner: inner.text("cause"))
    with pytest.raises(DecodeError, match=r"block b1: x\[0\]: unknown field 'cause'"):
        Fields("block b1", data).many("x", lambda inner: 1)


def test_what_is_no_record_is_refused_and_shown_in_short() -> None:
    with pytest.raises(DecodeError) as caught:
        Fields("block b1", ["long " * 100])
    assert caught.value.message.startswith("block b1: should be a record, not ['long long")
    assert len(caught.value.message) < 120


def test_an_error_of_the_decoder_is_not_hidden_by_unknown_fields() -> None:
    with pytest.raises(ZeroDivisionError), Fields("block b1", {"x": 1}):
        raise ZeroDivisionError


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])))
def test_an_instant_reads_back_as_it_was_written(instant: datetime) -> None:
    try:
        text = instant_text(instant)
    except OverflowError:  # the year 1 in UTC is the year 0
        return
    with Fields("r", {"x": text}) as fields:
        read = fields.instant("x")

    assert read == instant and read.utcoffset() == timedelta(0)
    assert text.endswith("Z") and len(text) == (27 if instant.microsecond else 20)


@given(st.dates())
def test_a_day_reads_back_as_it_was_written(day: date) -> None:
    with Fields("r", {"x": day_text(day)}) as fields:
        assert fields.day("x") == day


def test_an_instant_without_a_time_zone_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        instant_text(datetime(2026, 1, 1))
