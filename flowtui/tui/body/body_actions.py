"""What the keys do in Body: look around, log, correct, open and close the window."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import DataTable

from flowtui.core.body.day_text import entry_text
from flowtui.core.day import ONE_DAY
from flowtui.core.errors import FlowError
from flowtui.services.body.body_view import Listed, Picture, View, picture
from flowtui.tui import dialogs
from flowtui.tui.body.entry_list import EntryList
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.shell.early_keys import asks
from flowtui.tui.shell.host import SnapshotTaken

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

UNDO = "   u takes it back"
VIEWS = tuple(View)


class BodyActions(FlowScreen):
    """Commands on the body log, and the picture that is shown."""

    made: Picture | None = None
    """The picture on the screen; None before the first."""
    view = View.TODAY
    day: date | None = None
    """The day looked at; None: today, also when it turns."""
    variable = 0
    """Which variable's year stands first."""

    def show(self, made: Picture) -> None:
        """Show a picture that has just been taken."""
        raise NotImplementedError

    @on(SnapshotTaken)
    def _log_changed(self) -> None:
        self.look()

    def on_screen_resume(self) -> None:
        """Back from a dialog or another mode."""
        self.look()

    @work(exclusive=True, group="picture", exit_on_error=False)
    async def look(self) -> None:
        """Take the picture of the view and show it."""
        try:
            made = await self.ask(partial(_picture, self.view, self.day))
        except FlowError as error:
            self.flow.said(str(error), lost=True)
            return
        self._tell_renamed()
        self.made = made
        if self.is_mounted:
            self.show(made)

    @work(group="told", exit_on_error=False)
    async def _tell_renamed(self) -> None:
        """Say once which habits got another name; a look may be broken off, this is not."""
        renamed = await self.ask(lambda services: services.body.log.renamed())
        if renamed:
            self.flow.said("; ".join(renamed))

    @property
    def chosen(self) -> Listed | None:
        """The entry under the cursor; None in other views than today's."""
        return self.query_one(EntryList).chosen if self.view is View.TODAY else None

    def action_view_next(self) -> None:
        """The next view, round and round."""
        self._turn(1)

    def action_view_before(self) -> None:
        """The view before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        self.view = VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)]
        self.look()

    def action_body_before(self) -> None:
        """The day, week or year before the one shown."""
        self._go(-1)

    def action_body_after(self) -> None:
        """The day, week or year after it, up to today."""
        self._go(1)

    @asks
    async def action_body_go(self) -> None:
        """Any day, by its name or date, in the view that is shown."""
        if self.made is None:
            return
        today = self.made.today
        day = await self.app.push_screen_wait(dialogs.DayDialog(today))
        if day is not None:
            self.day = None if day == today else day
            self.look()

    def _go(self, by: int) -> None:
        if self.made is None:
            return
        day, today = self.made.day, self.made.today
        if self.view is View.YEAR:
            there = date(day.year + by, 12, 31) if 1900 < day.year + by < 9000 else day
        elif self.view is View.WEEK:
            there = day + timedelta(days=7 * by)
        else:
            there = day + (ONE_DAY if self.view is View.TODAY else timedelta(days=14)) * by
        self.day = None if there >= today else there
        self.look()

    def key_j(self) -> None:
        """In the year: the next variable first."""
        self._choose(1)

    def key_k(self) -> None:
        """In the year: the variable before first."""
        self._choose(-1)

    def key_down(self) -> None:
        """As j."""
        self._choose(1)

    def key_up(self) -> None:
        """As k."""
        self._choose(-1)

    def _choose(self, by: int) -> None:
        if self.view is View.YEAR and self.made is not None and self.made.year:
            self.variable = (self.variable + by) % len(self.made.year)
            self.show(self.made)

    @asks
    async def action_entry_add(self) -> None:
        """Log a line about the day that is shown."""
        from flowtui.tui.body import global_actions

        past = self.made is not None and self.made.day != self.made.today
        await global_actions.quick_log(self.flow, self.made.day if past and self.made else None)

    @asks
    async def action_entry_edit(self) -> None:
        """Change the chosen entry by its line; what was refused comes back as it was typed."""
        listed = self.chosen
        if listed is None:
            return
        line: str | None = listed.line
        while True:
            dialog = dialogs.LineDialog(
                "change this entry", listed.line, line or "", True, entry_text(listed.entry)
            )
            line = await self.app.push_screen_wait(dialog)
            if line is None or line == listed.line:
                return
            if await self.perform(partial(_edit, listed.entry.id, line)):
                return

    @asks
    async def action_entry_delete(self) -> None:
        """Delete the chosen entry, after asking."""
        listed = self.chosen
        if listed is None:
            return
        about = f"{entry_text(listed.entry)}; u brings it back"
        if await self.app.push_screen_wait(dialogs.ConfirmDialog("delete this entry?", about)):
            await self.perform(partial(_delete, listed.entry.id))

    @work(group="command", exit_on_error=False)
    async def action_window_turn(self) -> None:
        """Open the eating window, or close the one that is open."""
        await self.perform(_turn_window)

    @asks
    async def action_habit_new(self) -> None:
        """Name a habit, or a thing to stop; a form that was refused comes back as it was."""
        from flowtui.tui.body.habit_dialog import HabitDialog, HabitForm, declare

        form: HabitForm | None = None
        while True:
            form = await self.app.push_screen_wait(HabitDialog(form))
            if form is None or await self.perform(partial(declare, form)):
                return

    def action_habit_list(self) -> None:
        """Habits and things to stop, to be changed."""
        from flowtui.tui.body.habits_screen import HabitsScreen

        self.app.push_screen(HabitsScreen())

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter on an entry changes it."""
        event.stop()
        self.action_entry_edit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What concerns an entry is for the view that lists them."""
        if action in ("entry_edit", "entry_delete") and self.view is not View.TODAY:
            return False
        if action == "window_turn":
            return None if self.flow.config.body.eating is False else True
        return True


def _picture(view: View, day: date | None, services: Services) -> Picture:
    return picture(services, view, day)


def _edit(id: str, line: str, services: Services) -> str:
    return f"changed: {entry_text(services.body.log.edit(id, line))}{UNDO}"


def _delete(id: str, services: Services) -> str:
    return f"deleted {entry_text(services.body.log.delete(id))}{UNDO}"


def _turn_window(services: Services) -> str:
    window = services.body.log.window()
    verb = "close" if window is not None and window.open else "open"
    logged = services.body.log.write(f"eat {verb}")
    return f"{entry_text(logged.entries[0])}{UNDO}"
