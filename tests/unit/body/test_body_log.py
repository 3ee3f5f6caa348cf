"""The body log's services: what is recorded, refused, corrected and taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.habits import Form, Habit
from flowtui.core.errors import FlowError, UsageError
from flowtui.services.body.body_view import View, picture
from flowtui.services.body.habit_edits import HabitEdits
from flowtui.settings.config import load
from tests.user import NOON, Person

TODAY = NOON.date()


def entries(person: Person) -> list[Entry]:
    """What another process reads from the ledger."""
    return person.open().body.log.store.every()


def test_a_line_is_one_command_and_one_undo_takes_all_of_it_back(person: Person) -> None:
    logged = person.services.body.log.write("yoga 30 e6, coffee 9:00, energy 4")

    assert [e.kind for e in logged.entries] == [Kind.WORKOUT, Kind.CAFFEINE, Kind.ENERGY]
    assert sorted(entries(person), key=lambda e: e.id) == sorted(logged.entries, key=lambda e: e.id)
    done = person.services.history.undo()
    assert done[0].label.startswith("log yoga 30 min effort 6, coffee")
    assert entries(person) == []


@pytest.mark.parametrize(
    "line",
    [
        "energy 11",
        "effort 3",
        "yoga 30 e11",
        "sleep 30h",
        "sleep 7.5 q9",
        "eat close",
        "energy 4 13:00",
        "eat 11:30-12:30",
        "coffee tomorrow",
        "energy 4, energy 9",
        "coffee 2026-02-30",
        "",
        "   ",
    ],
)
def test_a_line_that_cannot_be_meant_leaves_the_ledger_to_the_byte(
    person: Person, line: str
) -> None:
    person.services.body.log.write("energy 3")
    before = person.ledger_bytes()

    with pytest.raises(UsageError) as refused:
        person.services.body.log.write(line)

    assert "\n" not in refused.value.message
    assert person.ledger_bytes() == before


def test_a_window_cannot_close_before_it_opened_and_two_cannot_be_open(person: Person) -> None:
    log = person.services.body.log
    log.write("eat open 11:00")

    with pytest.raises(UsageError, match="before it starts"):
        log.write("eat close 10:30")
    with pytest.raises(UsageError, match="is open since"):
        log.write("eat open")
    log.write("eat close 11:45")
    with pytest.raises(UsageError, match="shares time"):
        log.write("eat 11:30-11:50")
    assert [e.end for e in entries(person)] == [datetime(2026, 3, 4, 11, 45, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("minute", "day"), [(59, date(2026, 3, 3)), (60, date(2026, 3, 4)), (61, date(2026, 3, 4))]
)
def test_the_day_turns_at_four(tmp_path: Path, minute: int, day: date) -> None:
    now = datetime(2026, 3, 4, 3, 0, tzinfo=UTC) + timedelta(minutes=minute)
    person = Person(tmp_path / "f", now)

    person.services.body.log.write("energy 4")

    assert [e.day for e in entries(person)] == [day]


def test_as_of_the_past_it_is_filed_there_and_marked_late(person: Person) -> None:
    at = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)

    logged = person.services.body.log.write("coffee", at)

    entry = logged.entries[0]
    assert (entry.day, entry.at, entry.late) == (date(2026, 3, 2), at, True)
    assert entry.recorded_at == NOON


def test_earlier_today_is_not_late(person: Person) -> None:
    logged = person.services.body.log.write("coffee", NOON - timedelta(hours=3))

    assert not logged.entries[0].late


def test_the_hour_that_happens_twice_is_told_and_can_be_chosen(tmp_path: Path) -> None:
    # clocks in Warsaw went from 03:00 back to 02:00 on 25 October 2026
    person = Person(tmp_path / "f", datetime(2026, 10, 25, 9, 0, tzinfo=UTC), "Europe/Warsaw")

    second = person.services.body.log.write("coffee 2:30")
    first = person.services.body.log.write("coffee 2:30+02:00")

    assert "happened twice" in second.remarks[0]
    assert second.entries[0].at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert first.entries[0].at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [e.day for e in entries(person)] == [date(2026, 10, 24)] * 2


def test_a_window_over_a_clock_change_and_midnight_counts_what_passed(tmp_path: Path) -> None:
    # clocks went from 02:00 to 03:00 on 29 March 2026: 20:00 to 03:30 is 6 h 30
    person = Person(tmp_path / "f", datetime(2026, 3, 29, 6, 0, tzinfo=UTC), "Europe/Warsaw")

    person.services.body.log.write("eat 20:00-3:30 2026-03-28")

    (window,) = entries(person)
    assert window.start is not None and window.end is not None
    assert window.end - window.start == timedelta(hours=6, minutes=30)
    assert window.day == date(2026, 3, 28)


def test_a_window_opened_at_home_and_closed_abroad_keeps_both_zones(tmp_path: Path) -> None:
    home = Person(tmp_path / "f", datetime(2026, 3, 4, 10, 0, tzinfo=UTC), "Europe/Warsaw")
    home.services.body.log.write("eat open")
    away = Person(tmp_path / "f", datetime(2026, 3, 4, 19, 0, tzinfo=UTC), "America/New_York")

    away.services.body.log.write("eat close")

    (window,) = entries(away)
    assert (window.zone, window.end_zone) == ("Europe/Warsaw", "America/New_York")
    assert away.services.body.log.window() is not None
    days = away.services.body.log.away(away.services.body.log.log(TODAY, TODAY))
    assert days == {TODAY}


def test_the_window_is_kept_when_used_and_never_against_the_settings(person: Person) -> None:
    assert person.services.body.log.window() is None
    person.services.body.log.write("eat open 11:00")

    seen = person.services.body.log.window()
    assert seen is not None and (seen.open, seen.elapsed_s) == (True, 3600)
    person.configure("[body]\neating = false\n")
    assert person.services.body.log.window() is None


def test_targets_go_by_weekday_and_above_a_day_there_is_a_plain_note(person: Person) -> None:
    person.configure('[body]\ntargets = {default = "16:8", thu = "off"}\n')
    person.services.body.log.write("eat open 11:00")

    seen = person.services.body.log.window()
    assert seen is not None and (seen.target_s, seen.left_s) == (8 * 3600, 7 * 3600)
    person.pass_min(25 * 60)
    seen = person.services.body.log.window()
    assert seen is not None and seen.note is not None and "24 hours" in seen.note


def test_either_end_of_a_window_can_be_moved_and_taken_away(person: Person) -> None:
    log = person.services.body.log
    window = log.write("eat 8:00-10:00").entries[0]

    moved = log.move_window(window.id, NOON - timedelta(hours=5), NOON - timedelta(hours=1))
    assert (moved.start, moved.end) == (NOON - timedelta(hours=5), NOON - timedelta(hours=1))
    assert log.move_window("", reopen=True).end is None
    with pytest.raises(UsageError, match="before it starts"):
        log.move_window(window.id, closed=NOON - timedelta(hours=9))


def test_an_entry_is_changed_by_its_line_deleted_and_brought_back(person: Person) -> None:
    log = person.services.body.log
    entry = log.write("yoga 30 e6").entries[0]

    assert log.edit(entry.id[:4], "yoga 45 e7").duration_s == 2700
    log.delete("last")
    assert entries(person) == []
    person.services.history.undo(2)
    assert entries(person) == [entry]
    with pytest.raises(FlowError, match="unknown entry"):
        log.edit("zzzzzz", "coffee")


def test_habits_are_declared_in_settings_or_app_and_one_name_means_one_thing(
    person: Person,
) -> None:
    person.configure('[body]\nstops = ["Phone in bed"]\n[body.habits]\nmeditate = "yes_no"\n')
    log = person.services.body.log
    log.declare([Habit("pages", Form.COUNT, unit="pages")], ["sugar after nine"])

    names = person.open().body.log.names()
    assert [h.name for h in names.habits] == ["meditate", "pages"]
    assert names.stops == ("phone-in-bed", "sugar-after-nine")
    for taken in ("meditate", "pages", "phone-in-bed"):
        with pytest.raises(UsageError, match="declared already"):
            log.declare([Habit(taken)])
    log.write("meditate, pages 30, phone-in-bed 2, sugar-after-nine no")
    HabitEdits(log).archive("pages")
    assert [h.archived for h in log.names().habits] == [False, True]
    assert len(entries(person)) == 4
    with pytest.raises(FlowError, match=r"config\.toml"):
        HabitEdits(log).archive("meditate")
    person.services.history.undo(3)
    assert [h.name for h in log.names().habits] == ["meditate"]


def test_every_view_has_a_picture_also_of_nothing(person: Person) -> None:
    for view in View:
        made = picture(person.services, view, None)
        assert (made.view, made.day, made.window) == (view, TODAY, None)
        assert made.listed == ()


def test_the_pictures_hold_the_day_week_year_charts_and_windows(person: Person) -> None:
    person.configure('[body]\nfloors = ["workout 2 days"]\n')
    log = person.services.body.log
    log.write("energy 4 9:00, yoga 6:30-7:00 e6, eat 8:00-11:00, sleep 23:00-6:00 q4")
    log.write("yoga 20 e3 yesterday, no coffee yesterday")

    day = picture(person.services, View.TODAY, None)
    texts = {g.variable.id: g.text for g in day.glance}
    assert texts["sleep"] == "7 h, 4 sound"
    assert texts["workout"] == "30 min, load 180"
    assert texts["caffeine"] is None
    assert [(f.done, f.needed) for f in day.floors] == [(2, 2)]
    assert len(day.listed) == 4
    week = picture(person.services, View.WEEK, None)
    caffeine = next(r for r in week.week if r.variable.id == "caffeine")
    assert [c.state for c in caffeine.cells[:3]] == [None, State.NO, None]
    year = picture(person.services, View.YEAR, None)
    assert len(year.year[0].cells) == 365
    charts = picture(person.services, View.CHARTS, None)
    assert [h.hour for h in charts.hours] == [9]
    assert charts.nights[-1].asleep_s == 7 * 3600
    windows = picture(person.services, View.WINDOW, None)
    assert [b.from_s for b in windows.windows[-1].bars] == [4 * 3600]
    before = picture(person.services, View.TODAY, TODAY - timedelta(days=1))
    assert before.listed[0].line.endswith("2026-03-03")


def test_one_bad_floor_takes_no_other_along_and_is_named(person: Person) -> None:
    person.configure(
        '[body]\nfloors = ["workout 2 days", "workout 9 days", "meditate 3 days", "yogga 2 days"]\n'
        '[body.habits]\nmeditate = "yes_no"\n'
    )
    floors, strange = person.services.body.log.floors()

    assert [f.variable.name or f.variable.kind.value for f in floors] == ["workout", "meditate"]
    assert strange == ("yogga 2 days",)
    _, problems = load(person.services.paths)
    assert ["'workout 9 days' is not a floor" in str(p) for p in problems] == [True]
