"""What is drawn, for a terminal that has nothing beyond ASCII (`display.unicode = false`)."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from flowtui.core.ascii_text import to_ascii


class AsciiFilter(LineFilter):
    """Turns every sign into one of ASCII, last of all, whoever drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line in the same widths."""
        return [
            Segment(to_ascii(segment.text, cell_len), segment.style, segment.control)
            for segment in segments
        ]
