"""What there is one of at a time: the running block, a break, what was announced or planned."""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime, timedelta

from flowtui.core.codec import STORED
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

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.started_at + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class FirstBlock:
    """What the first block of a day shall be, said at the check-in before it."""

    day: date
    intention: str
