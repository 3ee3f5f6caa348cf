"""What the keys of Review change: planned blocks, next week, the report, the six questions."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from flowtui.core.errors import UsageError
from flowtui.core.review.picture import ReviewPicture, ReviewView
from flowtui.tui import dialogs
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.plan.planned_actions import begin, let_go, move_by_dialog
from flowtui.tui.shell.early_keys import asks

if TYPE_CHECKING:
    from flowtui.core.plan.planned_block import Occurrence
    from flowtui.services.wiring import Services

UNDO = "   u takes it back"
INNER = {
    ReviewView.WEEK: ReviewView.DAY,
    ReviewView.MONTH: ReviewView.WEEK,
    ReviewView.YEAR: ReviewView.WEEK,
}
"""What Enter opens."""


class ReviewActions(FlowScreen):
    """Commands on what is looked at."""

    made: ReviewPicture | None

    @property
    @abstractmethod
    def marked_day(self) -> date | None:
        """The day, or the first day of the week, under the mark."""

    @property
    @abstractmethod
    def marked_plan(self) -> Occurrence | None:
        """What is planned and under the mark."""

    @abstractmethod
    def go(self, view: ReviewView, day: date | None) -> None:
        """To the `view` that holds `day`."""

    def action_review_open(self) -> None:
        """Open the day or the week under the mark; in a day begin what is planned."""
        made = self.made
        if made is None:
            return
        if made.view is ReviewView.DAY:
            self._begin()
        elif self.marked_day is not None:
            self.go(INNER[made.view], self.marked_day)

    @work(group="command", exit_on_error=False)
    async def _begin(self) -> None:
        one = self.marked_plan
        if one is None:
            self._nothing()
        elif await self.perform(partial(begin, one)):
            await self.app.run_action("mode_focus")

    @work(group="command", exit_on_error=False)
    async def action_review_skip(self) -> None:
        """Let the planned block under the mark go."""
        one = self.marked_plan
        if one is None:
            self._nothing()
        else:
            await self.perform(partial(let_go, one))

    @asks
    async def action_review_move(self) -> None:
        """Move the planned block under the mark."""
        one = self.marked_plan
        if one is None:
            self._nothing()
            return
        await move_by_dialog(self, one)

    def _nothing(self) -> None:
        self.flow.said("nothing here is planned and open   P plans a week", lost=True)

    def action_review_questions(self) -> None:
        """The week in six questions: that which is shown, else the one that is due."""
        from flowtui.tui.review.week_review_screen import WeekReviewScreen

        made = self.made
        shown = made is not None and made.view is ReviewView.WEEK
        this_one = made.summary.first if made is not None and shown else None
        if made is not None and shown and made.summary.last >= made.today:
            this_one = None  # of the running week the one that is due is meant
        self.app.push_screen(WeekReviewScreen(this_one), self._answered)

    def _answered(self, changed: bool | None) -> None:
        if changed:
            self.flow.said(f"the week's review is kept{UNDO}")
            self.flow.refresh_snapshot()

    @asks
    async def action_review_plan(self) -> None:
        """Lay out the blocks of next week."""
        from flowtui.tui.plan.week_plan_dialog import WeekPlanDialog

        if await self.app.push_screen_wait(WeekPlanDialog()):
            self.flow.said(f"the week is planned{UNDO}")
            self.flow.refresh_snapshot()

    @asks
    async def action_review_find(self) -> None:
        """Find a word in everything, and go to its day."""
        from flowtui.tui.review.find_dialog import FindDialog

        day = await self.app.push_screen_wait(FindDialog())
        if day is not None:
            self.go(ReviewView.DAY, day)

    @asks
    async def action_review_report(self) -> None:
        """Write the report of what is shown to a file."""
        made = self.made
        if made is None:
            return
        text: str | None = f"~/flowtui-{made.summary.first}.html"
        while True:
            text = await self.app.push_screen_wait(
                dialogs.LineDialog(
                    "write the report to", "a file that ends in .html or .md", text or "",
                    needed=True, about="for yourself; for others: flowtui report --public",
                    verb="write",
                )
            )  # fmt: skip
            if text is None or await self.perform(partial(_reported, made, text)):
                return


def _reported(made: ReviewPicture, text: str, services: Services) -> str:
    from flowtui.core.review import render
    from flowtui.services.review.report import report
    from flowtui.services.review.written_report import write_report

    path = Path(text).expanduser()
    forms = {".html": render.page, ".md": render.markdown}
    form = forms.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"{path.name!r} names no form", "let it end in .html or .md")
    summary = report(services, made.summary.first, made.summary.last)
    write_report(path, form(summary))
    return f"wrote {path}"
