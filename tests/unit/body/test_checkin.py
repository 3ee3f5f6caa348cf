"""The check-in: its questions, what is known already, and what each key comes to."""

from __future__ import annotations

import pytest

from flowtui.core.body.answers import ENTER, Answer, Planned, answer
from flowtui.core.body.checkin import CheckinPlan, Question, ids, questions
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_days import BodyLog, Variable
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import habits_from
from flowtui.core.body.quick_line import Words
from flowtui.core.body.writer import Pen
from flowtui.core.errors import UsageError
from tests.unit.body.entries import day, local, log, pen

EVENING = local("2026-06-10 21:00")
TODAY = day("2026-06-10")
HABITS = habits_from(
    {
        "meditate": "yes_no",
        "vitamin d": {"form": "dose", "unit": "IU"},
        "pages": "count",
        "mood": {"form": "scale", "low": 0, "high": 10},
        "old": {"archived": True},
        "quiet": {"ask": False},
    }
)
PLAN = CheckinPlan(habits=HABITS, stops=("phone in bed",), eating=True)
WORDS = Words(HABITS, PLAN.stops)


def asked(
    entries: list[Entry], plan: CheckinPlan = PLAN, writer: Pen | None = None
) -> dict[str, Question]:
    made = questions(BodyLog(entries), TODAY, writer or pen(EVENING), plan)
    return {question.id: question for question in made}


def press(name: str, text: str, entries: list[Entry] | None = None) -> Answer:
    entries = entries or []
    return answer(asked(entries)[name], text, TODAY, pen(EVENING, prefix="new"), entries)


def only(made: Answer) -> Entry:
    assert isinstance(made, tuple)
    assert len(made) == 1
    return made[0]


def test_questions_come_in_the_shipped_order_with_habits_and_stops_in_their_place() -> None:
    assert ids(PLAN) == [
        *("energy", "output", "sleep", "sleep.quality", "workout", "eating", "caffeine", "sugar"),
        *("habit:meditate", "habit:vitamin-d", "habit:pages", "habit:mood"),
        *("stop:phone in bed", "worked", "plan"),
    ]


def test_the_person_sets_the_order_and_hides_questions() -> None:
    plan = CheckinPlan(("worked", "habit", "energy"), frozenset({"sugar", "stop"}), HABITS[:1])

    assert ids(plan)[:3] == ["worked", "habit:meditate", "energy"]
    assert "sugar" not in ids(plan)
    assert "eating" not in ids(plan)


def test_an_unknown_question_in_the_order_is_refused() -> None:
    with pytest.raises(UsageError, match="no question 'weight'"):
        ids(CheckinPlan(order=("weight",)))


def test_what_was_logged_is_filled_in_and_yesterday_stands_beside() -> None:
    entries = log(
        [
            *("yoga 30 e6", "coffee 9:00", "coffee 14:10", "sleep 23:40-7:05"),
            *("eat 12:00-20:00", "yesterday sleep 7", "yesterday caffeine 3", "yesterday output 2"),
            "yesterday no pages",
        ],
        pen(EVENING),
        WORDS,
    )
    made = asked(entries)

    assert made["workout"].known_text == "30 min"
    assert made["caffeine"].known_text == "2 cups, last 14:10"
    assert made["caffeine"].yesterday_text == "3 cups"
    assert (made["sleep"].known_text, made["sleep"].yesterday_text) == ("7 h 25 min", "7 h")
    assert made["eating"].known_text == "8 h"
    assert made["output"].yesterday_text == "2 a little"
    assert made["habit:pages"].yesterday_text == "no"
    assert (made["sugar"].known_text, made["sugar"].yesterday_text) == (None, None)
    assert made["sleep.quality"].needs_answer


def test_an_open_window_says_since_when() -> None:
    assert asked(log(["eat open 12:00"], pen(EVENING)))["eating"].known_text == "open since 12:00"


def test_blocks_of_the_day_stand_beside_output() -> None:
    made = questions(
        BodyLog([]), TODAY, pen(EVENING), PLAN, {"output": "3 blocks, 2 h 40 min"}, ["fuse it"]
    )

    assert next(q for q in made if q.id == "output").context == "3 blocks, 2 h 40 min"
    assert [k.label for k in made[-1].keys] == ["fuse it"]


def test_one_key_is_a_rating_with_its_scale() -> None:
    entry = only(press("output", "4"))

    assert (entry.value, entry.scale, entry.scope) == (4, "output@1", Scope.DAY)
    assert entry.source.format == "checkin"


def test_an_energy_in_the_check_in_is_one_more_reading_of_now() -> None:
    entry = only(press("energy", "3", log(["energy 5 9:00"], pen(EVENING))))

    assert (entry.value, entry.at, entry.scope) == (3, EVENING, Scope.ONE)


def test_enter_skips_what_is_unknown_and_keeps_what_is_known() -> None:
    skipped = only(press("caffeine", ENTER))

    assert (skipped.state, skipped.scope) == (State.SKIPPED, Scope.DAY)
    assert press("caffeine", ENTER, log(["coffee"], pen(EVENING))) == ()
    assert press("plan", ENTER) == ()


def test_missing_no_and_skipped_stay_three_things() -> None:
    """The demand behind the whole log: they differ in what is stored and in what is known."""
    no = only(press("habit:meditate", "n"))
    skipped = only(press("habit:meditate", ENTER))
    variable = Variable(Kind.HABIT, "meditate")

    states = [BodyLog(e).value(TODAY, variable).state for e in ([no], [skipped], [])]
    assert states == [State.NO, State.SKIPPED, None]


