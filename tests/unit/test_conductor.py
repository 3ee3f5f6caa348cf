"""One process rings: jobs from the ledger, a lock that outlives nobody, each instant told once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flowtui.core.focus.block import AtPlan, Plan, PlanKind
from flowtui.core.focus.commands import Extend, Pause, Resume
from flowtui.services import bells
from flowtui.services.agent import Agent
from flowtui.services.conductor import PLAN, REST, Conductor, ConductorLock, Instants, instants
from flowtui.services.focus.running_block import Draft
from flowtui.services.wiring import Services
from tests.user import NOON, Person

SILENT = "[notices]\ndesktop = false\nterminal = false\n"


async def until(true: Callable[[], object]) -> None:
    """Wait, at most ten seconds, for something that happens at once."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for knows of no event
            await asyncio.sleep(0.005)


class Baton:
    """A conductor on a person's services, with what it called."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.rung: list[str] = []
        self.looks = 0
        self.conductor = Conductor(
            ConductorLock(services.paths.run_dir / "conductor.lock"),
            services.clock.now,
            self._reach,
            self._rest,
            self._due,
        )

    async def _reach(self) -> None:
        notice = bells.plan_notice(self.services)
        self.rung += [notice.title] if notice else ["nothing"]

    async def _rest(self) -> None:
        notice = bells.rest_notice(self.services)
        self.rung += [notice.title] if notice else ["nothing"]

    async def _due(self) -> Instants:
        self.looks += 1
        self.services.store.ledger.refresh()  # as the agent does, and the app by itself
        return bells.due(self.services)

    def job_min(self, name: str) -> float | None:
        """In how many minutes a job is due; None if there is none."""
        assert self.conductor._scheduler is not None
        job = self.conductor._scheduler.get_job(name)
        if job is None:
            return None
        left: timedelta = job.next_run_time - self.conductor._wall()
        return left.total_seconds() / 60

    async def looked(self) -> None:
        """Until it conducts and has looked at the ledger once more."""
        await until(lambda: self.conductor.conducts)
        await self.conductor.look()


def test_only_one_holds_the_lock_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "state" / "run" / "conductor.lock"
    first, second = ConductorLock(path), ConductorLock(path)

    assert (first.held, first.take(), first.held, first.take()) == (False, True, True, True)
    assert (second.take(), second.held) == (False, False)
    assert path.read_text() == f"{os.getpid()}\n"
    first.free()
    assert second.take()
    first.free()
    second.free()


def test_a_process_that_is_killed_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "conductor.lock"
    code = (
        "import sys, pathlib, time\n"
        "from flowtui.services.conductor import ConductorLock\n"
        "lock = ConductorLock(pathlib.Path(sys.argv[1]))\n"
        "print(lock.take(), flush=True)\n"
        "time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"True\n"
    lock = ConductorLock(path)
    assert not lock.take()

    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()

    assert lock.take()
    lock.free()


def test_a_lock_that_cannot_be_made_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("no folder")

    assert not ConductorLock(tmp_path / "run" / "conductor.lock").take()


def test_a_full_disk_takes_the_lock_all_the_same() -> None:
    """/dev/full can be locked and takes no byte."""
    lock = ConductorLock(Path("/dev/full"))

    assert lock.take()
    lock.free()


async def test_the_second_takes_over_when_the_first_goes(person: Person) -> None:
    first, second = Baton(person.services), Baton(person.open())
    first.conductor.begin()
    await first.looked()
    second.conductor.begin()
    assert (first.conductor.conducts, second.conductor.conducts) == (True, False)
    assert second.looks == 0

    first.conductor.end()
    await second.looked()

    assert second.conductor.conducts
    second.conductor.end()


async def test_a_look_that_was_under_way_takes_no_lock_after_the_end(person: Person) -> None:
    baton = Baton(person.services)
    baton.conductor.begin()
    await baton.looked()

    baton.conductor.end()
    await baton.conductor.look()
    await baton.conductor._ring(PLAN)

    assert not baton.conductor.conducts
    assert baton.rung == []


async def test_the_jobs_are_those_of_the_ledger(person: Person) -> None:
    baton = Baton(person.services)
    baton.conductor.begin()
    await baton.looked()
    assert (baton.job_min(PLAN), baton.job_min(REST)) == (None, None)
    focus = person.services.focus
    changes: list[tuple[Callable[[], object], float | None]] = [
        (lambda: person.begin(50), 50),
        (lambda: focus.apply(Extend(900)), 65),
        (lambda: focus.apply(Pause()), None),
        (lambda: focus.apply(Resume()), 65),
        (lambda: focus.start(Draft(plan=Plan()), switch=True), None),
        (lambda: person.services.history.undo(), 65),
        (lambda: focus.finish(), None),
    ]
    for change, minutes in changes:
        change()
        baton.conductor.plan(instants(person.services))
        found = baton.job_min(PLAN)
        if minutes is None:
            assert found is None
        else:
            assert found == pytest.approx(minutes, abs=0.2)
    person.services.breaks.start(300)
    baton.conductor.plan(instants(person.services))
    assert baton.job_min(REST) == pytest.approx(5, abs=0.2)
    assert baton.rung == []
    baton.conductor.end()


async def test_a_job_that_is_right_is_left_alone(person: Person) -> None:
    baton = Baton(person.services)
    baton.conductor.begin()
    person.begin(50)
    await baton.looked()
    await baton.looked()
    assert baton.conductor._scheduler is not None
    job = baton.conductor._scheduler.get_job(PLAN)
    await baton.looked()

    assert baton.conductor._scheduler.get_job(PLAN) is job
    baton.conductor.end()


async def test_what_another_process_starts_is_found_at_the_next_look(person: Person) -> None:
    baton = Baton(person.services)
    baton.conductor.begin()
    await baton.looked()

    person.open().focus.start(Draft(plan=Plan(PlanKind.FIXED, 3000)))
    await until(lambda: baton.job_min(PLAN) is not None)

    baton.conductor.end()


@pytest.mark.parametrize("asleep", [True, False])
async def test_a_missed_instant_is_announced_once(person: Person, asleep: bool) -> None:
    """The machine slept over it, or nobody conducted."""
    person.begin(50)
    baton = Baton(person.services)
    if asleep:
        baton.conductor.begin()
        await baton.looked()
        person.clock.sleep(3 * 3600)
        await baton.looked()
        assert baton.rung == []  # asleep nobody has worked
        person.pass_min(50)
    else:
        person.pass_min(180)
        baton.conductor.begin()

    await until(lambda: baton.rung)
    for _ in range(3):
        await baton.looked()

    assert baton.rung == ["The plan is reached"]
    assert baton.job_min(PLAN) is None
    baton.conductor.end()
    again = Baton(person.open())
    again.conductor.begin()
    await again.looked()
    await again.looked()
    assert again.rung == []
    again.conductor.end()


async def test_a_missed_break_is_announced_once_and_an_old_one_never(person: Person) -> None:
    person.services.breaks.start(300)
    person.clock.sleep(600)
    baton = Baton(person.services)
    baton.conductor.begin()
    await until(lambda: baton.rung)
    await baton.looked()
    assert baton.rung == ["The break is over"]
    person.services.breaks.start(300)
    person.clock.sleep(8 * 3600)
    await baton.looked()
    await baton.looked()

    assert baton.rung == ["The break is over"]
    baton.conductor.end()


def test_nothing_happens_before_it_began_and_after_it_ended(person: Person) -> None:
    baton = Baton(person.services)
    baton.conductor.plan(Instants(NOON, None))
    baton.conductor.end()
    assert not baton.conductor.conducts


def test_the_words_of_a_reached_plan(person: Person) -> None:
    person.begin(50)
    assert bells.plan_notice(person.services) is None
    person.pass_min(50)

    notice = bells.plan_notice(person.services)

    assert notice is not None
    assert notice.body == (
        "fuse the kernel: 50 min of focus; the clock runs on, a break of 8 min would do"
    )


def test_the_words_of_a_block_that_ended_at_its_plan(person: Person) -> None:
    person.services.focus.start(Draft(plan=Plan(PlanKind.FIXED, 1500, at_plan=AtPlan.END)))
    person.pass_min(40)

    notice = bells.plan_notice(person.services)

    assert notice is not None
    assert notice.body == "your block: ended after 25 min"


def test_notices_that_nobody_wants_are_not_made_but_hooks_hear(person: Person) -> None:
    person.configure('[notices]\nevents = ["run-lost"]\n')
    heard: list[str] = []
    person.services.events._run = lambda name, data: heard.append(name)
    person.services.breaks.start(300)
    person.pass_min(6)
    assert bells.rest_notice(person.services) is None
    person.begin(25)
    person.pass_min(30)

    assert bells.plan_notice(person.services) is None
    assert heard == ["break-over", "block-start", "plan-reached"]


async def test_the_agent_rings_without_an_app(person: Person) -> None:
    person.configure(SILENT)
    person.begin(50)
    person.pass_min(51)
    said: list[str] = []
    agent = Agent(person.services, person.env, said.append)

    agent.begin()
    await until(lambda: said)
    agent.end()

    assert said[0].startswith("The plan is reached: fuse the kernel: 51 min of focus")
    assert person.open().focus.reach() is None


async def test_the_agent_tells_of_a_ledger_it_cannot_read_once_and_goes_on(
    person: Person,
) -> None:
    person.configure(SILENT)
    person.begin(50)
    person.pass_min(51)
    file = person.services.paths.ledger_dir / "journal.jsonl"
    whole = file.read_bytes()
    file.unlink()
    file.mkdir()
    person.services = person.open()
    said: list[str] = []
    agent = Agent(person.services, person.env, said.append)
    agent.begin()
    await until(lambda: said)
    await asyncio.sleep(0.2)
    assert len(said) == 1 and "journal.jsonl" in said[0]

    file.rmdir()
    file.write_bytes(whole)
    await until(lambda: len(said) > 1)
    agent.end()

    assert said[1].startswith("The plan is reached")


def test_instants_of_a_paused_block_are_none(person: Person) -> None:
    at: datetime | None
    person.begin(50)
    at = instants(person.services).plan_at
    assert at == NOON + timedelta(minutes=50)
    person.services.focus.apply(Pause())

    assert instants(person.services) == Instants(None, None)


async def test_a_look_that_is_asked_for_during_another_is_not_lost(person: Person) -> None:
    baton = Baton(person.services)
    under_way, go_on = asyncio.Event(), asyncio.Event()
    due = baton._due

    async def slow() -> Instants:
        found = await due()
        under_way.set()
        await go_on.wait()
        return found

    baton.conductor._due = slow
    baton.conductor.begin()
    try:
        await under_way.wait()
        person.begin(50)
        for _ in range(3):
            baton.conductor.look_soon()
            await asyncio.sleep(0.05)  # each becomes a job of its own, beside the slow one
        go_on.set()
        await until(lambda: PLAN in baton.conductor._set)
    finally:
        baton.conductor.end()


async def test_after_a_fault_of_ours_what_is_due_is_looked_for_again(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowtui.services.conductor.LOOK_S", 0.05)
    baton = Baton(person.services)
    due = baton._due
    faults = [KeyError("a fault"), KeyError("another")]

    async def at_first_broken() -> Instants:
        if faults:
            raise faults.pop()
        return await due()

    baton.conductor._due = at_first_broken
    person.begin(50)
    baton.conductor.begin()
    try:
        await until(lambda: PLAN in baton.conductor._set)
    finally:
        baton.conductor.end()
