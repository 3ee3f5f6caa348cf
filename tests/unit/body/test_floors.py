"""Weekly floors: met over a week, bent by travel, never broken by a rest day."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from flowtui.core.body.entry_days import BodyLog, Variable
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.floors import (
    Floor,
    FloorState,
    FloorWeek,
    Per,
    floor_from,
    floor_week,
    rest_days_from,
    travel_days,
    weeks_met,
)
from flowtui.core.errors import UsageError
from tests.unit.body.entries import day, local, log, pen, utc

MONDAY, SUNDAY = day("2026-06-08"), day("2026-06-14")
THREE = floor_from("workout 3 days")


def week(
    lines: list[str],
    floor: Floor = THREE,
    today: date = SUNDAY,
    rest: str = "",
    travel: tuple[date, ...] = (),
) -> FloorWeek:
    body = BodyLog(log(lines, pen(local("2026-06-15 12:00"))))
    return floor_week(body, floor, MONDAY, today, rest_days_from(rest.split()), travel)


def days_of(*numbers: int) -> list[str]:
    return [f"2026-06-{n:02d} run 30" for n in numbers]


def test_a_floor_is_met_by_any_days_of_the_week() -> None:
    made = week(days_of(8, 10, 14))

    assert (made.done, made.needed, made.state) == (3, 3, FloorState.MET)


def test_a_week_that_can_still_grow_is_open_and_a_finished_one_below() -> None:
    assert week(days_of(8), today=day("2026-06-10")).state is FloorState.OPEN
    assert week(days_of(8), today=day("2026-06-15")).state is FloorState.BELOW
    assert week(days_of(8), today=day("2026-06-10")).days_left == 5


def test_travel_days_shrink_the_floor() -> None:
    made = week(days_of(8), travel=(day("2026-06-10"), day("2026-06-11"), day("2026-06-12")))

    assert (made.needed, made.done) == (1, 1)
    assert made.state is FloorState.MET


def test_a_whole_week_of_travel_excuses_the_floor_and_a_workout_there_still_meets_it() -> None:
    away = tuple(day(f"2026-06-{n:02d}") for n in range(8, 15))

    assert week([], travel=away).state is FloorState.EXCUSED
    assert week(days_of(9), travel=away).state is FloorState.MET


def test_rest_days_are_never_asked_for_and_never_missing() -> None:
    """A floor of seven days with one of rest asks for six."""
    seven = floor_from("workout 7 days")
    made = week(days_of(8, 9, 10, 11, 12, 13), seven, day("2026-06-15"), "sun")

    assert (made.needed, made.state, made.missing_days) == (6, FloorState.MET, 0)
    assert made.rest == (SUNDAY,)


def test_missing_days_are_told_and_a_no_is_not_missing() -> None:
    made = week([*days_of(8), "2026-06-09 workout no"], today=day("2026-06-11"))

    assert made.missing_days == 1


def test_a_floor_of_minutes_and_one_with_a_bound() -> None:
    minutes = week(days_of(8, 9), floor_from("workout 120"), day("2026-06-15"))
    nights = week(
        ["2026-06-08 sleep 7", "2026-06-09 sleep 6.9", "2026-06-10 sleep 8"],
        floor_from("sleep 2 days >= 7"),
    )

    assert (minutes.done, minutes.needed, minutes.state) == (60, 120, FloorState.BELOW)
    assert (nights.done, nights.state) == (2, FloorState.MET)


@pytest.mark.parametrize(
    "text",
    [
        "workout",
        "workout 9 days",
        "workout 0 days",
        "sugar 9 <= 2",
        "sleep.x 3 days",
        "",
        "workout x days",
    ],
)
def test_a_floor_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        floor_from(text)


def test_a_floor_may_be_an_upper_bound_and_a_no_is_below_it() -> None:
    entries = log(
        ["caffeine 1", "yesterday caffeine 3", "2026-06-08 no coffee"],
        pen(local("2026-06-10 21:00")),
    )
    floor = floor_from("caffeine 5 days <= 2")

    found = floor_week(BodyLog(entries), floor, day("2026-06-10"), day("2026-06-10"))
    assert (floor.at_most, floor.at_least, found.done) == (2, None, 2)
    assert floor_from("sleep 5 days ≥ 7,5").at_least == 7.5


def test_a_habit_is_named_plainly() -> None:
    assert floor_from("cold shower 4 days") == floor_from("habit:cold-shower 4 days")


def test_floors_are_read_as_people_write_them() -> None:
    assert floor_from("habit:meditate 4 days") == Floor(Variable(Kind.HABIT, "meditate"), 4)
    assert floor_from("stop:phone in bed 1 day").variable.name == "phone in bed"
    assert floor_from("workout.load 300").per is Per.AMOUNT
    with pytest.raises(UsageError, match="'today' is not a weekday"):
        rest_days_from(["today"])


def test_weeks_are_counted_not_chained() -> None:
    """One week below its floor leaves the others as they are; excused and open ones count not."""
    away = tuple(day(f"2026-06-{n:02d}") for n in range(8, 15))
    after = day("2026-06-15")
    weeks = [
        week(days_of(8, 9, 10), today=after),
        week(days_of(8), today=after),
        week(days_of(8, 9, 10), today=after),
        week([], travel=away),
        week([], today=MONDAY),
    ]

    assert weeks_met(weeks) == (2, 3)


def test_travel_is_seen_from_the_zones_of_records() -> None:
    home = log(
        ["2026-06-08 energy 3 12:00", "2026-06-09 energy 3 12:00"], pen(utc("2026-06-09 20:00"))
    )
    there = log(
        ["2026-06-11 energy 3 12:00", "2026-06-12 energy 4 12:00"],
        pen(utc("2026-06-13 00:00"), ZoneInfo("America/New_York"), prefix="t"),
    )
    back = log(["energy 3"], pen(utc("2026-06-14 12:00"), prefix="b"))

    assert travel_days(BodyLog([*home, *there, *back])) == {day("2026-06-11"), day("2026-06-14")}


def test_a_clock_change_at_home_and_a_zone_with_the_same_time_are_no_travel() -> None:
    lines = ["2026-03-28 energy 3 12:00", "2026-03-29 energy 3 12:00"]
    home = log(lines, pen(utc("2026-03-29 20:00")))
    near = log(["energy 3"], pen(utc("2026-03-30 12:00"), ZoneInfo("Europe/Madrid"), prefix="n"))

    assert travel_days(BodyLog([*home, *near])) == frozenset()
