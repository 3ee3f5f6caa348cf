"""Time away from the keyboard: noticed where the system tells it, offered, never taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from flowtui.core.focus.away import Away, Sight, Watched, look, remaining
from flowtui.core.focus.block import Cause, Gap
from flowtui.core.focus.commands import Pause, Resume
from flowtui.core.focus.measure import measure
from flowtui.services.focus.away_watch import TRIES, AwayWatch, take
from flowtui.system.away import Hints, ask, read_active, read_session
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

    changed = take(person.services.focus, away)

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
