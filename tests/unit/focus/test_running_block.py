"""The running block by its service: one change in the ledger each, or none at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError, LedgerError, UsageError
from flowtui.core.focus.block import (
    AtPlan,
    Cause,
    EndedBy,
    Evidence,
    Outcome,
    Plan,
    PlanKind,
    Source,
    State,
)
from flowtui.core.focus.commands import (
    EventKind,
    Extend,
    Interrupt,
    Judge,
    Park,
    Pause,
    Resume,
    Return,
)
from flowtui.core.focus.measure import measure
from flowtui.services.focus.running_block import Draft
from tests.user import Person

ENDS = Plan(PlanKind.FIXED, 3000, at_plan=AtPlan.END)


def kinds(person: Person) -> list[EventKind]:
    return [event.kind for event in person.events]


def test_a_started_block_is_what_every_process_finds_running(person: Person) -> None:
    draft = Draft("fuse", "if x, then y", ("cuda", "cuda"), "own", None, ENDS, "/src")

    block = person.services.focus.start(draft)

    assert person.open().focus.current() == block
    assert (block.intention, block.then, block.tags) == ("fuse", "if x, then y", ("cuda",))
    assert (block.context, block.plan, block.folder) == ("own", ENDS, "/src")
    assert (block.started_at, block.zone) == (person.clock.now(), "UTC")


def test_a_second_start_names_the_running_block_and_writes_nothing(person: Person) -> None:
    block = person.begin()
    before = person.ledger_bytes()

    with pytest.raises(FlowError, match=f"block {block.id} runs already: fuse the kernel") as told:
        person.open().focus.start(Draft("another"))

    assert told.value.hint == "end it (flowtui stop), or switch: flowtui start --switch"
    assert person.ledger_bytes() == before


def test_a_switch_ends_one_block_and_starts_the_next_in_one_change(person: Person) -> None:
    first = person.begin()
    person.pass_min(20)

    second = person.services.focus.start(Draft("another"), switch=True)

    ended = person.block(first.id)
    assert (ended.ended_at, ended.ended_by) == (second.started_at, EndedBy.SWITCH)
    person.services.history.undo()
    assert person.open().focus.current() == first
    assert kinds(person) == [EventKind.STARTED, EventKind.FINISHED, EventKind.STARTED]


def test_a_start_in_the_past_counts_from_then(person: Person) -> None:
    block = person.services.focus.start(Draft(), person.ago(20))

    assert measure(block, person.clock.now()).focus_s == 1200


def test_a_start_in_the_past_over_another_block_is_refused(person: Person) -> None:
    past = person.past(60, 45)
    before = person.ledger_bytes()

    with pytest.raises(FlowError, match=f"shares time with block {past.id}"):
        person.services.focus.start(Draft(), person.ago(20))
    assert person.ledger_bytes() == before
    person.services.focus.start(Draft(), person.ago(15))


def test_a_start_more_than_a_day_ago_could_never_be_ended(person: Person) -> None:
    with pytest.raises(FlowError, match="longer than 24 hours by now") as told:
        person.services.focus.start(Draft(), person.ago(24 * 60 + 1))

    assert told.value.hint is not None and "flowtui add" in told.value.hint
    assert person.ledger_bytes() == {}
    person.services.focus.start(Draft(), person.ago(24 * 60))


@pytest.mark.parametrize(
    "plan",
    [
        Plan(PlanKind.FIXED, 59),
        Plan(PlanKind.FIXED, 86_401),
        Plan(PlanKind.UNTIL, until=datetime(2026, 3, 4, 11, 0, tzinfo=UTC)),
        Plan(PlanKind.UNTIL, until=None),
    ],
)
def test_a_plan_that_cannot_be_meant_starts_nothing(person: Person, plan: Plan) -> None:
    with pytest.raises(UsageError):
        person.services.focus.start(Draft(plan=plan))

    assert person.ledger_bytes() == {}
    assert person.services.focus.current() is None


def test_nothing_is_done_in_the_future(person: Person) -> None:
    soon = person.clock.now() + timedelta(seconds=1)
    focus = person.services.focus
    with pytest.raises(FlowError, match="is in the future"):
        focus.start(Draft(), soon)
    person.begin()
    calls: list[Callable[[], object]] = [
        lambda: focus.apply(Pause(), soon),
        lambda: focus.finish(soon),
    ]
    for call in calls:
        with pytest.raises(FlowError, match="2026-03-04 12:00 is in the future"):
            call()


def test_a_life_of_commands_is_in_the_ledger_after_each(person: Person) -> None:
    focus = person.services.focus
    block = person.begin()
    for command in (
        Interrupt(Source.EXTERNAL, "phone"),
        Return(),
        Park("try bf16"),
        Extend(600),
        Pause("write the test"),
        Resume(),
    ):
        person.pass_min(5)
        block = focus.apply(command)
        assert person.block(block.id) == block
    person.pass_min(5)

    ended = focus.finish(None, Outcome.DONE, 4, "good", Evidence(commits=1))

    assert person.block(block.id) == ended
    assert measure(ended, person.clock.now()).focus_s == 30 * 60
    assert (ended.outcome, ended.rating, ended.note) == (Outcome.DONE, 4, "good")
    assert person.open().focus.current() is None
    assert kinds(person) == [
        EventKind.STARTED,
        EventKind.INTERRUPTED,
        EventKind.RETURNED,
        EventKind.PARKED,
        EventKind.EXTENDED,
        EventKind.PAUSED,
        EventKind.RESUMED,
        EventKind.FINISHED,
    ]
    assert person.events[-1].block == ended


def test_a_command_given_late_takes_the_instant_it_is_told(person: Person) -> None:
    person.begin()
    person.pass_min(30)

    block = person.services.focus.apply(Pause(), person.ago(12))

    assert measure(block, person.clock.now()).focus_s == 18 * 60
    with pytest.raises(FlowError, match="is before what block"):
        person.services.focus.apply(Resume(), person.ago(13))


def test_a_refused_command_tells_nobody_and_writes_nothing(person: Person) -> None:
    person.begin()
    before, heard = person.ledger_bytes(), kinds(person)

    for command in (Resume(), Return(), Park(" "), Extend(-3600), Judge(rating=7)):
        with pytest.raises(FlowError):
            person.services.focus.apply(command)
    with pytest.raises(UsageError):
        person.services.focus.finish(rating=0)

    assert person.ledger_bytes() == before
    assert kinds(person) == heard
    assert person.open().focus.current() is not None


def test_a_command_without_a_block_says_how_to_start_one(person: Person) -> None:
    focus = person.services.focus
    calls: list[Callable[[], object]] = [
        lambda: focus.apply(Pause()),
        lambda: focus.finish(),
        lambda: focus.cancel_start(),
    ]
    for call in calls:
        with pytest.raises(FlowError, match="no block is running") as told:
            call()
        assert told.value.hint == "start one: flowtui start"
    assert person.ledger_bytes() == {}


def test_a_listener_hears_after_the_change_is_on_disk_and_only_while_it_listens(
    person: Person,
) -> None:
    seen: list[State] = []

    def look(_: object) -> None:
        block = person.open().store.need_running()
        seen.append(measure(block, person.clock.now()).state)

    forget = person.services.focus.subscribe(look)
    person.begin()
    person.services.focus.apply(Pause())
    forget()
    person.services.focus.apply(Resume())

    assert seen == [State.RUNNING, State.PAUSED]


def test_a_disk_that_fails_changes_nothing_and_tells_nobody(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.begin()
    before, heard = person.ledger_bytes(), kinds(person)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flowtui.ledger.journal.sync_data", fail)
    with pytest.raises(LedgerError, match="nothing was changed"):
        person.services.focus.apply(Pause())

    assert person.ledger_bytes() == before
    assert kinds(person) == heard


def test_a_state_folder_that_cannot_be_written_stops_no_block(person: Person) -> None:
    """Heartbeat and status are best effort; the ledger is what counts."""
    person.services.paths.state_dir.parent.mkdir(parents=True)
    person.services.paths.state_dir.write_text("a file, not a folder")

    block = person.begin()
    person.services.focus.apply(Pause())
    person.services.focus.apply(Resume())
    person.services.focus.observe()

    assert person.services.focus.finish().id == block.id


def test_an_ended_block_can_be_judged_later(person: Person) -> None:
    block = person.begin()
    person.services.focus.finish()
    person.pass_min(90)

    judged = person.services.focus.judge(block.id, Judge(Outcome.NOT, 2, "tired"))

    assert person.block(block.id) == judged
    assert (judged.outcome, judged.rating, judged.note) == (Outcome.NOT, 2, "tired")
    assert kinds(person)[-1] is EventKind.JUDGED


def test_a_discarded_block_never_was_and_undo_brings_it_back(person: Person) -> None:
    block = person.begin()

    person.services.focus.cancel_start()

    with pytest.raises(FlowError, match="unknown block"):
        person.block(block.id)
    person.services.history.undo()
    assert person.open().focus.current() == block


def test_a_start_that_is_discarded_gives_back_the_break_that_was_on(person: Person) -> None:
    chosen = person.services.breaks.start(600)
    person.pass_min(1)
    person.begin()
    person.pass_min(2)

    person.open().focus.cancel_start()

    assert person.open().breaks.current() == chosen
    person.services.history.undo()
    assert person.open().focus.current() is not None
    person.services.focus.cancel_start()
    assert person.open().breaks.current() == chosen


def test_a_discarded_block_gives_back_no_break_of_another(person: Person) -> None:
    person.services.breaks.start(600)
    person.begin()
    person.pass_min(1)
    person.services.focus.finish()
    person.begin()
    person.services.focus.cancel_start()
    assert person.services.breaks.current() is None


def test_the_end_of_a_plan_is_announced_once_whoever_asks(person: Person) -> None:
    block = person.begin(50)
    assert person.services.focus.reach() is None
    person.pass_min(51)

    assert person.services.focus.reach() == block
    assert person.services.focus.reach() is None
    assert person.open().focus.reach() is None
    assert kinds(person) == [EventKind.STARTED, EventKind.PLAN_REACHED]


def test_an_announcement_is_nothing_that_undo_takes_back(person: Person) -> None:
    person.begin(50)
    person.pass_min(51)
    person.services.focus.reach()

    [done] = person.services.history.undo()

    assert done.label == "start block"
    assert person.services.focus.current() is None


def test_a_plan_that_was_extended_is_announced_again(person: Person) -> None:
    person.begin(50)
    person.pass_min(51)
    person.services.focus.reach()
    person.services.focus.apply(Extend(600))
    assert person.services.focus.reach() is None
    person.pass_min(11)

    assert person.services.focus.reach() is not None


def test_a_block_that_ends_at_its_plan_ends_there_however_late_that_is_seen(
    person: Person,
) -> None:
    start = person.services.focus.start(Draft(plan=ENDS)).started_at
    person.pass_min(77)

    ended = person.services.focus.reach()

    assert ended is not None
    assert (ended.ended_at, ended.ended_by) == (start + timedelta(minutes=50), EndedBy.PLAN)
    assert person.services.focus.current() is None
    assert person.services.heart.last() is None
    assert kinds(person) == [EventKind.STARTED, EventKind.PLAN_REACHED, EventKind.FINISHED]


def test_a_block_taken_back_from_its_end_at_the_plan_is_not_ended_again(person: Person) -> None:
    person.services.focus.start(Draft(plan=ENDS))
    person.pass_min(55)
    person.services.focus.reach()

    [done] = person.services.history.undo()

    assert done.label == "end block"
    assert person.services.focus.reach() is None
    running = person.services.focus.current()
    assert running is not None
    assert measure(running, person.clock.now()).state is State.OVERTIME


def test_a_process_that_dies_between_end_and_announcement_leaves_an_ended_block(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other order would leave a block that is announced and never ends."""
    person.services.focus.start(Draft(plan=ENDS))
    person.pass_min(55)
    writes = []
    change = person.services.store.change

    def one_write_only(label: str, background: bool = False) -> object:
        writes.append(label)
        if len(writes) > 1:
            raise KeyboardInterrupt
        return change(label, background)

    monkeypatch.setattr(person.services.store, "change", one_write_only)
    with pytest.raises(KeyboardInterrupt):
        person.services.focus.reach()

    assert person.open().focus.current() is None


