"""The same day through the app, the shell and the shell beside an agent gives the same seconds.

Time passes, the machine sleeps or is off, somebody sets the clock, the block is paused, resumed and
ended. What counts as focus is what was lived awake and not in a pause, whoever looked.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import AtPlan, Block, Cause, Plan, PlanKind
from flowtui.core.focus.block_check import faults
from flowtui.core.focus.commands import Pause, Resume
from flowtui.core.focus.measure import measure
from flowtui.core.focus.recovery import Closing
from flowtui.services.focus.running_block import Draft
from flowtui.services.wiring import Services
from tests.user import Person

Op = tuple[str, int]
MINUTE = 60
LOOK_EVERY_S = 600
operations: st.SearchStrategy[Op] = st.one_of(
    st.tuples(st.just("pass"), st.integers(1, 40 * MINUTE)),
    st.tuples(st.just("sleep"), st.integers(2 * MINUTE, 4 * 3600)),
    st.tuples(st.just("set"), st.sampled_from([-86400, -3600, -90, 90, 3600, 86400])),
    st.tuples(st.just("off"), st.integers(2 * MINUTE, 4 * 3600)),
    st.tuples(st.just("pause"), st.just(0)),
    st.tuples(st.just("key"), st.integers(0, 59)),
)


class Driver:
    """One home through which a history is lived."""

    def __init__(self, home: Path, app: bool, agent: bool, plan: Plan) -> None:
        self.person = Person(home)
        self._app, self._agent = app, agent
        self.services: Services = self.person.open(attended=app)
        self.beside = self.person.open()
        self.id = self.services.focus.start(Draft("x", plan=plan)).id

    @property
    def running(self) -> bool:
        """Whether the block still goes on."""
        return self.services.focus.current() is not None

    def look(self) -> None:
        """What each does by itself: the app beats, the shell asks for the status."""
        self.services.focus.observe(person=self._app)
        if self._agent:
            self.beside.focus.look()
            self.beside.focus.reach()
            self.services.focus.current()
        elif self._app:
            self.services.focus.reach()

    def live(self, op: Op) -> None:
        """One step of the history."""
        what, amount = op
        clock = self.person.clock
        if what == "pass":
            for part in range(0, amount, LOOK_EVERY_S):
                clock.advance(min(LOOK_EVERY_S, amount - part))
                self.look()
        elif what == "sleep":
            clock.sleep(amount)
            if self._agent:  # it wakes first
                self.look()
        elif what == "set":
            clock.set_wall(clock.now() + timedelta(seconds=amount))
        elif what == "off":
            self.look()  # a clock set right before nobody can tell from the time it was off
            clock.reboot(amount)
            self.services = self.person.open(attended=self._app)
            self.beside = self.person.open()
            if self._agent:
                self.look()
            if self.services.focus.absence() is not None:
                self.services.focus.close_absence(Closing.CONTINUE)
            self.services.focus.observe()  # nor one set before anybody looked in the new boot
        elif what == "pause":
            block = self.services.focus.current()
            if block is not None:
                paused = block.open_gap is not None
                self.services.focus.apply(Resume() if paused else Pause())
        else:
            clock.advance(amount)

    def end(self) -> Block:
        """The block, ended now if it was not by its plan."""
        if self.running:
            self.services.focus.finish()
        return self.person.open().store.by_id(self.id)


def truth(history: Sequence[Op]) -> int:
    """Seconds awake and not in a pause."""
    focus, paused = 0, False
    for what, amount in history:
        if what == "pause":
            paused = not paused
        elif what in ("pass", "key") and not paused:
            focus += amount
    return focus


def lived(history: Sequence[Op], plan: Plan) -> dict[str, Block]:
    """The block of each driver."""
    blocks = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, app, agent in (("app", 1, 0), ("shell", 0, 0), ("agent", 0, 1), ("both", 1, 1)):
            driver = Driver(Path(folder) / name, bool(app), bool(agent), plan)
            for op in history:
                driver.live(op)
            block = blocks[name] = driver.end()
            assert block.ended_at is not None
            # a clock that was set back after the end leaves the block where it was
            assert not faults(block, max(driver.person.clock.now(), block.ended_at)), name
    return blocks


@given(st.lists(operations, min_size=1, max_size=8))
@example([("pass", 1200), ("sleep", 7200), ("key", 1)])
@example([("pass", 1200), ("sleep", 7200), ("pause", 0), ("key", 5), ("pause", 0)])
@example([("pass", 600), ("off", 7200), ("set", 3600), ("pass", 300)])
@example([("pass", 600), ("pause", 0), ("sleep", 7200), ("off", 600), ("pause", 0), ("pass", 60)])
@example([("pass", 60), ("set", -86400), ("sleep", 600), ("set", 86400), ("pass", 60)])
@settings(max_examples=12, deadline=None)
def test_every_way_through_a_day_gives_the_same_seconds(history: list[Op]) -> None:
    blocks = lived(history, Plan())

    for name, block in blocks.items():
        assert block.ended_at is not None
        focus = measure(block, block.ended_at).focus_s
        assert focus == pytest.approx(truth(history), abs=2 + 2 * len(history)), name


@given(st.lists(operations, min_size=1, max_size=8), st.integers(5, 60))
@example([("pass", 1200), ("sleep", 7200), ("pass", 1200)], 30)
@example([("pass", 1200), ("off", 7200), ("pass", 1200)], 30)
@example([("pass", 300), ("set", -86400)], 5)
@settings(max_examples=8, deadline=None)
def test_a_plan_that_ends_its_block_ends_it_after_so_much_focus(
    history: list[Op], minutes: int
) -> None:
    """Neither a sleep, nor a night off, nor a set clock brings the end nearer."""
    plan = Plan(PlanKind.FIXED, minutes * MINUTE, at_plan=AtPlan.END)
    blocks = lived(history, plan)

    for name, block in blocks.items():
        assert block.ended_at is not None
        focus = measure(block, block.ended_at).focus_s
        if name == "shell":  # nobody conducts: it ends when somebody says so
            continue
        most = min(minutes * MINUTE, truth(history))
        assert focus <= most + 2 + 2 * len(history), name
        slack = LOOK_EVERY_S + 2 * len(
            history
        )  # the last key presses, which nobody conducts between
        assert focus >= most - slack, name


def test_a_question_that_is_open_stays_open_through_everything() -> None:
    """Whoever looks or conducts meanwhile, and however often."""
    with tempfile.TemporaryDirectory() as folder:
        driver = Driver(Path(folder) / "x", True, True, Plan())
        driver.live(("pass", 600))
        driver.person.clock.reboot(7200)
        for _ in range(3):
            driver.services = driver.person.open(attended=True)
            driver.beside = driver.person.open()
            driver.look()
            with pytest.raises(FlowError, match="still to be said"):
                driver.services.focus.finish()
            driver.person.clock.advance(600)
        driver.services.focus.close_absence(Closing.CONTINUE)
        block = driver.end()
    assert measure(block, block.ended_at or block.started_at).focus_s == 600
    assert [gap.cause for gap in block.gaps] == [Cause.CLOSED]
