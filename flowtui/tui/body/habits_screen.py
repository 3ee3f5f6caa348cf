"""Your habits and things to stop: renamed, merged, measured anew, archived, deleted by a key.

All by the services that the shell uses, and so each undone with `u`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import DataTable

from flowtui.core.body.habits import habit_name
from flowtui.core.errors import FlowError
from flowtui.core.text import middle_cut
from flowtui.services.body.habit_edits import HabitRow
from flowtui.tui import dialogs
from flowtui.tui.body.habit_dialog import DeleteDialog, HabitDialog, HabitForm, UnitDialog, UnitForm
from flowtui.tui.body.habit_dialog import declare as declare_habit
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.shell.early_keys import asks
from flowtui.tui.shell.host import SnapshotTaken
from flowtui.tui.shell.palette import bindings
from flowtui.tui.widgets.cursor import MarkedTable
from flowtui.tui.widgets.lines import KeyStrip, Line, Said

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.services.wiring import Services

UNDO = "   u takes it back"
FORMS = {"yes_no": "yes or no", "count": "count", "dose": "dose", "scale": "scale"}


class HabitTable(MarkedTable[Text]):
    """One row a name: what it is called, how it is answered, how many records it has."""

    BINDINGS = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(show_header=False, cursor_type="row", zebra_stripes=False, cell_padding=1)
        self._rows: dict[str, HabitRow] = {}

    def on_mount(self) -> None:
        """The columns: name, form, records, what else is to be known."""
        for key in ("name", "form", "records", "note"):
            self.add_column("", key=key)

    @property
    def chosen(self) -> HabitRow | None:
        """The row under the cursor; None in an empty list."""
        if not self.row_count:
            return None
        key = self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value
        return self._rows.get(key or "")

    def show(self, rows: Sequence[HabitRow], width: int) -> None:
        """Show the rows; the cursor stays on its name, or where it is if that is gone."""
        chosen, kept = self.chosen, self.cursor_row
        self._rows = {row.name: row for row in rows}
        self.clear()
        for row in rows:
            self.add_row(*map(Text, _cells(row, width)), key=row.name)
        names = list(self._rows)
        if chosen is not None and chosen.name in names:
            kept = names.index(chosen.name)
        if rows:
            self.move_cursor(row=min(kept, len(rows) - 1))


class HabitsScreen(FlowScreen):
    """The list of names, over Body."""

    CSS_PATH = "body.tcss"
    BINDINGS = [*bindings("habits")]
    places = ("habits", "app")

    def compose(self) -> ComposeResult:
        """A head, the list, what to press."""
        with Horizontal(classes="head"):
            yield Line(id="views")
            yield Line(id="day", classes="-auto")
        yield HabitTable()
        yield Line(id="offer", classes="-collapse muted")
        yield Said()
        yield KeyStrip()

    def draw(self, snapshot: Snapshot, now: datetime) -> None:
        """Nothing here changes with the clock."""

    def on_mount(self) -> None:
        """Ask for the names."""
        super().on_mount()
        self.query_one(HabitTable).focus()
        self.look()

    @on(SnapshotTaken)
    def _changed(self) -> None:
        self.look()

    def on_screen_resume(self) -> None:
        """Back from a dialog."""
        self.look()

    @work(exclusive=True, group="names", exit_on_error=False)
    async def look(self) -> None:
        """Ask for the names and show them."""
        try:
            rows = await self.ask(lambda services: services.body.habits.rows())
        except FlowError as error:
            self.flow.said(str(error), lost=True)
            return
        if self.is_mounted:
            self.show(rows)

    def show(self, rows: Sequence[HabitRow]) -> None:
        """Show what was asked for."""
        self.query_one("#views", Line).show("habits")
        count = len(rows)
        self.query_one("#day", Line).show(f"{count} {'name' if count == 1 else 'names'}")
        self.query_one(HabitTable).show(rows, self.size.width)
        self.query_one("#offer", Line).show("" if rows else "none yet   n names one")
        self._show_keys()

    @property
    def chosen(self) -> HabitRow | None:
        """The name under the cursor."""
        return self.query_one(HabitTable).chosen

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter renames, as e does."""
        event.stop()
        self.action_habit_rename()

    @asks
    async def action_habit_rename(self) -> None:
        """Another name; one that was refused comes back as it was typed."""
        row = self.chosen
        if row is None:
            return
        typed: str | None = row.title
        while True:
            about = f"{row.records} records go with it" if row.records else "it has no record"
            dialog = dialogs.LineDialog(
                f"rename {row.name}", row.name, typed or "", True, about, verb="rename"
            )
            typed = await self.app.push_screen_wait(dialog)
            if typed is None or typed == row.title:
                return
            if await self.perform(partial(_rename, row.name, typed)):
                return

    @asks
    async def action_habit_merge(self) -> None:
        """Make its records those of another."""
        row = self.chosen
        if row is None:
            return
        into: str | None = ""
        while True:
            about = f"the {row.records} records of {row.name} become those of"
            dialog = dialogs.LineDialog(
                f"merge {row.name}", "another habit", into or "", True, about, verb="merge"
            )
            into = await self.app.push_screen_wait(dialog)
            if into is None:
                return
            if await self.perform(partial(_merge, row.name, into)):
                return

    @asks
    async def action_habit_unit(self) -> None:
        """Another unit, and what every value is multiplied by."""
        row = self.chosen
        if row is None:
            return
        form = UnitForm((row.habit.unit if row.habit else None) or "", "1")
        while True:
            typed = await self.app.push_screen_wait(UnitDialog(row.name, form))
            if typed is None or await self.perform(partial(_measure, row.name, typed)):
                return
            form = typed

    @work(group="command", exit_on_error=False)
    async def action_habit_archive(self) -> None:
        """Ask for it no more; or, of an archived one, ask for it again."""
        row = self.chosen
        if row is not None:
            await self.perform(partial(_archive, row.name, row.archived))

    @asks
    async def action_habit_delete(self) -> None:
        """Forget it, after asking what becomes of its records."""
        row = self.chosen
        if row is None:
            return
        records = await self.app.push_screen_wait(DeleteDialog(row.name, row.records))
        if records is not None:
            await self.perform(partial(_delete, row.name, records))

    @asks
    async def action_habit_name(self) -> None:
        """Name a habit, or a thing to stop; a form that was refused comes back as it was."""
        form: HabitForm | None = None
        while True:
            form = await self.app.push_screen_wait(HabitDialog(form))
            if form is None or await self.perform(partial(declare_habit, form)):
                return

    def action_habit_leave(self) -> None:
        """Back to Body."""
        self.app.pop_screen()


