"""A list of options with the mark of the cursor; apart, as the first frame has none."""

from __future__ import annotations

from typing import ClassVar

from textual.strip import Strip
from textual.widgets import OptionList

from flowtui.tui.widgets.cursor import STYLE, marked


class MarkedOptions(OptionList):
    """Lines to choose from; the chosen one has the mark before its text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {STYLE}
    DEFAULT_CSS = """
    MarkedOptions > .cursor--mark { color: $accent; text-style: bold; }
    MarkedOptions.-textual-compact > .option-list--option { padding: 0 0 0 2; }
    """

    def render_line(self, y: int) -> Strip:
        """As Textual's, with the mark."""
        strip = super().render_line(y)
        line = self.scroll_offset.y + y
        if self.highlighted is None or line >= len(self._lines):
            return strip
        return marked(strip, self) if self._lines[line][0] == self.highlighted else strip
