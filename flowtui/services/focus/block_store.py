"""Blocks in the ledger: one of them running, none sharing time, each under its logical day.

Every change is one ledger transaction with a label that undo repeats to the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block
from flowtui.core.focus.edit import overlapping
from flowtui.core.focus.measure import filed_day
from flowtui.core.focus.pointers import Break, Running
from flowtui.core.kinds import BLOCKS, STATE
from flowtui.core.zones import zone_or_utc
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.staging import Staging
from flowtui.services.store import Store

RUNNING = "running"
BREAK = "break"
ASIDE = "break-before"
"""The break that was on as the newest block began."""
REACH = timedelta(days=2)
"""A block lasts at most a day, so blocks two days away cannot share time with it."""
YEAR = timedelta(days=366)
BESIDE = timedelta(days=1)


class BlockStore:
    """Reads and writes blocks; `day_start` decides which logical day a block is filed under."""

    def __init__(self, ledger: Ledger, clock: Clock, rule: DayRule) -> None:
        self.ledger = ledger
        self.clock = clock
        self.rule = rule
        self.blocks: Store[Block] = Store(ledger, BLOCKS, "flowtui log")
        self.state: Store[Any] = Store(ledger, STATE)

    def running(self) -> Block | None:
        """The block that runs, or None."""
        pointer: Running | None = self.state.get(RUNNING)
        block = self.blocks.get(pointer.block) if pointer is not None else None
        return block if block is not None and block.ended_at is None else None

    def between(self, first: date, last: date) -> list[Block]:
        """Blocks filed under the days from `first` to `last`, by start."""
        return sorted(self.blocks.between(first, last), key=lambda b: (b.started_at, b.id))

    def on_days(self, first: date, last: date) -> list[Block]:
        """Blocks of the logical days from `first` to `last`, by start; see `day_of`.

        Filed days are those of the settings of their time, so their neighbours are looked at too.
        """
        around = self.between(_moved(first, -1), _moved(last, 1))
        return [block for block in around if first <= self.day_of(block) <= last]

    def each_on_days(self, first: date, last: date) -> Iterator[Block]:
        """As `on_days`, one after the other, with a year of them in memory at a time."""
        for year in range(first.year, last.year + 1):
            since, until = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
            yield from self.on_days(since, until)

    def last_ended(self, count: int = 1) -> list[Block]:
        """The newest ended blocks, newest first."""
        today = self.rule.day_of(self.clock.now())
        for span in (7, 60, 366):
            # a block that started east of here may be filed under tomorrow
            around = self.between(today - timedelta(days=span), today + timedelta(days=1))
            blocks = [b for b in around if b.ended_at]
            if len(blocks) >= count:
                break
        return blocks[::-1][:count]

    def last_lived(self) -> Block | None:
        """The newest block that was begun and ended here; None if there is none of late."""
        return next((block for block in self.last_ended(200) if not block.entered), None)

    def by_id(self, text: str) -> Block:
        """The block whose id is or begins with `text`; `last` and `running` are words for ids.

        Raises FlowError if there is none, or several.
        """
        if text == "last":
            newest = self.last_ended()
            if not newest:
                raise FlowError("there is no block yet", "start one: flowtui start")
            return newest[0]
        if text in ("running", "now"):
            return self.need_running()
        today = self.rule.day_of(self.clock.now())
        return self.blocks.by_id(
            text, lambda: self.between(today - YEAR, today + timedelta(days=1))
        )

    def need_running(self) -> Block:
        """The running block; raises FlowError if there is none."""
        block = self.running()
        if block is None:
            raise FlowError("no block is running", "start one: flowtui start")
        return block

    def near(self, block: Block) -> list[Block]:
        """Blocks that could share time with `block`."""
        first = self.day_of(block) - REACH
        last = self.rule.day_of(block.ended_at or self.clock.now()) + REACH
        return self.between(first, max(first, last))

    def day_of(self, block: Block) -> date:
        """The logical day a block is filed under: that of its start, where it started."""
        return filed_day(block, self.rule.start)

    @contextmanager
    def change(self, label: str, background: bool = False) -> Iterator[Writer]:
        """One transaction; nothing is written if the body raises.

        With `background` no command of the person caused it, and undo passes it over.
        """
        with self.ledger.transaction(label, background=background) as staging:
            yield Writer(self, staging)


class Writer:
    """Blocks inside one transaction."""

    def __init__(self, store: BlockStore, staging: Staging) -> None:
        self._store = store
        self.staging = staging
        self.running = store.running
        self.need_running = store.need_running
        self.by_id = store.by_id
        self.new_id = store.blocks.new_id
        self.state = store.state

    def put(self, block: Block) -> None:
        """File `block`, and keep the pointer to the running one right."""
        self._store.blocks.put(block, self._store.day_of(block))
        pointer: Running | None = self.state.get(RUNNING)
        if block.ended_at is None and (pointer is None or pointer.block != block.id):
            self.state.put(Running(block.id), id=RUNNING)
        elif block.ended_at is not None and pointer is not None and pointer.block == block.id:
            self.state.remove(RUNNING)

    def begin_break(self, chosen: Break) -> None:
        """Remember the break that is on."""
        self.state.put(chosen, id=BREAK)

    def end_break(self) -> None:
        """Forget the break that is on, if one is."""
        self.state.remove(BREAK)

    def end_break_of(self, block: Block) -> None:
        """Forget the break that began with the end of `block`, if that one is on."""
        current: Break | None = self.state.get(BREAK)
        if current is not None and current.started_at == block.ended_at:
            self.end_break()

    def set_break_aside(self) -> None:
        """End the break that is on, if one is, until it is known that the block was meant."""
        before: Break | None = self.state.get(BREAK)
        if before is None:
            self.state.remove(ASIDE)
        else:
            self.state.put(before, id=ASIDE)
        self.end_break()

    def give_back_break(self) -> None:
        """Let the break go on that the newest block had ended, if it had."""
        before: Break | None = self.state.get(ASIDE)
        if before is not None:
            self.begin_break(before)
            self.state.remove(ASIDE)

    def delete(self, block: Block) -> None:
        """Remove `block`."""
        self._store.blocks.remove(block.id)
        pointer: Running | None = self.state.get(RUNNING)
        if pointer is not None and pointer.block == block.id:
            self.state.remove(RUNNING)

    def no_overlap(self, block: Block, besides: Sequence[str] = ()) -> None:
        """Raises FlowError if `block` shares time with another that is not among `besides`."""
        others = [b for b in self._store.near(block) if b.id not in besides]
        other = overlapping(block, others, self._store.clock.now())
        if other is not None:
            zone = zone_or_utc(other.zone)
            until = _hhmm(other.ended_at, zone) if other.ended_at else "now"
            raise FlowError(
                f"that shares time with block {other.id} "
                f"({other.started_at.astimezone(zone):%Y-%m-%d} "
                f"{_hhmm(other.started_at, zone)} to {until})",
                f"move one of them: flowtui edit {other.id} --start TIME --end TIME",
            )


def _moved(day: date, days: int) -> date:
    try:
        return day + days * BESIDE
    except OverflowError:
        return day


def _hhmm(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%H:%M")
