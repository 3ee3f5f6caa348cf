"""Past focus out of time trackers: a plan that writes nothing, then one transaction.

An imported block is marked by the program it came from, and has an id made from that program and
the row, so that a second import finds every row known.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import MAX_BLOCK_S, Block, EndedBy
from flowtui.core.focus.tags import parse_tag
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import LINE_LIMIT, plain
from flowtui.services.focus.block_store import BlockStore

if TYPE_CHECKING:
    from flowtui.exchange.protocol import LeftOut, Options, Unread
    from flowtui.exchange.trackers.tracked import TrackedTime, Tracker

ID_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
ID_LENGTH = 10
UNREAD_KEPT = 1_000
LEAST = timedelta(minutes=1)


@dataclass(slots=True)
class TrackerPlan:
    """What an import of one file would do."""

    format: str
    file: str
    new: list[Block] = field(default_factory=list)
    known: int = 0
    """Rows that an import brought in before."""
    short: int = 0
    """Rows of less than a minute, left out."""
    overlaps: list[Unread] = field(default_factory=list)
    """Rows that share time with a block, or with a row before them; left out unless cut."""
    cut: int = 0
    """Rows shortened to the time that was free."""
    unread: list[Unread] = field(default_factory=list)
    unread_count: int = 0
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def focus_s(self) -> int:
        """Seconds in the new blocks."""
        spans = ((b.started_at, b.ended_at) for b in self.new)
        return sum(int((end - start).total_seconds()) for start, end in spans if end)


class TrackerImport:
    """Plans and carries out imports of tracked time."""

    def __init__(self, store: BlockStore, zone: str) -> None:
        self._store = store
        self._zone = zone

    def plan(
        self, tracker: Tracker, path: Path, options: Options, context: str, cut: bool = False
    ) -> TrackerPlan:
        """Read all of `path`; write nothing.

        With `cut` a row that shares time with another is shortened to what is free before it is
        left out. Raises FlowError for a file that is absent, damaged or another program's.
        """
        from flowtui.exchange.protocol import LeftOut
        from flowtui.exchange.trackers.tracked import TrackedTime

        plan = TrackerPlan(tracker.name, path.name)
        rows: list[TrackedTime] = []
        try:
            for row in tracker.read(path, options):
                if isinstance(row, TrackedTime):
                    rows.append(row)
                elif isinstance(row, LeftOut):
                    _count(plan, row)
                else:
                    _unread(plan, row)
        except OSError as error:
            raise FlowError(f"{path} cannot be read: {error.strerror or error}") from None
        self._place(plan, sorted(rows, key=lambda row: (row.start, row.end)), options, context, cut)
        return plan

    def carry_out(self, plan: TrackerPlan) -> int:
        """Write the plan's blocks as one command; returns how many. Raises FlowError.

        What has come to share time with one since the plan was made is left out.
        """
        if not plan.new:
            return 0
        count = 0
        with self._store.change(f"import {plan.format} {plan.file}") as writer:
            taken = _Taken(self._store.blocks.every(), self._store.clock.now())
            for block in plan.new:
                assert block.ended_at is not None
                if self._store.blocks.has(block.id) or taken.near(block.started_at, block.ended_at):
                    continue
                writer.put(block)
                taken.add(block.started_at, block.ended_at)
                count += 1
        return count

    def _place(
        self,
        plan: TrackerPlan,
        rows: Iterable[TrackedTime],
        options: Options,
        context: str,
        cut: bool,
    ) -> None:
        from flowtui.exchange.protocol import Unread

        blocks = self._store.blocks.every()
        known = {block.id for block in blocks}
        taken = _Taken(blocks, options.now)
        for row in rows:
            id = _id(plan.format, row.key)
            text = f"{row.start:%Y-%m-%d %H:%M} {row.text or row.project}"
            start, end = (at.replace(microsecond=0) for at in (row.start, row.end))
            if id in known:
                plan.known += 1
                continue
            if end > options.now:
                _unread(plan, Unread(row.line, text, "ends in the future"))
                continue
            if end - start > timedelta(seconds=MAX_BLOCK_S):
                _unread(plan, Unread(row.line, text, "is longer than 24 hours"))
                continue
            if taken.near(start, end):
                free = taken.free(start, end) if cut else None
                if free is None or free[1] - free[0] < LEAST:
                    plan.overlaps.append(Unread(row.line, text, "shares time with another block"))
                    continue
                start, end = free
                plan.cut += 1
            if end - start < LEAST:
                plan.short += 1
                continue
            known.add(id)
            taken.add(start, end)
            plan.new.append(self._block(plan.format, id, row, start, end, context))

    def _block(
        self,
        format: str,
        id: str,
        row: TrackedTime,
        start: datetime,
        end: datetime,
        context: str,
    ) -> Block:
        words = (*row.tags, row.project) if row.project else row.tags
        return Block(
            id=id,
            started_at=start,
            zone=self._zone,
            intention=plain(row.text or row.project, LINE_LIMIT),
            tags=tuple(dict.fromkeys(filter(None, map(_tag, words)))),
            context=context,
            ended_at=end,
            ended_by=EndedBy.USER,
            added=True,
            imported=format,
        )


class _Taken:
    """Time that blocks have, without overlap, for quick questions."""

    def __init__(self, blocks: Iterable[Block], now: datetime) -> None:
        spans = sorted((block.started_at, block.ended_at or now) for block in blocks)
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def near(self, start: datetime, end: datetime) -> bool:
        """Whether a span shares time with any."""
        at = bisect_right(self._starts, start)
        before = at > 0 and self._ends[at - 1] > start
        return before or (at < len(self._starts) and self._starts[at] < end)

    def free(self, start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
        """The first stretch of a span that is free; None if there is none."""
        at = max(0, bisect_right(self._starts, start) - 1)
        while start < end:
            while at < len(self._starts) and self._ends[at] <= start:
                at += 1
            if at == len(self._starts) or self._starts[at] >= end:
                return start, end
            if self._starts[at] > start:
                return start, self._starts[at]
            start = self._ends[at]
        return None

    def add(self, start: datetime, end: datetime) -> None:
        """It is taken from now on."""
        at = bisect_left(self._starts, start)
        self._starts.insert(at, start)
        self._ends.insert(at, end)


def _count(plan: TrackerPlan, row: LeftOut) -> None:
    """Add up what is left out for one reason."""
    for at, left in enumerate(plan.left_out):
        if left.what == row.what:
            plan.left_out[at] = replace(left, count=left.count + row.count)
            return
    plan.left_out.append(row)


def _unread(plan: TrackerPlan, row: Unread) -> None:
    plan.unread_count += 1
    if len(plan.unread) < UNREAD_KEPT:
        plan.unread.append(row)


def _id(format: str, key: str) -> str:
    number = int.from_bytes(hashlib.sha256(f"{format}\0{key}".encode("utf-8", "replace")).digest())
    letters = []
    for _ in range(ID_LENGTH):
        number, rest = divmod(number, len(ID_LETTERS))
        letters.append(ID_LETTERS[rest])
    return "".join(letters)


def _tag(word: str) -> str | None:
    """`word` as a tag of ours, blanks joined; None where nothing of it can be one."""
    try:
        return parse_tag("-".join(plain(word).split()))
    except UsageError:
        return None
