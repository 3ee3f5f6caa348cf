"""A month of leases on clocks that are told what to do: reboots, sleeps, kills in the middle.

After each, no line is left behind and no lease is forgotten: what was promised is kept until its
time, and everything is as it was afterwards.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flowtui.core.errors import FlowError
from flowtui.guard.program import files, lease
from flowtui.guard.program.engine import Engine
from flowtui.guard.program.errors import GuardError
from tests.unit.guard.harness import ME, World

DAY_S = 86_400


class Killed(BaseException):
    """The guard is killed: nothing of it runs on."""


@dataclass
class Month:
    """What happens, and what was promised."""

    world: World
    pick: random.Random
    patch: pytest.MonkeyPatch
    before: list[Any] = field(default_factory=list)
    promised_until: float = 0.0
    """In seconds of this month, sleep and time off counted; 0 without a lease."""
    over_by: float = 0.0
    """The same where time off is owed until the clock can be believed again."""
    at: float = 0.0
    leases: int = 0
    kills: int = 0
    forgotten: int = 0
    left: int = 0

    def pass_s(self, seconds: float) -> None:
        """The machine runs, with looks of the guard on the way."""
        while seconds > 0:
            step = min(seconds, self.pick.choice((60, 600)))
            self.at += step
            self.world.later(step)
            seconds -= step
            self.check()

    def sleep(self, seconds: float) -> None:
        """The lid is closed: boot time runs on, the guard does not."""
        self.at += seconds
        self.world.later(seconds)
        self.check()

    def reboot(self, off_s: float, synced: bool) -> None:
        """Off for a while; what is off counts only where the clock can be believed."""
        wall = self.world.now.wall
        self.world.reboot(off_s, synced)
        self.at += self.world.now.wall - wall
        if not synced and self.promised_until:
            self.over_by += off_s  # at most so much later
        self.world.engine.tick()
        self.check()

    def kill(self) -> None:
        """Kill the guard at some write, whatever it does then; another starts on the same disk."""
        self.kills += 1
        held = self.world.engine.lease
        real = files.replace
        left = [self.pick.randrange(1, 6)]

        def replace_or_die(path: Path, data: bytes, mode: int = 0o600) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            real(path, data, mode)

        self.patch.setattr(files, "replace", replace_or_die)
        try:
            self.pick.choice((self.arm, self.lengthen, self.tighten, self.tick_on))()
        except Killed:
            pass
        finally:
            self.patch.setattr(files, "replace", real)
        engine: Engine = self.world.anew()
        if engine.lease is None:
            if held is None or held.count.left_s <= 20:
                self.promised_until = 0.0  # killed before it was told to anybody, or at its end
        elif held is not None and engine.lease.id == held.id:
            self.over_by = max(self.over_by, self.at + engine.lease.count.left_s)
        else:
            self.promised_until = self.over_by = self.at + engine.lease.count.left_s
        self.check()

    def tick_on(self) -> None:
        """A look, with a checkpoint."""
        self.at += 20
        self.world.later(20)

    def arm(self) -> None:
        """A new lease, if there is none."""
        seconds = self.pick.choice((60, 1500, 5400, 14_400))
        level = self.pick.choice(("soft", "firm", "hard"))
        try:
            self.world.engine.arm(ME, 0, self.world.wish(seconds=seconds, strictness=level))
        except (GuardError, FlowError):
            return
        self.leases += 1
        self.promised_until = self.over_by = self.at + seconds

    def lengthen(self) -> None:
        """Longer, where that is longer."""
        try:
            self.world.engine.extend(ME, 7200)
        except GuardError:
            return
        self.promised_until, self.over_by = self.at + 7200, max(self.over_by, self.at + 7200)

    def tighten(self) -> None:
        """More sites."""
        from flowtui.guard.program.requests import Group

        try:
            self.world.engine.add(ME, Group("more", (f"m{self.pick.randrange(5)}.test",)), ())
        except GuardError:
            return

    def check(self) -> None:
        """What was promised is kept away until its time; nothing is left after it."""
        on = self.world.engine.lease is not None
        if self.promised_until and self.at < self.promised_until - 1:
            self.forgotten += not (on and self.world.blocks())
        if self.at > self.over_by + 1:
            self.left += on or self.world.look() != self.before
        if not on and self.at >= self.promised_until - 1:
            self.promised_until = self.over_by = 0.0


@pytest.mark.parametrize("seed", range(2))
def test_a_month_of_leases_leaves_no_line_behind_and_forgets_none(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    if seed % 2:
        monkeypatch.setattr(lease, "MANY", 1)  # names in a file beside, as of large leases
    month = Month(world, random.Random(seed), monkeypatch)
    month.before = world.look()
    begun = datetime.fromtimestamp(world.now.wall)
    while month.at < 30 * DAY_S:
        deed = month.pick.randrange(10)
        if deed < 3:
            month.arm()
        elif deed < 5:
            month.pass_s(month.pick.choice((90, 1800, 7200)))
        elif deed == 5:
            month.sleep(month.pick.choice((600, 8 * 3600, 30 * 3600)))
        elif deed == 6:
            month.reboot(month.pick.choice((30, 3600, 10 * 3600)), month.pick.random() < 0.7)
        elif deed == 7:
            month.kill()
        elif deed == 8:
            month.lengthen()
        else:  # the wall clock is set, and set right again: nothing comes of it
            off, wall = month.pick.choice((-3600, 7200, 86_400)), world.now.wall
            world.now = replace(world.now, wall=wall + off, synced=False)
            month.tick_on()
            month.check()
            world.now = replace(world.now, wall=world.now.wall - off, synced=True)
            month.tick_on()
            month.check()
    month.pass_s(26 * 3600)
    world.now = replace(world.now, synced=True)
    world.later(1)

    assert (month.forgotten, month.left) == (0, 0), (begun, month)
    assert world.engine.lease is None and world.look() == month.before
    assert not list(world.roots.state.glob("names-*")) and not world.engine.journal.records()
    assert month.leases >= 20 and month.kills >= 10, "a month in which something happened"
