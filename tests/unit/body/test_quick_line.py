"""Quick logging: what a line comes to, and how a line that cannot be meant is refused."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.day_text import entry_text
from flowtui.core.body.entry import Entry, length_s, load
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import habits_from
from flowtui.core.body.quick_line import Words, parse
from flowtui.core.errors import UsageError
from tests.unit.body.entries import BERLIN, day, local, log, pen, utc

NOW = local("2026-06-10 09:00")
WORDS = Words(
    habits_from(
        {
            "meditate": "yes_no",
            "Vitamin D": {"form": "dose", "unit": "IU"},
            "pages": "count",
            "mood": {"form": "scale"},
            "sleep mask": "yes_no",
        }
    ),
    stops=("phone in bed",),
    workouts=("parkour",),
)


def one(line: str) -> Entry:
    entries = parse(line, pen(NOW), WORDS).entries
    assert len(entries) == 1
    return entries[0]


def test_a_workout_with_minutes_and_effort() -> None:
    entry = one("yoga 30 e6")

    assert (entry.kind, entry.name, length_s(entry), entry.effort) == (
        Kind.WORKOUT,
        "yoga",
        1800,
        6,
    )
    assert (load(entry), entry.scale) == (180, "effort@1")


@pytest.mark.parametrize(
    "line", ["yoga 30", "yoga 30m", "yoga 30 min", "yoga 0.5h", "workout yoga 30", "parkour 30"]
)
def test_ways_to_say_half_an_hour(line: str) -> None:
    assert length_s(one(line)) == 1800


@pytest.mark.parametrize("line", ["run 1h30 e7", "run effort 7 1h30m", "run 90 effort=7"])
def test_effort_may_stand_anywhere(line: str) -> None:
    assert (length_s(one(line)), one(line).effort) == (5400, 7)


def test_a_workout_with_two_times_or_one() -> None:
    assert one("run 6:30-7:15 e7").start == local("2026-06-10 06:30")
    assert one("run 45 6:30").end == local("2026-06-10 07:15")


def test_a_cup_is_one_cup_now() -> None:
    entry = one("coffee")

    assert (entry.kind, entry.value, entry.name, entry.at) == (Kind.CAFFEINE, 1, "coffee", NOW)


@pytest.mark.parametrize(
    ("line", "cups"), [("2 coffees", 2), ("tea 2 8:00", 2), ("caffeine 1.5", 1.5)]
)
def test_several_cups(line: str, cups: float) -> None:
    assert one(line).value == cups


@pytest.mark.parametrize("line", ["no coffee", "coffee no", "caffeine 0", "coffee none"])
def test_no_coffee_is_an_explicit_none(line: str) -> None:
    assert (one(line).state, one(line).value, one(line).scope) == (State.NO, None, Scope.DAY)


def test_energy_by_number_by_word_and_at_a_time() -> None:
    assert (one("energy 4").value, one("energy 4").at) == (4, NOW)
    assert one("energy buzzing").value == 5
    assert one("energy 2 7:30").at == local("2026-06-10 07:30")
    assert one("energy 2 20m ago").at == local("2026-06-10 08:40")
    assert one("energy 2 at 7am").at == local("2026-06-10 07:00")


def test_a_night_with_two_times_and_quality() -> None:
    entry = one("sleep 23:40-7:05 q4")

    assert (entry.start, entry.end) == (local("2026-06-09 23:40"), local("2026-06-10 07:05"))
    assert (length_s(entry), entry.quality, entry.day) == (26700, 4, day("2026-06-10"))


def test_a_night_given_as_a_length_is_the_whole_night() -> None:
    for line in ("sleep 7.5", "sleep 7h30", "slept 7h30m"):
        assert (length_s(one(line)), one(line).scope) == (27000, Scope.DAY)


def test_a_named_day_is_that_of_waking() -> None:
    entry = one("yesterday sleep 23:40-7:05")

    assert (entry.start, entry.day) == (local("2026-06-08 23:40"), day("2026-06-09"))
    assert entry.late


@pytest.mark.parametrize(
    ("word", "expected"),
    [("yesterday", "2026-06-09"), ("mon", "2026-06-08"), ("2026-06-01", "2026-06-01")],
)
def test_days_by_name_at_the_front_or_the_end(word: str, expected: str) -> None:
    assert one(f"{word} output 3").day == day(expected)
    assert one(f"output 3 {word}").day == day(expected)


def test_an_energy_of_another_day_has_no_instant_unless_it_is_given() -> None:
    assert one("yesterday energy 3").at is None
    assert one("yesterday energy 3 22:00").at == local("2026-06-09 22:00")


def test_after_midnight_an_evening_time_is_that_of_the_evening() -> None:
    """At half past midnight the day is still yesterday's."""
    entry = parse("energy 4 23:50", pen(local("2026-06-10 00:30"))).entries[0]

    assert (entry.at, entry.day) == (local("2026-06-09 23:50"), day("2026-06-09"))


