"""What the keys do in Runs: look, mark, compare, adopt, rename, stop."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on, work

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Source
from flowtui.core.focus.commands import Interrupt, Return
from flowtui.core.runs.glance import RunGlance
from flowtui.services.runs.launch import GRACE_S
from flowtui.services.runs.runs_view import RunsPicture, runs_picture
from flowtui.tui import dialogs
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.runs.run_list import RunList
from flowtui.tui.shell.early_keys import asks

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

UNDO = "   u takes it back"
LOOK_S = 2.0
SOON_S, FEW = 0.5, 60
PEEK = "looked at runs"
MOST = 4
"""Runs on one plot."""


class RunsActions(FlowScreen):
    """Commands on runs, and the picture that is shown."""

    made: RunsPicture | None = None
    """The picture on the screen; None before the first."""
    filter = ""
    """Only runs that hold this text are listed."""

    def __init__(self) -> None:
        super().__init__()
        self.marked: list[str] = []
        """Ids of the marked runs, in the order in which they were marked."""
        self._peeking = False
        self._mark: int | None = None
        """Which board was looked at last."""

    def show(self, made: RunsPicture) -> None:
        """Show a picture that has just been taken."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Look again every two seconds, as long as somebody sees it."""
        super().on_mount()
        self.set_interval(LOOK_S, self._look_if_seen, name="runs")
        self.set_interval(SOON_S, self._look_if_new, name="runs elsewhere")

    def _look_if_new(self) -> None:
        """What runs elsewhere came a long way: it is shown as soon as the watcher has it."""
        made = self.made
        if made is None or not self.is_current or len(made.runs) > FEW:
            return  # of many, one line more is not waited for
        if not any(run.where and run.live for run in made.runs):
            return
        try:
            mark = made.board_file.stat().st_mtime_ns
        except OSError:
            return
        if mark != self._mark:
            self._mark = mark
            self.look()

    def _look_if_seen(self) -> None:
        if self.is_current:
            self.look()

    def on_screen_resume(self) -> None:
        """Shown: during a block that is a self-interruption, and counted as one."""
        self.look()
        if not self._peeking:
            self._peeking = True
            self._peek()

    def on_screen_suspend(self) -> None:
        """Left for another mode: the peek is over. A screen on top of this one belongs to it."""
        if self.app.current_mode != "runs" and self._peeking:
            self._peeking = False
            self._peek_is_over()

    @work(group="command", exit_on_error=False)
    async def _peek(self) -> None:
        at = self.flow.clock.now()

        def peek(services: Services) -> bool:
            block = services.store.running()
            if block is None or block.open_gap is not None or block.open_interruption is not None:
                return False
            services.focus.apply(Interrupt(Source.INTERNAL, PEEK), at)
            return True

        try:
            if await self.ask(peek):
                self.flow.said("a look at runs is an interruption: noted, 1 goes back")
        except FlowError as error:
            self.flow.said(error.message, lost=True)
        self.flow.refresh_snapshot()

    @work(group="command", exit_on_error=False)
    async def _peek_is_over(self) -> None:
        at = self.flow.clock.now()

        def back(services: Services) -> None:
            block = services.store.running()
            noted = block.open_interruption if block is not None else None
            if noted is not None and noted.reason == PEEK:
                services.focus.apply(Return(), at)

        try:
            await self.ask(back)
        except FlowError as error:
            self.flow.said(error.message, lost=True)
        self.flow.refresh_snapshot()

    @work(exclusive=True, group="picture", exit_on_error=False)
    async def look(self) -> None:
        """Take the picture and show it."""
        try:
            made = await self.flow.aside(runs_picture)
        except FlowError as error:
            self.flow.said(str(error), lost=True)
            return
        self.made = made
        if self.is_mounted:
            self.show(made)

    @property
    def chosen(self) -> RunGlance | None:
        """The run under the cursor."""
        return self.query_one(RunList).chosen

    @on(RunList.Picked)
    def action_run_show(self) -> None:
        """Everything about the chosen run."""
        from flowtui.tui.runs.run_screen import RunScreen

        run = self.chosen
        if run is not None:
            self.app.push_screen(RunScreen(run.id))

    def action_run_mark(self) -> None:
        """Mark the chosen run, or unmark it."""
        run = self.chosen
        if run is None:
            return
        if run.id in self.marked:
            self.marked.remove(run.id)
        else:
            self.marked.append(run.id)
            del self.marked[:-MOST]
        if self.made is not None:
            self.show(self.made)

    def action_run_compare(self) -> None:
        """The curves of the marked runs, with the chosen one, on one plot."""
        from flowtui.tui.runs.compare_screen import CompareScreen

        run = self.chosen
        ids = [*self.marked]
        if run is not None and run.id not in ids:
            ids.append(run.id)
        if len(ids) < 2:
            self.flow.said("mark one run or more with m, go to another, then v")
            return
        self.app.push_screen(CompareScreen(tuple(ids[:MOST])))

    @asks
    async def action_run_add(self) -> None:
        """Watch what runs already."""
        typed = ""
        while True:
            dialog = dialogs.LineDialog(
                "watch what runs already", "a PID, a log, a folder, gpu, ssh:HOST:PATH, slurm:me",
                typed, needed=True, about="nothing of it is changed", verb="watch",
            )  # fmt: skip
            line = await self.app.push_screen_wait(dialog)
            if line is None:
                return
            typed = line
            try:  # asked beside: a host that does not answer holds up no other command
                answer = await self.flow.aside(partial(_ask_there, typed))
            except FlowError as error:
                self.flow.said(str(error), lost=True)
                continue
            if await self.perform(partial(_adopt, typed, answer)):
                self.look()
                return

    @asks
    async def action_run_edit(self) -> None:
        """Give the chosen run another name."""
        run = self.chosen
        if run is None:
            return
        dialog = dialogs.LineDialog(
            "rename this run", run.name, run.name, needed=True, verb="rename"
        )
        name = await self.app.push_screen_wait(dialog)
        if name is not None and name != run.name:
            await self.perform(partial(_rename, run.id, name))
            self.look()

    @work(group="command", exit_on_error=False)
    async def action_run_baseline(self) -> None:
        """Hold the chosen run against the marked one."""
        run = self.chosen
        others = [id for id in self.marked if run is not None and id != run.id]
        if run is None or not others:
            self.flow.said("mark the baseline with m, go to the run to hold against it, then H")
            return
        await self.perform(partial(_hold_against, run.id, others[-1]))
        self.look()

    @asks
    async def action_run_delete(self) -> None:
        """Take the chosen run out of the list, after asking."""
        run = self.chosen
        if run is None:
            return
        if run.live and not run.adopted:
            self.flow.said(f"{run.name} is under way: K asks it to end", lost=True)
            return
        about = f"{run.name}; its logs stay; u brings it back"
        if await self.app.push_screen_wait(dialogs.ConfirmDialog("forget this run?", about)):
            await self.perform(partial(_forget, run.id))
            self.look()

    @asks
    async def action_run_stop(self) -> None:
        """Ask the chosen run to end, after asking."""
        run = self.chosen
        if run is None or not run.live:
            return
        about = f"{run.name}; asked with TERM, ended with KILL after {GRACE_S:.0f} s"
        if run.where:
            about = f"{run.name}, {run.where}; {'by scancel' if run.queue else 'asked with TERM'}"
        if await self.app.push_screen_wait(dialogs.ConfirmDialog("stop this run?", about)):
            self._stop(run)

    @work(group="command", exit_on_error=False)
    async def _stop(self, run: RunGlance) -> None:
        self.flow.said(f"asked {run.name} to end")
        try:
            await self.flow.aside(partial(_stop, run.id))
        except FlowError as error:
            self.flow.said(str(error), lost=True)
        else:
            ended = "was asked to end" if run.where else "has ended"
            self.flow.said(f"{run.name} {ended}")
        self.look()

    @asks
    async def action_run_filter(self) -> None:
        """Show only runs that hold a word."""
        dialog = dialogs.LineDialog(
            "show only", "a word of name, command or state", self.filter, verb="show"
        )
        text = await self.app.push_screen_wait(dialog)
        if text is not None:
            self.filter = text
            if self.made is not None:
                self.show(self.made)


