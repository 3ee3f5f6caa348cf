"""What the guard is about to do is told before; it lasts on with its block without an app."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from flowtui.core.focus.commands import Pause
from flowtui.core.plan.planned_block import PlannedBlock
from flowtui.core.plan.schedule import parse_schedule
from flowtui.services import bells
from flowtui.services.conductor import instants
from tests.unit.guard.harness import World
from tests.unit.guard.test_block_guard import Guarded
from tests.user import Person


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Guarded:
    """A person whose guard works below a folder."""
    world = World(tmp_path / "root", monkeypatch, b"127.0.0.1 localhost\n")
    return Guarded(Person(tmp_path / "flowtui"), world)


def next_at(guarded: Guarded) -> datetime | None:
    """When the conductor is to look after the guard."""
    return instants(guarded.person.services).guard_at


def told(guarded: Guarded) -> str:
    """What is announced when it does."""
    notice = bells.guard_notice(guarded.person.services)
    return "" if notice is None else notice.body


def test_overtime_keeps_the_guard_though_nobody_but_the_conductor_is_there(
    guarded: Guarded,
) -> None:
    guarded.begin(50)
    start = guarded.person.clock.now()
    at = next_at(guarded)
    assert at is not None and 3000 - 20 <= (at - start).total_seconds() <= 3000 - 15

    for _ in range(40):  # an hour of overtime, the conductor at its instants alone
        at = next_at(guarded)
        assert at is not None
        left = (at - guarded.person.clock.now()).total_seconds()
        guarded.person.clock.advance(max(1.0, left))
        assert told(guarded) == ""
        assert guarded.world.blocks("news.test")

    guarded.person.services.focus.finish()
    assert not guarded.world.blocks("news.test") and next_at(guarded) is None


def test_a_paused_block_without_an_end_asks_for_no_turn(guarded: Guarded) -> None:
    guarded.begin(50)
    guarded.person.services.focus.apply(Pause(""))
    guarded.person.pass_min(60)

    assert next_at(guarded) is None


def test_an_emergency_exit_is_announced_when_it_is_ready_and_once(guarded: Guarded) -> None:
    guarded.begin(90, "hard")
    guarded.guard.client.ask("emergency-request", reason="the house is on fire")
    guarded.guard.view(guarded.person.services.focus.current())
    at = next_at(guarded)
    assert at is not None and (at - guarded.person.clock.now()).total_seconds() == 900

    assert told(guarded) == ""
    guarded.person.pass_min(15.1)
    assert "emergency exit is ready" in told(guarded)
    assert told(guarded) == ""
    guarded.guard.view(guarded.person.services.focus.current())
    assert told(guarded) == "", "a look at the same one makes it no new one"


def test_an_emergency_exit_that_was_taken_back_is_not_announced(guarded: Guarded) -> None:
    guarded.begin(90, "hard")
    guarded.guard.client.ask("emergency-request", reason="the house is on fire")
    guarded.guard.view(guarded.person.services.focus.current())
    guarded.guard.client.ask("emergency-cancel")
    guarded.guard.view(guarded.person.services.focus.current())

    guarded.person.pass_min(16)
    assert told(guarded) == ""


def test_a_minute_before_a_window_closes_it_is_told_once(guarded: Guarded) -> None:
    now = guarded.person.clock.now()
    opens, closes = f"{now:%H:%M}", f"{now.hour:02}:{now.minute + 10:02}"
    lists = guarded.person.services.paths.lists_dir
    (lists / "news.toml").write_text(f'sites = ["news.test"]\nopen = ["{opens}-{closes}"]\n')
    guarded.begin(50)
    assert not guarded.world.blocks("news.test")

    at = next_at(guarded)
    assert at == datetime.fromtimestamp(now.timestamp() + 540, UTC)
    guarded.person.pass_min(9.01)
    assert told(guarded).startswith("news is kept away again in 1 min")
    assert told(guarded) == ""


def test_what_was_slept_through_is_told_no_more(guarded: Guarded) -> None:
    guarded.begin(90, "hard")
    guarded.guard.client.ask("emergency-request", reason="the house is on fire")
    guarded.guard.view(guarded.person.services.focus.current())

    guarded.person.pass_min(40)
    assert told(guarded) == ""


def test_before_a_plan_that_puts_the_guard_on_by_itself_there_is_a_word(guarded: Guarded) -> None:
    person = guarded.person
    schedule = parse_schedule("13:00", person.clock.now().date())
    plan = PlannedBlock("", schedule, 3000, "write", guard=("news",), arm=True)
    person.services.plan_book.add(plan)
    at = next_at(guarded)
    assert at == datetime(2026, 3, 4, 12, 59, tzinfo=UTC), at

    guarded.person.clock.advance((at - person.clock.now()).total_seconds() + 1)
    assert told(guarded) == "news is kept away in 59 s, for write"
    assert told(guarded) == ""