def test_a_time_of_the_night_said_at_noon_is_of_the_night_just_gone() -> None:
    entry = parse("energy 2 3:30", pen(local("2026-06-10 12:00"))).entries[0]

    assert (entry.at, entry.day) == (local("2026-06-10 03:30"), day("2026-06-09"))


def test_a_nap_of_the_afternoon_logged_after_midnight_was_yesterdays() -> None:
    entry = parse("sleep 13:00-14:00", pen(local("2026-06-10 00:30"))).entries[0]

    assert entry.end == local("2026-06-09 14:00")


def test_early_waking_logged_at_five_is_this_mornings() -> None:
    entry = parse("sleep 22:00-3:30", pen(local("2026-06-10 05:00"))).entries[0]

    assert (entry.end, entry.day) == (local("2026-06-10 03:30"), day("2026-06-10"))


def test_a_window_is_opened_closed_and_entered_whole() -> None:
    entries = log(["eat open 8:00", "eat close 8:45"], pen(NOW))
    late = one("eat 18:00-01:30 2026-06-08")

    assert [length_s(e) for e in entries] == [2700]
    assert (length_s(late), late.day) == (27000, day("2026-06-08"))


def test_sugar_by_number_word_and_none() -> None:
    assert one("sugar 2").value == 2
    assert one("sugar a lot").value == 3
    assert {one(line).state for line in ("sugar 0", "no sugar", "sugar none")} == {State.NO}


def test_habits_of_every_form() -> None:
    assert (one("meditate").state, one("meditate").value) == (State.GIVEN, None)
    assert one("meditate no").state is State.NO
    assert one("meditate skip").state is State.SKIPPED
    dose = one("vitamin d 2000 iu")
    assert (dose.name, dose.value, dose.unit) == ("vitamin-d", 2000, "IU")
    assert one("pages 0").state is State.NO
    assert (one("mood 4").scale, one("mood 4").unit) == ("habit:mood@1", None)


def test_a_habit_that_begins_like_a_kind_is_still_found() -> None:
    assert one("sleep mask yes").name == "sleep-mask"


def test_things_to_stop_are_counted() -> None:
    assert one("phone in bed").value == 1
    assert one("phone-in-bed 3").value == 3
    assert one("no phone in bed").state is State.NO


def test_what_worked_is_kept_with_its_commas_and_a_note_with_its() -> None:
    assert one("worked phone away, early start").note == "phone away, early start"
    assert one("yoga 30 -- slow, at home").note == "slow, at home"


