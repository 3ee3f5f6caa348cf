"""Every key that works, by place; from the one table of actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Label

from flowtui.settings.actions import PLACES, Action, shown_keys
from flowtui.tui.dialogs.base import Dialog


class HelpDialog(Dialog[None]):
    """The keys of the places that are at hand now."""

    title_text = "keys"
    hint = "esc back   remap by id in config.toml, see: flowtui keys"
    BINDINGS = [Binding("question_mark,q", "leave", show=False)]

    def __init__(self, actions: Sequence[Action], places: Sequence[str]) -> None:
        super().__init__()
        self._actions = actions
        self._places = places

    def form(self) -> Iterable[Widget]:
        """A heading a place, a line an action."""
        for place in self._places:
            yield Label(PLACES[place], classes="heading", markup=False)
            for action in self._actions:
                if action.place == place:
                    line = f"{shown_keys(action):>14}  {action.help}"
                    yield Label(line, classes="about", markup=False)

    def action_submit(self) -> None:
        """Enter closes."""
        self.dismiss(None)
