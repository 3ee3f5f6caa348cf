"""What the page shows, asked of the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flowtui.core.focus.block import Block, PlanKind
from flowtui.core.focus.measure import extent, measure
from flowtui.core.status_file import minutes

if TYPE_CHECKING:
    from flowtui.core.plan.planned_block import Occurrence
    from flowtui.services.wiring import Services


@dataclass(frozen=True, slots=True)
class Done:
    """A block of today."""

    at: str
    focus: str
    intention: str
    outcome: str


@dataclass(frozen=True, slots=True)
class PageView:
    """Today and the running block, in words."""

    at: datetime
    state: str
    """ "idle", "running", "paused" or "interrupted"."""
    headline: str
    """The time that matters most, such as "38 min left of 50 min"."""
    intention: str = ""
    beside: str = ""
    """What else is to be said of the block."""
    today: str = ""
    usual: str = ""
    """The plan that a start without words begins."""
    next_planned: str = ""
    done: tuple[Done, ...] = ()
    energy: float | None = None


def view(services: Services) -> PageView:
    """The page as of now."""
    services.store.ledger.refresh()
    snapshot = services.snapshots.take(None)
    now, block = services.clock.now(), snapshot.block
    zone = snapshot.zone
    goal = services.config.goals.day_min
    count = len(snapshot.today.blocks)
    blocks = "1 block" if count == 1 else f"{count} blocks"
    meant = f" of {minutes(goal * 60)}" if goal else ""
    done = tuple(
        Done(
            f"{extent(one, now).start.astimezone(zone):%H:%M}",
            minutes(measure(one, now).focus_s),
            one.intention or "a block",
            one.outcome.value if one.outcome else "",
        )
        for one in snapshot.today.blocks
        if one.ended_at is not None
    )
    common = {
        "today": f"today {minutes(snapshot.today.focus_s)}{meant} in {blocks}",
        "usual": snapshot.usual,
        "next_planned": _planned(snapshot.planned, now, services),
    }
    energy = services.body.log.glance(now).energy
    if block is None:
        rest = snapshot.rest
        headline = "no block"
        if rest is not None and not rest.rung:
            headline = "a break"
        return PageView(now, "idle", headline, done=done, energy=energy, **common)
    state = "paused" if block.open_gap is not None else "running"
    if block.open_interruption is not None:
        state = "interrupted"
    return PageView(
        now,
        state,
        _headline(block, now),
        block.intention or "a block",
        _beside(block),
        done=done,
        energy=energy,
        **common,
    )


def _headline(block: Block, now: datetime) -> str:
    seen = measure(block, now)
    if block.plan.kind is PlanKind.OPEN or seen.remaining_s is None:
        return f"{minutes(seen.focus_s)} of focus"
    if seen.remaining_s > 0:
        planned = minutes(seen.focus_s + seen.remaining_s)
        return f"{minutes(seen.remaining_s)} left of {planned}"
    return f"{minutes(seen.overtime_s)} over the plan"


def _beside(block: Block) -> str:
    parts = []
    if block.interruptions:
        n = len(block.interruptions)
        parts.append("1 interruption" if n == 1 else f"{n} interruptions")
    if block.parked:
        n = len(block.parked)
        parts.append("1 thought parked" if n == 1 else f"{n} thoughts parked")
    if block.open_gap is not None and block.open_gap.note:
        parts.append(f"next step: {block.open_gap.note}")
    return ", ".join(parts)


def _planned(planned: tuple[Occurrence, ...], now: datetime, services: Services) -> str:
    if not planned:
        return ""
    from flowtui.core.plan.planned_block import Standing, stand

    for one in stand(planned, now):
        if one.standing in (Standing.DUE, Standing.PLANNED):
            at = one.at.astimezone(services.zone)
            return f"{at:%a %H:%M} {one.plan.intention or 'a block'}"
    return ""
