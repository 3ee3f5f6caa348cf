"""A block's parts cut, fitted in and moved, so that gaps stay in order and inside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flowtui.core.focus.block import (
    MAX_PLAN_S,
    MIN_PLAN_S,
    OPEN_ENDED,
    Block,
    Evidence,
    Gap,
    Plan,
    PlanKind,
)
from flowtui.core.focus.measure import measure


def cut(block: Block, at: datetime) -> Block:
    """`block` without anything that it noted after `at`."""
    gaps = tuple(
        replace(g, end=min(g.end, at) if g.end is not None else None)
        for g in block.gaps
        if g.start < at
    )
    interruptions = tuple(
        replace(i, returned_at=min(i.returned_at, at) if i.returned_at is not None else None)
        for i in block.interruptions
        if i.at <= at
    )
    # thoughts are kept whatever happens: nobody wants to lose those
    parked = tuple(replace(t, at=min(t.at, at)) for t in block.parked)
    return replace(block, gaps=gaps, interruptions=interruptions, parked=parked)


def merge_gap(gaps: tuple[Gap, ...], new: Gap) -> tuple[Gap, ...]:
    """`gaps` with `new` fitted in; where they overlap, what was noted first stays."""
    free = [new]
    for gap in gaps:
        rest: list[Gap] = []
        for part in free:
            assert part.end is not None
            gap_end = gap.end or part.end
            if gap_end <= part.start or part.end <= gap.start:
                rest.append(part)
                continue
            if part.start < gap.start:
                rest.append(replace(part, end=gap.start))
            if gap_end < part.end:
                rest.append(replace(part, start=gap_end))
        free = rest
    return tuple(sorted((*gaps, *free), key=lambda g: (g.start, g.end is None)))


def shifted(block: Block, delta: timedelta) -> Block:
    """`block` with every instant moved by `delta`."""
    move: Callable[[datetime | None], Any] = lambda t: None if t is None else t + delta  # noqa: E731
    return replace(
        block,
        started_at=block.started_at + delta,
        plan=replace(block.plan, until=move(block.plan.until)),
        ended_at=move(block.ended_at),
        gaps=tuple(replace(g, start=move(g.start), end=move(g.end)) for g in block.gaps),
        interruptions=tuple(
            replace(i, at=move(i.at), returned_at=move(i.returned_at)) for i in block.interruptions
        ),
        parked=tuple(replace(t, at=move(t.at)) for t in block.parked),
    )


def split_plan(block: Block, at: datetime) -> tuple[Plan, Plan]:
    """The plan of a block that is cut at `at`: what of it lies before, and what is left after.

    A part that is over, or shorter than a plan can be, is open-ended.
    """
    plan = block.plan
    bare = replace(plan, run="", run_name="", run_marks=None)
    if plan.kind is PlanKind.FIXED and plan.seconds is not None:
        done = measure(replace(cut(block, at), ended_at=at), at).focus_s
        before, after = min(done, plan.seconds), plan.seconds - done
        return _fixed(bare, before), _fixed(plan, after)
    if plan.kind is PlanKind.UNTIL and plan.until is not None:
        first = replace(bare, until=min(plan.until, at))
        return first, plan if plan.until > at else OPEN_ENDED
    return plan, plan


def joined_plan(first: Block, second: Block) -> Plan:
    """The plan of two blocks in one: both lengths, or the later one's instant."""
    one, other = first.plan, second.plan
    if one.kind is PlanKind.FIXED and other.kind is PlanKind.FIXED:
        seconds = min(MAX_PLAN_S, (one.seconds or 0) + (other.seconds or 0))
        return replace(other, seconds=seconds)
    return other if other.kind is PlanKind.UNTIL else one


def _fixed(plan: Plan, seconds: int) -> Plan:
    return replace(plan, seconds=seconds) if seconds >= MIN_PLAN_S else OPEN_ENDED


def joined_evidence(one: Evidence | None, other: Evidence | None) -> Evidence | None:
    """What two blocks produced together; None where nobody has looked at either."""
    if one is None or other is None:
        return one or other

    def both(a: int | None, b: int | None) -> int | None:
        return a if b is None else b if a is None else a + b

    return Evidence(
        both(one.commits, other.commits),
        both(one.insertions, other.insertions),
        both(one.deletions, other.deletions),
        both(one.files, other.files),
        (*other.subjects, *one.subjects)[:20],
        tuple(dict.fromkeys((*one.problems, *other.problems))),
    )
