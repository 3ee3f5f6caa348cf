"""Review: a day, a week, a month, a year, by keys."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from flowtui.core.review.picture import ReviewPicture, ReviewView, heading, lines
from flowtui.services.review.review_view import moved
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.lines import KeyStrip, Line, Said

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.services.wiring import Services

AROUND = 6
"""Lines that head, views, what was said and keys take."""


class ReviewScreen(FlowScreen):
    """Looking back."""

    CSS_PATH = "review.tcss"
    BINDINGS = [*bindings("review")]
    places = ("review", "app")

    view = ReviewView.WEEK
    day: date | None = None
    """A day of the stretch that is shown; None for today's."""
    made: ReviewPicture | None = None
    _seen: Snapshot | None = None

    def compose(self) -> ComposeResult:
        """What is looked at above, the views below it, then the view."""
        with Horizontal(classes="head"):
            yield Line(id="what")
            yield Line(id="total", classes="-auto")
        yield Line(id="views")
        yield Static("", id="body", markup=False)
        yield Said()
        yield KeyStrip()

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """A new look where something was recorded since the last one."""
        if self.made is None or snapshot is not self._seen:
            self._seen = snapshot
            self.look()

    @work(group="review", exclusive=True, exit_on_error=False)
    async def look(self) -> None:
        """Take the picture and show it."""
        self.made = await self.ask(partial(_look, self.view, self.day))
        self.show()

    def show(self) -> None:
        """Draw the picture that was taken last, in the room there is."""
        made = self.made
        if made is None:
            return
        what, total = heading(made)
        self.query_one("#what", Line).show(what)
        self.query_one("#total", Line).show(total)
        parts = [
            Content.styled(view.value, "bold $accent" if view is self.view else "$muted")
            for view in ReviewView
        ]
        # by hand: two texts that differ in their colours alone are the same to a Line
        self.query_one("#views", Line).update(Content("   ").join(parts))
        tiny = self.app.size.width < 60
        self.set_class(tiny, "-tiny")
        room = max(1, self.size.height - AROUND)
        width = self.app.size.width - (2 if tiny else 6)
        self.query_one("#body", Static).update("\n".join(lines(made, width, room)))

    def on_resize(self) -> None:
        """Fit the view to the new size."""
        super().on_resize()
        self.show()

    def action_review_next(self) -> None:
        """The next view."""
        self._turn(1)

    def action_review_before(self) -> None:
        """The view before."""
        self._turn(-1)

    def _turn(self, step: int) -> None:
        views = list(ReviewView)
        self.view = views[(views.index(self.view) + step) % len(views)]
        self.look()

    def action_review_earlier(self) -> None:
        """The day, week, month or year before."""
        self._go(-1)

    def action_review_later(self) -> None:
        """The one after, up to today's."""
        self._go(1)

    def _go(self, step: int) -> None:
        if self.made is None:
            return
        today = self.made.today
        day = moved(self.view, self.day or today, step)
        self.day = None if day >= today else day
        self.look()

    def action_review_today(self) -> None:
        """Back to today."""
        self.day = None
        self.look()


def _look(view: ReviewView, day: date | None, services: Services) -> ReviewPicture:
    from flowtui.services.review.review_view import look

    return look(services, view, day or services.today())
