"""What the keys do while a block runs: ask what has to be asked, then command the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual import work

from flowtui.core.focus.block import MAX_BLOCK_S, Block, Source, last_instant
from flowtui.core.focus.block_facts import evidence_lines
from flowtui.core.focus.commands import Command, Extend, Interrupt, Pause, Resume, Return
from flowtui.core.focus.edit_times import read_times
from flowtui.core.focus.forms import FinishAnswer
from flowtui.core.focus.inbox import Parked, of_block
from flowtui.core.focus.measure import measure
from flowtui.core.focus.recovery import Closing, carried, closings
from flowtui.core.guard import protection
from flowtui.core.status_file import minutes
from flowtui.core.zones import zone_or_utc
from flowtui.tui import dialogs
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.shell.early_keys import asks

if TYPE_CHECKING:
    from flowtui.core.focus.recovery import Hole, Reading
    from flowtui.services.wiring import Services
    from flowtui.tui.dialogs.app_dialogs import LineDialog
    from flowtui.tui.focus.finish_dialog import FinishDialog

STEP_S = 15 * 60
STEP_BACK_S = -5 * 60
CLOSED = {
    Closing.CONTINUE: "goes on, with a gap: {focus} of focus",
    Closing.COUNT: "goes on, all of it counted: {focus} of focus",
    Closing.HEARTBEAT: "ended where flowtui last ran: {focus} of focus",
    Closing.PLAN: "ended where its plan did: {focus} of focus",
    Closing.ALL: "ended now, all of it counted: {focus} of focus",
}
"""What is said of a block once it is known what the time away from it was."""


class RunningActions(FlowScreen):
    """The commands on the running block. Each takes its instant when the key was hit."""

    def show_repo(self, lines: list[str]) -> None:
        """Show where one was; the screen decides how."""

    def unsaid(self) -> list[str]:
        """What the end of the block should still be told of; the screen knows."""
        return []

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        snapshot = self.flow.snapshot
        return snapshot.zone if snapshot is not None else ZoneInfo("UTC")

    def _block(self) -> Block | None:
        return self.flow.snapshot.block if self.flow.snapshot is not None else None

    async def _settled(self) -> bool:
        """Ask what an absence was before the block is paused or ended; True if it still runs."""
        snapshot = self.flow.snapshot
        if snapshot is None or snapshot.block is None or snapshot.absence is None:
            return snapshot is not None and snapshot.block is not None
        closing = await self._ask_closing(snapshot.block, snapshot.absence)
        if closing is None:
            self.flow.said("the time away is still open: you are asked again", lost=True)
            return False
        return closing in (Closing.CONTINUE, Closing.COUNT)

    async def _ask_closing(self, block: Block, hole: Hole) -> Closing | None:
        """What the time away was, recorded; None if that was left open or refused."""
        now = self.flow.clock.now()
        dialog = dialogs.RecoverDialog(block, hole, closings(block, hole, now), self.zone, now)
        closing = await self.app.push_screen_wait(dialog)
        if closing is None:
            return None

        def close(services: Services) -> str:
            collect = services.evidence.collect
            ended = services.focus.close_absence(closing, collect=collect)
            said = CLOSED[closing].format(focus=minutes(measure(ended, now).focus_s))
            return f"{said}   u takes it back"

        return closing if await self.perform(close) else None

    def action_block_pause(self) -> None:
        """Pause at the key press, then ask for the next step; or resume and show where one was."""
        block = self._block()
        if block is not None:
            self._resume(block) if block.open_gap is not None else self._pause(block)

    @work(group="command", exit_on_error=False)
    async def _resume(self, block: Block) -> None:
        await self._apply(Resume(), "the clock runs")
        await self._show_repo(block)

    @asks
    async def _pause(self, block: Block) -> None:
        pressed = self.flow.reading()
        if not await self._settled():
            return
        at = carried(pressed, self.flow.reading())
        if not await self._apply(Pause(), "paused", at):
            return

        def note(step: str, services: Services) -> str:
            services.focus.note_pause(block.id, at, step)
            return "paused   u takes it back"

        await self._keep(
            lambda typed: dialogs.LineDialog(
                "paused", "next step, shown when you resume", typed, about="the clock stands"
            ),
            note,
        )
        await self._say_digest()

    async def _keep(
        self, dialog: Callable[[str], LineDialog], call: Callable[[str, Services], str]
    ) -> None:
        """Ask for a line until it is taken or left empty: what was typed comes back if refused."""
        typed: str | None = ""
        while True:
            typed = await self.app.push_screen_wait(dialog(typed or ""))
            if not typed or await self.perform(partial(call, typed)):
                return

    async def _say_digest(self) -> None:
        """What was held back of runs while the clock ran."""
        lines = await self.ask(lambda services: services.runs.teller.digest())
        self.flow.held = 0
        if lines:
            self.flow.said("meanwhile   " + "\n            ".join(lines))

    async def _show_repo(self, block: Block) -> None:
        lines = await self.flow.aside(lambda services: services.evidence.where_was_i(block.folder))
        if self.is_mounted:
            self.show_repo(lines)

    @work(group="command", exit_on_error=False)
    async def action_block_wandered(self) -> None:
        """Note an internal interruption."""
        await self._interrupted(Source.INTERNAL, "wandered")

    @work(group="command", exit_on_error=False)
    async def action_block_called(self) -> None:
        """Note an external interruption."""
        await self._interrupted(Source.EXTERNAL, "called away")

    async def _interrupted(self, source: Source, word: str) -> None:
        at = self.flow.clock.now()
        await self._apply(Interrupt(source), f"{word}: r when you are back", at)

    @asks
    async def action_block_back(self) -> None:
        """Return from an interruption at the key press; then a reason may be given."""
        block = self._block()
        noted = block.open_interruption if block is not None else None
        at = self.flow.clock.now()
        away = int((at - noted.at).total_seconds()) if noted is not None else 0
        said = f"back after {minutes(away)}"
        if not await self._apply(Return(), said, at) or block is None or noted is None:
            return
        id, number = block.id, len(block.interruptions)

        def note(reason: str, services: Services) -> str:
            services.history.renote(id, number, reason=reason)
            return f"{said}: {reason}   u takes it back"

        await self._keep(
            lambda typed: dialogs.LineDialog(
                said, "what it was, or enter", typed or noted.reason, about="the clock ran on"
            ),
            note,
        )

    @asks
    async def action_block_park(self) -> None:
        """Write a thought down, in the block in which it came."""
        block, pressed = self._block(), self.flow.reading()
        if block is None:
            return

        def park(text: str, services: Services) -> str:
            services.focus.park(block.id, text, carried(pressed, services.heart.reading()))
            return "parked   u takes it back"

        await self._keep(
            lambda typed: dialogs.LineDialog(
                "park a thought", "shown at the end of the block", typed, needed=True, verb="park"
            ),
            park,
        )

    @asks
    async def action_block_note(self) -> None:
        """Add a line to what is noted of the block."""
        block = self._block()
        if block is None:
            return

        def note(text: str, services: Services) -> str:
            services.focus.note(text)
            return "noted   u takes it back"

        await self._keep(
            lambda typed: dialogs.LineDialog(
                "note a line", "kept with the block", typed, needed=True, about=block.note
            ),
            note,
        )

    @work(group="command", exit_on_error=False)
    async def action_block_extend(self) -> None:
        """Fifteen minutes more."""
        await self._apply(Extend(STEP_S), "15 min more")

    @work(group="command", exit_on_error=False)
    async def action_block_shorten(self) -> None:
        """Five minutes less."""
        await self._apply(Extend(STEP_BACK_S), "5 min less")

    @asks
    async def action_block_finish(self) -> None:
        """Ask how it went while git is asked what it produced; the end is when the key was hit.

        What happens meanwhile, here or in another terminal, takes nothing of the form away.
        """
        pressed = self.flow.reading()
        if not await self._settled():
            return
        block, typed = self._block(), None
        if block is None:
            return
        meanwhile = await self.ask(lambda services: services.runs.teller.waiting())
        meanwhile = [*self.unsaid(), *meanwhile]
        while True:
            dialog = self._finish_dialog(block, pressed.wall, typed, meanwhile)
            self._evidence_for(block, pressed.wall, dialog)
            typed = await self.app.push_screen_wait(dialog)
            if typed is None:
                return
            if await self._finish(block, pressed, typed):
                await self._sort_thoughts(block)
                return

    async def _sort_thoughts(self, block: Block) -> None:
        """Each thought of the block is kept, put off, taken up or dropped."""
        thoughts = await self.ask(partial(_thoughts_of, block.id))
        if not thoughts:
            return
        await self.flow.early_keys.snapshot_shown()  # or the other face would wait for the dialog
        dialog = dialogs.InboxDialog(thoughts, "what was parked in this block")
        answer = await self.app.push_screen_wait(dialog)
        if answer is not None and answer.fates:
            from flowtui.tui.focus.idle_actions import sort_thoughts

            await self.perform(partial(sort_thoughts, answer.fates))

    def _finish_dialog(
        self, block: Block, at: datetime, typed: FinishAnswer | None, meanwhile: list[str]
    ) -> FinishDialog:
        seen = measure(block, at)
        summary = f"{minutes(seen.focus_s)} of focus"
        summary += f", {minutes(seen.overtime_s)} over the plan" if seen.overtime_s else ""
        end = ""
        if (at - block.started_at).total_seconds() > MAX_BLOCK_S:
            summary = "longer than a day: say when it ended"
            likely = seen.reached_at or last_instant(block)
            end = f"{likely.astimezone(zone_or_utc(block.zone)):%Y-%m-%d %H:%M}"
        return dialogs.FinishDialog(
            block.intention or "a block",
            summary,
            [thought.text for thought in block.parked],
            typed or FinishAnswer(None, None, block.note, end),
            meanwhile,
        )

    @work(group="evidence", exclusive=True, exit_on_error=False)
    async def _evidence_for(self, block: Block, at: datetime, dialog: FinishDialog) -> None:
        found = await self.flow.aside(lambda services: services.evidence.collect(block, at))
        if dialog.is_mounted:
            dialog.show_evidence(evidence_lines(found))

    async def _finish(self, block: Block, pressed: Reading, answer: FinishAnswer) -> bool:
        found = await self.flow.aside(
            lambda services: services.evidence.collect(block, pressed.wall)
        )

        def finish(services: Services) -> str:
            at = carried(pressed, services.heart.reading())
            if answer.end:
                _, typed = read_times(block, None, answer.end, services.clock.now())
                at = typed or at
            ended = services.focus.finish(
                at, answer.outcome, answer.rating, answer.note, found, block.id
            )
            services.runs.teller.digest()  # it was shown beside the questions
            focus_s = measure(ended, at).focus_s
            begun = services.breaks.current()
            rest = minutes(begun.seconds if begun else services.breaks.suggest(focus_s))
            rest = f"a break of {rest}: b ends it" if begun else f"b a break of {rest}"
            said = f"ended after {minutes(focus_s)} of focus"
            if (services.paths.state_dir / "guard.json").exists():
                stays = protection.remains(services.guard.view(None))
                said += f"   {stays}" if stays else ""
            return f"{said}   {rest}   u takes it back"

        done = await self.perform(finish)
        if done:
            self.flow.held = 0
        return done

    @asks
    async def action_block_discard(self) -> None:
        """Take the block back whole."""
        if await self.app.push_screen_wait(
            dialogs.ConfirmDialog(
                "discard this block?", "as if it had never been started; u brings it back"
            )
        ):
            await self.perform(
                lambda services: f"discarded {services.focus.cancel_start().id}   u brings it back"
            )

    @asks
    async def action_block_inside(self) -> None:
        """Gaps, interruptions, thoughts; gaps and interruptions can be changed."""
        from flowtui.tui.focus.block_details import look_inside

        block = self._block()
        if block is not None:
            await look_inside(self, block, [])

    @asks
    async def action_block_edit(self) -> None:
        """Change the running block: also when it began."""
        from flowtui.tui.focus.idle_actions import change_block

        block = self._block()
        if block is not None:
            await change_block(self, block)

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def ask_about_absence(self) -> None:
        """The block was left alone: ask what the time was."""
        snapshot = self.flow.snapshot
        if snapshot is None or snapshot.block is None or snapshot.absence is None:
            return
        await self._ask_closing(snapshot.block, snapshot.absence)

    async def _apply(self, command: Command, said: str, at: datetime | None = None) -> bool:
        def apply(services: Services) -> str:
            services.focus.apply(command, at)
            return f"{said}   u takes it back"

        return await self.perform(apply)


def _thoughts_of(id: str, services: Services) -> list[Parked]:
    block = services.store.by_id(id)
    return [one for one in of_block(block) if one.fate is None] if block.ended_at else []
