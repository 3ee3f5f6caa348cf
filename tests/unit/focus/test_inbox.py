"""Parked thoughts: nothing vanishes, each is dealt with by one answer, and undo brings it back."""

from __future__ import annotations

import pytest

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Fate
from flowtui.core.focus.commands import Park
from tests.user import Person


def texts(person: Person) -> list[str]:
    return [one.text for one in person.open().inbox.waiting()]


def parked(person: Person, *thoughts: str) -> str:
    block = person.begin()
    for thought in thoughts:
        person.pass_min(1)
        person.services.focus.apply(Park(thought))
    person.pass_min(20)
    person.services.focus.finish()
    return block.id


def test_thoughts_of_blocks_and_loose_ones_wait_in_their_order(person: Person) -> None:
    parked(person, "bf16", "ask Ana")
    person.pass_min(5)
    person.services.inbox.add("book the train")

    assert texts(person) == ["bf16", "ask Ana", "book the train"]


@pytest.mark.parametrize(("fate", "left"), [(Fate.DROPPED, ["b"]), (Fate.KEPT, ["a", "b"])])
def test_dropping_takes_out_and_keeping_does_not(
    person: Person, fate: Fate, left: list[str]
) -> None:
    id = parked(person, "a", "b")
    person.services.inbox.answer([(f"{id}.1", fate)])
    assert texts(person) == left

    person.services.history.undo()
    assert texts(person) == ["a", "b"]


def test_several_answers_are_one_undo_and_an_unknown_one_keeps_none(person: Person) -> None:
    id = parked(person, "a", "b")
    loose = person.services.inbox.add("c").id
    with pytest.raises(FlowError, match="unknown thought"):
        person.services.inbox.answer([(f"{id}.1", Fate.DROPPED), (f"{id}.9", Fate.DROPPED)])
    assert texts(person) == ["a", "b", "c"]

    person.services.inbox.answer([(f"{id}.1", Fate.DROPPED), (loose, Fate.DROPPED)])
    assert texts(person) == ["b"]
    person.services.history.undo()
    assert texts(person) == ["a", "b", "c"]


def test_the_next_block_takes_a_thought_up_and_then_it_waits_no_more(person: Person) -> None:
    id = parked(person, "a", "b")
    person.services.inbox.answer([(f"{id}.2", Fate.NEXT)])
    assert person.open().snapshots.take().goes_on == "b"

    person.pass_min(1)
    person.begin(intention="B")  # capitals or not
    assert texts(person) == ["a"]


def test_what_is_put_off_comes_back_tomorrow(person: Person) -> None:
    id = parked(person, "a")
    person.services.inbox.answer([(f"{id}.1", Fate.TOMORROW)])
    assert person.open().snapshots.take().goes_on != "a"
    person.pass_min(24 * 60)
    assert person.open().snapshots.take().goes_on == "a"


def test_an_empty_thought_is_refused(person: Person) -> None:
    with pytest.raises(UsageError):
        person.services.inbox.add("  ")


def test_an_unfinished_block_is_gone_on_with_and_a_finished_one_is_not(person: Person) -> None:
    from flowtui.core.focus.block import Outcome

    person.begin(intention="fuse it")
    person.pass_min(30)
    person.services.focus.finish(outcome=Outcome.PARTLY)
    assert person.open().snapshots.take().goes_on == "fuse it"

    person.begin(intention="the last bit")
    person.pass_min(30)
    person.services.focus.finish(outcome=Outcome.DONE)
    assert person.open().snapshots.take().goes_on == ""
