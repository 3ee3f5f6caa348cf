"""The running block: every command on it, one ledger transaction each, then the status file.

The state is on disk before a listener hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.block import (
    OPEN_ENDED,
    AtPlan,
    Block,
    Cause,
    EndedBy,
    Evidence,
    Mode,
    Outcome,
    Plan,
)
from flowtui.core.clock import Clock
from flowtui.core.commands import (
    Command,
    Finish,
    Judge,
    Lose,
    Reach,
    Shift,
    Start,
)
from flowtui.core.errors import FlowError
from flowtui.core.events import Event
from flowtui.core.fields import stamp
from flowtui.core.measure import measure
from flowtui.core.recovery import Closing, Hole, ends_at, hole, lapse, slept_span
from flowtui.core.step import cut, start, step
from flowtui.services.heart import Heart
from flowtui.services.store import STATE, BlockStore

ANNOUNCED = "announced"
Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person says when starting a block; all optional."""

    intention: str = ""
    then: str = ""
    tags: tuple[str, ...] = ()
    context: str = "work"
    mode: Mode | None = None
    plan: Plan = OPEN_ENDED
    folder: str = ""


class FocusService:
    """Commands on the running block. All raise FlowError and then leave everything as it was."""

    def __init__(
        self, store: BlockStore, clock: Clock, heart: Heart, zone: ZoneInfo, hole_s: int
    ) -> None:
        self.store = store
        self.clock = clock
        self.heart = heart
        self.zone = zone
        self.hole_s = hole_s
        """Seconds of absence above which a person is asked."""
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """`listener` hears every event from now on; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def current(self) -> Block | None:
        """The running block, as the ledger has it now."""
        self.store.ledger.refresh()
        return self.store.running()

    def start(self, draft: Draft, at: datetime | None = None, switch: bool = False) -> Block:
        """Begin a block at `at` (default now).

        With `switch` a running block is ended first, in the same transaction; without, a running
        block is a FlowError that names it.
        """
        now = at or self.clock.now()
        self._check_at(at)
        with self.store.change("start block") as writer:
            events: list[Event] = []
            running = writer.running()
            if running is not None and not switch:
                raise FlowError(
                    f"block {running.id} runs already: {running.intention or 'no intention'}",
                    "end it (flowtui stop), or switch: flowtui start --switch",
                )
            if running is not None:
                ended, happened = step(running, Finish(EndedBy.SWITCH), now)
                writer.put(ended)
                events += happened
            block, happened = start(
                Start(
                    id=writer.new_id(),
                    zone=self.zone.key,
                    intention=draft.intention,
                    then=draft.then,
                    tags=draft.tags,
                    context=draft.context,
                    mode=draft.mode,
                    plan=draft.plan,
                    folder=draft.folder,
                ),
                now,
            )
            if at is not None:
                writer.no_overlap(block)
            writer.put(block)
            events += happened
        self.heart.release(block.id)
        self._tell(events)
        return block

    def apply(self, command: Command, at: datetime | None = None, label: str = "") -> Block:
        """Carry out `command` on the running block at `at` (default now)."""
        self._check_at(at)
        label = label or type(command).__name__.lower()
        with self.store.change(f"{label} block") as writer:
            block = writer.need_running()
            changed, events = step(block, command, at or self.clock.now())
            if changed != block:
                writer.put(changed)
        self._tell(events)
        return changed

    def finish(
        self,
        at: datetime | None = None,
        outcome: Outcome | None = None,
        rating: int | None = None,
        note: str = "",
        evidence: Evidence | None = None,
    ) -> Block:
        """End the running block at `at` (default now)."""
        self._check_at(at)
        now = at or self.clock.now()
        with self.store.change("end block") as writer:
            block = writer.need_running()
            ended, events = step(block, Finish(EndedBy.USER, outcome, rating, note), now)
            if evidence is not None:
                ended = replace(ended, evidence=evidence)
                events = tuple(replace(event, block=ended) for event in events)
            writer.put(ended)
        self.heart.stop()
        self._tell(events)
        return ended

    def judge(self, id: str, judgement: Judge) -> Block:
        """Say how an ended block went."""
        with self.store.change("judge block") as writer:
            block, events = step(writer.by_id(id), judgement, self.clock.now())
            writer.put(block)
        self._tell(events)
        return block

    def cancel_start(self) -> Block:
        """Take back a block that was started by mistake, as if it had never been."""
        with self.store.change("discard block") as writer:
            block = writer.need_running()
            writer.delete(block)
        self.heart.stop()
        self._tell(())
        return block

    def reach(self) -> Block | None:
        """Announce the end of the plan, once. None if there is nothing to announce."""
        block = self.current()
        now = self.clock.now()
        if block is None or not self.is_due(block, now):
            return None
        # the note of it is kept apart from the block, so that it never stands in undo's way
        with self.store.change("announce the plan's end", background=True) as writer:
            block = writer.need_running()
            if not self.is_due(block, now):
                return None
            writer.transaction.put(STATE, self._announcement(block, now))
        if block.plan.at_plan is AtPlan.END:
            ended = self.apply(Reach(), label="end")
            self.heart.stop()
            return ended
        _, events = step(block, Reach(), now)
        self._tell(events)
        return block

    def is_due(self, block: Block, now: datetime) -> bool:
        """True if the plan is reached and that was not announced yet."""
        if measure(block, now).reached_at is None:
            return False
        return self.store.ledger.get(STATE, ANNOUNCED) != self._announcement(block, now)

    @staticmethod
    def _announcement(block: Block, now: datetime) -> dict[str, str]:
        reached = measure(block, now).reached_at
        return {
            "id": ANNOUNCED,
            "block": block.id,
            "reached_at": stamp(reached) if reached is not None else "",
        }

    def absence(self) -> Hole | None:
        """A stretch of the running block during which nothing was running, or None."""
        block = self.current()
        last = self.heart.last()
        if block is None or last is None or last.block_id != block.id or not last.attended:
            return None
        if self.heart.alive(last):
            return None
        return hole(block, last.reading, last.orderly, self.heart.reading(), self.hole_s)

    def close_absence(
        self,
        closing: Closing,
        outcome: Outcome | None = None,
        rating: int | None = None,
        note: str = "",
        collect: Callable[[Block, datetime | None], Evidence | None] | None = None,
    ) -> Block:
        """Deal with an absence in one of the honest ways; the rest matters where it ends the block.

        `collect` finds the evidence for a block that ends at an instant. Raises FlowError if
        nothing was absent.
        """
        found = self.absence()
        if found is None:
            raise FlowError("there is no absence to recover from", "see: flowtui status")
        now = self.clock.now()
        running = self.store.need_running()
        end = ends_at(running, closing, found, now)
        if closing is Closing.PLAN and end is None:
            raise FlowError(
                f"block {running.id} did not reach its plan", "keep heartbeat, or keep all"
            )
        seen = collect(running, end) if collect is not None and end is not None else None
        with self.store.change(f"recover block ({closing.value})") as writer:
            block, events = self._closed(writer.need_running(), closing, found, now)
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

    def observe(self) -> Block | None:
        """Compare the clocks with the last look: record sleep, follow a clock that was set.

        Called every few seconds by the app, and before each command of the command line. Returns
        the block if something was recorded.
        """
        last = self.heart.last()
        block = self.store.running()
        if block is None or last is None or last.block_id != block.id:
            return None
        if last.attended and not self.heart.attended:
            return None  # an app looks after it, or its absence is to be dealt with first
        now = self.heart.reading()
        seen = lapse(last.reading, now)
        commands: list[Command] = []
        if seen.stepped_s:
            commands.append(Shift(seen.stepped_s))
        gap = block.open_gap
        if seen.slept_s and (gap is None or gap.focus):
            moved = replace(
                last.reading, wall=last.reading.wall + timedelta(seconds=seen.stepped_s)
            )
            began, woke = slept_span(moved, now, seen.slept_s)
            commands.append(Lose(began, woke, Cause.SLEEP))
        if not commands:
            return None
        with self.store.change(_observed(seen.stepped_s, seen.slept_s)) as writer:
            changed = writer.need_running()
            events: list[Event] = []
            for command in commands:
                changed, happened = step(changed, command, now.wall)
                events += happened
            writer.put(changed)
        self.heart.beat(changed.id)
        self._tell(events)
        return changed

    def _closed(
        self, block: Block, closing: Closing, found: Hole, now: datetime
    ) -> tuple[Block, tuple[Event, ...]]:
        end = ends_at(block, closing, found, now)
        if end is not None:
            return step(cut(block, end), Finish(EndedBy.RECOVERY), end)
        if closing is Closing.COUNT:
            return block, ()
        return step(block, Lose(found.start, found.end, found.cause), now)

    def _check_at(self, at: datetime | None) -> None:
        if at is not None and at > self.clock.now():
            local = at.astimezone(self.zone)
            raise FlowError(f"{local:%Y-%m-%d %H:%M} is in the future", "give a past time")

    def _tell(self, events: tuple[Event, ...] | list[Event]) -> None:
        for event in events:
            for listener in tuple(self._listeners):
                listener(event)


def _observed(stepped_s: int, slept_s: float) -> str:
    said = [f"clock set by {stepped_s:+d} s"] if stepped_s else []
    said += [f"sleep of {round(slept_s)} s"] if slept_s else []
    return "note " + " and ".join(said)
