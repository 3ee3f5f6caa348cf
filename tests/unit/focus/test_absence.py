"""A block while nobody looks: what is recorded, what is asked, and what is never counted twice."""

from __future__ import annotations

import errno
from datetime import timedelta

import pytest

from flowtui.core.errors import FlowError, LedgerError
from flowtui.core.focus.block import (
    AtPlan,
    Block,
    Cause,
    EndedBy,
    Evidence,
    Gap,
    Outcome,
    Plan,
    PlanKind,
    Source,
)
from flowtui.core.focus.commands import EventKind, Finish, Interrupt, Pause, Resume
from flowtui.core.focus.measure import measure
from flowtui.core.focus.recovery import Closing, Hole, Reading
from flowtui.core.focus.step import step
from flowtui.services.focus.absence import AbsenceError, Noticed
from flowtui.services.focus.running_block import Draft
from tests.user import Person

DAY_S = 86_400


def focus_min(person: Person) -> float:
    """Focus of the running block, in minutes."""
    block = person.open().store.need_running()
    return measure(block, person.clock.now()).focus_s / 60


def gaps(person: Person) -> list[tuple[float, float | None, Cause]]:
    """Gaps of the running block, in minutes after its start."""
    block = person.open().store.need_running()

    def minutes(gap: Gap) -> tuple[float, float | None, Cause]:
        start = (gap.start - block.started_at).total_seconds() / 60
        end = None if gap.end is None else (gap.end - block.started_at).total_seconds() / 60
        return start, end, gap.cause

    return [minutes(gap) for gap in block.gaps]


def test_an_app_that_looks_every_few_seconds_notes_sleep_once(person: Person) -> None:
    person.begin()
    app = person.open(attended=True)
    app.heart.beat(app.store.need_running().id)
    person.pass_min(10)
    assert app.focus.observe() is None

    person.clock.sleep(3600)
    person.clock.advance(5)
    noticed = app.focus.observe()

    assert noticed is not None and (noticed.slept_s, noticed.stepped_s) == (3600, 0)
    assert app.focus.observe() is None
    person.pass_min(10)
    assert app.focus.observe() is None
    assert focus_min(person) == pytest.approx(20, abs=0.1)


def test_sleep_in_a_pause_is_part_of_the_pause(person: Person) -> None:
    """And it is not found again, and put into time that was worked, at a later look."""
    person.begin(None)
    person.pass_min(10)
    focus = person.services.focus
    focus.observe()
    focus.apply(Pause())
    person.clock.sleep(3600)
    assert focus.observe() is None
    focus.apply(Resume())
    person.pass_min(10)

    assert focus.observe() is None
    assert gaps(person) == [(10, 70, Cause.PAUSE)]
    assert focus_min(person) == 20


def test_a_pause_right_after_waking_leaves_the_sleep_a_gap(person: Person) -> None:
    person.begin(None)
    app = person.open(attended=True)
    app.focus.observe()
    person.pass_min(10)
    app.focus.observe()
    person.clock.sleep(3600)
    person.clock.advance(2)
    app.focus.apply(Pause())
    person.clock.advance(3)

    assert app.focus.observe() is None  # the pause itself looked first
    assert [cause for _, _, cause in gaps(person)] == [Cause.SLEEP, Cause.PAUSE]
    assert focus_min(person) == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_set_by_a_day_moves_the_block_and_keeps_its_focus(
    person: Person, days: int
) -> None:
    person.begin()
    person.pass_min(20)
    person.services.focus.observe()
    person.clock.set_wall(person.clock.now() + timedelta(days=days))
    person.pass_min(5)

    noticed = person.services.focus.observe()

    assert noticed is not None and (noticed.slept_s, noticed.stepped_s) == (0, days * DAY_S)
    assert focus_min(person) == 25
    assert person.services.focus.observe() is None
    assert person.services.focus.finish().started_at == person.ago(25)