def test_several_entries_in_one_line() -> None:
    entries = parse("coffee, energy 4, yoga 20 e3", pen(NOW), WORDS).entries

    assert [e.kind for e in entries] == [Kind.CAFFEINE, Kind.ENERGY, Kind.WORKOUT]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("yoga 30 e11", "effort 11 is not on the scale 0 to 10", "understood: yoga e11"),
        ("sleep 30", "sleep of 30 h is longer than 24 h", "understood: sleep 30"),
        ("energy", "a number is needed, not 'nothing'", "understood: energy"),
        ("energy six", "a number is needed, not 'six'", "understood: energy"),
        ("yoga 30 bananas", "'bananas' was not understood", "understood: yoga 30"),
        ("medtate", "'medtate' is not known", "did you mean 'meditate'?"),
        ("yoga", "yoga needs a length", "yoga 18:00-18:30"),
        ("run 18:00-18:30", "lies in the future", "log it when it has happened"),
        ("energy 4 25:00", "'25:00' was not understood", "understood: energy 4"),
        ("sleep 2026-02-30 7", "'2026-02-30' is not a date", "2026-03-29"),
        ("2026-02-30 sleep 7", "'2026-02-30' is not a date", "2026-03-29"),
        ("eat", "eat what?", "eat open"),
        ("eat close yesterday", "at what time on 2026-06-09?", "eat close 20:15"),
        ("habit jump", "'jump' is not known", "for example"),
        ("stop", "something is missing at the end", "for example"),
        ("pages yes", "pages needs a number", "pages 3"),
        ("4 energy", "a line begins with what it is about", "for example"),
        ("energy 4 soon ago", "soon ago is not a length", "20m ago"),
        ("  ", "nothing to log", "for example"),
        (",", "nothing to log", "for example"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_was_understood(
    line: str, message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        parse(line, pen(NOW), WORDS)

    assert message in refused.value.message
    assert hint in (refused.value.hint or "")


def test_one_bad_part_refuses_the_whole_line() -> None:
    with pytest.raises(UsageError) as refused:
        parse("coffee, energy 9", pen(NOW))

    assert "nothing was logged, not even coffee" in (refused.value.hint or "")


def test_the_hour_that_happens_twice_is_the_later_one_gone_by_and_is_told() -> None:
    """Berlin, 2026-10-25: 02:30 happened at 00:30 and at 01:30 UTC."""
    after = parse("yesterday energy 3 2:30", pen(local("2026-10-25 09:00")))
    between = parse("energy 3 2:30", pen(utc("2026-10-25 00:45")))

    assert after.entries[0].at == utc("2026-10-25 01:30")
    assert "the second was taken, write 02:30+02:00 for the other" in after.remarks[0]
    assert between.entries[0].at == utc("2026-10-25 00:30")
    assert "02:30 happened twice on 2026-10-25; the first was taken" in between.remarks[0]
    assert "write 02:30+01:00 for the other" in between.remarks[0]


def test_an_offset_chooses_one_of_two_hours() -> None:
    writer = pen(local("2026-10-25 09:00"))
    first = parse("2026-10-24 energy 3 2:30+02:00", writer)
    second = parse("2026-10-24 energy 3 2:30+01:00", writer)

    assert first.entries[0].at == utc("2026-10-25 00:30")
    assert second.entries[0].at == utc("2026-10-25 01:30")
    assert first.remarks == second.remarks == ()


def test_a_time_that_did_not_happen_is_read_an_hour_later_and_told() -> None:
    """Berlin, 2026-03-29: the clocks went from 02:00 to 03:00."""
    logged = parse("sleep 2:30-7:00", pen(local("2026-03-29 09:00")))

    assert logged.entries[0].start == local("2026-03-29 03:30")
    assert logged.remarks == ("02:30 did not happen on 2026-03-29 in Europe/Berlin; read as 03:30",)


def test_a_night_over_the_repeated_hour_is_placed_next_to_its_end() -> None:
    logged = parse("sleep 2:10-2:50", pen(local("2026-10-25 09:00")))

    assert length_s(logged.entries[0]) == 40 * 60


def test_the_same_line_elsewhere_is_at_that_places_time() -> None:
    there = ZoneInfo("Asia/Kolkata")
    entry = parse("energy 4 8:00", pen(NOW, there)).entries[0]

    assert (entry.at, entry.zone) == (local("2026-06-10 08:00", there), "Asia/Kolkata")


def test_entries_are_confirmed_in_few_words() -> None:
    assert entry_text(one("sleep 23:40-7:05 q4")) == "sleep 23:40-07:05 7 h 25 min quality 4"
    assert entry_text(one("no coffee")) == "caffeine no"
    assert entry_text(one("vitamin d 2000")) == "vitamin-d 2000 IU"


@given(st.text(max_size=40))
def test_any_text_is_either_logged_or_refused(line: str) -> None:
    try:
        logged = parse(line, pen(NOW), WORDS)
    except UsageError as error:
        assert error.message
    else:
        assert logged.entries


words = st.sampled_from(
    (
        *("yoga", "30", "e6", "q4", "coffee", "energy", "4", "sleep", "23:40-7:05", "no", "eat"),
        *("open", "close", "yesterday", "at", "7:05", "20m", "ago", "habit", "stop", "pages"),
        *("mood", "workout", ",", "--", "skip", "2:30+01:00", "24:00", "12pm"),
    )
)


@given(st.lists(words, max_size=8).map(" ".join))
def test_any_jumble_of_known_words_is_either_logged_or_refused(line: str) -> None:
    try:
        assert parse(line, pen(NOW), WORDS).entries
    except UsageError as error:
        assert error.message


@given(st.integers(0, 23), st.integers(0, 59), st.integers(1, 600))
def test_a_night_has_the_length_between_its_two_times(hour: int, minute: int, length: int) -> None:
    """In a zone without clock changes the arithmetic is that of the clock alone."""
    kolkata = ZoneInfo("Asia/Kolkata")
    end = (hour * 60 + minute + length) % 1440
    line = f"yesterday sleep {hour}:{minute:02d}-{end // 60}:{end % 60:02d}"
    entry = parse(line, pen(local("2026-06-10 23:00", kolkata), kolkata)).entries[0]

    assert length_s(entry) == length * 60
    assert BERLIN.key not in (entry.zone, entry.end_zone)


@pytest.mark.parametrize("line", ["run 400m", "run 400 m", "swim 1500 m", "row 2000 m e6"])
def test_metres_after_a_sport_are_no_minutes(line: str) -> None:
    with pytest.raises(UsageError, match="may be metres"):
        one(line)
