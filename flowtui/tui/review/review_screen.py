"""Review: a day, a week, a month, a year, by keys; every view ends in one that changes the next."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from flowtui.core.review.picture import (
    ReviewPicture,
    ReviewView,
    heading,
    open_plans,
    rows_of,
)
from flowtui.core.review.picture_lines import lines
from flowtui.core.review.where_time_went import By, Row, Tone
from flowtui.services.review.review_view import moved
from flowtui.tui import dialogs
from flowtui.tui.review.review_actions import ReviewActions
from flowtui.tui.shell.early_keys import asks
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.lines import KeyStrip, Line, ModesStrip, Said

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.core.plan.planned_block import Occurrence
    from flowtui.services.wiring import Services

AROUND = 7
"""Lines that head, views, what was said and keys take."""
STYLES = {Tone.PLAIN: "", Tone.QUIET: "$muted", Tone.HERE: "bold $focus", Tone.CHART: "$focus"}


class ReviewScreen(ReviewActions):
    """Looking back."""

    CSS_PATH = "review.tcss"
    BINDINGS = [*bindings("review")]
    places = ("review", "app")

    view = ReviewView.WEEK
    day: date | None = None
    """A day of the stretch that is shown; None for today's."""
    made: ReviewPicture | None = None
    by = By.ALL
    _row: int | None = None
    """Where the mark stands; None: where today is, or on the first of what is planned."""
    _seen: Snapshot | None = None

    def compose(self) -> ComposeResult:
        """What is looked at above, the views below it, then the view."""
        yield ModesStrip("mode.review")
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

    @property
    def row(self) -> int | None:
        """The row under the mark; None where there is none to stand on."""
        made = self.made
        if made is None:
            return None
        count = len(open_plans(made)) if made.view is ReviewView.DAY else len(rows_of(made))
        if not count:
            return None
        if self._row is not None:
            return min(self._row, count - 1)
        if made.view is ReviewView.DAY:
            return 0
        days = rows_of(made)
        gone = [place for place, day in enumerate(days) if day <= made.today]
        return gone[-1] if gone else 0

    @property
    def marked_day(self) -> date | None:
        """The day, or the first day of the week, under the mark."""
        row, made = self.row, self.made
        if row is None or made is None or made.view is ReviewView.DAY:
            return None
        # the first week of a month may begin in the one before
        return max(rows_of(made)[row], made.summary.first)

    @property
    def marked_plan(self) -> Occurrence | None:
        """What is planned and under the mark."""
        row, made = self.row, self.made
        if row is None or made is None or made.view is not ReviewView.DAY:
            return None
        return open_plans(made)[row]

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
        rows = lines(made, width, room, self.row, self.by, self.flow.plain)
        self.query_one("#body", Static).update(Content("\n").join(map(_styled, rows)))

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
        self.go(views[(views.index(self.view) + step) % len(views)], self.day)

    def go(self, view: ReviewView, day: date | None) -> None:
        """To the `view` that holds `day`; None for today."""
        self.view, self.day, self._row = view, day, None
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
        self.go(self.view, None if day >= today else day)

    @asks
    async def action_review_go(self) -> None:
        """The day, week, month or year of any day, by its name or date."""
        if self.made is None:
            return
        today = self.made.today
        day = await self.app.push_screen_wait(dialogs.DayDialog(today))
        if day is not None:
            self.go(self.view, None if day == today else day)

    def action_review_today(self) -> None:
        """Back to today."""
        self.go(self.view, None)

    def action_review_down(self) -> None:
        """The mark a row on."""
        self._mark(1)

    def action_review_up(self) -> None:
        """The mark a row back."""
        self._mark(-1)

    def _mark(self, step: int) -> None:
        row = self.row
        if row is not None:
            self._row = max(0, row + step)
            self.show()

    def action_review_by(self) -> None:
        """Where the time went: by the next of context, tag, mode, hour, or all in short."""
        order = list(By)
        self.by = order[(order.index(self.by) + 1) % len(order)]
        self.show()


def _styled(row: Row) -> Content:
    text = Content.styled(row.text, STYLES[row.tone])
    return text if row.beside is None else text + _styled(row.beside)


def _look(view: ReviewView, day: date | None, services: Services) -> ReviewPicture:
    from flowtui.services.review.review_view import look

    return look(services, view, day or services.today())
