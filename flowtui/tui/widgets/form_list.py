"""A list inside a form: past its ends the same keys move the form, so that all of it is reached."""

from __future__ import annotations

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets.option_list import Option

from flowtui.tui.widgets.marked_options import MarkedOptions


class FormList(MarkedOptions):
    """The keys of every list; it does not go round, but hands on to the form that holds it."""

    BINDINGS = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
    ]

    def __init__(self, *options: Option, id: str) -> None:
        super().__init__(*options, id=id, compact=True, markup=False)

    def action_cursor_up(self) -> None:
        """The line above, or what stands above the list."""
        if self.highlighted:
            super().action_cursor_up()
            self._in_sight()
        else:
            self._form(-1)

    def action_cursor_down(self) -> None:
        """The line below, or what stands below the list."""
        if self.highlighted is None or self.highlighted < self.option_count - 1:
            super().action_cursor_down()
            self._in_sight()
        else:
            self._form(1)

    def action_page_up(self) -> None:
        """Up, in the list and then in the form."""
        if self.highlighted:
            super().action_page_up()  # type: ignore[no-untyped-call] # Textual's
        else:
            self._form(-8)

    def action_page_down(self) -> None:
        """Down, in the list and then in the form."""
        if self.highlighted == self.option_count - 1:
            self._form(8)
        else:
            super().action_page_down()  # type: ignore[no-untyped-call] # Textual's

    def _in_sight(self) -> None:
        self.call_after_refresh(self.scroll_visible, animate=False)

    def _form(self, by: int) -> None:
        for parent in self.ancestors:
            if isinstance(parent, VerticalScroll):
                parent.scroll_relative(y=by, animate=False)
                return
