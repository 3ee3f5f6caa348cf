"""The keys at hand, on one line: one widget, where Textual's footer makes one of each key."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from flowtui.settings.actions import Action, shown_keys


class KeyStrip(Static):
    """Shows the actions that are meant for the foot of the screen; a click runs one."""

    DEFAULT_CSS = """
    KeyStrip {
        dock: bottom;
        height: 1;
        color: $muted;
        link-color: $accent;
        link-background: $background 0%;
        link-style: none;
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._shown: tuple[tuple[str, bool], ...] = ()

    def show(self, actions: Iterable[tuple[Action, bool | None]]) -> None:
        """Show actions with whether each can be done now: None greys it, False hides it."""
        wanted = [(a, bool(can)) for a, can in actions if a.footer and can is not False]
        state = tuple((f"{a.id} {a.keys}", can) for a, can in wanted)
        if state == self._shown:
            return
        self._shown = state
        parts = []
        for action, can in wanted:
            space = "app" if action.place == "app" else "screen"
            click = f"@click={space}.{action.method}"
            key, label = shown_keys(action).split(", ")[0], action.label
            styles = (click, "$muted") if can else ("$faint", "$faint")
            parts.append(Content.assemble((key, styles[0]), (f" {label}", styles[1])))
        self.update(Content("  ").join(parts))
