"""When the conductor rings after a sleep, a clock that was set, and on nights when clocks change.

The clocks are a fake one at the seam, and the change is told as the kernel tells it; what is
measured is the job that the scheduler holds afterwards. The table of tests/bench/README.md:

    python -m tests.unit.test_conductor_clocks
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flowtui.services.agent import Agent
from flowtui.services.conductor import PLAN, REMIND, REST, Conductor
from flowtui.services.plan.planning_line import planned_from_line
from tests.unit.test_conductor import SILENT, until
from tests.user import NOON, Person

DUE_S = 10.0
"""When both bells are due, by their own clocks, as the change comes."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to the clocks, and when each bell rings then, in seconds from there."""

    name: str
    asleep_s: float = 0
    wall_s: float = 0
    block_end: float = 0
    """The end of a block goes by the time that one was awake."""
    planned: float = 0
    """What is planned goes by the clock on the wall."""
    rest: float = 0
    """The end of a break goes by the time that has gone by, awake or not."""


CHANGES = (
    Change("nothing", block_end=10, planned=10, rest=10),
    Change("asleep for 36 s", asleep_s=36, block_end=10, planned=0, rest=0),
    Change("asleep for 3 h", asleep_s=3 * 3600, block_end=10, planned=0, rest=0),
    Change("clock set 100 s ahead", wall_s=100, block_end=10, planned=0, rest=10),
    Change("clock set 200 s back", wall_s=-200, block_end=10, planned=210, rest=10),
    Change("clock set a day ahead", wall_s=86400, block_end=10, planned=0, rest=10),
    Change("clock set a day back", wall_s=-86400, block_end=10, planned=86410, rest=10),
)


async def rings_in(home: Path, change: Change, job: str) -> float:
    """Seconds from the change to the bell, as the scheduler has it; 0 where it rang at once."""
    person = Person(home)
    person.configure(SILENT)
    said: list[str] = []
    agent = Agent(person.services, person.env, said.append, person.open)
    if job == PLAN:
        person.begin(50)
        person.clock.advance(50 * 60 - DUE_S)
    elif job == REST:
        person.services.breaks.start(600)
        person.clock.advance(600 - DUE_S)
    else:
        planned_from_line(person.services, f"{NOON + timedelta(minutes=1):%H:%M} for 90m: read")
        person.clock.advance(60 - DUE_S)
    agent.begin()
    try:
        conductor: Conductor = agent._conductor
        await until(lambda: job in conductor._set)
        before = len(said)
        if change.asleep_s:
            person.clock.sleep(change.asleep_s)
        if change.wall_s:
            person.clock.set_wall(person.clock.now() + timedelta(seconds=change.wall_s))
        if change.asleep_s or change.wall_s:
            conductor._clock_changed()
            await until(lambda: job in conductor._set or len(said) > before)
        if len(said) > before:
            return 0.0
        left = conductor._set[job] - conductor._wall()
        return max(0.0, left.total_seconds())
    finally:
        agent.end()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
@pytest.mark.parametrize("job", [PLAN, REMIND, REST])
async def test_a_bell_rings_when_its_own_clock_says_so(
    tmp_path: Path, change: Change, job: str
) -> None:
    wanted = {PLAN: change.block_end, REMIND: change.planned, REST: change.rest}[job]
    too_late = change.asleep_s >= 3600 or (change.wall_s >= 3600 and job == REMIND)
    if too_late and job != PLAN:
        # half of its length is gone, or an hour since: it is over, and nobody is told of it late
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await rings_in(tmp_path / "flowtui", change, job)
        return
    assert await rings_in(tmp_path / "flowtui", change, job) == pytest.approx(wanted, abs=1.5)


NIGHTS = (
    ("Europe/Berlin", "2026-03-29", "2026-03-29T01:30+00:00"),  # 02:30 does not happen
    ("Europe/Berlin", "2026-10-25", "2026-10-25T00:30+00:00"),  # 02:30 happens twice: the first
    ("Africa/Cairo", "2026-04-24", "2026-04-23T22:30+00:00"),  # midnight does not happen
)


@pytest.mark.parametrize(("zone", "day", "at"), NIGHTS)
def test_a_plan_on_a_night_when_clocks_change_rings_once(
    tmp_path: Path, zone: str, day: str, at: str
) -> None:
    clock = "00:30" if zone.startswith("Africa") else "02:30"
    evening = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=6)
    person = Person(tmp_path / "flowtui", now=evening, zone=zone)
    planned_from_line(person.services, f"daily {clock} from {day} until {day} for 90m: read")
    rung = []
    for _ in range(12 * 60):  # twelve hours, a look a minute
        if person.services.body.reminders.ring() is not None:
            rung.append(person.clock.now())
        person.clock.advance(60)
    assert rung == [datetime.fromisoformat(at)]


def main() -> None:
    """Print the table."""
    for change in CHANGES:
        told = []
        for job in (PLAN, REMIND, REST):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    call = asyncio.wait_for(rings_in(Path(folder), change, job), 8)
                    told.append(f"{asyncio.run(call):.1f} s")
                except TimeoutError:
                    told.append("no word: too late")
        print(f"| {change.name} | {' | '.join(told)} |")


if __name__ == "__main__":
    main()