def test_a_clock_set_while_an_app_was_gone_leaves_the_absence_as_long_as_it_was(
    person: Person,
) -> None:
    person.begin(None)
    person.pass_min(20)
    person.look_after()
    person.pass_min(30)
    person.clock.set_wall(person.clock.now() - timedelta(days=1))

    found = person.services.focus.absence()

    assert found == Hole(person.ago(30), person.clock.now(), Cause.CRASH)
    assert person.services.focus.follow_clock() == 0
    block = person.services.focus.close_absence(Closing.CONTINUE)
    assert gaps(person) == [(20, 50, Cause.CRASH)]
    assert block.started_at == person.ago(50)


def test_a_clock_set_is_followed_once_even_by_another_process(person: Person) -> None:
    person.begin(None)
    person.look_after()
    person.clock.set_wall(person.clock.now() + timedelta(hours=3))
    person.pass_min(5)

    assert person.services.focus.follow_clock() == 3 * 3600
    assert person.open().focus.follow_clock() == 0
    assert focus_min(person) == 5


def test_what_was_noted_can_be_undone(person: Person) -> None:
    person.begin(None)
    person.services.focus.observe()
    person.clock.sleep(3600)
    person.services.focus.observe()

    [done] = person.services.history.undo()

    assert done.label == "note sleep of 3600 s"
    assert focus_min(person) == 60
    assert person.services.focus.observe() is None


def test_a_reboot_is_an_absence_of_a_block_left_to_run_alone(person: Person) -> None:
    """A night with the machine off is not fifteen hours of focus."""
    person.begin(None)
    person.pass_min(30)
    person.services.focus.observe()
    night = 15 * 3600
    person.clock.reboot(night)

    assert person.services.focus.observe() is None
    away = Hole(person.ago(night / 60), person.clock.now(), Cause.CLOSED)
    assert person.services.focus.absence() == away
    with pytest.raises(AbsenceError, match="what that time was is still to be said"):
        person.services.focus.finish()
    with pytest.raises(AbsenceError):
        person.services.focus.apply(Pause())
    with pytest.raises(AbsenceError):
        person.services.focus.start(Draft("another"), switch=True)
    person.services.focus.close_absence(Closing.CONTINUE)
    assert measure(person.services.focus.finish(), person.clock.now()).focus_s == 30 * 60


def test_leaving_the_app_is_an_absence_that_a_plan_outlasts(person: Person) -> None:
    """Who leaves with q meant the block to go on; what that time was is asked all the same."""
    block = person.begin(50)
    app = person.open(attended=True)
    app.heart.beat(block.id)
    person.pass_min(10)
    app.heart.goodbye(leave_running=True)
    person.pass_min(45)

    agent = person.open()
    assert agent.focus.observe() is None
    assert agent.focus.reach() is not None  # its bell rings
    assert agent.focus.absence() == Hole(person.ago(45), person.clock.now(), Cause.CLOSED)
    with pytest.raises(AbsenceError):
        agent.focus.finish()
    assert agent.focus.close_absence(Closing.COUNT).gaps[0].focus
    assert measure(agent.focus.finish(), person.clock.now()).focus_s == 55 * 60


@pytest.mark.parametrize("who", ["app", "another app", "agent", "agent of a live app", "shell"])
def test_a_plan_that_ends_its_block_never_ends_it_in_a_sleep(person: Person, who: str) -> None:
    plan = Plan(PlanKind.FIXED, 3000, at_plan=AtPlan.END)
    block = person.services.focus.start(Draft("x", plan=plan))
    app = person.open(attended=True)
    if who != "shell":
        app.heart.beat(block.id)
    person.pass_min(20)
    if who != "shell":
        app.focus.observe()
    person.clock.sleep(7200)
    person.clock.advance(1)
    conductor = {"app": app, "another app": person.open(attended=True)}.get(who) or person.open()

    for _ in range(3):
        assert conductor.focus.reach() is None
    assert focus_min(person) == pytest.approx(20, abs=0.1)
    app.focus.observe()
    person.pass_min(30)
    ended = conductor.focus.reach()
    assert ended is not None and ended.ended_by is EndedBy.PLAN
    assert measure(ended, person.clock.now()).focus_s == 3000
    assert [gap.cause for gap in ended.gaps] == [Cause.SLEEP]


