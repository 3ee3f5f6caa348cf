"""One pattern: its days with both arms, the difference, the validation, the missing days."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from flowtui.core.insight import sentences
from flowtui.core.insight.association import Finding
from flowtui.core.insight.binned import Point, points
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.insight import insight_text as say
from flowtui.tui.insight import pair_text
from flowtui.tui.shell.early_keys import asks
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.charts import dimmed
from flowtui.tui.widgets.lines import KeyStrip, Line, Said

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.services.insight.insight_service import Looked


class PairView(StrEnum):
    """The views of one pattern, in their order."""

    DAYS = "days"
    DIFFERENCE = "difference"
    VALIDATION = "validation"
    MISSING = "missing"


VIEWS = tuple(PairView)


class Plot(Static):
    """Tells its screen when it has more room, or less."""

    def on_resize(self) -> None:
        """Draw anew."""
        screen = self.screen
        if isinstance(screen, PairScreen):
            screen.draw_plot()


class PairScreen(FlowScreen):
    """Everything that is known about one pattern."""

    CSS_PATH = "insight.tcss"
    BINDINGS = [*bindings("pair")]
    places = ("pair", "app")
    view = PairView.DAYS

    def __init__(self, finding: Finding, looked: Looked) -> None:
        super().__init__()
        self._finding, self._looked = finding, looked
        self._points: tuple[Point, ...] = points(finding, looked.table, looked.insight.outcome.name)

    def compose(self) -> ComposeResult:
        """Views, what is said of it, the plot, and what stands under it."""
        with Horizontal(classes="head"):
            yield Line(id="views")
            yield Line(id="as-of", classes="-auto muted")
        yield Static("", id="name", markup=False)
        yield Plot("", id="plot", markup=False)
        yield Static("", id="under", markup=False)
        yield Said()
        yield KeyStrip()

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """Nothing here changes with the clock."""

    def on_mount(self) -> None:
        """Draw once."""
        super().on_mount()
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """Show the view."""
        parts = [
            Content.styled(view.value, "bold $accent" if view is self.view else "$muted")
            for view in PairView
            if view is self.view or self.app.size.width >= say.TINY
        ]
        self.query_one("#views", Line).update(Content("   ").join(parts))
        self.query_one("#as-of", Line).show(say.as_of(self._looked.through))
        whole = self._looked.insight
        self.query_one("#name", Static).update(sentences.sentence(self._finding, whole))
        self.query_one("#under", Static).update("\n".join(self._made(4).under))
        self._show_keys()
        self.draw_plot()

    def draw_plot(self) -> None:
        """Fit the plot into the room that the texts leave; called again when that changes."""
        plot = self.query_one(Plot)
        made = self._made(max(4, plot.size.height))
        plot.update(dimmed(Content("\n").join(made.plot), self.app.current_theme.ansi))

    def _made(self, height: int) -> pair_text.Made:
        width, whole = self.content_size.width, self._looked.insight
        made = pair_text.in_words if self.flow.plain else pair_text.lines
        return made(self.view.value, self._finding, whole, self._points, width, height)

    def action_pair_next(self) -> None:
        """The next view, round and round."""
        self._turn(1)

    def action_pair_before(self) -> None:
        """The view before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        self.view = VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)]
        self.show()

    @asks
    async def action_pair_trial(self) -> None:
        """Put this pattern to the test."""
        from flowtui.tui.insight.experiment_flow import declare

        await declare(self.flow, self._finding, self._looked.insight.outcome.name)

    def action_pair_back(self) -> None:
        """Back to the list."""
        self.app.pop_screen()

    def on_resize(self) -> None:
        """Fit the plot to the size."""
        if self.is_mounted:
            self.call_after_refresh(self.show)
