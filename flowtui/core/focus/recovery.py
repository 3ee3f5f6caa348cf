"""What happened while nobody looked: sleep, a changed clock, a closed terminal, a crash, a reboot.

Two readings of the machine's clocks are compared. Within one boot, boot time against monotonic
time tells sleep, and wall time against boot time tells that somebody set the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from flowtui.core.focus.block import Block, Cause
from flowtui.core.focus.measure import measure, whole
from flowtui.core.lazy_dataclass import dataclass

SLEEP_S = 10
"""Shorter sleeps are the clocks' noise."""
STEP_S = 2.0
"""A smaller difference between wall and boot time is not a changed clock."""
DRIFT = 0.001
"""Clock drift allowed for, in seconds a second; the kernel slews by at most 0.0005."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine's clocks at one instant."""

    wall: datetime
    monotonic: float
    boottime: float
    boot_id: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """What lies between two readings."""

    same_boot: bool
    elapsed_s: float
    """True seconds gone by: boot time within a boot, else wall time (never negative)."""
    slept_s: float
    """Seconds asleep; 0 across a reboot, where nobody can tell."""
    stepped_s: int
    """Seconds by which the wall clock was set ahead (negative: back); 0 across a reboot."""


class Closing(StrEnum):
    """The ways to deal with a block that was left alone."""

    CONTINUE = "continue"
    """Go on; the time away becomes a gap."""
    COUNT = "count"
    """Go on; the time away was focus."""
    HEARTBEAT = "heartbeat"
    """End it where the app was last alive."""
    PLAN = "plan"
    """End it where its plan ended."""
    ALL = "all"
    """End it now and keep all of the time."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of a running block during which nothing was running."""

    start: datetime
    """The last heartbeat."""
    end: datetime
    cause: Cause
    """`closed` after an orderly end (terminal closed, machine switched off), else `crash`."""

    @property
    def seconds(self) -> int:
        """Length in whole seconds."""
        return int((self.end - self.start).total_seconds())


def lapse(before: Reading, after: Reading) -> Lapse:
    """What happened between two readings of the clocks."""
    wall = (after.wall - before.wall).total_seconds()
    same = before.boot_id == after.boot_id and after.boottime >= before.boottime
    if not same:
        return Lapse(False, max(0.0, wall), 0.0, 0)
    elapsed = after.boottime - before.boottime
    slept = elapsed - (after.monotonic - before.monotonic)
    stepped = wall - elapsed
    if abs(stepped) <= max(STEP_S, DRIFT * elapsed):
        stepped = 0.0
    return Lapse(True, elapsed, slept if slept >= SLEEP_S else 0.0, round(stepped))


def carried(pressed: Reading, now: Reading) -> datetime:
    """The instant of a key press, on the wall clock as it stands by now, set meanwhile or not."""
    return pressed.wall + timedelta(seconds=lapse(pressed, now).stepped_s)


def hole(block: Block, last: Reading, orderly: bool, now: Reading, least_s: int) -> Hole | None:
    """The stretch since the last heartbeat; None if it is shorter than `least_s`: it stays focus.

    `last` is the heartbeat and `orderly` whether the app had time to say goodbye. Across a reboot
    the machine itself was off, which is `closed` as well. Time in a gap needs no question.
    """
    gap = block.open_gap
    if block.ended_at is not None or (gap is not None and not gap.focus):
        return None
    start, end = max(whole(last.wall), block.started_at), whole(now.wall)
    if (end - start).total_seconds() < least_s:
        return None
    rebooted = not lapse(last, now).same_boot
    return Hole(start, end, Cause.CLOSED if orderly or rebooted else Cause.CRASH)


def closings(block: Block, found: Hole, now: datetime) -> tuple[Closing, ...]:
    """The closings that make sense for `block`, in the order they are offered."""
    reached = measure(block, now).reached_at
    offers = [Closing.CONTINUE, Closing.COUNT, Closing.HEARTBEAT]
    if reached is not None and reached > block.started_at:
        offers.append(Closing.PLAN)
    return (*offers, Closing.ALL)


def ends_at(block: Block, closing: Closing, found: Hole, now: datetime) -> datetime | None:
    """When `closing` ends the block; None where it goes on."""
    if closing is Closing.HEARTBEAT:
        return max(found.start, block.started_at)
    if closing is Closing.PLAN:
        return measure(block, now).reached_at
    if closing is Closing.ALL:
        return whole(now)
    return None


def slept_span(before: Reading, after: Reading, slept_s: float) -> tuple[datetime, datetime]:
    """Where `slept_s` seconds of sleep between two readings are put: at the end, before waking.

    With readings a few seconds apart this is right to those seconds; with readings far apart the
    length is right and the place is the best guess, since somebody is awake now.
    """
    end = whole(after.wall)
    start = end - timedelta(seconds=round(slept_s))
    return max(start, whole(before.wall)) if before.wall < after.wall else start, end
