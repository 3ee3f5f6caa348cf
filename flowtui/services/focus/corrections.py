"""Correcting what was recorded: add, edit, split, join, relabel, delete, undo, redo.

Each is one transaction; whatever would leave two blocks sharing time is refused before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.focus.away import Away
from flowtui.core.focus.block import Block, Cause, Evidence, Outcome, Source
from flowtui.core.focus.edit import Changes, added, edit, join, relabel, split
from flowtui.core.focus.interruptions import renoted, unnoted
from flowtui.core.focus.measure import whole
from flowtui.core.kinds import BLOCKS
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import one_line
from flowtui.ledger.history import Change, Touched
from flowtui.services.focus.absence import NOTE_AWAY, RECOVER
from flowtui.services.focus.block_store import BlockStore
from flowtui.services.focus.heart import Heart
from flowtui.services.focus.running_block import Draft
from flowtui.services.listeners import Listeners

Collect = Callable[[Block, datetime | None], Evidence | None]
"""Finds the evidence of a block that ends at an instant."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an undo or redo did."""

    label: str
    """Label of the transaction: "end block"."""
    ids: tuple[str, ...]
    """Ids of the blocks that it touched."""


class History:
    """Edits of recorded blocks. All raise FlowError and then leave everything as it was."""

    def __init__(self, store: BlockStore, clock: Clock, zone: ZoneInfo, heart: Heart) -> None:
        self._store = store
        self._heart = heart
        self._clock = clock
        self._zone = zone
        self.listeners: Listeners[[]] = Listeners()
        """Called after every change."""
        self.unanswered: Listeners[[str, Away]] = Listeners()
        """Called with a running block whose time away is no gap any more, before the others."""

    def add(
        self,
        draft: Draft,
        start: datetime,
        end: datetime,
        outcome: Outcome | None = None,
        rating: int | None = None,
        note: str = "",
    ) -> Block:
        """A past block from `start` to `end`."""
        now = self._clock.now()
        with self._store.change("add block") as writer:
            block = Block(
                id=writer.new_id(),
                started_at=whole(start),
                zone=self._zone.key,
                intention=one_line(draft.intention, "intention"),
                then=one_line(draft.then, "if-then plan"),
                tags=draft.tags,
                context=draft.context,
                mode=draft.mode,
                ended_at=whole(end),
            )
            block = added(block, now)
            block = edit(block, Changes(outcome=outcome, rating=rating, note=note or None), now)
            writer.no_overlap(block)
            writer.put(block)
        return self._changed(block)

    def edit(self, id: str, changes: Changes) -> Block:
        """Block `id` with `changes`."""
        with self._store.change("edit block") as writer:
            before = writer.by_id(id)
            block = edit(before, changes, self._clock.now())
            if (block.started_at, block.ended_at) != (before.started_at, before.ended_at):
                writer.no_overlap(block)
            if block != before:
                writer.put(block)
        return self._changed(block)

    def split(self, id: str, at: datetime, collect: Collect | None = None) -> tuple[Block, Block]:
        """Block `id` as two, cut at `at`; `collect` finds what each of them produced."""
        shares: list[Evidence | None] = [None, None]
        before = self._store.by_id(id)
        if before.evidence is not None and collect is not None:
            # looked for before the ledger is held: git may take its time
            parts = split(before, at, before.id)
            shares = [collect(part, part.ended_at) for part in parts]
        with self._store.change("split block") as writer:
            first, second = split(writer.by_id(id), at, writer.new_id())
            if None not in shares:
                first = replace(first, evidence=shares[0])
                second = replace(second, evidence=shares[1])
            writer.put(first)
            writer.put(second)
        self._changed(first)
        return first, second

    def join(self, first_id: str, second_id: str) -> Block:
        """Two blocks as one; nothing may lie between them."""
        with self._store.change("join blocks") as writer:
            first, second = writer.by_id(first_id), writer.by_id(second_id)
            joined = join(first, second)
            gone = second if joined.id == first.id else first
            writer.no_overlap(joined, besides=(first.id, second.id))
            writer.put(joined)
            writer.delete(gone)
        return self._changed(joined)

    def relabel(
        self,
        id: str,
        number: int | None,
        cause: Cause | None = None,
        focus: bool | None = None,
        note: str | None = None,
    ) -> Block:
        """Gap `number` (from 1; None: the last) of block `id` with another cause or as focus."""
        with self._store.change("relabel gap") as writer:
            block = writer.by_id(id)
            number = len(block.gaps) if number is None else number
            block = relabel(block, number, cause, focus, note)
            writer.put(block)
        return self._changed(block)

    def renote(
        self, id: str, number: int, source: Source | None = None, reason: str | None = None
    ) -> Block:
        """Interruption `number` (from 1) of block `id` with another source or reason."""
        with self._store.change("change interruption") as writer:
            block = renoted(writer.by_id(id), number, source, reason)
            writer.put(block)
        return self._changed(block)

    def unnote(self, id: str, number: int) -> Block:
        """Take interruption `number` (from 1) of block `id` away."""
        with self._store.change("delete interruption") as writer:
            block = unnoted(writer.by_id(id), number)
            writer.put(block)
        return self._changed(block)

    def delete(self, id: str) -> Block:
        """Remove block `id`; undo brings it back."""
        with self._store.change("delete block") as writer:
            block = writer.by_id(id)
            if block.ended_at is None:
                raise FlowError(
                    f"block {block.id} is running", "take it back whole: flowtui discard"
                )
            writer.delete(block)
            writer.end_break_of(block)
        return self._changed(block)

    def undo(self, steps: int = 1) -> list[Done]:
        """Take back the last `steps` changes, whichever process made them.

        A block that runs again, or whose absence is open again, has a stretch of which nobody
        knows what it was: it is to be said as after any absence, and is a gap unless somebody does.
        So has one whose time away was said to be a gap: that is offered again.
        """
        changes = self._store.ledger.undo(steps)
        self._reopen(changes)
        self._offer_again(changes)
        self._tell()
        return [_done(change) for change in changes]

    def _reopen(self, changes: list[Change]) -> None:
        running = self._store.running()
        for change in changes:
            for touched in change.touched:
                if running is None or touched.kind != BLOCKS or touched.id != running.id:
                    continue
                since = _unknown_since(change, touched)
                if since is not None:
                    self._heart.reopened(running.id, since)

    def _offer_again(self, changes: list[Change]) -> None:
        running = self._store.running()
        for change in changes:
            if running is None or not change.label.startswith(NOTE_AWAY):
                continue
            for touched in change.touched:
                if touched.kind == BLOCKS and touched.id == running.id:
                    for gap in _gaps_of(touched):
                        self.unanswered.tell(running.id, gap)

    def redo(self, steps: int = 1) -> list[Done]:
        """Do again what was taken back."""
        changes = self._store.ledger.redo(steps)
        self._tell()
        return [_done(change) for change in changes]

    def _changed(self, block: Block) -> Block:
        self._tell()
        return block

    def _tell(self) -> None:
        self.listeners.tell()


def _done(change: Change) -> Done:
    return Done(change.label, tuple(t.id for t in change.touched if t.kind == BLOCKS))


def _unknown_since(change: Change, touched: Touched) -> datetime | None:
    """From when on nobody knows what a running block was, once `change` of it is taken back."""
    before, after = touched.before, touched.after
    if before is None or before.get("ended_at"):
        return None
    if after is None:
        return change.at  # it was discarded then
    if after.get("ended_at"):
        return datetime.fromisoformat(after["ended_at"])
    if not change.label.startswith(RECOVER):
        return None
    # an absence that was dealt with is open again
    new = _new_gaps(before, after)
    return datetime.fromisoformat(new[0]["start"]) if new else None


def _gaps_of(touched: Touched) -> list[Away]:
    """The gaps with an end that a change brought into a block."""
    new = _new_gaps(touched.before or {}, touched.after or {})
    return [
        Away(datetime.fromisoformat(gap["start"]), datetime.fromisoformat(gap["end"]))
        for gap in new
        if gap.get("end")
    ]


def _new_gaps(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    known = before.get("gaps", [])
    return [gap for gap in after.get("gaps", []) if gap not in known]
