"""Choosing a theme: what is highlighted is shown at once, Esc puts the former one back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from flowtui.tui.dialogs.base import Dialog


class ThemeDialog(Dialog[str]):
    """Answers with the name of a theme."""

    title_text = "theme"
    hint = "j k look   enter keep   esc as before"
    BINDINGS = [
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(self, names: Sequence[str], current: str) -> None:
        super().__init__()
        self._names = names
        self._before = current

    def form(self) -> Iterable[Widget]:
        """The themes."""
        yield OptionList(*(Option(n, id=n) for n in self._names), id="names", compact=True)

    def on_mount(self) -> None:
        """Begin at the present theme."""
        names = self.query_one("#names", OptionList)
        names.highlighted = self._names.index(self._before) if self._before in self._names else 0
        names.focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show it."""
        if event.option_id is not None:
            self.app.theme = event.option_id

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Keep it."""
        event.stop()
        self.dismiss(event.option_id)

    def action_move(self, by: int) -> None:
        """Up and down."""
        names = self.query_one("#names", OptionList)
        names.action_cursor_down() if by > 0 else names.action_cursor_up()

    def action_leave(self) -> None:
        """Put the former theme back."""
        self.app.theme = self._before
        self.dismiss(None)
