"""The rules that every recorded block keeps, whatever wrote it; and mending what breaks them.

Commands keep them by themselves. They are asked of what comes from a file: by the import, which
leaves out what breaks one, and by the doctor, which names it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from flowtui.core.focus.block import MAX_BLOCK_S, Block, EndedBy, Gap, last_instant
from flowtui.core.focus.reshape import cut, merge_gap
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import plain

CLOCKS_DIFFER = timedelta(minutes=2)
"""The clocks of two machines differ by this much without anybody noticing."""
LONGEST = timedelta(seconds=MAX_BLOCK_S)


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule that a block breaks."""

    field: str
    what: str
    mends: bool = False
    """Whether `mended` puts it right without losing what a person said."""


def faults(block: Block, now: datetime) -> list[Fault]:
    """Every rule that `block` by itself breaks at `now`; none for a sound one."""
    return [*_of_times(block, now), *_of_parts(block), *_of_texts(block)]


def _follows(gaps: tuple[Gap, ...], at: datetime) -> bool:
    last = gaps[-1].end if gaps else at
    return last is not None and last <= at


def mended(block: Block) -> Block:
    """`block` without what `faults` calls mendable: parts inside it, texts without control codes.

    A gap outside of the block goes, one that reaches out is cut; thoughts all stay.
    """
    end = block.ended_at
    gaps: tuple[Gap, ...] = ()
    for gap in sorted(block.gaps, key=lambda g: (g.start, g.end is None)):
        start = max(gap.start, block.started_at)
        stop = gap.end if end is None else min(gap.end or end, end)
        if stop is None:
            gaps = (*gaps, replace(gap, start=start))
        elif gap.start == gap.end == start == stop and _follows(gaps, start):
            gaps = (*gaps, gap)  # pause and resume within a second: noted, and no harm
        elif start < stop:
            gaps = merge_gap(gaps, replace(gap, start=start, end=stop))
    noted = tuple(
        replace(i, at=max(i.at, block.started_at))
        for i in block.interruptions
        if i.returned_at is None or i.returned_at >= max(i.at, block.started_at)
    )
    parked = tuple(replace(t, at=max(t.at, block.started_at)) for t in block.parked)
    block = replace(block, gaps=gaps, interruptions=noted, parked=parked)
    if end is not None:
        block = replace(cut(block, end), gaps=gaps)  # they are within it already
    return replace(
        block,
        intention=plain(block.intention),
        then=plain(block.then),
        note=plain(block.note),
        context=plain(block.context) or "work",
        folder=plain(block.folder),
        tags=tuple(tag for tag in map(plain, block.tags) if tag),
        gaps=tuple(replace(g, note=plain(g.note)) for g in block.gaps),
        interruptions=tuple(replace(i, reason=plain(i.reason)) for i in block.interruptions),
        parked=tuple(replace(t, text=plain(t.text)) for t in block.parked),
    )


def ended_at_last(block: Block, at: datetime | None = None) -> Block:
    """A block that nothing points to any more, ended where it last noted something, or at `at`."""
    end = max(last_instant(block), min(at or block.started_at, block.started_at + LONGEST))
    gaps = tuple(replace(g, end=max(g.start, end)) if g.end is None else g for g in block.gaps)
    noted = tuple(
        replace(i, returned_at=end) if i.returned_at is None else i for i in block.interruptions
    )
    return replace(block, ended_at=end, ended_by=EndedBy.RECOVERY, gaps=gaps, interruptions=noted)


class Taken:
    """The stretches of time that blocks take; tells which of them another one would share."""

    def __init__(self) -> None:
        self._spans: list[tuple[datetime, datetime, str]] = []

    def clash(self, block: Block, now: datetime) -> str:
        """The id of a block that shares time with `block`; empty if none does."""
        start, end = _span(block, now)
        first = bisect_left(self._spans, (start - 2 * LONGEST,))
        for began, ended, id in self._spans[first:]:
            if began >= end:
                break
            if id != block.id and began < end and start < ended:
                return id
        return ""

    def add(self, block: Block, now: datetime) -> None:
        """Take the time of `block`."""
        insort(self._spans, (*_span(block, now), block.id))

    def drop(self, block: Block, now: datetime) -> None:
        """Give its time free."""
        span = (*_span(block, now), block.id)
        if span in self._spans:
            self._spans.remove(span)


def _span(block: Block, now: datetime) -> tuple[datetime, datetime]:
    return block.started_at, block.ended_at or max(now, block.started_at)


def _of_times(block: Block, now: datetime) -> Iterator[Fault]:
    latest = now + CLOCKS_DIFFER
    if block.started_at > latest:
        yield Fault("started_at", f"begins in the future, at {_utc(block.started_at)}")
    elif block.ended_at is not None and block.ended_at > latest:
        yield Fault("ended_at", f"ends in the future, at {_utc(block.ended_at)}")
    if block.ended_at is not None and block.ended_at - block.started_at > LONGEST:
        yield Fault("ended_at", "is longer than 24 hours")
    if block.rating is not None and not 1 <= block.rating <= 5:
        yield Fault("rating", f"is rated {block.rating}, not 1 to 5")


def _of_parts(block: Block) -> Iterator[Fault]:
    start, end = block.started_at, block.ended_at

    def outside(instant: datetime | None) -> bool:
        return instant is not None and (instant < start or (end is not None and instant > end))

    before: datetime | None = start
    for number, gap in enumerate(block.gaps, 1):
        name = f"gaps[{number}]"
        if outside(gap.start) or outside(gap.end):
            yield Fault(name, f"has a gap outside of it: gap {number}", True)
        elif gap.end is None and (end is not None or number < len(block.gaps)):
            yield Fault(name, f"has a gap without an end: gap {number}", True)
        elif before is None or gap.start < before:
            yield Fault(name, f"has gaps that overlap or are out of order: gap {number}", True)
        before = gap.end
    for number, noted in enumerate(block.interruptions, 1):
        if outside(noted.at) or outside(noted.returned_at):
            what = f"has an interruption outside of it: interruption {number}"
            yield Fault(f"interruptions[{number}]", what, True)
        elif noted.returned_at is not None and noted.returned_at < noted.at:
            what = f"returns from interruption {number} before it began"
            yield Fault(f"interruptions[{number}]", what, True)
    for number, thought in enumerate(block.parked, 1):
        if outside(thought.at):
            what = f"has a thought outside of it: thought {number}"
            yield Fault(f"parked[{number}]", what, True)


def _of_texts(block: Block) -> Iterator[Fault]:
    texts = [
        ("intention", block.intention),
        ("then", block.then),
        ("note", block.note),
        ("context", block.context),
        ("folder", block.folder),
        *(("tags", tag) for tag in block.tags),
        *((f"gaps[{n}].note", gap.note) for n, gap in enumerate(block.gaps, 1)),
        *((f"interruptions[{n}].reason", i.reason) for n, i in enumerate(block.interruptions, 1)),
        *((f"parked[{n}].text", t.text) for n, t in enumerate(block.parked, 1)),
    ]
    for field, text in texts:
        if plain(text) != text.strip():
            yield Fault(field, f"holds control characters in {field}", True)


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
