"""A line to type in that holds no character a terminal would obey, typed or pasted."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from flowtui.core.text import is_shown


class LineInput(Input):
    """As Textual's, but cleaned; what is pasted over several lines comes as one, none is lost."""

    def validate_value(self, value: str) -> str:
        """`value` with a blank for each character that is not shown."""
        if value.isprintable():
            return value
        return "".join(char if is_shown(char) else " " for char in value)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.take(event.text)

    def take(self, text: str) -> None:
        """Write `text` where the cursor is, its lines as one."""
        line = self.validate_value(" ".join(text.splitlines())).strip()
        if line:
            self.replace(line, *self.selection)
