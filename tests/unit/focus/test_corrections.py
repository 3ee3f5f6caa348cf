"""Corrections by the service: each one change, undoable and redoable, refused as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Block, Cause, Mode, Outcome
from flowtui.core.focus.commands import Pause, Resume
from flowtui.core.focus.edit import Changes
from flowtui.core.focus.measure import measure
from flowtui.services.focus.corrections import Done
from flowtui.services.focus.running_block import Draft
from tests.user import Person

Correction = Callable[[Person], object]


def whole(person: Person) -> dict[str, Block]:
    """Every block there is, as another process reads it."""
    store = person.open().store
    day = person.services.today()
    return {b.id: b for b in store.between(day - timedelta(days=9), day + timedelta(days=1))}


def a_day(person: Person) -> tuple[str, str]:
    """Two ended blocks with an hour between them; the second one has a gap."""
    first = person.past(240, 60, "one")
    person.clock.set_wall(person.ago(120))
    second = person.begin(None, "two")
    person.pass_min(20)
    person.services.focus.apply(Pause("next"))
    person.pass_min(10)
    person.services.focus.apply(Resume())
    person.pass_min(30)
    person.services.focus.finish(None, Outcome.DONE, 4)
    person.pass_min(60)
    return first.id, second.id


CORRECTIONS: dict[str, Correction] = {
    "add block": lambda p: p.past(30, 20, "three"),
    "edit block": lambda p: p.services.history.edit(
        "last", Changes(intention="else", mode=Mode.BUILD, started_at=p.ago(110))
    ),
    "split block": lambda p: p.services.history.split("last", p.ago(95)),
    "join blocks": lambda p: p.services.history.join(*sorted(whole(p))),
    "relabel gap": lambda p: p.services.history.relabel("last", 1, Cause.AWAY, True, "x"),
    "delete block": lambda p: p.services.history.delete("last"),
}


@pytest.mark.parametrize("label", CORRECTIONS)
def test_every_correction_is_undone_and_done_again(person: Person, label: str) -> None:
    a_day(person)
    heard: list[None] = []
    person.services.history.listeners.subscribe(lambda: heard.append(None))
    before = whole(person)

    CORRECTIONS[label](person)
    after = whole(person)
    [undone] = person.services.history.undo()
    assert whole(person) == before
    [redone] = person.open().history.redo()

    assert after != before
    assert whole(person) == after
    assert undone.label == redone.label == label
    changed = {id for id in {*before, *after} if before.get(id) != after.get(id)}
    assert set(undone.ids) == changed
    assert len(heard) == 2


def test_a_whole_day_is_taken_back_and_done_again_step_by_step(person: Person) -> None:
    a_day(person)
    states = [whole(person)]
    for correction in (CORRECTIONS[n] for n in ("edit block", "relabel gap", "split block")):
        correction(person)
        states.append(whole(person))

    for state in states[-2::-1]:
        person.services.history.undo()
        assert whole(person) == state
    for state in states[1:]:
        person.services.history.redo()
        assert whole(person) == state
    assert person.services.history.redo() == []


def test_undo_takes_back_several_and_as_many_as_there_are(person: Person) -> None:
    first, second = a_day(person)

    done = person.services.history.undo(99)

    assert whole(person) == {}
    assert [d.label for d in done] == [
        "end block", "resume block", "pause block", "start block", "add block",
    ]  # fmt: skip
    assert done[-1] == Done("add block", (first,))
    assert person.services.history.undo() == []
    person.services.history.redo(99)
    assert set(whole(person)) == {first, second}


def test_a_listener_that_left_hears_no_more(person: Person) -> None:
    heard: list[None] = []
    forget = person.services.history.listeners.subscribe(lambda: heard.append(None))
    person.past(60, 10)
    forget()
    person.past(40, 10)

    assert len(heard) == 1


OVERLAPS: dict[str, Correction] = {
    "add": lambda p: p.past(230, 10),
    "move a start": lambda p: p.services.history.edit("last", Changes(started_at=p.ago(200))),
    "move an end": lambda p: p.services.history.edit(
        min(whole(p).values(), key=lambda b: b.started_at).id, Changes(ended_at=p.ago(110))
    ),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_what_would_share_time_is_refused_with_nothing_written(person: Person, name: str) -> None:
    a_day(person)
    before = person.ledger_bytes()

    with pytest.raises(FlowError, match="shares time with block"):
        OVERLAPS[name](person)

    assert person.ledger_bytes() == before


def test_blocks_with_another_between_them_are_not_joined(person: Person) -> None:
    first, last = person.past(240, 60), person.past(60, 60)
    between = person.past(150, 30)
    before = person.ledger_bytes()

    with pytest.raises(FlowError, match=f"shares time with block {between.id}"):
        person.services.history.join(first.id, last.id)
    with pytest.raises(UsageError, match="cannot be joined with itself"):
        person.services.history.join(first.id, first.id)
    assert person.ledger_bytes() == before


def test_joined_blocks_are_one_under_the_earlier_id(person: Person) -> None:
    first, second = a_day(person)

    joined = person.services.history.join(second, first)

    assert (joined.id, joined.intention, joined.rating) == (first, "one · two", 4)
    assert list(whole(person)) == [first]
    assert measure(joined, person.clock.now()).focus_s == (60 + 50) * 60


def test_split_blocks_are_two_with_the_focus_of_one(person: Person) -> None:
    _, second = a_day(person)

    one, two = person.services.history.split(second, person.ago(95))

    now = person.clock.now()
    assert measure(one, now).focus_s + measure(two, now).focus_s == 50 * 60
    assert whole(person)[two.id] == two


@pytest.mark.parametrize("number", [0, 2, -1])
def test_only_a_gap_that_is_there_is_relabelled(person: Person, number: int) -> None:
    """Number 0 is no word for the last one."""
    _, second = a_day(person)
    before = person.ledger_bytes()

    with pytest.raises(FlowError, match=f"has no gap {number}: it has 1"):
        person.services.history.relabel(second, number, Cause.AWAY)
    assert person.ledger_bytes() == before


def test_the_last_gap_is_relabelled_where_no_number_is_given(person: Person) -> None:
    first, second = a_day(person)

    block = person.services.history.relabel(second, None, focus=True)

    assert [gap.focus for gap in block.gaps] == [True]
    with pytest.raises(FlowError, match="it has none"):
        person.services.history.relabel(first, None, Cause.AWAY)


def test_a_change_to_what_is_already_so_writes_nothing(person: Person) -> None:
    _, second = a_day(person)
    before = person.ledger_bytes()

    person.services.history.edit(second, Changes(rating=4))

    assert person.ledger_bytes() == before


def test_a_running_block_is_discarded_not_deleted(person: Person) -> None:
    block = person.begin()

    with pytest.raises(FlowError, match="is running") as told:
        person.services.history.delete(block.id)
    assert told.value.hint == "take it back whole: flowtui discard"


def test_a_past_block_keeps_what_was_said_of_it(person: Person) -> None:
    draft = Draft("  read\tthe paper ", "", ("a",), "own", Mode.THEORY)

    block = person.services.history.add(
        draft, person.ago(60), person.ago(15), Outcome.PARTLY, 2, "slow"
    )

    assert person.block(block.id) == block
    assert (block.intention, block.tags, block.context, block.mode) == (
        "read the paper", ("a",), "own", Mode.THEORY,
    )  # fmt: skip
    assert (block.outcome, block.rating, block.note, block.added) == (
        Outcome.PARTLY, 2, "slow", True,
    )  # fmt: skip


def test_two_processes_take_back_each_others_changes(person: Person) -> None:
    block = person.past(60, 10)
    other = person.open()
    other.history.edit(block.id, Changes(intention="else"))

    person.services.history.undo()
    other.history.undo()

    assert whole(person) == {}


def test_sleep_that_was_noted_is_a_change_of_its_own(person: Person) -> None:
    person.begin(None)
    person.services.focus.observe()
    person.clock.sleep(3600)
    person.services.focus.observe()

    assert [d.label for d in person.services.history.undo(2)] == [
        "note sleep of 3600 s",
        "start block",
    ]
