"""What the keys do with planned blocks: plan, begin, later, move, let go."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import work

from flowtui.tui import dialogs
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.shell.early_keys import asks

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowtui.core.plan.planned_block import Occurrence
    from flowtui.services.wiring import Services

    PlannedCall = Callable[[Occurrence, Services], str]

UNDO = "   u takes it back"


class PlannedActions(FlowScreen):
    """Commands on what is planned; all of them mean what is due, else what comes next."""

    @property
    def planned(self) -> Occurrence | None:
        """What the keys mean; None if nothing is planned for today and tomorrow."""
        snapshot = self.flow.snapshot
        if snapshot is None or not snapshot.planned:
            return None
        from flowtui.core.plan.planned_block import Standing, stand

        found = stand(snapshot.planned, self.flow.clock.now())
        for standing in (Standing.DUE, Standing.PLANNED, Standing.NOT_BEGUN):
            for one in found:
                if one.standing is standing:
                    return one
        return None

    @asks
    async def action_plan_add(self) -> None:
        """Plan a block for later; words that were refused come back as they were."""
        line: str | None = ""
        while True:
            dialog = dialogs.LineDialog(
                "plan a block", "weekdays 09:00 for 90m: fuse the kernel", line or "", needed=True,
                about="when, for how long, and after a colon what shall be true at its end",
                verb="plan",
            )  # fmt: skip
            line = await self.app.push_screen_wait(dialog)
            if line is None or await self.perform(partial(_add, line)):
                return

    @asks
    async def action_plan_begin(self) -> None:
        """Begin what is due or next, as it was planned."""
        await self._with(begin)

    @work(group="command", exit_on_error=False)
    async def action_plan_later(self) -> None:
        """Offer it again in a quarter of an hour."""
        await self._with(_later)

    @work(group="command", exit_on_error=False)
    async def action_plan_skip(self) -> None:
        """Not this time."""
        await self._with(let_go)

    @asks
    async def action_plan_move(self) -> None:
        """Move it to another time."""
        one = self.planned
        if one is None:
            self._nothing()
            return
        from flowtui.core.plan.planned_text import room_for

        snapshot = self.flow.snapshot
        room = room_for(one, snapshot.planned, snapshot.meetings) if snapshot is not None else None
        at = f"{room.astimezone(snapshot.zone):%H:%M}" if room is not None and snapshot else ""
        await move_by_dialog(self, one, at)

    async def _with(self, call: PlannedCall) -> None:
        one = self.planned
        if one is None:
            self._nothing()
            return
        await self.perform(partial(call, one))

    def _nothing(self) -> None:
        self.flow.said("nothing is planned for today or tomorrow   P plans a block", lost=True)


def _add(line: str, services: Services) -> str:
    from flowtui.services.plan.planning_line import planned_from_line

    plan = planned_from_line(services, line)
    return f"planned {plan.schedule.text()}{UNDO}"


async def move_by_dialog(screen: FlowScreen, one: Occurrence, at: str = "") -> None:
    """Ask where `one` is moved to, offering `at`; what was refused comes back as it was."""
    text: str | None = at
    while True:
        about = one.plan.intention or "a block"
        text = await screen.app.push_screen_wait(
            dialogs.LineDialog(
                "move to", "16:00, tomorrow 9:00", text or "", needed=True, about=about, verb="move"
            )
        )
        if text is None or await screen.perform(partial(move, one, text)):
            return


def begin(one: Occurrence, services: Services) -> str:
    """Begin it as it was planned; returns what is said."""
    from flowtui.services.plan.begin_planned import begin_planned

    begun = begin_planned(services, one)
    return "   ".join([*begun.sentences[:1], f"started {begun.block.intention or 'a block'}{UNDO}"])


def _later(one: Occurrence, services: Services) -> str:
    to = services.plan_book.later(one).to
    assert to is not None
    return f"offered again at {to.astimezone(services.zone):%H:%M}{UNDO}"


def let_go(one: Occurrence, services: Services) -> str:
    """Not this time; returns what is said."""
    services.plan_book.let_go(one)
    return f"let go of {one.plan.intention or 'a planned block'}{UNDO}"


def move(one: Occurrence, text: str, services: Services) -> str:
    """To a time in words; returns what is said. Raises UsageError."""
    from flowtui.services.plan.planning_line import instant_to_come

    to = instant_to_come(services, text, one)
    services.plan_book.move(one, to)
    return f"moved to {to.astimezone(services.zone):%a %H:%M}{UNDO}"
