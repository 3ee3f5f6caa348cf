"""The check-in: what is asked, what is known, what one key means, and that it is one command."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.errors import UsageError
from flowtui.services.body.checkin_session import CheckinSession
from flowtui.services.body.checkin_sheet import Asked, Sheet
from flowtui.services.focus.block_forms import offer
from flowtui.services.wiring import Services
from tests.user import NOON, Person

TODAY, YESTERDAY = NOON.date(), NOON.date() - timedelta(days=1)


def begun(services: Services) -> CheckinSession:
    return CheckinSession(services.body.checkins, services.body.log, TODAY)


def asked(sheet: Sheet, id: str) -> Asked:
    return next(a for a in sheet.asked if a.question.id == id)


def of(person: Person, kind: Kind) -> list[Entry]:
    return [e for e in person.open().body.log.store.every() if e.kind is kind]


def test_known_answers_are_filled_in_and_yesterdays_stand_beside(person: Person) -> None:
    log = person.services.body.log
    log.write("eat 8:00-11:00, yoga 30 e6")
    log.write("output 4 yesterday, worked phone away yesterday")
    person.past(120, 45)
    person.past(60, 45)

    sheet = person.services.body.checkins.sheet()

    assert not asked(sheet, "eating").question.needs_answer
    assert asked(sheet, "workout").question.known_text == "30 min"
    assert asked(sheet, "output").question.context == "2 blocks, 1 h 30"
    assert asked(sheet, "output").yesterday == "4 most of it"
    assert asked(sheet, "worked").yesterday == "phone away"
    assert asked(sheet, "energy").question.needs_answer


def test_the_order_and_what_is_hidden_are_the_persons(person: Person) -> None:
    person.configure(
        '[body]\nstops = ["phone in bed"]\norder = ["sleep", "stop"]\nhidden = ["sugar", "plan"]\n'
    )

    ids = [a.question.id for a in person.services.body.checkins.sheet().asked]

    assert ids[:2] == ["sleep", "stop:phone-in-bed"]
    assert "sugar" not in ids and "plan" not in ids and "eating" not in ids


def test_an_order_that_names_what_is_gone_is_no_obstacle(person: Person) -> None:
    person.configure('[body]\norder = ["habit:gone", "output"]\n')

    assert person.services.body.checkins.sheet().asked[0].question.id == "output"


def test_a_whole_check_in_is_one_command(person: Person) -> None:
    checkins = person.services.body.checkins

    kept = checkins.keep(
        None,
        {
            "energy": "4",
            "output": "3",
            "sleep": "7.5",
            "sleep.quality": "4",
            "workout": "yoga 30 e6",
            "caffeine": "2",
            "sugar": "0",
            "worked": "phone in the other room",
            "plan": "fuse the kernel",
        },
    )

    assert kept.answered == 9
    assert [(e.value, e.at) for e in of(person, Kind.ENERGY)] == [(4.0, NOON)]
    (sleep,) = of(person, Kind.SLEEP)
    assert (sleep.duration_s, sleep.quality) == (27000, 4)
    assert [e.state for e in of(person, Kind.SUGAR)] == [State.NO]
    assert checkins.first_block(TODAY + timedelta(days=1)) == "fuse the kernel"
    assert all(e.source.format == "checkin" for e in kept.entries)
    person.services.history.undo()
    assert person.open().body.log.store.every() == []
    assert checkins.first_block(TODAY + timedelta(days=1)) is None


def test_one_wrong_answer_and_nothing_is_kept(person: Person) -> None:
    person.services.body.log.write("coffee")
    before = person.ledger_bytes()

    for wrong in ({"energy": "6"}, {"sleep.quality": "9"}, {"sleep": "30h"}, {"sugar": "4"}):
        with pytest.raises(UsageError, match=next(iter(wrong))):
            person.services.body.checkins.keep(None, {"output": "3", **wrong})

    assert person.ledger_bytes() == before


def test_enter_passes_over_what_is_unknown_and_keeps_what_is_known(person: Person) -> None:
    person.services.body.log.write("coffee")

    kept = person.services.body.checkins.keep(None, {"caffeine": "", "energy": "", "worked": ""})

    assert [(e.kind, e.state) for e in kept.entries] == [
        (Kind.ENERGY, State.SKIPPED),
        (Kind.WORKED, State.SKIPPED),
    ]


def test_answers_about_a_day_that_is_over_are_late(person: Person) -> None:
    kept = person.services.body.checkins.keep(YESTERDAY, {"output": "3", "energy": "2"})

    assert [(e.day, e.late) for e in kept.entries] == [(YESTERDAY, True)] * 2
    assert person.services.body.checkins.sheet(YESTERDAY).late
    with pytest.raises(UsageError, match="has not begun"):
        person.services.body.checkins.sheet(TODAY + timedelta(days=1))


def test_one_key_repeats_a_workout_a_window_and_what_worked(person: Person) -> None:
    log = person.services.body.log
    log.write("yoga 45m e5.5 yesterday, eat 10:00-18:00 yesterday")
    log.write("worked walked first yesterday")
    sheet = person.services.body.checkins.sheet()

    assert [o.label for o in asked(sheet, "workout").offers] == ["yoga 45m e5.5"]
    assert [o.label for o in asked(sheet, "eating").offers] == ["10:00-18:00"]
    kept = person.services.body.checkins.keep(None, {"workout": "1", "worked": "1"})
    assert [(e.duration_s, e.effort, e.note) for e in kept.entries] == [
        (2700, 5.5, None),
        (None, None, "walked first"),
    ]


def test_an_open_window_is_closed_and_a_closed_one_corrected(person: Person) -> None:
    person.services.body.log.write("eat open 9:00")
    checkins = person.services.body.checkins

    assert [o.key for o in asked(checkins.sheet(), "eating").offers] == ["c"]
    checkins.keep(None, {"eating": "c"})
    assert [e.end for e in of(person, Kind.EATING)] == [NOON]
    checkins.keep(None, {"eating": "9:30-11:30"})
    (window,) = of(person, Kind.EATING)
    assert window.start == NOON.replace(hour=9, minute=30)


def test_a_windows_answer_may_not_share_time_with_another(person: Person) -> None:
    person.services.body.log.write("eat 8:00-9:00, eat 10:00-11:00")

    with pytest.raises(UsageError, match="shares time"):
        person.services.body.checkins.keep(None, {"eating": "8:30-10:30"})


def test_trying_an_answer_out_writes_nothing(person: Person) -> None:
    sheet = person.services.body.checkins.sheet()

    sheet.tried(asked(sheet, "sleep"), "23:40-7:05 q4")
    with pytest.raises(UsageError):
        sheet.tried(asked(sheet, "sleep"), "23:40-25:05")
    assert person.ledger_bytes() == {}


def test_questions_are_found_by_the_words_people_use(person: Person) -> None:
    person.configure('[body]\nhidden = ["sugar"]\n[body.habits]\nmeditate = "yes_no"\n')
    checkins = person.services.body.checkins

    assert checkins.question_named("quality") == "sleep.quality"
    assert checkins.question_named("meditate") == "habit:meditate"
    # what is hidden can still be answered by its name
    assert checkins.keep(None, {checkins.question_named("sugar"): "1"}).answered == 1
    with pytest.raises(UsageError, match="no question 'enrgy'") as refused:
        checkins.question_named("enrgy")
    assert "did you mean 'energy'" in (refused.value.hint or "")


def test_the_planned_block_is_offered_on_its_day_until_a_block_was_started(
    person: Person,
) -> None:
    person.services.body.checkins.keep(YESTERDAY, {"plan": "fuse the kernel"})

    assert offer(person.services).intention == "fuse the kernel"
    person.past(60, 30)
    assert offer(person.services).intention == ""
    assert person.services.body.checkins.first_block(date(2026, 3, 9)) is None


def test_each_answer_is_on_disk_as_it_is_given_and_all_are_one_undo(person: Person) -> None:
    person.services.body.log.write("coffee")
    session = begun(person.services)
    for name, text in (("energy", "4"), ("sleep", "7.5"), ("sleep.quality", "3"), ("plan", "x")):
        session.give(name, text)
        assert len(person.open().body.log.store.every()) >= 2

    kept = session.leave()
    assert (kept.answered, kept.first_block) == (4, "x")
    (sleep,) = of(person, Kind.SLEEP)
    assert (sleep.duration_s, sleep.quality) == (27000, 3)
    (done,) = person.services.history.undo()
    assert done.label == f"check-in of {TODAY}"
    assert [e.kind for e in person.open().body.log.store.every()] == [Kind.CAFFEINE]
    assert person.open().body.checkins.first_block(TODAY + timedelta(days=1)) is None
    person.services.history.redo()
    (sleep,) = of(person, Kind.SLEEP)
    assert (sleep.duration_s, sleep.quality) == (27000, 3)


def test_a_check_in_that_broke_off_is_one_command_with_the_one_that_goes_on(
    person: Person,
) -> None:
    begun(person.services).give("energy", "4")
    again = person.open()
    sheet = again.body.checkins.sheet()
    assert not asked(sheet, "energy").question.needs_answer
    session = begun(again)
    session.give("output", "2")
    session.leave()
    later = begun(person.open())
    later.give("sugar", "1")
    later.leave()

    history = person.open().history
    history.undo()
    assert {e.kind for e in person.open().body.log.store.every()} == {Kind.ENERGY, Kind.OUTPUT}
    history.undo()
    assert person.open().body.log.store.every() == []


def test_an_answer_given_anew_replaces_the_first_and_keeps_what_stands_on_it(
    person: Person,
) -> None:
    person.services.body.log.write("eat open 9:00")
    session = begun(person.services)
    for name, text in (
        ("energy", "4"),
        ("sleep", "7"),
        ("sleep.quality", "5"),
        ("eating", "close"),
        ("plan", "one"),
        ("energy", "2"),
        ("sleep", "8"),
        ("eating", "9:30-11:30"),
        ("plan", "two"),
    ):
        session.give(name, text)

    assert [e.value for e in of(person, Kind.ENERGY)] == [2]
    (sleep,) = of(person, Kind.SLEEP)
    assert (sleep.duration_s, sleep.quality) == (8 * 3600, 5)
    (window,) = of(person, Kind.EATING)
    assert window.end == NOON.replace(hour=11, minute=30)
    assert person.open().body.checkins.first_block(TODAY + timedelta(days=1)) == "two"
    with pytest.raises(UsageError):
        session.give("output", "9")
    assert len(of(person, Kind.ENERGY)) == 1 and of(person, Kind.OUTPUT) == []
