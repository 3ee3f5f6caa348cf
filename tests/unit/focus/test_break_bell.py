"""The bell of a break: rung once, and in nobody's way."""

from __future__ import annotations

from flowtui.services.focus.running_block import Draft
from tests.user import Person

CYCLE = '[blocks]\ncycle = "25/5 x4"\n'


def test_a_break_whose_bell_has_rung_can_be_taken_back_with_its_block(person: Person) -> None:
    person.configure(CYCLE)
    services = person.services
    block = person.begin(25)
    person.pass_min(25)
    services.focus.finish()
    person.pass_min(5)
    assert services.breaks.ring() is not None
    services.history.undo()
    assert services.store.running() is not None and services.store.running() == block
    assert services.breaks.current() is None


def test_a_chosen_break_is_taken_back_after_its_bell(person: Person) -> None:
    services = person.services
    services.breaks.start(300)
    person.pass_min(5)
    assert services.breaks.ring() is not None
    assert services.breaks.ring() is None and person.open().breaks.ring() is None
    services.history.undo()
    assert services.breaks.current() is None


def test_the_next_break_rings_again(person: Person) -> None:
    services = person.services
    for _ in range(2):
        services.breaks.start(300)
        person.pass_min(5)
        assert services.breaks.ring() is not None
        person.pass_min(1)


def test_a_break_that_a_block_ended_meanwhile_does_not_ring(person: Person) -> None:
    services, other = person.services, person.open()
    services.breaks.start(300)
    person.pass_min(5)
    before = services.breaks._is_due

    def begun_meanwhile(current: object) -> bool:
        services.breaks._is_due = before  # type: ignore[method-assign]
        found = before(current)  # type: ignore[arg-type]
        other.focus.start(draft())
        return found

    services.breaks._is_due = begun_meanwhile  # type: ignore[method-assign]
    assert services.breaks.ring() is None
    assert services.breaks.current() is None


def draft() -> Draft:
    return Draft("read")
