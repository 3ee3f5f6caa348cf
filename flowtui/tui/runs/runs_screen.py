"""Runs: what is under way, how far, how good; the GPUs below."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from flowtui.core.runs.glance import RunGlance
from flowtui.services.runs.runs_view import RunsPicture
from flowtui.tui.focus import block_text
from flowtui.tui.runs import run_rows, run_text
from flowtui.tui.runs.curves import CurvePlot
from flowtui.tui.runs.run_list import RunList
from flowtui.tui.runs.runs_actions import RunsActions
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.charts import dimmed
from flowtui.tui.widgets.lines import KeyStrip, Line, ModesStrip, Said

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot

TINY = 60
BROAD = 140
"""Cells of a terminal that has room for a curve beside the list."""
BESIDE = 62
GPUS_SHOWN = 8


class RunsScreen(RunsActions):
    """Training runs and GPUs."""

    CSS_PATH = "runs.tcss"
    BINDINGS = [*bindings("runs")]
    places = ("runs", "app")

    def compose(self) -> ComposeResult:
        """Count above, the list, what was found of the chosen run, the GPUs."""
        yield ModesStrip("mode.runs")
        with Horizontal(classes="head"):
            yield Line(id="title")
            yield Line(id="watched", classes="-auto muted")
        yield Line(id="filter", classes="muted -collapse -empty")
        with Horizontal(id="lists"):
            yield RunList()
            yield CurvePlot(id="beside")
        yield Static("", id="empty", classes="muted", markup=False)
        yield Static("", id="found", markup=False)
        yield Static("", id="gpus", markup=False)
        yield Said()
        yield KeyStrip()

    def on_mount(self) -> None:
        """The list has the keys."""
        super().on_mount()
        self.query_one(RunList).focus()

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """Nothing here moves with the second: the picture is taken every two."""

    def show(self, made: RunsPicture) -> None:
        """Show a picture that has just been taken."""
        width = self._room()
        beside = self.app.size.width >= BROAD
        wanted = [run for run in made.runs if self._wanted(run)]
        live = [run for run in made.runs if run.live]
        queued = sum(run.state == "pending" for run in live)
        going = len(live) - queued
        title = f"{block_text.count(going, 'run')} under way" if going else "no run under way"
        title += f", {queued} in the queue" if queued else ""
        self._line("title", title)
        watched = "" if made.watched or not live else "nobody watches them: the last known"
        self._line("watched", watched)
        self._line("filter", f"only what holds “{self.filter}”   / changes" if self.filter else "")
        listed = self.query_one(RunList)
        listed.show(wanted, made.zone, width - (BESIDE if beside else 0), self.marked)
        self.query_one("#lists").display = bool(wanted)
        empty = self.query_one("#empty", Static)
        empty.display = not wanted
        empty.update(self._when_empty())
        self._show_found()
        self._draw_beside()
        room = max(0, min(GPUS_SHOWN, self.size.height // 3))
        gpus = run_rows.gpu_lines(made.board, width, room)
        if made.fleet.count:
            share = 3 if self.size.height < 30 else 2
            rest = max(3, self.size.height // share - len(gpus))
            gpus += run_rows.fleet_lines(made.fleet, made.at, made.zone, width, rest)
        self._static("gpus", gpus)
        self._show_keys()

    @on(RunList.Moved)
    def _moved(self) -> None:
        if self.made is not None:
            self._show_found()
            self._draw_beside()
            self._show_keys()

    def _room(self) -> int:
        """Cells of a line between the margins."""
        return self.size.width - (2 if self.app.size.width < TINY else 6)

    def _show_found(self) -> None:
        run = self.chosen
        most = 1 if self.app.size.width < TINY else 3
        lines = run_rows.finding_lines(run, self._room(), most) if run is not None else []
        self._static("found", lines)

    @work(exclusive=True, group="beside", exit_on_error=False)
    async def _draw_beside(self) -> None:
        """The curve of the chosen run beside the list, where there is room for both."""
        plot = self.query_one("#beside", CurvePlot)
        run = self.chosen if self.app.size.width >= BROAD else None
        history = None
        if run is not None:
            id = run.id
            history = await self.flow.aside(lambda services: services.runs.history(id))
        curves = [] if history is None else run_text.curves(history, run_text.pairs(history), 0)
        plot.display = bool(curves)
        if curves:
            plot.show(curves)

    def _static(self, id: str, lines: list[Content]) -> None:
        widget = self.query_one(f"#{id}", Static)
        widget.display = bool(lines)
        widget.update(dimmed(Content("\n").join(lines), self.app.current_theme.ansi))

    def _wanted(self, run: RunGlance) -> bool:
        needle = self.filter.casefold()
        hay = " ".join((run.name, run.command, run.folder, run.state, run.where, *run.formats))
        return needle in hay.casefold()

    def _when_empty(self) -> str:
        if self.filter:
            return "no run holds that   / changes the filter"
        return (
            "no run yet   flowtui run -- python train.py starts one   a watches what runs already"
        )

    def _line(self, id: str, text: str) -> None:
        self.query_one(f"#{id}", Line).show(text)

    def on_resize(self) -> None:
        """Fit the list to the size."""
        if self.made is not None and self.is_mounted:
            self.show(self.made)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the chosen run refuses."""
        run = self.chosen if self.is_mounted and self.query(RunList) else None
        if action in ("run_show", "run_mark", "run_edit", "run_delete", "run_baseline"):
            return None if run is None else True
        if action == "run_compare":
            return True if self.made is not None and len(self.made.runs) > 1 else None
        if action == "run_stop":
            return True if run is not None and run.live else None
        return True
