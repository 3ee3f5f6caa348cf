"""The running block: every command on it, one ledger transaction each, then the status file.

The state is on disk before a listener hears of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import (
    MAX_BLOCK_S,
    OPEN_ENDED,
    AtPlan,
    Block,
    EndedBy,
    Evidence,
    Mode,
    Outcome,
    Plan,
)
from flowtui.core.focus.commands import Command, Event, Finish, Judge, Reach, Start
from flowtui.core.focus.measure import measure
from flowtui.core.focus.pointers import Announced
from flowtui.core.focus.step import start, step
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.focus.absence import Vigil

ANNOUNCED = "announced"
ANNOUNCE = "announce the plan's end"


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
    planned: str = ""
    """The planned occurrence that it is begun for."""


class FocusService(Vigil):
    """Commands on the running block. All raise FlowError and then leave everything as it was."""

    def start(self, draft: Draft, at: datetime | None = None, switch: bool = False) -> Block:
        """Begin a block at `at` (default now).

        With `switch` a running block is ended first, in the same transaction; without, a running
        block is a FlowError that names it.
        """
        now = at or self.clock.now()
        self._check_start(at)
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
                    planned=draft.planned,
                ),
                now,
            )
            if at is not None:
                writer.no_overlap(block)
            writer.put(block)
            writer.end_break()
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
        ends = block.plan.at_plan is AtPlan.END
        # the note of it is kept apart from the block, so that it never stands in undo's way
        with self.store.change("end block" if ends else ANNOUNCE, not ends) as writer:
            running = writer.running()
            if running is None or not self.is_due(running, now):
                return None
            reached, events = step(running, Reach(), now)
            note = self._announcement(running, now)
            if ends:
                writer.put(reached)
            else:
                writer.state.put(note, id=ANNOUNCED)
        if ends:
            with self.store.change(ANNOUNCE, background=True) as writer:
                writer.state.put(note, id=ANNOUNCED)
            self.heart.stop()
        self._tell(events)
        return reached

    def is_due(self, block: Block, now: datetime) -> bool:
        """True if the plan is reached and that was not announced yet."""
        if measure(block, now).reached_at is None:
            return False
        announced: Announced | None = self.store.state.get(ANNOUNCED)
        return announced != self._announcement(block, now)

    @staticmethod
    def _announcement(block: Block, now: datetime) -> Announced:
        return Announced(block.id, (measure(block, now).reached_at or now).replace(microsecond=0))

    def _check_start(self, at: datetime | None) -> None:
        self._check_at(at)
        if at is not None and self.clock.now() - at > timedelta(seconds=MAX_BLOCK_S):
            local = at.astimezone(self.zone)
            raise FlowError(
                f"a block that began {local:%Y-%m-%d %H:%M} would be longer than 24 hours by now",
                "enter it as a past one: flowtui add --start TIME --end TIME",
            )

    def _check_at(self, at: datetime | None) -> None:
        if at is not None and at > self.clock.now():
            local = at.astimezone(self.zone)
            raise FlowError(f"{local:%Y-%m-%d %H:%M} is in the future", "give a past time")
