"""One run: curves of training and validation on one plot, findings, and the end of its log."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from flowtui.core.errors import FlowError
from flowtui.core.text import end_cut, middle_cut, plain_lines
from flowtui.services.runs.runs_service import RunDetail
from flowtui.services.runs.runs_view import RunPicture, run_picture
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.runs import run_rows, run_text
from flowtui.tui.runs.curves import CurvePlot
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.charts import dimmed
from flowtui.tui.widgets.lines import KeyStrip, Line, Said

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot

LOOK_S = 2.0
TINY = 60


class RunScreen(FlowScreen):
    """Everything about one run."""

    CSS_PATH = "runs.tcss"
    BINDINGS = [*bindings("run")]
    places = ("run", "app")

    def __init__(self, id: str) -> None:
        super().__init__()
        self._run = id
        self._number = 0
        self._log_scale = False
        self.made: RunPicture | None = None

    def compose(self) -> ComposeResult:
        """Name and state above, curves, findings, the end of the log."""
        with Horizontal(classes="head"):
            yield Line(id="title")
            yield Line(id="state", classes="-auto")
        yield Static("", id="facts", markup=False)
        yield Static("", id="legend", markup=False)
        yield CurvePlot()
        yield Static("", id="found", markup=False)
        with VerticalScroll(id="log", can_focus=False):
            yield Static("", id="lines", markup=False)
        yield Said()
        yield KeyStrip()

    def on_mount(self) -> None:
        """Look now, and every two seconds."""
        super().on_mount()
        self.look()
        self.set_interval(LOOK_S, self.look, name="run")

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """Nothing here moves with the second: the picture is taken every two."""

    @work(exclusive=True, group="picture", exit_on_error=False)
    async def look(self) -> None:
        """Take the picture away from the screen's thread, and show it."""
        try:
            made = await self.flow.aside(partial(_picture, self._run))
        except FlowError as error:
            self.flow.said(error.message, lost=True)
            return
        self.made = made
        if self.is_mounted:
            self.show(made)

    def show(self, made: RunPicture) -> None:
        """Show a picture that has just been taken."""
        width = self.size.width - (2 if self.app.size.width < TINY else 6)
        ansi = self.app.current_theme.ansi
        detail = made.detail
        self.query_one("#title", Line).show(middle_cut(detail.run.name, max(10, width // 2)))
        self.query_one("#state", Line).show(run_text.state(detail))
        facts = run_text.fact_lines(detail, made.zone, width)
        self.query_one("#facts", Static).update(dimmed(Content("\n").join(facts), ansi))
        pairs = run_text.pairs(detail.seen.history)
        curves = run_text.curves(detail.seen.history, pairs, self._number)
        legend = run_text.legend(detail.seen.history, curves, self._number, len(pairs), width)
        self.query_one("#legend", Static).update(dimmed(legend, ansi))
        plot = self.query_one(CurvePlot)
        plot.display = bool(curves)
        if curves:
            plot.show(curves, self._log_scale, run_text.mark(detail.findings))
        found = run_rows.finding_lines(run_text.found(detail), width, 4)
        found += [Content.styled(middle_cut(line, width), "$muted") for line in self._card(detail)]
        widget = self.query_one("#found", Static)
        widget.display = bool(found)
        widget.update(dimmed(Content("\n").join(found), ansi))
        self._show_log(made, width)
        self._show_keys()

    def _card(self, detail: RunDetail) -> list[str]:
        """The lines of the crash card that there is room for: its beginning, and its end."""
        card = [plain_lines(line) for line in detail.card if line.strip()]
        room = max(3, self.size.height // 2 - 4)
        if len(card) <= room:
            return card
        return [*card[: room // 2], *card[-(room - room // 2) :]]

    def _show_log(self, made: RunPicture, width: int) -> None:
        pane = self.query_one("#log", VerticalScroll)
        lines = [end_cut(plain_lines(line), width) for line in made.log]
        # after a crash its card says it better; the log is one key away
        pane.display = bool(lines) and (not made.detail.card or self.has_class("-log"))
        at_end = pane.scroll_offset.y >= pane.max_scroll_y - 1
        self.query_one("#lines", Static).update("\n".join(lines))
        if at_end:
            pane.scroll_end(animate=False)

    def action_curve_next(self) -> None:
        """The next metric."""
        self._turn(1)

    def action_curve_before(self) -> None:
        """The metric before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if self.made is None:
            return
        count = len(run_text.pairs(self.made.detail.seen.history))
        self._number = (self._number + by) % max(1, count)
        self.show(self.made)

    def action_curve_log(self) -> None:
        """Values by their logarithm, or plain."""
        self._log_scale = not self._log_scale
        if self.made is not None:
            self.show(self.made)
        self.flow.said("values by their logarithm" if self._log_scale else "values as they are")

    def action_run_log(self) -> None:
        """The log large, or the curves."""
        self.toggle_class("-log")
        if self.made is not None:
            self.show(self.made)
        self.query_one("#log", VerticalScroll).scroll_end(animate=False)

    def action_run_leave(self) -> None:
        """Back to the list."""
        self.app.pop_screen()

    def key_j(self) -> None:
        """Down in the log."""
        self.query_one("#log", VerticalScroll).scroll_down(animate=False)

    def key_k(self) -> None:
        """Up in the log."""
        self.query_one("#log", VerticalScroll).scroll_up(animate=False)

    def on_resize(self) -> None:
        """Fit everything to the size."""
        if self.made is not None and self.is_mounted:
            self.show(self.made)


def _picture(id: str, services: object) -> RunPicture:
    from flowtui.services.wiring import Services

    assert isinstance(services, Services)
    return run_picture(services, id)