def test_a_block_until_a_time_is_reached_although_it_is_paused(person: Person) -> None:
    until = person.clock.now() + timedelta(minutes=30)
    person.services.focus.start(Draft(plan=Plan(PlanKind.UNTIL, until=until, at_plan=AtPlan.END)))
    person.pass_min(10)
    person.services.focus.apply(Pause())
    person.pass_min(40)

    ended = person.services.focus.reach()

    assert ended is not None and ended.ended_at == until
    assert measure(ended, person.clock.now()).focus_s == 600


def test_a_block_over_new_year_is_one_block_in_the_year_it_began(tmp_path: Path) -> None:
    person = Person(tmp_path / "ny", datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    block = person.begin(None)
    person.pass_min(45)
    person.services.focus.apply(Pause("sleep"))
    person.pass_min(15)
    person.services.focus.apply(Resume())
    person.pass_min(60)

    ended = person.services.focus.finish()

    assert sorted(person.ledger_bytes()) == ["journal.jsonl"]
    assert measure(ended, person.clock.now()).focus_s == 105 * 60
    assert person.block(block.id) == ended
    assert person.services.totals.day(person.clock.now()).focus_s == 105 * 60  # still the 31st
    person.services.history.undo(2)
    assert person.open().store.need_running().open_gap is not None
    person.services.history.redo(2)
    assert person.block(block.id) == ended


def test_a_block_started_after_the_day_of_new_year_begins_is_in_the_new_file(
    tmp_path: Path,
) -> None:
    person = Person(tmp_path / "ny", datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    old = person.begin(None)
    person.pass_min(5 * 60)
    new = person.services.focus.start(Draft("new year"), switch=True)

    person.services.store.ledger.fold()
    assert sorted(person.ledger_bytes()) == [
        "2025.jsonl",
        "2026.jsonl",
        "journal.jsonl",
        "state.jsonl",
    ]
    assert person.block(old.id).ended_at == new.started_at
    person.services.history.undo()
    assert person.open().focus.current() == replace(old, ended_at=None)


def test_a_gap_of_any_cause_can_be_begun(person: Person) -> None:
    person.begin()

    block = person.services.focus.apply(Pause("while it trains", Cause.RUN))

    assert block.gaps[0].cause is Cause.RUN
