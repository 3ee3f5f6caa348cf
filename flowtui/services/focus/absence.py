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
from flowtui.core.focus.block import Block, Cause, EndedBy, Evidence, Gap, Outcome
from flowtui.core.focus.commands import Command, Event, Finish, Judge, Lose, Shift
from flowtui.core.focus.recovery import (
    Closing,
    Hole,
    Lapse,
    Reading,
    ends_at,
    hole,
    lapse,
    slept_span,
)
from flowtui.core.focus.reshape import cut
from flowtui.core.focus.step import step
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.focus.block_store import BlockStore
from flowtui.services.focus.heart import Heart
from flowtui.services.listeners import Listeners
from flowtui.system.heartbeat import Heartbeat

LOOK_S = 20
"""How often a process that stays beats for a block, in seconds, while no app does."""
RECOVER = "recover block"
NOTE_AWAY = "note time away of"
NOTE = "note what the clocks tell"
Listener = Callable[[Event], None]
Collect = Callable[[Block, datetime | None], Evidence | None]
"""Finds the evidence of a block that ends at an instant."""


class AbsenceError(FlowError):
    """A block cannot be paused or ended before it is said what the time away from it was."""

    def __init__(self, id: str, hole: Hole, zone: ZoneInfo) -> None:
        start, end = (instant.astimezone(zone) for instant in (hole.start, hole.end))
        super().__init__(
            f"nobody looked after block {id} from {start:%Y-%m-%d %H:%M} to {end:%H:%M}: "
            "what that time was is still to be said",
            "flowtui asks when it is opened; or end the block: flowtui stop --keep heartbeat",
        )
        self.hole = hole


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

    def observe(self, person: bool = True) -> Noticed | None:
        """Compare the clocks with the last look: record sleep, follow a clock that was set.

        Called every few seconds by whoever stays (the app, the agent), and before each command.
        An app that lives and has not looked yet is spoken for: what is found is recorded once,
        whoever finds it. A `person` at work takes a block over from an app that died a moment ago;
        what runs by itself leaves the last beat of that app as it is: it is the only witness.
        Returns what was recorded, if anything was.
        """
        block, last = self._watched()
        if block is None:
            return None
        now = self.heart.reading()
        if last is not None:
            if self._hole(block, last, now) is not None:
                return None  # what the time away was is to be said first
            if self.unseen(block, now):
                return self._note_clocks(block)
            dead = last.attended and not self.heart.attended and not self.heart.alive(last)
            if dead and person:
                self.heart.stop()
        self.heart.beat(block.id, now)
        return None

    def look(self) -> Noticed | None:
        """As `observe`, for whoever looks more often than a beat is worth writing."""
        block, last = self._watched()
        if block is None or last is None:
            return None
        now = self.heart.reading()
        fresh = 0 <= now.boottime - last.reading.boottime < LOOK_S
        return None if fresh and not self.unseen(block, now) else self.observe(person=False)

    def unseen(self, block: Block, now: Reading) -> bool:
        """Whether the clocks tell of `block` what is not on record yet: sleep, or a set clock."""
        last = self.heart.last()
        if last is None or last.block_id != block.id:
            return False
        seen = lapse(last.reading, now)
        return bool(seen.slept_s or seen.stepped_s)

    def _note_clocks(self, block: Block) -> Noticed | None:
        """Record sleep and a set clock; read anew under the lock, as another process may have."""
        before: Heartbeat | None = None
        events: list[Event] = []
        try:
            with self.store.change(NOTE) as writer:
                running, before = writer.running(), self.heart.last()
                if running is None or running.id != block.id or before is None:
                    return None
                now = self.heart.reading()
                seen = lapse(before.reading, now)
                commands = _observed(before.reading, now, seen)
                if not commands or not self.heart.carry(before, now):
                    return None  # what cannot be marked as seen would be recorded again and again
                changed = running
                for command in commands:
                    changed, happened = step(changed, command, now.wall)
                    events += happened
                if changed == running:
                    return None
                writer.staging.label = _label(seen)
                writer.put(changed)
        except FlowError:
            if before is not None:
                self.heart.rewrite(before)  # the next look starts where this one did
            raise
        self._tell(events)
        slept_s = round(seen.slept_s) if len(changed.gaps) > len(running.gaps) else 0
        return Noticed(changed, seen.stepped_s, slept_s)

    def follow_clock(self) -> int:
        """Move the block of an app that is gone with a clock that was set since it went.

        Returns the seconds by which it was set ahead (negative: back); 0 if nothing was recorded.
        """
        block, last = self._watched()
        if block is None or last is None or self.heart.alive(last):
            return 0
        if not last.attended and not last.left:
            return 0
        stepped_s = lapse(last.reading, self.heart.reading()).stepped_s
        moved = last.reading.wall + timedelta(seconds=stepped_s)
        witness = replace(last, reading=replace(last.reading, wall=moved))
        if not stepped_s or not self.heart.rewrite(witness):
            return 0
        try:
            with self.store.change(_label(Lapse(True, 0, 0, stepped_s))) as writer:
                running = writer.running()
                if running is None or running.id != block.id:
                    return 0  # ended by another process just now
                changed, events = step(running, Shift(stepped_s), witness.reading.wall)
                writer.put(changed)
        except FlowError:
            self.heart.rewrite(last)  # the next look starts where this one did
            raise
        self._tell(events)
        return stepped_s

    def absence(self) -> Hole | None:
        """A stretch of the running block during which nothing was running, or None.

        Follows a clock that was set meanwhile, so that the stretch is as long as it was.
        """
        self.follow_clock()
        block, last = self._watched()
        if block is None or last is None:
            return None
        return self._hole(block, last, self.heart.reading())

    def _hole(self, block: Block, last: Heartbeat, now: Reading) -> Hole | None:
        """The stretch since `last` of which nobody can say that it was focus.

        An app that is gone, whoever ended it, leaves one, and so does a machine that was off: a
        block that was started from the shell to run alone goes on only as long as its machine.
        """
        if not last.ended and self.heart.attends(block.id, self.hole_s):
            return None
        if self.heart.alive(last) and not last.orderly:
            return None
        alone = not last.attended and not last.left
        if alone and lapse(last.reading, now).same_boot:
            return None
        found = hole(block, last.reading, last.orderly or alone, now, self.hole_s)
        return replace(found, cause=Cause.AWAY) if found is not None and last.ended else found

    def as_seen(self, block: Block) -> Block:
        """`block` as it is shown: where it is to be said what an absence was, in a gap since then.

        A block that a person left to itself counts on as long as its machine is awake.
        """
        _, last = self._watched()
        if last is None:
            return block
        now = self.heart.reading()
        found = self._hole(block, last, now)
        if found is None or (last.left and lapse(last.reading, now).same_boot):
            return block
        since = Gap(found.start, None, found.cause)
        earlier = tuple(gap for gap in block.gaps if gap.start < found.start)
        return replace(block, gaps=(*earlier, since))

    def settled(self, block: Block, at: datetime) -> None:
        """Raises AbsenceError if what `block` was at `at` is still to be said by a person."""
        found = self.absence()
        if found is not None and at > found.start:
            raise AbsenceError(block.id, found, self.zone)

    def left(self) -> bool:
        """True if a person left the app and meant the running block to go on without it."""
        _, last = self._watched()
        return last is not None and last.left

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
        with self.store.change(f"{RECOVER} ({closing.value})") as writer:
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


def _observed(before: Reading, now: Reading, seen: Lapse) -> list[Command]:
    """What has to be recorded of the time between two looks at the clocks."""
    commands: list[Command] = [Shift(seen.stepped_s)] if seen.stepped_s else []
    if seen.slept_s:
        moved = replace(before, wall=before.wall + timedelta(seconds=seen.stepped_s))
        commands.append(Lose(*slept_span(moved, now, seen.slept_s), Cause.SLEEP))
    return commands


def _label(seen: Lapse) -> str:
    words = [f"clock set by {seen.stepped_s:+d} s"] if seen.stepped_s else []
    words += [f"sleep of {round(seen.slept_s)} s"] if seen.slept_s else []
    return "note " + " and ".join(words)
