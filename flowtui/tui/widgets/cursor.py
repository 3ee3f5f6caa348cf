"""The mark of the row under the cursor: seen without colour, on every terminal, in every list."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import DataTable

MARK = "▌"
"""Half a block: in the font of the Linux console, too."""
STYLE = "cursor--mark"
HEADING = "="
"""Keys of rows that are headings begin with it; no id does."""
Cell = TypeVar("Cell")


def marked(strip: Strip, by: Widget) -> Strip:
    """`strip` with the mark in its first cell, in the accent."""
    first = next(iter(strip), None)
    behind = first.style if first is not None and first.style is not None else Style()
    mark = Segment(MARK, behind + by.get_component_rich_style(STYLE, partial=True))
    return Strip([mark, *strip.crop(1)])


class MarkedTable(DataTable[Cell]):
    """A table of rows; the one under the cursor has the mark in its first, empty cell."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {STYLE}
    DEFAULT_CSS = """
    MarkedTable > .cursor--mark { color: $accent; text-style: bold; }
    """

    _stood = 0
    """The row on which the cursor stood last, headings aside."""

    def stands(self, event: DataTable.RowHighlighted) -> bool:
        """Whether the cursor stands on a row; from a heading it goes on in the same direction."""
        if not self.row_count:
            return False  # Textual tells of the row -1 of an empty list, without a key
        if (event.row_key.value or "").startswith(HEADING):
            down = event.cursor_row > self._stood or event.cursor_row == 0
            self.move_cursor(row=event.cursor_row + (1 if down else -1))
            return False
        self._stood = event.cursor_row
        return True

    def render_line(self, y: int) -> Strip:
        """As Textual's, with the mark."""
        strip = super().render_line(y)
        head = 1 if self.show_header else 0
        row = y - head + self.scroll_offset.y
        if y < head or not self.row_count or row != self.cursor_row:
            return strip
        return marked(strip, self)
