"""What there is one of at a time: the running block, a break, what was announced or planned."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import date, datetime, timedelta

from flowtui.core.codec import STORED
from flowtui.core.focus.recovery import DRIFT, STEP_S, Reading
from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Running:
    """Which block runs."""

    block: str
    """Its id."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Of which block the end of the plan was announced, and when that was."""

    block: str
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class Break:
    """A break that was chosen."""

    started_at: datetime
    seconds: int
    rung: bool = field(default=False, metadata=STORED)
    """True once its end was announced."""
    boot_id: str = ""
    """The boot in which it began; empty where it is not known."""
    boottime_s: float = 0.0
    """Seconds since that boot at its start."""

    @classmethod
    def since(cls, at: datetime, seconds: int, now: Reading) -> Break:
        """A break that began `at`, which is now or a while ago."""
        boottime_s = now.boottime - (now.wall - at).total_seconds()
        return cls(at, seconds, False, now.boot_id if boottime_s >= 0 else "", boottime_s)

    def by(self, now: Reading) -> Break:
        """The break by the clocks of `now`: its start moves with a wall clock that was set since.

        It is as long as it was meant to be, however the clock on the wall is set.
        """
        gone_s = now.boottime - self.boottime_s
        if not self.boot_id or now.boot_id != self.boot_id or gone_s < 0:
            return self
        stepped_s = (now.wall - self.started_at).total_seconds() - gone_s
        if abs(stepped_s) <= STEP_S + DRIFT * gone_s:
            return self
        return replace(self, started_at=self.started_at + timedelta(seconds=round(stepped_s)))

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.started_at + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class FirstBlock:
    """What the first block of a day shall be, said at the check-in before it."""

    day: date
    intention: str