def _cells(row: HabitRow, width: int) -> tuple[str, str, str, str]:
    habit = row.habit
    form = "stop doing" if habit is None else FORMS[habit.form.value]
    unit = f" in {habit.unit}" if habit is not None and habit.unit else ""
    name = row.name if row.title == row.name else f"{row.name} ({row.title})"
    notes = [word for word, on in (("archived", row.archived), ("config.toml", row.settled)) if on]
    records = f"{row.records} {'record' if row.records == 1 else 'records'}"
    return (
        middle_cut(name, max(12, width // 2 - 6)),
        middle_cut(f"{form}{unit}", max(10, width // 4)),
        records,
        "  ".join(notes),
    )


def _rename(name: str, to: str, services: Services) -> str:
    count = services.body.habits.rename(name, to)
    return f"{name} is called {habit_name(to)}, {count} records{UNDO}"


def _merge(name: str, into: str, services: Services) -> str:
    count = services.body.habits.merge(name, into)
    return f"{count} records are those of {habit_name(into)} now{UNDO}"


def _measure(name: str, form: UnitForm, services: Services) -> str:
    count = services.body.habits.measure(name, form.unit, form.factor())
    return f"{name} is measured in {form.unit}, {count} values{UNDO}"


def _archive(name: str, archived: bool, services: Services) -> str:
    if archived:
        services.body.habits.unarchive(name)
        return f"{name} is asked for again{UNDO}"
    services.body.habits.archive(name)
    return f"archived {name}{UNDO}"


def _delete(name: str, records: bool, services: Services) -> str:
    count = services.body.habits.delete(name, records)
    return f"deleted {name}, {f'with {count} records' if records else 'its records stay'}{UNDO}"
