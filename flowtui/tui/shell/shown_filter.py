"""What reaches the terminal is text: a last look at each line of the app, whoever drew it.

Intentions, notes, names of lists and of runs come from outside. A direction mark in one of them
turns the rest of its line around, an escape is obeyed.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from flowtui.core.text import is_shown


class ShownFilter(LineFilter):
    """Puts blanks, as wide as what they stand for, in the place of all that is no text."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """`segments` without anything that a terminal obeys."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(_shown(segment.text), segment.style)
            for segment in segments
        ]


def _shown(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if is_shown(c) else " " * max(0, cell_len(c)) for c in text)
