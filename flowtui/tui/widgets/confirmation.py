"""One quiet line that confirms what was just done and names its undo."""

from __future__ import annotations

from textual.timer import Timer
from textual.widgets import Static

SHOWN_S = 8


class Said(Static):
    """Shows a line for a few seconds; an error stays until the next one."""

    DEFAULT_CSS = """
    Said { height: auto; max-height: 3; color: $muted; }
    Said.-lost { color: $lost; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._timer: Timer | None = None

    def say(self, text: str, lost: bool = False) -> None:
        """Show `text`; with `lost` it is an error."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.set_class(lost, "-lost")
        self.update(text)
        if not lost and text:
            self._timer = self.set_timer(SHOWN_S, lambda: self.update(""))
