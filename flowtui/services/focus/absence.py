"""What befalls a block while nobody looks: sleep, a clock that is set, an app that is gone.

The heartbeat says when a process last looked, by all clocks; the rest is dealt with here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block, Cause, EndedBy, Evidence, Outcome
from flowtui.core.focus.commands import Command, Event, Finish, Judge, Lose, Shift
from flowtui.core.focus.recovery import Closing, Hole, ends_at, hole, lapse, slept_span
from flowtui.core.focus.reshape import cut
from flowtui.core.focus.step import step
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.focus.block_store import BlockStore
from flowtui.services.focus.heart import Heart
from flowtui.services.listeners import Listeners
from flowtui.system.heartbeat import Heartbeat

Listener = Callable[[Event], None]
Collect = Callable[[Block, datetime | None], Evidence | None]
"""Finds the evidence of a block that ends at an instant."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a look at the clocks told, and was recorded."""

    block: Block
    stepped_s: int
    """Seconds by which the clock was set ahead (negative: back)."""
    slept_s: int
    """Seconds that the machine slept while the block's clock ran; now a gap."""


class Vigil:
    """Keeps the running block true to what happened; the base of `FocusService`."""

    def __init__(
        self, store: BlockStore, clock: Clock, heart: Heart, zone: ZoneInfo, hole_s: int
    ) -> None:
        self.store = store
        self.clock = clock
        self.heart = heart
        self.zone = zone
        self.hole_s = hole_s
        """Seconds of absence above which a person is asked."""
        self.listeners: Listeners[[Event]] = Listeners()
        """Called with every event."""
        self.subscribe = self.listeners.subscribe

    def current(self) -> Block | None:
        """The running block, as the ledger has it now."""
        self.store.ledger.refresh()
        return self.store.running()

    def observe(self) -> Noticed | None:
        """Compare the clocks with the last look: record sleep, follow a clock that was set.

        Called every few seconds by the app, and before each command of the command line. Returns
        what was recorded, if anything was.
        """
        block, last = self._watched()
        if block is None or last is None:
            return None
        if last.attended and not self.heart.attended:
            if self.heart.alive(last) or self.absence() is not None:
                return None  # an app looks after it, or its absence is to be dealt with first
            self.heart.stop()
        now = self.heart.reading()
        seen = lapse(last.reading, now)
        if not self.heart.beat(block.id) or not (seen.stepped_s or seen.slept_s):
            return None  # what cannot be marked as seen would be recorded again and again
        commands: list[Command] = [Shift(seen.stepped_s)] if seen.stepped_s else []
        if seen.slept_s:
            moved = last.reading.wall + timedelta(seconds=seen.stepped_s)
            span = slept_span(replace(last.reading, wall=moved), now, seen.slept_s)
            commands.append(Lose(*span, Cause.SLEEP))
        changed = self._record(block, commands, _observed(seen.stepped_s, seen.slept_s), last)
        if changed is None:
            return None
        slept_s = round(seen.slept_s) if len(changed.gaps) > len(block.gaps) else 0
        return Noticed(changed, seen.stepped_s, slept_s)

    def follow_clock(self) -> int:
        """Move the block of an app that is gone with a clock that was set since it went.

        Returns the seconds by which it was set ahead (negative: back); 0 if nothing was recorded.
        """
        block, last = self._watched()
        if block is None or last is None or not last.attended or self.heart.alive(last):
            return 0
        stepped_s = lapse(last.reading, self.heart.reading()).stepped_s
        moved = last.reading.wall + timedelta(seconds=stepped_s)
        witness = replace(last, reading=replace(last.reading, wall=moved))
        if not stepped_s or not self.heart.rewrite(witness):
            return 0
        changed = self._record(block, [Shift(stepped_s)], _observed(stepped_s, 0), last)
        return stepped_s if changed is not None else 0

    def absence(self) -> Hole | None:
        """A stretch of the running block during which nothing was running, or None.

        Follows a clock that was set meanwhile, so that the stretch is as long as it was.
        """
        self.follow_clock()
        block, last = self._watched()
        if block is None or last is None or not last.attended or self.heart.alive(last):
            return None
        return hole(block, last.reading, last.orderly, self.heart.reading(), self.hole_s)

    def close_absence(
        self,
        closing: Closing,
        outcome: Outcome | None = None,
        rating: int | None = None,
        note: str = "",
        collect: Collect | None = None,
        until: datetime | None = None,
    ) -> Block:
        """Deal with an absence in one of the honest ways; the rest matters where it ends the block.

        `collect` finds the evidence. With `until` somebody was back by then: a gap ends there.
        Raises FlowError if nothing was absent.
        """
        found = self.absence()
        if found is None:
            raise FlowError("there is no absence to recover from", "see: flowtui status")
        if until is not None:
            found = replace(found, end=max(found.start, min(found.end, until)))
        now = self.clock.now()
        running = self.store.need_running()
        end = ends_at(running, closing, found, now)
        if closing is Closing.PLAN and end is None:
            raise FlowError(
                f"block {running.id} did not reach its plan", "keep heartbeat, or keep all"
            )
        seen = collect(running, end) if collect is not None and end is not None else None
        with self.store.change(f"recover block ({closing.value})") as writer:
            block, events = _closed(writer.need_running(), closing, found, now)
            if block.ended_at is not None:
                block, _ = step(block, Judge(outcome, rating, note, seen), now)
                events = tuple(replace(event, block=block) for event in events)
            writer.put(block)
        if block.ended_at is None:
            self.heart.release(block.id)
        else:
            self.heart.stop()
        self._tell(events)
        return block

    def _watched(self) -> tuple[Block | None, Heartbeat | None]:
        """The running block and its last heartbeat, if that is of this block.

        Without a look at the disk: what other processes wrote is news for whoever shows it.
        """
        block, last = self.store.running(), self.heart.last()
        if block is None or last is None or last.block_id != block.id:
            return block, None
        return block, last

    def _record(
        self, block: Block, commands: list[Command], label: str, last: Heartbeat
    ) -> Block | None:
        """Carry out `commands` on `block`; None if that changed nothing."""
        now = self.heart.reading().wall
        events: list[Event] = []
        try:
            with self.store.change(label) as writer:
                before = changed = writer.running()
                if changed is None or changed.id != block.id:
                    return None  # ended by another process just now
                for command in commands:
                    changed, happened = step(changed, command, now)
                    events += happened
                if changed == before:
                    return None
                writer.put(changed)
        except FlowError:
            self.heart.rewrite(last)  # the next look starts where this one did
            raise
        self._tell(events)
        return changed

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self.listeners.tell(event)


def _closed(
    block: Block, closing: Closing, found: Hole, now: datetime
) -> tuple[Block, tuple[Event, ...]]:
    end = ends_at(block, closing, found, now)
    if end is not None:
        return step(cut(block, end), Finish(EndedBy.RECOVERY), end)
    # counted time is noted too: it can be told apart later, relabelled, and undone
    counted = closing is Closing.COUNT
    return step(block, Lose(found.start, found.end, found.cause, focus=counted), now)


def _observed(stepped_s: int, slept_s: float) -> str:
    said = [f"clock set by {stepped_s:+d} s"] if stepped_s else []
    said += [f"sleep of {round(slept_s)} s"] if slept_s else []
    return "note " + " and ".join(said)
