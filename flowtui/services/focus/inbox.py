"""The inbox of parked thoughts: those of blocks, and loose ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Fate
from flowtui.core.focus.inbox import LooseThought, Parked, answered, of_block, waiting
from flowtui.core.kinds import THOUGHTS
from flowtui.core.text import one_line
from flowtui.services.focus.block_store import BlockStore, Writer
from flowtui.services.store import Store

LATELY = timedelta(days=60)
"""A look reads this year, and so many days at least; all years are for who asks for them."""


class Inbox:
    """Lists thoughts, takes new ones, and keeps what became of them."""

    def __init__(self, store: BlockStore) -> None:
        self._blocks = store
        self._loose: Store[LooseThought] = Store(store.ledger, THOUGHTS, "flowtui parked")

    def waiting(self, of_all_years: bool = False) -> list[Parked]:
        """Those that wait, oldest first; of this year and the last weeks, or of all years."""
        today = self._today()
        first, last = min(today - LATELY, today.replace(month=1, day=1)), today + timedelta(days=1)
        if of_all_years:
            first = date.min
        rows = self._blocks.blocks.rows_between(first, last)
        noted = [row for row in rows if row.get("parked")]
        loose = [
            Parked(one.id, one.at, one.text, one.fate, one.day)
            for one in self._loose.between(first, last)
        ]
        if not noted and not loose:
            return []
        texts = {str(t.get("text", "")).casefold() for row in noted for t in row["parked"]}
        texts |= {one.text.casefold() for one in loose}
        begun = [row for row in rows if str(row.get("intention", "")).casefold() in texts]
        store = self._blocks.blocks
        return waiting(
            [one for block in store.decoded(noted) for one in of_block(block)] + loose,
            ((block.intention, block.started_at) for block in store.decoded(begun)),
        )

    def add(self, text: str) -> LooseThought:
        """Park a thought that belongs to no block. Raises UsageError where there is none."""
        text = one_line(text, "thought", 1000)
        if not text:
            raise UsageError("there is no thought to park", "say it: flowtui parked add TEXT")
        now = self._blocks.clock.now().replace(microsecond=0)
        made = LooseThought(self._loose.new_id(), now, self._blocks.rule.zone.key, text)
        with self._loose.change("park a thought"):
            self._loose.put(made, self._today())
        return made

    def answer(self, fates: Sequence[tuple[str, Fate]]) -> list[str]:
        """Keep what became of thoughts, all in one change; their texts.

        Raises FlowError if one of them is unknown, and then nothing is kept.
        """
        word = _LABELS[fates[0][1]] if len(fates) == 1 else "sort"
        with self._blocks.change(f"{word} parked thoughts") as writer:
            return [self._answer(writer, id, fate) for id, fate in fates]

    def _answer(self, writer: Writer, id: str, fate: Fate) -> str:
        block_id, dot, number = id.partition(".")
        if not dot:
            return self._answer_loose(id, fate)
        block = writer.by_id(block_id)
        place = int(number) - 1 if number.isdigit() else -1
        if not 0 <= place < len(block.parked):
            raise FlowError(f"unknown thought {id!r}", "see the ids: flowtui parked")
        thought = answered(block.parked[place], fate, self._today())
        parked = (*block.parked[:place], thought, *block.parked[place + 1 :])
        writer.put(replace(block, parked=parked))
        return thought.text

    def _answer_loose(self, id: str, fate: Fate) -> str:
        thought = self._loose.by_id(id)
        day = self._today() + timedelta(days=1) if fate is Fate.TOMORROW else None
        self._loose.put(replace(thought, fate=fate, day=day), self._day_of(thought))
        return thought.text

    def _today(self) -> date:
        return self._blocks.rule.day_of(self._blocks.clock.now())

    def _day_of(self, thought: LooseThought) -> date:
        return self._blocks.rule.day_of(thought.at)


_LABELS = {
    Fate.KEPT: "keep",
    Fate.TOMORROW: "put off",
    Fate.NEXT: "take up",
    Fate.DROPPED: "drop",
}
