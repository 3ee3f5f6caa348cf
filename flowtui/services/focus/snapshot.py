"""What a screen shows, gathered in one go away from the screen's thread."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flowtui.core.focus.block import Block
from flowtui.core.focus.pointers import Break
from flowtui.core.focus.recovery import Hole
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.focus.totals import Day, Week
from flowtui.services.wiring import Services


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the ledger at an instant; screens compute nothing but the passing of time."""

    taken_at: datetime
    zone: ZoneInfo
    """The zone in which times are shown."""
    block: Block | None
    absence: Hole | None
    """A stretch of the running block that has to be dealt with first."""
    today: Day
    shown: Day
    """The day whose blocks are listed; today unless the person went back."""
    week: Week
    rest: Break | None
    usual: str
    """The plan of the next block in words, as Enter would start it."""


def take(services: Services, day: date | None = None) -> Snapshot:
    """Gather a snapshot; `day` is the day to list, None for today."""
    services.store.ledger.refresh()
    now = services.clock.now()
    today = services.totals.day(now)
    block = services.store.running()
    return Snapshot(
        taken_at=now,
        zone=services.zone,
        block=block,
        absence=services.focus.absence() if block is not None else None,
        today=today,
        shown=today if day in (None, today.day) else services.totals.day(now, day),
        week=services.totals.week(now),
        rest=services.breaks.current(),
        usual=services.plans.in_words(services.plans.usual()),
    )
