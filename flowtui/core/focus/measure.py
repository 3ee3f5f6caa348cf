"""What follows from a block at an instant: focus, pauses, overtime, what remains. Never stored."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flowtui.core.day import DayRule
from flowtui.core.focus.block import Block, EndReason, PlanKind, State
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.span import Span, instant_after, intersect, subtract, total_s, union
from flowtui.core.zones import zone_or_utc


@dataclass(frozen=True, slots=True)
class Measure:
    """Derived quantities of one block at one instant; all in whole seconds."""

    state: State
    focus_s: int
    paused_s: int
    """Time in gaps that were not given back. Focus and paused together are the whole block."""
    overtime_s: int
    """The part of focus beyond the plan."""
    planned_s: int | None
    """None for an open-ended block."""
    remaining_s: int | None
    """Focus left to the plan, never negative; None for an open-ended block."""
    reached_at: datetime | None
    """When the plan was reached; None if it was not, or there is none."""


def whole(instant: datetime) -> datetime:
    """`instant` cut to whole seconds: the resolution of everything stored."""
    return instant.replace(microsecond=0)


def filed_day(block: Block, day_start: time) -> date:
    """The logical day that the whole of `block` belongs to: that of its start, where it started."""
    return DayRule(zone_or_utc(block.zone), day_start).day_of(block.started_at)


def extent(block: Block, now: datetime) -> Span:
    """From start to end, or to `now` while it runs (never before its start)."""
    return Span(block.started_at, max(block.started_at, block.ended_at or whole(now)))


def gap_spans(block: Block, now: datetime) -> list[Span]:
    """What is not focus: the gaps that were not given back."""
    window = extent(block, now)
    spans = [
        Span(gap.start, max(gap.start, gap.end or window.end))
        for gap in block.gaps
        if not gap.focus
    ]
    return intersect(union(spans), window)


def focus_spans(block: Block, now: datetime) -> list[Span]:
    """The stretches that count as focus."""
    return subtract([extent(block, now)], gap_spans(block, now))


def focus_of(block: Block, now: datetime) -> int:
    """Seconds of focus at `now`; as `measure` tells, without all else."""
    return total_s(focus_spans(block, now))


def measure(block: Block, now: datetime) -> Measure:
    """All derived quantities at `now`."""
    focus = focus_spans(block, now)
    focus_s = total_s(focus)
    reached = _reached(block, focus, extent(block, now).end)
    overtime = 0
    if reached is not None:
        end = max(reached, extent(block, now).end)
        overtime = total_s(intersect(focus, Span(reached, end)))
    return Measure(
        state=_state(block, reached),
        focus_s=focus_s,
        paused_s=total_s(gap_spans(block, now)),
        overtime_s=overtime,
        planned_s=planned_s(block),
        remaining_s=_remaining(block, focus_s, extent(block, now).end),
        reached_at=reached,
    )


def planned_s(block: Block) -> int | None:
    """Planned length in seconds; for "until HH:MM" the stretch from start to that instant."""
    if block.plan.kind is PlanKind.FIXED:
        return block.plan.seconds
    if block.plan.kind is PlanKind.UNTIL and block.plan.until is not None:
        return max(0, int((block.plan.until - block.started_at).total_seconds()))
    return None


def deadline(block: Block, now: datetime) -> datetime | None:
    """When the plan will be reached if nothing more gets in the way.

    None for an open-ended or ended block, and while a gap lasts in a block of fixed length.
    """
    if block.ended_at is not None:
        return None
    if block.plan.kind is PlanKind.UNTIL:
        return block.plan.until
    gap = block.open_gap
    if block.plan.kind is PlanKind.OPEN or (gap is not None and not gap.focus):
        return None
    focus = focus_spans(block, now)
    reached = _reached(block, focus, now)
    if reached is not None:
        return reached
    left = (block.plan.seconds or 0) - total_s(focus)
    return whole(now) + timedelta(seconds=left)


def interrupted_s(block: Block, now: datetime) -> int:
    """Seconds between interruptions and their returns; the clock ran through them."""
    end = extent(block, now).end
    spans = [Span(i.at, max(i.at, min(i.returned_at or end, end))) for i in block.interruptions]
    return total_s(union(spans))


def end_reason(block: Block) -> EndReason:
    """How an ended block's end relates to its plan.

    An open-ended block is always completed; a planned one is stopped (before), completed (at the
    plan) or overtime (after it).
    """
    if block.ended_at is None or block.plan.kind is PlanKind.OPEN:
        return EndReason.COMPLETED
    seen = measure(block, block.ended_at)
    if seen.reached_at is None:
        return EndReason.STOPPED
    return EndReason.OVERTIME if seen.overtime_s > 0 else EndReason.COMPLETED


def _reached(block: Block, focus: list[Span], end: datetime) -> datetime | None:
    if block.plan.kind is PlanKind.UNTIL and block.plan.until is not None:
        # the start of a block may have been moved past the planned end
        return max(block.plan.until, block.started_at) if block.plan.until <= end else None
    if block.plan.kind is PlanKind.FIXED and block.plan.seconds is not None:
        return instant_after(focus, block.plan.seconds)
    return None


def _remaining(block: Block, focus_s: int, end: datetime) -> int | None:
    if block.plan.kind is PlanKind.UNTIL and block.plan.until is not None:
        return max(0, int((block.plan.until - end).total_seconds()))
    if block.plan.kind is PlanKind.FIXED and block.plan.seconds is not None:
        return max(0, block.plan.seconds - focus_s)
    return None


def _state(block: Block, reached: datetime | None) -> State:
    if block.ended_at is not None:
        return State.ENDED
    if block.open_gap is not None and not block.open_gap.focus:
        return State.PAUSED
    return State.OVERTIME if reached is not None else State.RUNNING
