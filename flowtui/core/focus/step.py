"""The block's state machine: `step(block, command, now) -> (block, events)`.

A command that does not fit the block's state is refused with a FlowError and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import (
    MAX_BLOCK_S,
    MAX_PLAN_S,
    MAX_UNTIL_S,
    MIN_PLAN_S,
    AtPlan,
    Block,
    EndedBy,
    Gap,
    Interruption,
    Plan,
    PlanKind,
    Thought,
    last_instant,
)
from flowtui.core.focus.commands import (
    Arrive,
    Command,
    Event,
    EventKind,
    Extend,
    Finish,
    Interrupt,
    Judge,
    Lose,
    Park,
    Pause,
    Reach,
    Resume,
    Return,
    Shift,
    Start,
)
from flowtui.core.focus.measure import measure, planned_s, whole
from flowtui.core.focus.reshape import cut, merge_gap, shifted
from flowtui.core.status_file import minutes
from flowtui.core.text import one_line
from flowtui.core.zones import zone_or_utc

Stepped = tuple[Block, tuple[Event, ...]]


def start(command: Start, now: datetime) -> Stepped:
    """A new running block at `now`. Raises UsageError for a plan that cannot be meant."""
    at = whole(now)
    _check_plan(command.plan, at)
    block = Block(
        id=command.id,
        started_at=at,
        zone=command.zone,
        intention=one_line(command.intention, "intention"),
        then=one_line(command.then, "if-then plan"),
        tags=tuple(dict.fromkeys(command.tags)),
        context=command.context,
        mode=command.mode,
        plan=command.plan,
        folder=command.folder,
        planned=command.planned,
    )
    return block, (Event(EventKind.STARTED, block, at),)


def step(block: Block, command: Command, now: datetime) -> Stepped:
    """`block` after `command` at `now`, and what happened.

    Raises FlowError where the command does not fit the state or `now` lies before what the block
    already knows; UsageError where the command itself cannot be meant.
    """
    at = whole(now)
    if isinstance(command, Judge):
        return _judge(block, command, at)
    if block.ended_at is not None:
        raise FlowError(f"block {block.id} has ended", "start a new one: flowtui start")
    if not isinstance(command, Shift | Lose) and at < last_instant(block):
        zone = zone_or_utc(block.zone)
        known = last_instant(block).astimezone(zone)
        raise FlowError(
            f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S} is before what block {block.id} last noted "
            f"({known:%Y-%m-%d %H:%M:%S})",
            "give a later --at; if the clock was set back: flowtui edit running --start TIME"
            if at < block.started_at
            else "give a later --at",
        )
    return _STEPS[type(command)](block, command, at)


def _pause(block: Block, command: Pause, at: datetime) -> Stepped:
    if block.open_gap is not None:
        raise FlowError(f"block {block.id} is paused already", "resume it: flowtui resume")
    note = one_line(command.next_step, "next step")
    block = _returned(block, at)
    block = replace(block, gaps=(*block.gaps, Gap(at, None, command.cause, note)))
    return block, (Event(EventKind.PAUSED, block, at),)


def _resume(block: Block, command: Resume, at: datetime) -> Stepped:
    gap = block.open_gap
    if gap is None:
        raise FlowError(f"block {block.id} is not paused", "pause it: flowtui pause")
    block = replace(block, gaps=(*block.gaps[:-1], replace(gap, end=at)))
    return block, (Event(EventKind.RESUMED, block, at),)


def _interrupt(block: Block, command: Interrupt, at: datetime) -> Stepped:
    _need_clock(block, "an interruption is noted")
    reason = one_line(command.reason, "reason")
    block = _returned(block, at)
    noted = Interruption(at, command.source, reason)
    block = replace(block, interruptions=(*block.interruptions, noted))
    return block, (Event(EventKind.INTERRUPTED, block, at),)


def _return(block: Block, command: Return, at: datetime) -> Stepped:
    if block.open_interruption is None:
        raise FlowError(
            f"block {block.id} has no open interruption to return from",
            "note one first: flowtui interrupt internal",
        )
    block = _returned(block, at)
    return block, (Event(EventKind.RETURNED, block, at),)


def _park(block: Block, command: Park, at: datetime) -> Stepped:
    text = one_line(command.text, "thought", 1000)
    if not text:
        raise UsageError("there is no thought to park", "say it: flowtui park TEXT")
    block = replace(block, parked=(*block.parked, Thought(at, text)))
    return block, (Event(EventKind.PARKED, block, at),)


def park_late(block: Block, text: str, at: datetime) -> Stepped:
    """A thought that came while an ended block still ran; never refused for its time."""
    end = block.ended_at or whole(at)
    ended, (event,) = _park(block, Park(text), max(block.started_at, min(whole(at), end)))
    return ended, (event,)


def _extend(block: Block, command: Extend, at: datetime) -> Stepped:
    plan = block.plan
    if plan.kind is PlanKind.OPEN:
        raise FlowError(
            f"block {block.id} is open-ended: there is nothing to extend",
            "it goes on until you end it: flowtui stop",
        )
    if plan.kind is PlanKind.FIXED:
        # in overtime, "15 minutes more" is meant from now on
        base = max(plan.seconds or 0, measure(block, at).focus_s if command.seconds > 0 else 0)
        plan = replace(plan, seconds=base + command.seconds)
    elif plan.until is not None:
        base_at = max(plan.until, at) if command.seconds > 0 else plan.until
        plan = replace(plan, until=base_at + timedelta(seconds=command.seconds))
    left = planned_s(replace(block, plan=plan))
    if command.seconds < 0 and left is not None and left < MIN_PLAN_S:
        raise UsageError(
            f"{minutes(-command.seconds)} less would leave nothing of the plan of "
            f"{minutes(planned_s(block))}",
            "end the block: flowtui stop",
        )
    _check_plan(plan, block.started_at)
    moved = replace(block, plan=plan)
    if measure(moved, at).reached_at is not None:
        raise UsageError(
            "that would put the end of the plan into the past", "end the block: flowtui stop"
        )
    return moved, (Event(EventKind.EXTENDED, moved, at),)


def _arrive(block: Block, command: Arrive, at: datetime) -> Stepped:
    if not block.plan.run or measure(block, at).reached_at is not None:
        return block, ()
    focus_s = max(MIN_PLAN_S, measure(block, at).focus_s)
    block = replace(block, plan=replace(block.plan, seconds=focus_s))
    return block, (Event(EventKind.EXTENDED, block, at),)


def _reach(block: Block, command: Reach, at: datetime) -> Stepped:
    reached = measure(block, at).reached_at
    if reached is None:
        raise FlowError(f"block {block.id} has not reached its plan")
    events = (Event(EventKind.PLAN_REACHED, block, at),)
    if block.plan.at_plan is AtPlan.END:
        ended, more = _finish(cut(block, reached), Finish(EndedBy.PLAN), reached)
        return ended, events + more
    return block, events


def _lose(block: Block, command: Lose, at: datetime) -> Stepped:
    start, end = max(block.started_at, whole(command.start)), min(at, whole(command.end))
    if end <= start:
        return block, ()
    note = one_line(command.note, "note")
    gaps = merge_gap(block.gaps, Gap(start, end, command.cause, note, command.focus))
    if gaps == block.gaps:
        return block, ()
    block = replace(block, gaps=gaps)
    return block, (Event(EventKind.LOST, block, at),)


def _shift(block: Block, command: Shift, at: datetime) -> Stepped:
    block = shifted(block, timedelta(seconds=command.seconds))
    return block, (Event(EventKind.SHIFTED, block, at),)


def _finish(block: Block, command: Finish, at: datetime) -> Stepped:
    check_end(block, at)
    if block.open_gap is not None:
        block = replace(block, gaps=(*block.gaps[:-1], replace(block.gaps[-1], end=at)))
    block = replace(_returned(block, at), ended_at=at, ended_by=command.ended_by)
    judgement = Judge(command.outcome, command.rating, command.note)
    block, _ = _judge(block, judgement, at)
    return block, (Event(EventKind.FINISHED, block, at),)


def check_end(block: Block, at: datetime) -> None:
    """Raises FlowError if a block that ends at `at` would be longer than a block can be."""
    if (at - block.started_at).total_seconds() > MAX_BLOCK_S:
        raise FlowError(
            f"block {block.id} would be longer than 24 hours",
            "say when it ended: flowtui stop --at TIME, or after a crash --keep heartbeat",
        )


def check_rating(rating: int | None) -> None:
    """Raises UsageError for a rating that is none."""
    if rating is not None and not 1 <= rating <= 5:
        raise UsageError(f"the rating {rating} is not between 1 and 5", "1 is poor, 5 is excellent")


def _judge(block: Block, command: Judge, at: datetime) -> Stepped:
    check_rating(command.rating)
    block = replace(
        block,
        outcome=command.outcome or block.outcome,
        rating=command.rating or block.rating,
        note=one_line(command.note, "note", 2000) or block.note,
        evidence=command.evidence or block.evidence,
    )
    return block, (Event(EventKind.JUDGED, block, at),)


def _returned(block: Block, at: datetime) -> Block:
    """`block` with an open interruption closed: whoever acts on the block is back."""
    noted = block.open_interruption
    if noted is None:
        return block
    closed = (*block.interruptions[:-1], replace(noted, returned_at=at))
    return replace(block, interruptions=closed)


def _need_clock(block: Block, what: str) -> None:
    if block.open_gap is not None:
        raise FlowError(
            f"block {block.id} is paused; {what} while the clock runs",
            "resume it first: flowtui resume",
        )


def _check_plan(plan: Plan, started_at: datetime) -> None:
    if plan.kind is PlanKind.FIXED:
        seconds = plan.seconds or 0
        if not MIN_PLAN_S <= seconds <= MAX_PLAN_S:
            raise UsageError(
                f"a plan of {seconds} seconds is outside of 1 minute to 24 hours",
                "give a length such as 50m or 1h30",
            )
    if plan.kind is PlanKind.UNTIL and (
        plan.until is None
        or not MIN_PLAN_S <= (plan.until - started_at).total_seconds() <= MAX_UNTIL_S
    ):
        raise UsageError(
            "the planned end is not within the 16 hours after the start",
            "a time that is over today means tomorrow; give a later one, such as 17:30",
        )


_STEPS: dict[type, Callable[[Block, Any, datetime], Stepped]] = {
    Pause: _pause,
    Resume: _resume,
    Interrupt: _interrupt,
    Return: _return,
    Park: _park,
    Extend: _extend,
    Reach: _reach,
    Arrive: _arrive,
    Lose: _lose,
    Shift: _shift,
    Finish: _finish,
}
