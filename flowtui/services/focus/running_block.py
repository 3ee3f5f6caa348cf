"""The running block: every command on it, one ledger transaction each, then the status file.

The state is on disk before a listener hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from flowtui.core.errors import FlowError, UsageError
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
    last_instant,
)
from flowtui.core.focus.commands import (
    Command,
    Event,
    EventKind,
    Finish,
    Judge,
    Park,
    Pause,
    Reach,
    Start,
)
from flowtui.core.focus.edit import relabel
from flowtui.core.focus.measure import measure, whole
from flowtui.core.focus.pointers import Announced, Break
from flowtui.core.focus.recovery import lapse
from flowtui.core.focus.reshape import cut
from flowtui.core.focus.step import park_late, start, step
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import one_line
from flowtui.services.focus.absence import Vigil
from flowtui.services.focus.block_store import Writer

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

    rest_after: Callable[[Block, datetime], int] = staticmethod(lambda block, at: 0)
    """Seconds of break that begin as a block ends at an instant; 0 for none."""

    def start(self, draft: Draft, at: datetime | None = None, switch: bool = False) -> Block:
        """Begin a block at `at` (default now).

        With `switch` a running block is ended first, in the same transaction; without, a running
        block is a FlowError that names it.
        """
        self._check_start(at)
        self.observe()
        with self.store.change("start block") as writer:
            events: list[Event] = []
            running = writer.running()
            now = at or self.clock.now()
            if running is not None and not switch:
                raise FlowError(
                    f"block {running.id} runs already: {running.intention or 'no intention'}",
                    "end it (flowtui stop), or switch: flowtui start --switch",
                )
            if running is not None:
                self.settled(running, now)
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
            writer.set_break_aside()
            events += happened
        self.heart.release(block.id)
        self._tell(events)
        return block

    def apply(
        self, command: Command, at: datetime | None = None, label: str = "", id: str = ""
    ) -> Block:
        """Carry out `command` on the running block at `at` (default now).

        With `id` that block is meant and no other: raises FlowError where it does not run any more.
        Raises AbsenceError for a pause while it is still to be said what an absence was.
        """
        self._check_at(at)
        self.observe()
        label = label or type(command).__name__.lower()
        with self.store.change(f"{label} block") as writer:
            block, now = writer.running(), at or self.clock.now()
            if id and (block is None or block.id != id):
                raise FlowError(
                    f"block {id} is not running any more: nothing of it was changed",
                    f"see: flowtui show {id}",
                )
            block = block or writer.need_running()
            if isinstance(command, Pause):
                self.settled(block, now)
            changed, events = step(block, command, now)
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
        id: str = "",
        rests: bool = True,
    ) -> Block:
        """End the running block, or block `id`, at `at` (default now); with `rests` a cycle's break
        begins.

        An end before what was noted later is a cut: of the gaps and interruptions after it nothing
        stays, of the thoughts all. Block `id` may have been ended meanwhile by its plan or another
        process: then it is judged. Raises AbsenceError while it is still to be said what an absence
        was, unless the block ends before it.
        """
        self._check_at(at)
        self.observe()
        with self.store.change("end block") as writer:
            now = at or self.clock.now()
            block = writer.by_id(id) if id else writer.need_running()
            if block.ended_at is not None:
                writer.staging.label = "judge block"
                ended, events = step(block, Judge(outcome, rating, note, evidence), now)
            else:
                self.settled(block, now)
                ended, events = step(
                    cut(block, now), Finish(EndedBy.USER, outcome, rating, note), now
                )
            if evidence is not None:
                ended = replace(ended, evidence=evidence)
                events = tuple(replace(event, block=ended) for event in events)
            if block.ended_at is None and rests:
                self._rest(writer, ended)
            writer.put(ended)
        if block.ended_at is None:
            self.heart.stop()
        self._tell(events)
        return ended

    def note_pause(self, id: str, at: datetime, next_step: str) -> Block:
        """Write the next step of the pause of block `id` that began at `at`, wherever it is now.

        Raises FlowError if that pause is gone.
        """
        with self.store.change("note next step") as writer:
            block = writer.by_id(id)
            begun = whole(at)
            # a clock that was set moved the pause: then the last one is meant
            numbers = [n for n, gap in enumerate(block.gaps, 1) if gap.start == begun]
            if not block.gaps:
                raise FlowError(f"block {id} has no pause any more", "park the text: p")
            changed = relabel(block, (numbers or [len(block.gaps)])[-1], None, None, next_step)
            writer.put(changed)
        self._tell((Event(EventKind.NOTED, changed, self.clock.now()),))
        return changed

    def park(self, id: str, text: str, at: datetime) -> Block:
        """Write a thought down that came at `at` in block `id`, which may have ended meanwhile."""
        with self.store.change("park block") as writer:
            block = writer.by_id(id)
            if block.ended_at is None:
                noted, events = step(block, Park(text), max(at, last_instant(block)))
            else:
                noted, events = park_late(block, text, at)
            writer.put(noted)
        self._tell(events)
        return noted

    def note(self, text: str) -> Block:
        """Add a line to what is noted of the running block. Raises FlowError if none runs."""
        line = one_line(text, "note", 1000)
        if not line:
            raise UsageError("there is nothing to note", "say it: flowtui note --block TEXT")
        with self.store.change("note block") as writer:
            block = writer.need_running()
            noted = one_line(f"{block.note} · {line}" if block.note else line, "note", 2000)
            changed = replace(block, note=noted)
            writer.put(changed)
        self._tell((Event(EventKind.NOTED, changed, self.clock.now()),))
        return changed

    def judge(self, id: str, judgement: Judge) -> Block:
        """Say how an ended block went."""
        with self.store.change("judge block") as writer:
            block, events = step(writer.by_id(id), judgement, self.clock.now())
            writer.put(block)
        self._tell(events)
        return block

    def cancel_start(self) -> Block:
        """Take back a block that was started by mistake, as if it had never been.

        The break that was on as it began is on again.
        """
        with self.store.change("discard block") as writer:
            block = writer.need_running()
            writer.delete(block)
            writer.give_back_break()
        self.heart.stop()
        self._tell((Event(EventKind.DISCARDED, block, self.clock.now()),))
        return block

    def reach(self) -> Block | None:
        """Announce the end of the plan, once. None if there is nothing to announce.

        The clocks are looked at first, and again under the lock: time asleep never reaches a plan,
        and a block of which it is still to be said what an absence was is left alone.
        """
        self.current()
        self.observe(person=False)
        block = self.store.running()
        if block is None or not self.is_due(block, self.clock.now()):
            return None
        ends = block.plan.at_plan is AtPlan.END
        # the note of it is kept apart from the block, so that it never stands in undo's way
        with self.store.change("end block" if ends else ANNOUNCE, not ends) as writer:
            running, now = writer.running(), self.clock.now()
            if running is None or self.waits(running) or not self.is_due(running, now):
                return None
            reached, events = step(running, Reach(), now)
            note = self._announcement(running, now)
            if ends:
                self._rest(writer, reached)
                writer.put(reached)
            else:
                writer.state.put(note, id=ANNOUNCED)
        if ends:
            with self.store.change(ANNOUNCE, background=True) as writer:
                writer.state.put(note, id=ANNOUNCED)
            self.heart.stop()
        self._tell(events)
        return reached

    def _rest(self, writer: Writer, ended: Block) -> None:
        """Begin the break of a cycle with the end of its block: one undo takes both back."""
        assert ended.ended_at is not None
        seconds = self.rest_after(ended, ended.ended_at)
        rest = Break.since(ended.ended_at, seconds, self.heart.reading())
        if seconds and self.clock.now() < rest.ends_at:
            writer.begin_break(rest)

    def waits(self, block: Block) -> bool:
        """True while nothing may be announced of `block`: the clocks tell of what is not recorded.

        A block that was left to itself goes on by its plan for as long as its machine is awake.
        """
        _, last = self._watched()
        now = self.heart.reading()
        if last is None:
            return False
        if self.unseen(block, now):
            return True
        found = self._hole(block, last, now)
        return found is not None and not (last.left and lapse(last.reading, now).same_boot)

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
