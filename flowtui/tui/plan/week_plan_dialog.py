"""A week's blocks, proposed in its free stretches: one key takes them, others move or drop one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from flowtui.core.errors import FlowError
from flowtui.core.plan.week_plan import Proposed, move
from flowtui.core.status_file import minutes
from flowtui.tui.dialogs.base import Dialog

if TYPE_CHECKING:
    from flowtui.services.plan.week_planner import Proposal
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

HOUR = 1.0
FEW_H = 8.0
"""Where nobody knows how many hours are meant, the first proposal."""
ROWS = 14
"""Blocks that are shown at once."""


class WeekPlanDialog(Dialog[bool]):
    """Answers whether the blocks were planned.

    With `for_review` they are those of the week after the one that begins on `week`, and a part of
    its review.
    """

    title_text = "blocks for the week"
    hint = "enter takes   ← → move   d drop   + - hours   j k look   esc leave"
    BINDINGS = [
        Binding("j,down", "at(1)", show=False),
        Binding("k,up", "at(-1)", show=False),
        Binding("right,l", "shift(1)", show=False),
        Binding("left,h", "shift(-1)", show=False),
        Binding("d", "drop", show=False),
        Binding("plus", "hours(1)", show=False),
        Binding("minus", "hours(-1)", show=False),
    ]

    def __init__(self, week: date | None = None, for_review: bool = False) -> None:
        super().__init__()
        self._week = week
        self._for_review = for_review
        self._found: Proposal | None = None
        self._blocks: list[Proposed] = []
        self._hours: float | None = None
        self._at = 0
        self._taking = False

    @property
    def _host(self) -> Host:
        return cast("Host", self.app)

    def form(self) -> Iterable[Widget]:
        """What is meant and planned, then a row a block."""
        yield Static("", id="meant", markup=False)
        yield Static("", id="blocks", markup=False)

    def on_mount(self) -> None:
        """Ask for a proposal."""
        self._ask()

    @work(group="week-plan", exclusive=True, exit_on_error=False)
    async def _ask(self) -> None:
        try:
            found = await self._host.ask(
                partial(_proposed, self._week, self._for_review, self._hours)
            )
        except FlowError as error:
            self.complain(error)
            if self._hours is None:
                self.action_hours(1)  # how many are meant is asked by a proposal
            return
        self._found, self._blocks = found, list(found.plan.blocks)
        self._at = min(self._at, max(0, len(self._blocks) - 1))
        self._draw()

    def action_at(self, step: int) -> None:
        """To the block before or after."""
        if self._blocks:
            self._at = (self._at + step) % len(self._blocks)
            self._draw()

    def action_shift(self, step: int) -> None:
        """The block to its next free place, or the one before."""
        if self._found is None or not self._blocks:
            return
        rest = [block for at, block in enumerate(self._blocks) if at != self._at]
        self._blocks = move(self._found.rooms, self._blocks, self._at, step)
        moved = next(block for block in self._blocks if block not in rest)
        self._at = self._blocks.index(moved)
        self._draw()

    def action_drop(self) -> None:
        """Without this block."""
        if self._blocks:
            del self._blocks[self._at]
            self._at = min(self._at, max(0, len(self._blocks) - 1))
            self._draw()

    def action_hours(self, step: int) -> None:
        """An hour more or fewer meant for the week; proposes anew."""
        meant_h = self._found.plan.meant_s / 3600 if self._found is not None else FEW_H - step
        self._hours = max(HOUR, meant_h + step)
        self.query_one(".wrong", Static).update("")
        self._ask()

    def action_submit(self) -> None:
        """Plan them."""
        if self._blocks and not self._taking:
            self._taking = True
            self._take()
        elif self._found is not None and not self._blocks:
            self.complain(FlowError("there is nothing to plan", "+ means an hour more"))

    @work(group="week-plan", exclusive=True, exit_on_error=False)
    async def _take(self) -> None:
        review = self._week if self._for_review else None
        try:
            await self._host.ask(partial(_take, self._blocks, review))
        except FlowError as error:
            self._taking = False
            self.complain(error)
            return
        self.dismiss(True)

    def _draw(self) -> None:
        found = self._found
        if found is None:
            return
        zone = self._host.snapshot.zone if self._host.snapshot is not None else ZoneInfo("UTC")
        plan = found.plan
        laid = plan.planned_s + sum(block.seconds for block in self._blocks)
        said = [
            f"{found.first:%-d %b} to {found.last:%-d %b}: {minutes(laid)} of "
            f"{minutes(plan.meant_s)} meant, {minutes(plan.planned_s)} planned before",
            *found.remarks,
        ]
        if plan.left_s:
            said.append(f"no room for {minutes(plan.left_s)}")
        self.query_one("#meant", Static).update("\n".join(said))
        first = max(0, min(self._at - ROWS // 2, len(self._blocks) - ROWS))
        rows = [
            self._row(place, block, zone)
            for place, block in enumerate(self._blocks)
            if first <= place < first + ROWS
        ]
        nothing = Content("nothing is missing   + means an hour more")
        self.query_one("#blocks", Static).update(Content("\n").join(rows) if rows else nothing)

    def _row(self, place: int, block: Proposed, zone: ZoneInfo) -> Content:
        start, end = (at.astimezone(zone) for at in (block.span.start, block.span.end))
        new_day = (
            place == 0 or self._blocks[place - 1].start.astimezone(zone).date() != start.date()
        )
        day = f"{start:%a %-d %b}" if new_day else ""
        mark = "›" if place == self._at else " "
        text = f"{mark} {day:<11} {start:%H:%M} to {end:%H:%M}   {minutes(block.seconds)}"
        return Content.styled(text, "bold $focus" if place == self._at else "")


def _proposed(
    week: date | None, for_review: bool, hours: float | None, services: Services
) -> Proposal:
    from flowtui.services.plan.week_planner import next_week, proposal

    if week is None:
        return proposal(services, next_week(services), hours)
    return proposal(services, week + timedelta(days=7) if for_review else week, hours)


def _take(blocks: list[Proposed], review: date | None, services: Services) -> None:
    from flowtui.services.plan.week_planner import drafts, take

    if review is None:
        take(services, blocks)
    else:
        from flowtui.services.review.week_reviews import WeekReviews

        WeekReviews(services).plan_these(review, drafts(services, blocks))