def _words(places: str) -> list[str]:
    import shlex

    try:
        return shlex.split(places)
    except ValueError as error:
        raise FlowError(f"{places!r}: {error}", "close the quotation mark") from error


def _ask_there(places: str, services: Services) -> dict[str, Any] | None:
    return services.runs.adopter.ask(_words(places))


def _adopt(places: str, answer: dict[str, Any] | None, services: Services) -> str:
    added = services.runs.adopter.adopt(_words(places), answer=answer)
    services.runs.ensure_watched()
    named = ", ".join(run.name for run in added[:4])
    more = f" and {len(added) - 4} more" if len(added) > 4 else ""
    return f"watching {named}{more}   d forgets it"


def _rename(id: str, name: str, services: Services) -> str:
    book = services.runs.book
    return f"{book.rename(book.find(id), name).name}{UNDO}"


def _hold_against(id: str, other: str, services: Services) -> str:
    book = services.runs.book
    run, baseline = book.find(id), book.find(other)
    book.put(
        replace(run, baseline=baseline.id), f"hold run {run.name} against {baseline.name}", False
    )
    return f"{run.name} is held against {baseline.name}{UNDO}"


def _forget(id: str, services: Services) -> str:
    book = services.runs.book
    run = book.find(id)
    book.forget(run)
    return f"forgot {run.name}{UNDO}"


def _stop(id: str, services: Services) -> None:
    services.runs.stop(services.runs.book.find(id), GRACE_S)