def test_an_amount_in_the_check_in_replaces_what_was_counted_during_the_day() -> None:
    entries = log(["coffee 9:00", "coffee 14:10"], pen(local("2026-06-10 15:00")))
    entry = only(press("caffeine", "3", entries))
    value = BodyLog([*entries, entry]).value(TODAY, Variable(Kind.CAFFEINE))

    assert (value.value, value.last_at) == (3, local("2026-06-10 14:10"))


def test_hours_of_sleep_by_key_or_by_its_two_times() -> None:
    assert only(press("sleep", "7")).duration_s == 7 * 3600
    assert only(press("sleep", "10")).duration_s == 10 * 3600
    assert only(press("sleep", "7,5")).duration_s == 27000
    with pytest.raises(UsageError, match="no sleep at all"):
        press("sleep", "0")
    assert only(press("sleep", "23:40-7:05")).start == local("2026-06-09 23:40")


def test_the_quality_goes_to_the_night_that_is_known() -> None:
    entries = log(["sleep 23:40-7:05"], pen(EVENING))
    rated = only(press("sleep.quality", "4", entries))
    alone = only(press("sleep.quality", "4"))

    assert (rated.id, rated.quality, rated.scale) == (entries[0].id, 4, "sleep-quality@1")
    assert (alone.quality, alone.duration_s) == (4, None)
    assert press("sleep.quality", ENTER) == ()


def test_a_quality_without_a_length_survives_the_length_that_comes_later() -> None:
    first = only(press("sleep.quality", "4"))
    later = log(["sleep 7"], pen(local("2026-06-10 22:00"), prefix="later"))
    body = BodyLog([first, *later])

    assert body.value(TODAY, Variable(Kind.SLEEP)).value == 7
    assert body.value(TODAY, Variable(Kind.SLEEP, part="quality")).value == 4


def test_a_workout_is_typed_as_in_the_quick_log() -> None:
    entry = only(press("workout", "climbing 1h e7"))

    assert (entry.name, entry.duration_s, entry.effort) == ("climbing", 3600, 7)
    assert only(press("workout", "n")).state is State.NO


def test_a_window_can_be_closed_from_the_check_in() -> None:
    entries = log(["eat open 12:00"], pen(EVENING))
    closed = only(press("eating", "close 20:15", entries))

    assert (closed.id, closed.end) == (entries[0].id, local("2026-06-10 20:15"))


def test_habits_of_every_form_are_answered() -> None:
    assert only(press("habit:meditate", "y")).state is State.GIVEN
    dose = only(press("habit:vitamin-d", "2000"))
    assert (dose.value, dose.unit, dose.scope) == (2000, "IU", Scope.DAY)
    assert only(press("habit:pages", "7")).value == 7
    assert only(press("habit:pages", "0")).state is State.NO
    assert (only(press("habit:mood", "0")).value, only(press("habit:mood", "10")).value) == (0, 10)


def test_the_stop_doing_list_takes_yes_no_and_a_count() -> None:
    name = "stop:phone in bed"

    assert (only(press(name, "y")).value, only(press(name, "3")).value) == (1, 3)
    assert only(press(name, "n")).state is State.NO


def test_what_worked_is_one_line() -> None:
    entry = only(press("worked", "phone away, early start"))

    assert (entry.kind, entry.note) == (Kind.WORKED, "phone away, early start")


def test_tomorrows_first_block_is_one_key_or_a_line() -> None:
    made = questions(BodyLog([]), TODAY, pen(EVENING), PLAN, None, ["fuse it", "read"])

    assert answer(made[-1], "2", TODAY, pen(EVENING)) == Planned(day("2026-06-11"), "read")
    assert answer(made[-1], "write", TODAY, pen(EVENING)) == Planned(day("2026-06-11"), "write")


def test_answers_after_the_day_is_over_are_marked_late_and_have_no_instant() -> None:
    morning = pen(local("2026-06-11 08:00"))
    made = questions(BodyLog([]), TODAY, morning, PLAN)
    by_id = {q.id: q for q in made}
    entry = only(answer(by_id["energy"], "3", TODAY, morning))

    assert (entry.late, entry.at, entry.day) == (True, None, TODAY)


def test_a_late_answer_at_three_in_the_night_is_not_late() -> None:
    """The day lasts until four."""
    night = pen(local("2026-06-11 03:00"))
    by_id = {q.id: q for q in questions(BodyLog([]), TODAY, night, PLAN)}

    assert not only(answer(by_id["output"], "3", TODAY, night)).late


@pytest.mark.parametrize(("name", "text"), [("output", "9"), ("sugar", "7"), ("energy", "x")])
def test_a_key_that_is_no_answer_is_refused(name: str, text: str) -> None:
    with pytest.raises(UsageError):
        press(name, text)


def test_a_whole_evening_takes_a_dozen_keys() -> None:
    """The bar of the design: under thirty seconds, a dozen keys; a line of text counts as one."""
    plan = CheckinPlan(habits=HABITS[:2], stops=PLAN.stops, eating=True)
    entries = log(["yoga 30 e6", "coffee", "sleep 23:40-7:05 q4", "eat 12:00-20:00"], pen(EVENING))
    made = asked(entries, plan)

    assert len(made) == 13
    assert sum(q.needs_answer for q in made.values()) <= 8


@pytest.mark.parametrize(
    ("name", "text", "hours"),
    [
        ("sleep", "12-7am", 7), ("sleep", "10:30 to 6:45", 8.25), ("sleep", "11:30-7", 7.5),
        ("eating", "12:00-8:00", 8), ("eating", "9-6", 9),
    ],
)  # fmt: skip
def test_a_stretch_on_a_clock_of_twelve_hours_is_read_as_what_is_asked_for(
    name: str, text: str, hours: float
) -> None:
    entry = only(press(name, text))
    assert entry.start and entry.end
    assert (entry.end - entry.start).total_seconds() == hours * 3600
