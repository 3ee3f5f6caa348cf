"""What the keys do while a block runs: ask what has to be asked, then command the services."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual import work

from flowtui.core.focus.block import Block, Source
from flowtui.core.focus.block_facts import evidence_lines, facts, gap_words
from flowtui.core.focus.commands import Command, Extend, Interrupt, Park, Pause, Resume, Return
from flowtui.core.focus.measure import measure
from flowtui.core.focus.recovery import closings
from flowtui.core.guard import protection
from flowtui.core.status_file import minutes
from flowtui.tui import dialogs
from flowtui.tui.focus.focus_screen import FlowScreen

if TYPE_CHECKING:
    from flowtui.services.wiring import Services
    from flowtui.tui.focus.finish_dialog import FinishAnswer, FinishDialog
    from flowtui.tui.focus.inside_dialog import GapChange

STEP_S = 15 * 60
STEP_BACK_S = -5 * 60


class RunningActions(FlowScreen):
    """The commands on the running block. Each takes its instant when the key was hit."""

    def show_repo(self, lines: list[str]) -> None:
        """Show where one was; the screen decides how."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        snapshot = self.flow.snapshot
        return snapshot.zone if snapshot is not None else ZoneInfo("UTC")

    def _block(self) -> Block | None:
        return self.flow.snapshot.block if self.flow.snapshot is not None else None

    @work(group="command", exit_on_error=False)
    async def action_block_pause(self) -> None:
        """Pause with a next step, or resume and show where one was."""
        block = self._block()
        if block is None:
            return
        if block.open_gap is not None:
            await self._apply(Resume(), "the clock runs")
            await self._show_repo(block)
            return
        line = dialogs.LineDialog(
            "pause", "next step, shown when you resume", about="the clock stops"
        )
        at = self.flow.clock.now()
        step = await self.app.push_screen_wait(line)
        if step is not None and await self._apply(Pause(step), "paused", at):
            await self._say_digest()

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
        await self._apply(Interrupt(source), f"{word}: b when you are back", at)

    @work(group="command", exit_on_error=False)
    async def action_block_back(self) -> None:
        """Return from an interruption; a reason may be given."""
        block = self._block()
        noted = block.open_interruption if block is not None else None
        at = self.flow.clock.now()
        away = int((at - noted.at).total_seconds()) if noted is not None else 0
        await self._apply(Return(), f"back after {minutes(away)}", at)

    @work(group="command", exit_on_error=False)
    async def action_block_park(self) -> None:
        """Write a thought down."""
        at = self.flow.clock.now()
        dialog = dialogs.LineDialog("park a thought", "shown at the end of the block", needed=True)
        text = await self.app.push_screen_wait(dialog)
        if text is not None:
            await self._apply(Park(text), "parked", at)

    @work(group="command", exit_on_error=False)
    async def action_block_extend(self) -> None:
        """Fifteen minutes more."""
        await self._apply(Extend(STEP_S), "15 min more")

    @work(group="command", exit_on_error=False)
    async def action_block_shorten(self) -> None:
        """Five minutes less."""
        await self._apply(Extend(STEP_BACK_S), "5 min less")

    @work(group="command", exit_on_error=False)
    async def action_block_finish(self) -> None:
        """Ask how it went while git is asked what it produced; the end is when the key was hit."""
        block = self._block()
        if block is None:
            return
        at = self.flow.clock.now()
        seen = measure(block, at)
        summary = f"{minutes(seen.focus_s)} of focus"
        summary += f", {minutes(seen.overtime_s)} over the plan" if seen.overtime_s else ""
        dialog = dialogs.FinishDialog(
            block.intention or "a block",
            summary,
            [thought.text for thought in block.parked],
            meanwhile=await self.ask(lambda services: services.runs.teller.waiting()),
        )
        self._evidence_for(block, at, dialog)
        answer = await self.app.push_screen_wait(dialog)
        if answer is not None:
            await self._finish(block, at, answer)

    @work(group="evidence", exclusive=True, exit_on_error=False)
    async def _evidence_for(self, block: Block, at: datetime, dialog: FinishDialog) -> None:
        found = await self.flow.aside(lambda services: services.evidence.collect(block, at))
        if dialog.is_mounted:
            dialog.show_evidence(evidence_lines(found))

    async def _finish(self, block: Block, at: datetime, answer: FinishAnswer) -> None:
        found = await self.flow.aside(lambda services: services.evidence.collect(block, at))

        def finish(services: Services) -> str:
            ended = services.focus.finish(at, answer.outcome, answer.rating, answer.note, found)
            services.runs.teller.digest()  # it was shown beside the questions
            focus_s = measure(ended, at).focus_s
            rest = minutes(services.breaks.suggest(focus_s))
            said = f"ended after {minutes(focus_s)} of focus"
            if (services.paths.state_dir / "guard.json").exists():
                stays = protection.remains(services.guard.view(None))
                said += f"   {stays}" if stays else ""
            return f"{said}   b a break of {rest}   u takes it back"

        await self.perform(finish)
        self.flow.held = 0

    @work(group="command", exit_on_error=False)
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

    @work(group="command", exit_on_error=False)
    async def action_block_inside(self) -> None:
        """Gaps, interruptions, thoughts; gaps can be relabelled."""
        block = self._block()
        if block is None:
            return
        now, zone = self.flow.clock.now(), self.zone
        gaps = [gap_words(gap, now, zone) for gap in block.gaps]
        dialog = dialogs.InsideDialog(block, facts(block, now, gaps=False), gaps)
        change = await self.app.push_screen_wait(dialog)
        if change is not None:
            await self._relabel(block.id, change)

    async def _relabel(self, id: str, change: GapChange) -> None:
        def relabel(services: Services) -> str:
            services.history.relabel(id, change.number, change.cause, change.focus)
            given = {True: "given back as focus", False: "a gap again", None: str(change.cause)}
            return f"gap {change.number}: {given[change.focus]}   u takes it back"

        await self.perform(relabel)

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def ask_about_absence(self) -> None:
        """The block was left alone: ask what the time was."""
        snapshot = self.flow.snapshot
        if snapshot is None or snapshot.block is None or snapshot.absence is None:
            return
        block, hole, now = snapshot.block, snapshot.absence, self.flow.clock.now()
        dialog = dialogs.RecoverDialog(block, hole, closings(block, hole, now), self.zone, now)
        closing = await self.app.push_screen_wait(dialog)
        if closing is None:
            return
        await self.perform(
            lambda services: (
                f"block {services.focus.close_absence(closing).id}: "
                f"{closing.value}   u takes it back"
            )
        )

    async def _apply(self, command: Command, said: str, at: datetime | None = None) -> bool:
        def apply(services: Services) -> str:
            services.focus.apply(command, at)
            return f"{said}   u takes it back"

        return await self.perform(apply)
