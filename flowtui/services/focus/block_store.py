"""Blocks in the ledger: found by id or day, one of them running, none lost.

Every change is one ledger transaction with a label that undo repeats to the person.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block
from flowtui.core.focus.edit import overlapping
from flowtui.core.kinds import BLOCKS, KINDS, STATE
from flowtui.ledger.ledger import Ledger, Transaction

RUNNING = "running"
BREAK = "break"
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0/o and 1/l/i: ids are typed by hand."""
REACH = timedelta(days=2)
"""A block lasts at most a day, so blocks two days away cannot share time with it."""


class Reader(Protocol):
    """What a ledger and a transaction have in common."""

    def get(self, kind: str, id: str) -> dict[str, Any] | None:
        """The record, or None."""
        ...

    def find(self, kind: str, first: date, last: date) -> list[dict[str, Any]]:
        """Records of the days from `first` to `last`."""
        ...


class BlockStore:
    """Reads and writes blocks; `day_start` decides which logical day a block is filed under."""

    def __init__(self, ledger: Ledger, clock: Clock, rule: DayRule) -> None:
        self.ledger = ledger
        self.clock = clock
        self.rule = rule

    def running(self, reader: Reader | None = None) -> Block | None:
        """The block that runs, or None."""
        reader = reader or self.ledger
        pointer = reader.get(STATE, RUNNING)
        record = reader.get(BLOCKS, pointer["block"]) if pointer else None
        block = KINDS[BLOCKS].decode(record) if record else None
        return block if block is not None and block.ended_at is None else None

    def between(self, first: date, last: date, reader: Reader | None = None) -> list[Block]:
        """Blocks filed under the days from `first` to `last`, by start."""
        records = (reader or self.ledger).find(BLOCKS, first, last)
        return sorted(
            (KINDS[BLOCKS].decode(r) for r in records), key=lambda b: (b.started_at, b.id)
        )

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

    def by_id(self, text: str, reader: Reader | None = None) -> Block:
        """The block whose id is or begins with `text`; `last` and `running` are words for ids.

        Raises FlowError if there is none, or several.
        """
        reader = reader or self.ledger
        if text == "last":
            newest = self.last_ended()
            if not newest:
                raise FlowError("there is no block yet", "start one: flowtui start")
            return newest[0]
        if text in ("running", "now"):
            return self.need_running(reader)
        record = reader.get(BLOCKS, text)
        if record is not None:
            block: Block = KINDS[BLOCKS].decode(record)
            return block
        today = self.rule.day_of(self.clock.now())
        recent = self.between(today - timedelta(days=366), today + timedelta(days=1), reader)
        found = [b for b in recent if b.id.startswith(text)] if text else []
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(b.id for b in found[:5])
            raise FlowError(f"several blocks begin with {text!r}: {ids}", "give more letters")
        raise FlowError(f"unknown block {text!r}", "see the ids: flowtui log")

    def need_running(self, reader: Reader | None = None) -> Block:
        """The running block; raises FlowError if there is none."""
        block = self.running(reader)
        if block is None:
            raise FlowError("no block is running", "start one: flowtui start")
        return block

    def near(self, block: Block, reader: Reader | None = None) -> list[Block]:
        """Blocks that could share time with `block`."""
        first = self.day_of(block) - REACH
        last = self.rule.day_of(block.ended_at or self.clock.now()) + REACH
        return self.between(first, max(first, last), reader)

    def day_of(self, block: Block) -> date:
        """The logical day a block is filed under: that of its start, where it started."""
        return DayRule(ZoneInfo(block.zone), self.rule.start).day_of(block.started_at)

    @contextmanager
    def change(self, label: str, background: bool = False) -> Iterator[Writer]:
        """One transaction; nothing is written if the body raises.

        With `background` no command of the person caused it, and undo passes it over.
        """
        with self.ledger.transaction(label, background=background) as transaction:
            yield Writer(self, transaction)


class Writer:
    """Blocks inside one transaction."""

    def __init__(self, store: BlockStore, transaction: Transaction) -> None:
        self._store = store
        self.transaction = transaction

    def running(self) -> Block | None:
        """The block that runs, as of this transaction."""
        return self._store.running(self.transaction)

    def need_running(self) -> Block:
        """The running block; raises FlowError if there is none."""
        return self._store.need_running(self.transaction)

    def by_id(self, text: str) -> Block:
        """See `BlockStore.by_id`."""
        return self._store.by_id(text, self.transaction)

    def new_id(self) -> str:
        """Six letters that no block has yet."""
        while True:
            id = "".join(secrets.choice(LETTERS) for _ in range(6))
            if self.transaction.get(BLOCKS, id) is None:
                return id

    def put(self, block: Block) -> None:
        """File `block`, and keep the pointer to the running one right."""
        day = self._store.day_of(block)
        self.transaction.put(BLOCKS, KINDS[BLOCKS].encode(block, day))
        pointer = self.transaction.get(STATE, RUNNING)
        if block.ended_at is None and (pointer is None or pointer["block"] != block.id):
            self.transaction.put(STATE, {"id": RUNNING, "block": block.id})
        elif block.ended_at is not None and pointer is not None and pointer["block"] == block.id:
            self.transaction.delete(STATE, RUNNING)

    def end_break(self) -> None:
        """Forget the break that is on, if one is."""
        if self.transaction.get(STATE, BREAK) is not None:
            self.transaction.delete(STATE, BREAK)

    def delete(self, block: Block) -> None:
        """Remove `block`."""
        self.transaction.delete(BLOCKS, block.id)
        pointer = self.transaction.get(STATE, RUNNING)
        if pointer is not None and pointer["block"] == block.id:
            self.transaction.delete(STATE, RUNNING)

    def no_overlap(self, block: Block, besides: Sequence[str] = ()) -> None:
        """Raises FlowError if `block` shares time with another that is not among `besides`."""
        others = [b for b in self._store.near(block, self.transaction) if b.id not in besides]
        other = overlapping(block, others, self._store.clock.now())
        if other is not None:
            zone = ZoneInfo(other.zone)
            until = _hhmm(other.ended_at, zone) if other.ended_at else "now"
            raise FlowError(
                f"that shares time with block {other.id} "
                f"({other.started_at.astimezone(zone):%Y-%m-%d} "
                f"{_hhmm(other.started_at, zone)} to {until})",
                f"move one of them: flowtui edit {other.id} --start TIME --end TIME",
            )


def _hhmm(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%H:%M")
