"""How several entries of one day become one value, and what the screens are given."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from flowtui.core.body.day_series import (
    days_between,
    energy_by_hour,
    energy_points,
    loads,
    nights,
    shown_variables,
    today,
    week_table,
    year_heatmap,
)
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_days import MISSING, BodyLog, DayValue, Variable, variable_from
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.fasting import targets_from
from flowtui.core.body.habits import habits_from
from flowtui.core.body.quick_line import Words
from flowtui.core.day import DayRule
from flowtui.core.errors import UsageError
from tests.unit.body.entries import BERLIN, day, local, log, pen, utc

TODAY = day("2026-06-10")
NIGHT = local("2026-06-10 23:00")
HABITS = habits_from(
    {"pages": "count", "mood": {"form": "scale", "low": 0, "high": 10}, "meditate": "yes_no"}
)
WORDS = Words(HABITS, ("phone in bed",))


def value(lines: list[str], variable: str) -> DayValue:
    return BodyLog(log(lines, pen(NIGHT), WORDS)).value(TODAY, variable_from(variable))


def test_energies_and_scales_are_averaged() -> None:
    assert value(["energy 2 9:00", "energy 3 12:00", "energy 5 18:00"], "energy").value == 10 / 3
    assert value(["mood 4", "mood 8"], "habit:mood").value == 6


def test_cups_counts_and_doses_are_summed() -> None:
    cups = value(["coffee 9:00", "2 coffees 14:10"], "caffeine")

    assert (cups.value, cups.n, cups.last_at) == (3, 2, local("2026-06-10 14:10"))
    assert value(["pages 10", "pages 15"], "habit:pages").value == 25
    assert value(["phone in bed", "phone in bed 2"], "stop:phone in bed").value == 3


def test_a_habit_done_twice_is_done() -> None:
    assert value(["meditate", "meditate"], "habit:meditate").value == 1


def test_output_is_what_was_said_last_and_sugar_the_most() -> None:
    early, late = pen(local("2026-06-10 18:00")), pen(NIGHT, prefix="late")
    entries = [*log(["output 2", "sugar 3"], early), *log(["output 4"], late)]
    body = BodyLog(entries)

    assert body.value(TODAY, Variable(Kind.OUTPUT)).value == 4
    assert body.value(TODAY, Variable(Kind.SUGAR)).value == 3


def test_a_cup_after_the_days_total_is_added_to_it() -> None:
    before = log(["coffee 9:00", "no coffee"], pen(local("2026-06-10 15:00")))
    after = log(["coffee"], pen(local("2026-06-10 16:00"), prefix="after"))

    assert BodyLog([*before, *after]).value(TODAY, Variable(Kind.CAFFEINE)).value == 1


def test_one_night_seen_by_two_devices_is_slept_once() -> None:
    """The longest of the sleeps that share time counts; a nap apart is added."""
    lines = ["sleep 23:00-7:00", "sleep 23:10-6:50", "sleep 14:00-14:30"]

    assert value(lines, "sleep").value == 8.5


def test_a_length_for_the_whole_night_replaces_the_parts() -> None:
    parts = log(["sleep 23:00-7:00", "sleep 14:00-14:30"], pen(local("2026-06-10 15:00")))
    whole = log(["sleep 7"], pen(NIGHT, prefix="whole"))

    assert BodyLog([*parts, *whole]).value(TODAY, Variable(Kind.SLEEP)).value == 7


def test_workouts_are_summed_and_one_run_seen_twice_is_run_once() -> None:
    lines = ["run 7:00-7:45 e6", "run 7:01-7:44 e7", "yoga 20 e2"]

    assert value(lines, "workout").value == 65
    assert value(lines, "workout.load").value == 7 * 43 + 40
    assert value(lines, "workout.effort").value == 4.5


def test_given_wins_over_no_and_no_over_skipped() -> None:
    assert value(["meditate no", "meditate skip"], "habit:meditate").state is State.NO
    assert value(["meditate no", "meditate"], "habit:meditate").state is State.GIVEN
    assert value(["meditate skip"], "habit:meditate") == DayValue(State.SKIPPED, None, 1)


def test_missing_is_neither_zero_nor_no() -> None:
    assert value(["coffee"], "sugar") == MISSING
    assert value(["no coffee"], "caffeine").value == 0
    assert value(["workout no"], "workout.load").value == 0
    assert value(["sleep no"], "sleep.quality").value is None


def test_variables_are_found_by_id_and_listed_in_order() -> None:
    entries = log(["yoga 30 e3", "coffee", "meditate", "sleep 7 q4"], pen(NIGHT), WORDS)

    assert [v.id for v in BodyLog(entries).variables()] == [
        *("sleep", "sleep.quality", "workout", "workout.effort", "workout.load", "caffeine"),
        "habit:meditate",
    ]
    assert variable_from("stop:phone in bed") == Variable(Kind.STOP, "phone in bed")
    with pytest.raises(UsageError, match="unknown kind 'weight'"):
        variable_from("weight")
    with pytest.raises(UsageError, match="sleep has no part 'depth'"):
        variable_from("sleep.depth")


def test_today_at_a_glance() -> None:
    lines = ["energy 4 9:00", "energy 2 15:00", "no sugar", "meditate skip", "eat open 12:00"]
    entries = log(lines, pen(local("2026-06-10 16:00")), WORDS)
    variables = shown_variables(HABITS, WORDS.stops, eating=True)
    glance = today(
        BodyLog(entries),
        local("2026-06-10 16:00"),
        DayRule(BERLIN),
        variables,
        targets_from({"default": "16:8"}),
    )
    texts = {line.variable.id: line.text for line in glance.lines}

    assert texts["energy"] == "3 ok"
    assert (texts["sugar"], texts["habit:meditate"], texts["caffeine"]) == ("no", "skipped", None)
    assert [v for _, v in glance.energy] == [4, 2]
    assert glance.window is not None
    assert glance.window.left_s == 4 * 3600
    assert today(BodyLog(entries), NIGHT, DayRule(BERLIN), variables).window is None


def test_a_week_has_a_row_for_each_variable_and_a_mean_of_what_is_known() -> None:
    entries = log(["mon no coffee", "tue caffeine 3", "wed caffeine 1", "wed energy 4"], pen(NIGHT))
    caffeine, sugar = Variable(Kind.CAFFEINE), Variable(Kind.SUGAR)
    rows = week_table(BodyLog(entries), day("2026-06-08"), [caffeine, sugar])

    assert [c.value for c in rows[0].cells] == [0, 3, 1, None, None, None, None]
    assert (rows[0].mean, rows[0].known) == (4 / 3, 3)
    assert (rows[1].mean, rows[1].known) == (None, 0)


def test_a_years_heatmap_has_every_day_and_no_shade_for_what_is_missing() -> None:
    lines = ["mon output 1", "tue output 3", "wed output 5", "sun output skip"]
    cells = {
        c.day: c for c in year_heatmap(BodyLog(log(lines, pen(NIGHT))), Variable(Kind.OUTPUT), 2026)
    }

    assert len(cells) == 365
    assert [cells[day(f"2026-06-{n:02d}")].level for n in (7, 8, 9, 10, 11)] == [
        *(None, 1, 3, 4, None)
    ]
    assert cells[day("2026-06-07")].value.state is State.SKIPPED
    assert len(year_heatmap(BodyLog([]), Variable(Kind.OUTPUT), 2028)) == 366


def test_a_heatmap_of_amounts_is_shaded_by_quarters_and_none_is_zero() -> None:
    lines = [
        *("2026-05-01 run 10", "2026-05-02 run 20", "2026-05-03 run 30", "2026-05-04 run 500"),
        "2026-05-05 workout no",
    ]
    cells = year_heatmap(BodyLog(log(lines, pen(NIGHT))), Variable(Kind.WORKOUT), 2026)
    levels = {c.day.day: c.level for c in cells if c.day.month == 5}

    assert [levels[n] for n in (1, 2, 3, 4, 5, 6)] == [1, 1, 2, 3, 0, None]


def test_energy_over_the_day_is_on_the_clock_of_where_it_was_felt() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    entries = [
        *log(["energy 2 3:30", "energy 4 14:10"], pen(local("2026-06-10 15:00"))),
        *log(["energy 5 14:40"], pen(utc("2026-06-12 12:00"), tokyo, prefix="t")),
    ]
    body = BodyLog(entries)
    points = energy_points(body, body.days)

    assert [(p.minute, p.value) for p in points] == [(1410, 2), (610, 4), (640, 5)]
    hours = {h.hour: (h.mean, h.n) for h in energy_by_hour(points, time(4))}
    assert hours[14] == (4.5, 2)


def test_nights_have_ends_on_the_days_axis_and_skip_naps() -> None:
    entries = log(["sleep 23:00-7:00 q4", "sleep 14:00-14:30"], pen(NIGHT))
    night = nights(BodyLog(entries), [TODAY])[0]

    assert (night.asleep_s, night.quality) == (8 * 3600 + 1800, 4)
    assert (night.from_s, night.to_s) == (-5 * 3600, 3 * 3600)


def test_a_night_without_times_has_a_length_only_and_a_missing_one_nothing() -> None:
    entries = log(["sleep 7.5", "yesterday sleep no"], pen(NIGHT))
    missing, none, given = nights(BodyLog(entries), days_between(day("2026-06-08"), TODAY))

    assert (given.asleep_s, given.from_s) == (27000, None)
    assert (none.state, none.asleep_s) == (State.NO, 0)
    assert (missing.state, missing.asleep_s) == (None, None)


def test_loads_run_over_seven_days_and_know_nothing_of_unrated_workouts() -> None:
    lines = ["2026-06-03 run 30 e5", "2026-06-04 run 30 e5", "2026-06-10 run 20 e6"]
    rows = loads(
        BodyLog(log([*lines, "2026-06-09 yoga 20"], pen(NIGHT))),
        days_between(day("2026-06-02"), TODAY),
    )

    assert [r.load for r in rows] == [None, 150, 150, None, None, None, None, None, 120]
    assert [r.week_load for r in rows] == [None, 150, 300, 300, 300, 300, 300, 300, 270]
    assert (rows[7].minutes, rows[7].load) == (20, None)


def test_late_entries_mark_their_day() -> None:
    entries: list[Entry] = log(["yesterday output 3"], pen(NIGHT))

    assert BodyLog(entries).value(day("2026-06-09"), Variable(Kind.OUTPUT)).late
