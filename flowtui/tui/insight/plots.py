"""Plots out of text cells for insight. Pure: figures in, coloured text out.

`●` is with it, `○` without, `◉` where both fall on one cell; `│` is zero. Shapes say it, colours
only help.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from textual.content import Content

from flowtui.core.insight.binned import Bin
from flowtui.tui.widgets.charts import EIGHTHS, MONTHS, Part

ON, OFF, BOTH = "●", "○", "◉"
STYLES = {ON: "$focus", OFF: "$rest", BOTH: "$foreground"}


def forest(low: float, value: float, high: float, scale: float, width: int, firm: bool) -> Content:
    """An interval around its estimate on an axis from -scale to scale, zero in the middle."""
    cells = [" "] * width
    zero = width // 2

    def place(at: float) -> int:
        share = at / scale if scale > 0 else 0.0
        return max(0, min(width - 1, round(zero + share * (width // 2))))

    first, last, middle = place(low), place(high), place(value)
    for at in range(first, last + 1):
        cells[at] = "━" if firm else "─"
    cells[zero] = "┿" if firm and first <= zero <= last else "┼" if first <= zero <= last else "│"
    cells[middle] = ON if firm else OFF
    parts: list[Part] = []
    for at, cell in enumerate(cells):
        faint = cell == "│" or (not firm and at != middle)
        parts.append((cell, "$faint" if faint else "$focus" if firm else "$muted"))
    return Content.assemble(*parts)


def over_time(bins: Sequence[Bin], height: int, width: int) -> list[Content]:
    """Means of both arms over time, `height` lines and one for the months.

    A bin is as many cells wide as fit into `width`, at most six.
    """
    wide = max(1, min(6, (width - 7) // max(1, len(bins))))
    values = [v for b in bins for v in (b.on, b.off) if v is not None]
    low, high = _round_ends(min(values), max(values))
    grid = [[" "] * len(bins) for _ in range(height)]
    for at, each in enumerate(bins):
        for value, mark in ((each.on, ON), (each.off, OFF)):
            if value is None:
                continue
            row = height - 1 - round((value - low) / (high - low) * (height - 1))
            grid[row][at] = BOTH if grid[row][at] not in (" ", mark) else mark
    lines = []
    for row, cells in enumerate(grid):
        level = high - (high - low) * row / max(1, height - 1)
        labelled = row in (0, height - 1) or row == height // 2
        label = f"{level:>6.0f} " if labelled else "       "
        parts: list[Part] = [(label, "$muted")]
        parts += [(cell + " " * (wide - 1), STYLES.get(cell, "")) for cell in cells]
        lines.append(Content.assemble(*parts))
    lines.append(Content.styled("       " + _months([b.first for b in bins], wide), "$muted"))
    return lines


def curve(values: Sequence[float], height: int, width: int) -> list[Content]:
    """A line around zero, `height` lines; where it is above zero in one colour, else another."""
    shown = _thinned(values, width)
    wide = max(1, min(3, width // len(shown)))
    top = max(*shown, 0.0)
    bottom = min(*shown, 0.0)
    room = (top - bottom) or 1.0
    zero = round(top / room * (height - 1))
    grid = [[("─" if row == zero else " ", "$faint")] * len(shown) for row in range(height)]
    for at, value in enumerate(shown):
        row = round((top - value) / room * (height - 1))
        grid[row][at] = ("●" if value >= 0 else "○", "$focus" if value >= 0 else "$warn")
    lines = []
    for row, cells in enumerate(grid):
        label = {zero: "0", 0: f"{top:.0f}", height - 1: f"{bottom:.0f}"}.get(row, "")
        if row == zero:
            label = "0"
        drawn = [
            (text + ("─" if row == zero else " ") * (wide - 1), style) for text, style in cells
        ]
        lines.append(Content.assemble((f"{label:>6} ", "$muted"), *drawn))
    return lines


def histogram(counts: Sequence[int], top: int, style: str) -> Content:
    """One line of bars; a day is never drawn as none."""
    cells = []
    for count in counts:
        eighths = 0 if count == 0 else max(1, round(count / max(1, top) * 8))
        cells.append(EIGHTHS[min(8, eighths)])
    return Content.styled("".join(cells), style)


def _thinned(values: Sequence[float], width: int) -> list[float]:
    if len(values) <= width:
        return list(values)
    return [values[round(at * (len(values) - 1) / (width - 1))] for at in range(width)]


def _round_ends(low: float, high: float) -> tuple[float, float]:
    if high > low:
        return low, high
    return low - 1, high + 1


def _months(days: Sequence[date], wide: int) -> str:
    text, shown = "", 0
    for place, day in enumerate(days):
        at = place * wide
        if day.month != shown and len(text) <= at <= len(days) * wide - 3:
            text = text.ljust(at) + MONTHS[day.month - 1] + " "
            shown = day.month
    return text.rstrip()
