"""Correcting what was recorded: move, split, join, relabel. Each returns new blocks.

What comes out satisfies the same rules as a block that was lived through: gaps inside the block
and in order, at most 24 hours, nothing in the future.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import (
    MAX_BLOCK_S,
    Block,
    Cause,
    EndedBy,
    Gap,
    Interruption,
    Mode,
    Outcome,
    last_instant,
)
from flowtui.core.focus.measure import whole
from flowtui.core.focus.reshape import cut, joined_evidence, joined_plan, merge_gap, split_plan
from flowtui.core.focus.step import check_rating
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.span import Span
from flowtui.core.text import LINE_LIMIT, one_line
from flowtui.core.zones import zone_or_utc

Stamp = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Changes:
    """Fields to set on a block; None leaves a field as it is, "" empties a text.

    `clear` names what is taken off: outcome, rating, mode. Tags are set whole, or by
    `add_tags` and `drop_tags`, which leave alone what somebody else tagged meanwhile.
    """

    intention: str | None = None
    then: str | None = None
    tags: tuple[str, ...] | None = None
    context: str | None = None
    mode: Mode | None = None
    clear: frozenset[str] = frozenset()
    add_tags: tuple[str, ...] = ()
    drop_tags: tuple[str, ...] = ()
    outcome: Outcome | None = None
    rating: int | None = None
    note: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


def edit(block: Block, changes: Changes, now: datetime) -> Block:
    """`block` with `changes`; UsageError for values out of range, FlowError for bad times."""
    check_rating(changes.rating)
    block = replace(
        block,
        intention=_text(changes.intention, block.intention, "intention"),
        then=_text(changes.then, block.then, "if-then plan"),
        note=_text(changes.note, block.note, "note", 2000),
        tags=_tags(block.tags, changes),
        context=changes.context or block.context,
        mode=None if "mode" in changes.clear else changes.mode or block.mode,
        outcome=None if "outcome" in changes.clear else changes.outcome or block.outcome,
        rating=None if "rating" in changes.clear else changes.rating or block.rating,
    )
    if changes.started_at is None and changes.ended_at is None:
        return block
    return _retime(block, changes.started_at, changes.ended_at, now)


def split(block: Block, at: datetime, new_id: str) -> tuple[Block, Block]:
    """An ended block cut in two at `at`; the second takes `new_id`, outcome, rating and note.

    Each keeps the part of the plan that lies in it. What was produced belongs to both: the second
    carries it until somebody has looked for each; see `services.focus.corrections`.
    """
    _need_ended(block)
    assert block.ended_at is not None
    at = whole(at)
    if not block.started_at < at < block.ended_at:
        raise FlowError(
            f"{_local(at, block)} is not inside block {block.id} "
            f"({_local(block.started_at, block)} to {_local(block.ended_at, block)})",
            f"see its gaps and times: flowtui show {block.id}",
        )
    plans = split_plan(block, at)
    first = replace(
        cut(block, at),
        ended_at=at,
        outcome=None,
        rating=None,
        note="",
        evidence=None,
        plan=plans[0],
        parked=tuple(t for t in block.parked if t.at < at),
        interruptions=tuple(_cut_return(i, at) for i in block.interruptions if i.at < at),
    )
    second = replace(
        block,
        id=new_id,
        started_at=at,
        plan=plans[1],
        gaps=_after(block.gaps, at),
        interruptions=tuple(i for i in block.interruptions if i.at >= at),
        parked=tuple(t for t in block.parked if t.at >= at),
    )
    return first, second


def join(first: Block, second: Block) -> Block:
    """Two ended blocks as one; what lies between becomes a gap with the cause `away`.

    The earlier one gives the id and the context. Both intentions, if-then plans, notes and what
    both produced are kept; outcome and rating are the later one's where it has them.
    """
    _need_ended(first)
    _need_ended(second)
    if second.started_at < first.started_at:
        first, second = second, first
    assert first.ended_at is not None and second.ended_at is not None
    if first.id == second.id:
        raise UsageError(f"block {first.id} cannot be joined with itself", "name two blocks")
    gaps = first.gaps
    if second.started_at > first.ended_at:
        gaps = (*gaps, Gap(first.ended_at, second.started_at, Cause.AWAY))
    for gap in second.gaps:
        gaps = merge_gap(gaps, gap)
    intention, rest = _both(first.intention, second.intention, LINE_LIMIT)
    then, rest_then = _both(first.then, second.then, LINE_LIMIT)
    notes = [first.note, second.note, rest, rest_then]
    joined = replace(
        first,
        ended_at=max(first.ended_at, second.ended_at),
        ended_by=second.ended_by,
        intention=intention,
        then=then,
        mode=first.mode or second.mode,
        plan=joined_plan(first, second),
        gaps=gaps,
        interruptions=tuple(
            sorted((*first.interruptions, *second.interruptions), key=lambda i: i.at)
        ),
        parked=tuple(sorted((*first.parked, *second.parked), key=lambda t: t.at)),
        tags=tuple(dict.fromkeys((*first.tags, *second.tags))),
        outcome=second.outcome or first.outcome,
        rating=second.rating or first.rating,
        note=" · ".join(dict.fromkeys(n for n in notes if n)),
        evidence=joined_evidence(first.evidence, second.evidence),
    )
    _check_length(joined)
    return joined


def _both(one: str, other: str, limit: int) -> tuple[str, str]:
    """Two texts as one, and what of them has no room there."""
    if not other or other == one:
        return one, ""
    whole = f"{one} · {other}" if one else other
    return (whole, "") if len(whole) <= limit else (one, other)


def relabel(
    block: Block, number: int, cause: Cause | None, focus: bool | None, note: str | None = None
) -> Block:
    """Gap `number` (from 1) with another cause, or given back as focus (or taken back)."""
    if not 1 <= number <= len(block.gaps):
        have = f"it has {len(block.gaps)}" if block.gaps else "it has none"
        raise FlowError(
            f"block {block.id} has no gap {number}: {have}", f"see them: flowtui show {block.id}"
        )
    gap = block.gaps[number - 1]
    if gap.end is None and focus:
        raise FlowError(
            f"gap {number} of block {block.id} still lasts", "end it first: flowtui resume"
        )
    gap = replace(
        gap,
        cause=cause or gap.cause,
        focus=gap.focus if focus is None else focus,
        note=gap.note if note is None else one_line(note, "note"),
    )
    return replace(block, gaps=(*block.gaps[: number - 1], gap, *block.gaps[number:]))


def overlapping(block: Block, others: Iterable[Block], now: datetime) -> Block | None:
    """The first of `others` that shares time with `block`; None if none does."""
    span = Span(block.started_at, block.ended_at or max(whole(now), block.started_at))
    for other in sorted(others, key=lambda b: b.started_at):
        end = other.ended_at or max(whole(now), other.started_at)
        if other.id != block.id and span.overlaps(Span(other.started_at, end)):
            return other
    return None


def check_finished(block: Block, now: datetime) -> None:
    """Raises FlowError unless an ended block lies in the past and within 24 hours."""
    assert block.ended_at is not None
    if block.ended_at > now:
        raise FlowError(
            f"{_local(block.ended_at, block)} is in the future", "a block can only lie in the past"
        )
    if block.ended_at <= block.started_at:
        raise FlowError(
            f"the end {_local(block.ended_at, block)} is not after "
            f"the start {_local(block.started_at, block)}",
            "give a later end or an earlier start",
        )
    _check_length(block)


def _retime(
    block: Block, started_at: datetime | None, ended_at: datetime | None, now: datetime
) -> Block:
    if ended_at is not None and block.ended_at is None:
        raise FlowError(f"block {block.id} still runs: it has no end to move", "flowtui stop --at")
    began = whole(started_at) if started_at is not None else block.started_at
    moved = replace(block, started_at=began, gaps=_after(block.gaps, began))
    moved = replace(
        moved,
        interruptions=tuple(
            replace(i, at=max(i.at, began))
            for i in moved.interruptions
            if i.at >= began or i.returned_at is None or i.returned_at > began
        ),
        parked=tuple(replace(t, at=max(t.at, began)) for t in moved.parked),
    )
    if block.ended_at is None:
        if began > now:
            raise FlowError(f"{_local(began, block)} is in the future", "give an earlier start")
        _check_length(replace(moved, ended_at=whole(now)))
        return moved
    end = whole(ended_at) if ended_at is not None else block.ended_at
    moved = replace(moved, ended_at=end)
    check_finished(moved, now)
    return cut(moved, end)


def _tags(before: tuple[str, ...], changes: Changes) -> tuple[str, ...]:
    whole = before if changes.tags is None else changes.tags
    rest = [tag for tag in whole if tag not in changes.drop_tags]
    return tuple(dict.fromkeys([*rest, *changes.add_tags]))


def _after(gaps: tuple[Gap, ...], at: datetime) -> tuple[Gap, ...]:
    return tuple(replace(g, start=max(g.start, at)) for g in gaps if g.end is None or g.end > at)


def _cut_return(noted: Interruption, at: datetime) -> Interruption:
    if noted.returned_at is None or noted.returned_at <= at:
        return noted
    return replace(noted, returned_at=at)


def _text(new: str | None, old: str, what: str, limit: int = 300) -> str:
    return old if new is None else one_line(new, what, limit)


def _need_ended(block: Block) -> None:
    if block.ended_at is None:
        raise FlowError(f"block {block.id} still runs", "end it first: flowtui stop")


def _check_length(block: Block) -> None:
    assert block.ended_at is not None
    if block.ended_at - block.started_at > timedelta(seconds=MAX_BLOCK_S):
        raise FlowError(
            f"block {block.id} would be longer than 24 hours",
            "a block lasts a day at most: give other times",
        )


def _local(instant: datetime, block: Block) -> str:

    return instant.astimezone(zone_or_utc(block.zone)).strftime(Stamp)


def added(block: Block, now: datetime) -> Block:
    """A block entered afterwards, checked like any other. Raises FlowError for bad times."""
    block = replace(block, added=True, ended_by=EndedBy.USER)
    check_finished(block, now)
    if last_instant(block) != block.ended_at:
        raise FlowError(f"block {block.id} notes something after its end")
    return block
