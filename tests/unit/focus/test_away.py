"""Time away from the keyboard: noticed where the system tells it, offered, never taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError
from flowtui.core.focus.away import Away, Offer, Sight, Watched, look, remaining
from flowtui.core.focus.block import Cause, Gap, Plan, PlanKind
from flowtui.core.focus.commands import Pause, Resume
from flowtui.core.focus.measure import measure
from flowtui.core.focus.recovery import Reading
from flowtui.services.focus.away_watch import TRIES, AwayWatch, take
from flowtui.services.focus.running_block import Draft
from flowtui.system.away import Hints, ask, read_active, read_session
from flowtui.tui.focus.away_offer import AwayOffer
from tests.unit.focus.blocks import at, begin, do
from tests.user import Person

HERE = Sight(False)


def test_a_stretch_is_offered_when_somebody_is_back_and_not_before() -> None:
    block = begin()
    watched, found = look(Watched(), Sight(True, at(10)), block, at(15), 300)
    assert found is None
    watched, found = look(watched, Sight(True, at(10)), block, at(30), 300)
    assert found is None
    watched, found = look(watched, Sight(False, at(32)), block, at(32.4), 300)
    assert found == Away(at(10), at(32))
    assert look(watched, HERE, block, at(40), 300) == (Watched(), None)


def test_a_lock_that_tells_no_time_is_counted_from_look_to_look() -> None:
    block = begin()
    watched, _ = look(Watched(), Sight(True), block, at(10), 300)
    _, found = look(watched, Sight(False, at(3)), block, at(20), 300)
    assert found == Away(at(10), at(20))


def test_a_short_stretch_and_a_clock_that_was_set_are_no_offer() -> None:
    block = begin()
    watched, _ = look(Watched(), Sight(True, at(10)), block, at(11), 300)
    assert look(watched, HERE, block, at(14), 300)[1] is None
    watched, _ = look(Watched(), Sight(True, at(-9000)), block, at(11), 300)
    assert watched.since == at(11)


def test_only_what_is_in_the_block_and_in_no_gap_is_left_to_offer() -> None:
    block = do(do(begin(), Pause(), 12), Resume(), 20)
    assert remaining(Away(at(-5), at(10)), block, at(60)) == Away(at(0), at(10))
    assert remaining(Away(at(10), at(30)), block, at(60)) == Away(at(20), at(30))
    assert remaining(Away(at(13), at(19)), block, at(60)) is None
    assert remaining(Away(at(50), at(90)), block, at(60)) == Away(at(50), at(60))


def watch(person: Person, answers: list[Hints | None], least: int | None = 5) -> AwayWatch:
    def answer(env: Mapping[str, str]) -> Hints | None:
        return answers.pop(0)

    return AwayWatch(person.env, person.clock, least, answer)


def test_what_is_taken_is_a_gap_and_what_is_not_taken_changes_nothing(person: Person) -> None:
    block = person.begin(90)
    person.pass_min(20)
    idle_us = int((person.clock.now() - timedelta(minutes=6)).timestamp() * 1e6)
    watched = watch(person, [Hints(True, True, idle_us), Hints(False, False, None)])
    assert watched.look(block) is None
    person.pass_min(10)
    away = watched.look(block)
    assert away == Away(person.ago(16), person.ago(0))
    assert person.block(block.id).gaps == ()

    changed = take(person.services.focus, away, block.id)

    assert changed.gaps == (Gap(person.ago(16), person.ago(0), Cause.AWAY),)
    assert measure(changed, person.clock.now()).focus_s == 14 * 60
    person.services.history.undo()
    assert person.block(block.id).gaps == ()


def test_the_setting_says_how_long_and_never_asks_nobody(person: Person) -> None:
    block = person.begin(90)
    never = watch(person, [], None)
    assert not never.asks and never.look(block) is None
    person.pass_min(30)
    hints: list[Hints | None] = [Hints(True, False, None), Hints(False, False, None)]
    long = watch(person, hints, 30)
    long.look(block)
    person.pass_min(20)
    assert long.look(block) is None


def test_where_nothing_answers_the_asking_ends(person: Person) -> None:
    block = person.begin(90)
    watched = watch(person, [None] * TRIES)
    for _ in range(TRIES):
        assert watched.asks
        watched.look(block)
    assert not watched.asks and watched.look(block) is None


def test_a_new_block_begins_with_somebody_here(person: Person) -> None:
    watched = watch(person, [Hints(True, False, None), Hints(False, False, None)])
    first = person.begin(90)
    person.pass_min(10)
    watched.look(first)
    person.services.focus.finish()
    second = person.begin(90)
    person.pass_min(30)
    assert watched.look(second) is None


def reading(person: Person) -> Reading:
    return person.services.heart.reading()


def us(person: Person) -> int:
    """Now, as logind writes it."""
    return int(person.clock.now().timestamp() * 1e6)


def set_clock(person: Person, minutes: float) -> None:
    person.clock.set_wall(person.clock.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize("step_min", [50, -50])
@pytest.mark.parametrize("told", [True, False])
def test_a_clock_set_during_an_absence_moves_it_and_changes_no_length(
    person: Person, step_min: int, told: bool
) -> None:
    services = person.open(attended=True)
    block = services.focus.start(Draft("read", plan=Plan(PlanKind.FIXED, 5400)))
    person.pass_min(20)
    services.focus.observe()
    since = us(person) if told else None
    watched = watch(person, [Hints(True, True, since), Hints(False, False, None)])
    assert watched.look(block) is None
    person.pass_min(6)
    set_clock(person, step_min)
    services.focus.observe()
    person.pass_min(1)
    moved = services.focus.current()
    assert moved is not None

    away = watched.look(moved)

    assert away == Away(person.ago(7), person.ago(0))
    changed = take(services.focus, away, block.id)
    assert measure(changed, person.clock.now()).focus_s == 20 * 60


@pytest.mark.parametrize("step_min", [50, -50])
def test_what_the_system_told_by_a_clock_that_was_set_since_is_no_time_of_now(
    person: Person, step_min: int
) -> None:
    services = person.open(attended=True)
    block = services.focus.start(Draft("read"))
    person.pass_min(20)
    told = us(person)
    answers: list[Hints | None] = [Hints(False, False, None), Hints(True, False, told)]
    watched = watch(person, [*answers, Hints(False, False, None)])
    watched.look(block)
    person.pass_min(1)
    services.focus.observe()
    set_clock(person, step_min)
    services.focus.observe()
    watched.look(person.block(block.id))
    person.pass_min(7)
    assert watched.look(person.block(block.id)) == Away(person.ago(7), person.ago(0))


@pytest.mark.parametrize("step_min", [50, -50])
def test_what_is_offered_moves_with_a_clock_that_is_set(person: Person, step_min: int) -> None:
    services = person.open(attended=True)
    block = services.focus.start(Draft("read"))
    person.pass_min(40)
    services.focus.observe()
    offer = AwayOffer()
    offer.found(block, Away(person.ago(30), person.ago(20)), reading(person))
    set_clock(person, step_min)
    offer.waiting(block, reading(person))  # a screen may be drawn before the block has moved
    services.focus.observe()
    moved = services.focus.current()
    assert moved is not None

    assert offer.waiting(moved, reading(person)) == Away(person.ago(30), person.ago(20))
    offers = services.away_offers
    offers.add(block.id, Offer(Away(person.ago(30), person.ago(20)), reading(person)))
    assert offers.answer(gap=True) == Away(person.ago(30), person.ago(20))
    assert offers.first() is None


def test_a_gap_is_made_where_it_was_offered_though_the_clock_was_set_just_now(
    person: Person,
) -> None:
    services = person.open(attended=True)
    block = services.focus.start(Draft("read"))
    person.pass_min(40)
    services.focus.observe()
    set_clock(person, 50)
    changed = take(services.focus, Away(person.ago(30), person.ago(20)), block.id)
    assert changed.gaps == (Gap(person.ago(30), person.ago(20), Cause.AWAY),)


@pytest.mark.parametrize("goes_on", [True, False])
def test_time_away_from_a_block_that_another_terminal_ended_is_no_gap_of_the_next(
    person: Person, goes_on: bool
) -> None:
    first = person.begin(90)
    person.pass_min(30)
    stretch = Away(person.ago(20), person.ago(10))
    other = person.open()
    if goes_on:
        other.focus.start(Draft("write"), switch=True)
    else:
        other.focus.finish()
    runs = other.focus.current()
    person.pass_min(1)

    with pytest.raises(FlowError, match=f"block {first.id} is not running any more"):
        take(person.services.focus, stretch, first.id)

    assert person.block(first.id).gaps == ()
    assert person.open().focus.current() == runs


def test_time_that_is_a_gap_already_is_not_said_to_become_one(person: Person) -> None:
    block = person.begin(90)
    person.pass_min(30)
    stretch = Away(person.ago(20), person.ago(10))
    take(person.open().focus, stretch, block.id)
    with pytest.raises(FlowError, match="nothing is left"):
        take(person.services.focus, stretch, block.id)


@pytest.mark.parametrize("since", [2**64 - 1, 10**400, -(2**64)])
def test_a_time_that_no_calendar_has_is_no_answer(person: Person, since: int) -> None:
    block = person.begin(90)
    answers: list[Hints | None] = [Hints(True, False, since)] * TRIES
    watched = watch(person, answers)
    for _ in range(TRIES):
        assert watched.asks
        assert watched.look(block) is None
    assert not watched.asks


@pytest.mark.parametrize("since", ['"x"', "-1", "1.5e15", "null", "true", "[1]", '"\\u0663"'])
def test_a_hint_whose_time_is_no_number_is_no_answer(since: str) -> None:
    text = f'{{"data":[{{"IdleHint":{{"data":true}},"IdleSinceHint":{{"data":{since}}}}}]}}'
    assert read_session(text) is None


def test_a_hint_that_is_neither_true_nor_false_is_no_answer() -> None:
    assert read_session("({'IdleHint': <true>, 'IdleSinceHint': <true>},)") is None
    assert read_session('{"data":[{"IdleHint":{"data":"x"}}]}') is None


GDBUS = (
    "({'Id': <'2'>, 'User': <(uint32 1000, objectpath '/a')>, 'Active': <true>, "
    "'IdleHint': <true>, 'IdleSinceHint': <uint64 1700000000000000>, "
    "'IdleSinceHintMonotonic': <uint64 5>, 'LockedHint': <false>},)\n"
)
BUSCTL = (
    '{"type":"a{sv}","data":[{"Id":{"type":"s","data":"2"},"IdleHint":{"type":"b","data":true},'
    '"IdleSinceHint":{"type":"t","data":1700000000000000},'
    '"LockedHint":{"type":"b","data":false}}]}\n'
)


@pytest.mark.parametrize("text", [GDBUS, BUSCTL])
def test_what_either_program_prints_is_read_alike(text: str) -> None:
    assert read_session(text) == Hints(True, False, 1700000000000000)


@pytest.mark.parametrize("text", ["", "Error: no", "{", '{"data":[]}', '{"data":[{"IdleHint":3}]}'])
def test_what_tells_nothing_is_no_answer(text: str) -> None:
    assert read_session(text) is None
    assert read_active(text) is None


def test_without_a_bus_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowtui.system.away.SYSTEM_BUS", tmp_path / "none")
    ran: list[Sequence[str]] = []

    assert ask({"PATH": "/usr/bin:/bin"}, lambda command: ran.append(command)) is None
    assert ran == []


def test_an_undone_gap_is_offered_again_and_only_by_undo(person: Person) -> None:
    block = person.begin(90)
    person.pass_min(30)
    services = person.services
    stretch = Away(person.ago(20), person.ago(10))
    services.away_offers.add(block.id, Offer(stretch, services.heart.reading()))
    services.away_offers.answer(gap=True)
    assert services.away_offers.first() is None

    services.history.undo()
    assert person.open().away_offers.first() == stretch

    services.history.redo()
    assert services.away_offers.first() is None

    services.history.relabel(block.id, None, focus=True)
    assert services.away_offers.first() is None


def test_an_undo_after_the_block_has_ended_offers_nothing(person: Person) -> None:
    block = person.begin(90)
    person.pass_min(30)
    services = person.services
    take(services.focus, Away(person.ago(20), person.ago(10)), block.id)
    services.focus.finish()
    services.history.undo(2)
    assert services.away_offers.kept(block.id)
    services.history.redo(2)
    services.history.undo(1)
    assert person.block(block.id).gaps