def test_a_sleep_that_two_processes_see_is_one_gap(person: Person) -> None:
    block = person.begin(None)
    app = person.open(attended=True)
    app.heart.beat(block.id)
    person.pass_min(20)
    app.focus.observe()
    person.clock.sleep(3600)
    person.clock.advance(2)
    assert person.open().focus.observe() is not None
    person.clock.advance(2)
    assert app.focus.observe() is None
    assert [cause for _, _, cause in gaps(person)] == [Cause.SLEEP]


def test_nothing_is_announced_of_a_block_whose_absence_is_open(person: Person) -> None:
    block = person.services.focus.start(
        Draft("x", plan=Plan(PlanKind.FIXED, 3000, at_plan=AtPlan.END))
    )
    person.look_after()
    person.pass_min(180)

    assert person.services.focus.waits(block)
    assert person.services.focus.reach() is None
    person.services.focus.close_absence(Closing.CONTINUE)
    assert person.services.focus.reach() is None
    person.pass_min(50)
    assert person.services.focus.reach() is not None


@pytest.fixture
def no_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """The heartbeat can be read but not written: a full disk, a read-only folder."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("flowtui.system.heartbeat.write_atomic", refuse)


def test_a_command_that_cannot_mark_what_it_saw_records_nothing(
    person: Person, request: pytest.FixtureRequest
) -> None:
    """The next command would see the same hour of sleep, and the next."""
    person.begin(None)
    person.services.focus.observe()
    person.clock.sleep(3600)
    request.getfixturevalue("no_beat")

    assert person.services.focus.observe() is None
    assert person.open().focus.observe() is None
    assert gaps(person) == []


def test_an_app_remembers_a_look_that_it_cannot_write_down(
    person: Person, request: pytest.FixtureRequest
) -> None:
    person.begin(None)
    app = person.open(attended=True)
    app.heart.beat(app.store.need_running().id)
    request.getfixturevalue("no_beat")
    person.clock.sleep(3600)

    assert app.focus.observe() is not None
    person.pass_min(10)
    assert app.focus.observe() is None
    assert focus_min(person) == 10


def test_a_look_that_the_ledger_refuses_is_made_again(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.begin(None)
    person.services.focus.observe()
    person.clock.sleep(3600)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("flowtui.ledger.journal.sync_data", full)
        with pytest.raises(LedgerError, match="No space left"):
            person.services.focus.observe()

    assert person.services.focus.observe() is not None
    assert focus_min(person) == 0


def test_a_block_that_another_process_ends_meanwhile_is_left_alone(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = person.begin(None)
    app = person.open(attended=True)
    app.heart.beat(first.id)
    person.pass_min(10)
    person.clock.set_wall(person.clock.now() + timedelta(hours=3))
    unseen = app.focus.unseen

    def look_while_another_ends(block: Block, now: Reading) -> bool:
        """Ends it in the ledger alone: whoever does it by way of the services looks first."""
        with person.open().store.change("end block") as writer:
            writer.put(step(block, Finish(), block.started_at)[0])
        return unseen(block, now)

    monkeypatch.setattr(app.focus, "unseen", look_while_another_ends)

    assert app.focus.observe() is None
    assert person.block(first.id).started_at == first.started_at
    assert person.open().store.running() is None


def test_an_app_that_is_gone_leaves_an_absence_from_its_last_beat(person: Person) -> None:
    person.begin()
    person.pass_min(10)
    person.look_after()
    person.pass_min(25)

    focus = person.services.focus
    assert focus.absence() == Hole(person.ago(25), person.clock.now(), Cause.CRASH)
    person.look_after(orderly=True)
    person.pass_min(2)
    assert focus.absence() == Hole(person.ago(2), person.clock.now(), Cause.CLOSED)


def test_there_is_no_absence_while_an_app_lives_or_none_was_meant_to(person: Person) -> None:
    block = person.begin()
    person.pass_min(30)
    assert person.services.focus.absence() is None  # started to run alone

    app = person.open(attended=True)
    app.heart.beat(block.id)
    person.pass_min(30)
    assert person.services.focus.absence() is None  # this process beat: it is alive
    with pytest.raises(FlowError, match="no absence to recover from"):
        person.services.focus.close_absence(Closing.CONTINUE)


@pytest.mark.parametrize(
    ("closing", "ended_min", "focus"),
    [
        (Closing.CONTINUE, None, 10),
        (Closing.COUNT, None, 70),
        (Closing.HEARTBEAT, 10, 10),
        (Closing.PLAN, 50, 50),
        (Closing.ALL, 70, 70),
    ],
)
def test_each_closing_gives_what_it_says(
    person: Person, closing: Closing, ended_min: int | None, focus: int
) -> None:
    start = person.begin().started_at
    person.pass_min(10)
    person.look_after()
    person.pass_min(60)

    block = person.services.focus.close_absence(closing, Outcome.PARTLY, 3, "power cut")

    end = None if ended_min is None else start + timedelta(minutes=ended_min)
    assert block == person.block(block.id)
    assert block.ended_at == end
    assert measure(block, person.clock.now()).focus_s == focus * 60
    if end is None:
        assert (block.outcome, block.rating, block.note) == (None, None, "")
        assert person.services.focus.current() == block
    else:
        assert (block.outcome, block.rating, block.note) == (Outcome.PARTLY, 3, "power cut")
        assert block.ended_by is EndedBy.RECOVERY
        assert person.services.focus.current() is None
    assert person.services.focus.absence() is None


def test_time_away_that_was_counted_is_on_record_and_can_be_taken_back(person: Person) -> None:
    person.begin()
    person.pass_min(10)
    person.look_after()
    person.pass_min(60)

    block = person.services.focus.close_absence(Closing.COUNT)

    assert [(g.cause, g.focus) for g in block.gaps] == [(Cause.CRASH, True)]
    assert measure(block, person.clock.now()).focus_s == 70 * 60
    [undone] = person.services.history.undo()
    assert undone.label == "recover block (count)"
    assert person.block(block.id).gaps == ()


def test_an_end_at_the_plan_needs_a_plan_that_was_reached(person: Person) -> None:
    person.begin(90)
    person.look_after()
    person.pass_min(60)
    before = person.ledger_bytes()

    with pytest.raises(FlowError, match="did not reach its plan"):
        person.services.focus.close_absence(Closing.PLAN)
    assert person.ledger_bytes() == before
    assert person.services.focus.absence() is not None


def test_a_closing_that_ends_the_block_collects_what_it_produced(person: Person) -> None:
    person.begin()
    person.pass_min(10)
    person.look_after()
    person.pass_min(60)
    asked = []

    def collect(block: Block, until: object) -> Evidence:
        asked.append((block.id, until))
        return Evidence(commits=2)

    block = person.services.focus.close_absence(Closing.HEARTBEAT, collect=collect)

    assert asked == [(block.id, block.ended_at)]
    assert block.evidence == Evidence(commits=2)


def test_somebody_who_was_back_earlier_ends_the_gap_there(person: Person) -> None:
    person.begin(None)
    person.look_after()
    person.pass_min(60)

    person.services.focus.close_absence(Closing.CONTINUE, until=person.ago(15))

    assert gaps(person) == [(0, 45, Cause.CRASH)]


def test_a_closing_can_be_undone(person: Person) -> None:
    block = person.begin()
    person.pass_min(10)
    person.look_after()
    person.pass_min(60)
    person.services.focus.close_absence(Closing.HEARTBEAT)

    [done] = person.services.history.undo()

    assert done.label == "recover block (heartbeat)"
    assert person.services.focus.current() == block


def test_listeners_hear_of_what_befell_the_block(person: Person) -> None:
    person.begin(None)
    person.services.focus.observe()
    person.clock.sleep(600)
    person.clock.set_wall(person.clock.now() + timedelta(days=1))
    person.services.focus.observe()
    person.look_after()
    person.pass_min(5)
    person.services.focus.close_absence(Closing.ALL)

    assert [e.kind for e in person.events] == [
        EventKind.STARTED,
        EventKind.SHIFTED,
        EventKind.LOST,
        EventKind.FINISHED,
    ]
    assert person.events[-1].block == person.block(person.events[0].block.id)


def test_a_command_after_a_crash_in_a_pause_looks_after_the_block_from_then_on(
    person: Person,
) -> None:
    """Whoever resumes by a command is there: the time after it is no absence."""
    person.begin(None)
    person.pass_min(10)
    person.services.focus.apply(Pause())
    person.look_after()
    person.pass_min(60)
    focus = person.open().focus
    assert focus.absence() is None
    assert focus.observe() is None
    focus.apply(Resume())
    person.pass_min(30)

    assert person.open().focus.absence() is None
    assert focus_min(person) == 40


def test_a_command_leaves_the_witness_of_a_crash_until_it_is_dealt_with(person: Person) -> None:
    person.begin(None)
    person.look_after()
    person.pass_min(60)
    focus = person.open().focus

    assert focus.observe() is None
    focus.apply(Interrupt(Source.INTERNAL))

    assert focus.absence() == Hole(person.ago(60), person.clock.now(), Cause.CRASH)


def test_a_plan_until_a_time_moves_with_a_clock_that_was_wrong_by_a_day(person: Person) -> None:
    until = person.clock.now() + timedelta(minutes=40)
    person.services.focus.start(Draft(plan=Plan(PlanKind.UNTIL, until=until)))
    person.services.focus.observe()
    person.pass_min(10)
    person.clock.set_wall(person.clock.now() + timedelta(days=1))

    noticed = person.services.focus.observe()

    assert isinstance(noticed, Noticed)
    seen = measure(noticed.block, person.clock.now())
    assert (seen.planned_s, seen.remaining_s, seen.overtime_s) == (2400, 1800, 0)


@pytest.mark.parametrize("how", ["end", "switch", "discard", "close", "plan"])
def test_an_undone_end_leaves_open_what_the_time_since_was(person: Person, how: str) -> None:
    """It is a gap unless somebody says that it was focus; and redo still ends the block."""
    plan = Plan(PlanKind.FIXED, 1800, at_plan=AtPlan.END)
    block = person.services.focus.start(Draft("x", plan=plan))
    focus = person.services.focus
    if how == "close":
        person.pass_min(10)
        person.look_after()
        person.pass_min(20)
        focus.close_absence(Closing.CONTINUE)
    else:
        person.pass_min(30 if how == "plan" else 20)
    end = {
        "end": focus.finish,
        "switch": lambda: focus.start(Draft("y"), switch=True),
        "discard": focus.cancel_start,
        "close": lambda: None,
        "plan": focus.reach,
    }[how]
    since = person.ago(20) if how == "close" else person.clock.now()
    end()
    person.pass_min(40)

    person.services.history.undo()

    assert focus.absence() is not None
    found = focus.absence()
    assert found is not None and (found.start, found.cause) == (since, Cause.AWAY)
    assert focus.reach() is None
    with pytest.raises(AbsenceError):
        focus.finish()
    if how == "end":
        person.services.history.redo()
        assert person.services.focus.current() is None
        person.services.history.undo()
    went_on = focus.close_absence(Closing.CONTINUE)
    assert went_on.id == block.id
    worked = int((since - block.started_at).total_seconds())
    assert measure(went_on, person.clock.now()).focus_s == worked


def test_an_end_taken_back_at_once_is_no_absence(person: Person) -> None:
    person.begin(None)
    person.pass_min(20)
    person.services.focus.finish()
    person.clock.advance(20)
    person.services.history.undo()

    assert person.services.focus.absence() is None
    assert person.services.focus.finish() is not None
