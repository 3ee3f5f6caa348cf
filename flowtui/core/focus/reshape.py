"""A block's parts cut, fitted in and moved, so that gaps stay in order and inside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flowtui.core.focus.block import Block, Gap


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
