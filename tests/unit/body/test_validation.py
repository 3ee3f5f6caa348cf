"""Records that cannot be true are refused with what is wrong and what is allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.validation import check
from flowtui.core.errors import UsageError
from tests.unit.body.entries import day, local, pen

NOW = local("2026-06-10 22:00")


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (Kind.WORKOUT, {"name": "run", "duration_s": 60, "effort": 11}, "effort 11 is not on"),
        (Kind.WORKOUT, {"name": "run", "duration_s": 60, "effort": 6.3}, "effort 6.3 is not on"),
        (Kind.WORKOUT, {"duration_s": 60}, "workout needs a name"),
        (Kind.SLEEP, {"duration_s": 30 * 3600}, "sleep of 30 h is longer than 24 h"),
        (Kind.SLEEP, {}, "sleep needs a length"),
        (Kind.SLEEP, {"duration_s": 3600, "quality": 6}, "quality of sleep 6"),
        (Kind.SLEEP, {"duration_s": -5}, "length below zero"),
        (Kind.ENERGY, {"value": 0}, "energy 0 is not on"),
        (Kind.ENERGY, {"value": 4.5}, "energy 4.5 is not on"),
        (Kind.ENERGY, {"state": State.NO}, "energy cannot be answered with 'no'"),
        (Kind.ENERGY, {}, "energy needs a number"),
        (Kind.CAFFEINE, {"value": -1}, "caffeine -1 is not between"),
        (Kind.CAFFEINE, {"value": 400}, "caffeine 400 is not between"),
        (Kind.HABIT, {"value": 3}, "habit needs a name"),
        (Kind.HABIT, {"name": "x", "value": float("nan")}, "cannot be nan"),
        (Kind.STOP, {"name": "x", "value": 0}, "stop doing 'x' 0 times"),
        (Kind.WORKED, {}, "needs a line of text"),
        (Kind.EATING, {}, "needs the time it opened"),
        (Kind.CAFFEINE, {"value": 2, "state": State.NO}, "has a value although it is 'no'"),
    ],
)
def test_what_no_record_may_say(kind: Kind, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        pen(NOW).write(kind, **fields)

    assert message in refused.value.message


def test_a_window_closed_before_it_opened_is_refused_with_both_times() -> None:
    with pytest.raises(UsageError, match=r"end at 2026-06-10 11:00, before it starts at .*12:00"):
        pen(NOW).write(Kind.EATING, start=local("2026-06-10 12:00"), end=local("2026-06-10 11:00"))


def test_an_entry_in_the_future_is_refused_and_a_minute_of_clock_difference_is_not() -> None:
    with pytest.raises(UsageError, match="lies in the future"):
        pen(NOW).write(Kind.ENERGY, value=3, at=NOW + timedelta(seconds=61))

    assert pen(NOW).write(Kind.ENERGY, value=3, at=NOW + timedelta(seconds=60)).at is not None


def test_a_day_that_has_not_begun_is_refused() -> None:
    with pytest.raises(UsageError, match="a day that has not begun"):
        pen(NOW).write(Kind.OUTPUT, value=3, day=day("2026-06-11"), scope=Scope.DAY)


def test_a_sleep_cannot_be_longer_than_the_time_it_took() -> None:
    with pytest.raises(UsageError, match="lasts 9 h but fits into 8 h"):
        pen(NOW).write(
            Kind.SLEEP,
            start=local("2026-06-09 23:00"),
            end=local("2026-06-10 07:00"),
            duration_s=9 * 3600,
        )


def test_an_unknown_zone_is_refused() -> None:
    entry = pen(NOW).write(Kind.ENERGY, value=3)

    with pytest.raises(UsageError, match="unknown time zone 'Mars/Olympus'"):
        check(replace(entry, zone="Mars/Olympus"), NOW)


def test_an_instant_without_a_zone_is_refused() -> None:
    entry = pen(NOW).write(Kind.ENERGY, value=3)

    with pytest.raises(UsageError, match="at has no time zone"):
        check(replace(entry, at=datetime(2026, 6, 10, 12)), NOW)


def test_energy_has_a_moment_and_no_length() -> None:
    with pytest.raises(UsageError, match="energy has one instant"):
        pen(NOW).write(
            Kind.ENERGY, value=3, start=local("2026-06-10 12:00"), end=local("2026-06-10 13:00")
        )
