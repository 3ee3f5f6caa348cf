"""Two to four runs on one plot, metric by metric, at the same steps."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from flowtui.core.errors import FlowError
from flowtui.services.runs.runs_view import Compared, compared
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.runs import run_text
from flowtui.tui.runs.curves import CurvePlot
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.charts import dimmed
from flowtui.tui.widgets.lines import KeyStrip, Line, Said

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.services.wiring import Services

LOOK_S = 5.0
TINY = 60


class CompareScreen(FlowScreen):
    """Curves of several runs."""

    CSS_PATH = "runs.tcss"
    BINDINGS = [*(b for b in bindings("run") if b.id != "run.log")]
    places = ("run", "app")

    def __init__(self, ids: tuple[str, ...]) -> None:
        super().__init__()
        self._ids = ids
        self._number = 0
        self._log_scale = False
        self.made: Compared | None = None

    def compose(self) -> ComposeResult:
        """The metric above, a line a run, the plot."""
        with Horizontal(classes="head"):
            yield Line(id="title")
            yield Line(id="which", classes="-auto muted")
        yield Static("", id="legend", markup=False)
        yield CurvePlot()
        yield Said()
        yield KeyStrip()

    def on_mount(self) -> None:
        """Look now, and every few seconds."""
        super().on_mount()
        self.look()
        self.set_interval(LOOK_S, self.look, name="compare")

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """Nothing here moves with the second."""

    @work(exclusive=True, group="picture", exit_on_error=False)
    async def look(self) -> None:
        """Gather the curves away from the screen's thread, and show them."""
        try:
            made = await self.flow.aside(partial(_compared, self._ids))
        except FlowError as error:
            self.flow.said(error.message, lost=True)
            return
        self.made = made
        if self.is_mounted:
            self.show(made)

    def show(self, made: Compared) -> None:
        """Show curves that have just been gathered."""
        width = self.size.width - (2 if self.app.size.width < TINY else 6)
        names = run_text.shared(made)
        self.query_one(CurvePlot).display = bool(names)
        if not names:
            self.query_one("#title", Line).show("these runs have no metric in common")
            self.query_one("#which", Line).show("")
            self._legend(run_text.apart_lines(made, width))
            return
        name = names[self._number % len(names)]
        self.query_one("#title", Line).show(name)
        self.query_one("#which", Line).show(f"metric {self._number % len(names) + 1}/{len(names)}")
        self._legend(run_text.compare_lines(made, name, width))
        self.query_one(CurvePlot).show(run_text.compare_curves(made, name), self._log_scale)
        self._show_keys()

    def _legend(self, lines: list[Content]) -> None:
        legend = dimmed(Content("\n").join(lines), self.app.current_theme.ansi)
        self.query_one("#legend", Static).update(legend)

    def action_curve_next(self) -> None:
        """The next metric that they have in common."""
        self._turn(1)

    def action_curve_before(self) -> None:
        """The metric before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if self.made is not None:
            self._number = (self._number + by) % max(1, len(run_text.shared(self.made)))
            self.show(self.made)

    def action_curve_log(self) -> None:
        """Values by their logarithm, or plain."""
        self._log_scale = not self._log_scale
        if self.made is not None:
            self.show(self.made)

    def action_run_leave(self) -> None:
        """Back to the list."""
        self.app.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no log to show."""
        return action != "run_log"

    def on_resize(self) -> None:
        """Fit the plot to the size."""
        if self.made is not None and self.is_mounted:
            self.show(self.made)


def _compared(ids: tuple[str, ...], services: Services) -> Compared:
    return compared(services, ids)
