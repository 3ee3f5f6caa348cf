"""Charts out of text cells. Pure: figures in, coloured text out; missing is drawn, never as 0.

A shape says what a colour says too: `·` nothing recorded, `–` an explicit no, `~` passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from textual.content import Content, Span

from flowtui.core.body.day_series import HeatCell
from flowtui.core.body.entry_kinds import State
from flowtui.core.body.fasting import WindowDay

EIGHTHS = " ▁▂▃▄▅▆▇█"
SHADES = "–░▒▓█"
MISSING, NO, SKIPPED = "·", "–", "~"
DAY_S = 24 * 3600
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LEGEND = f"{MISSING} not recorded   {NO} no   {SKIPPED} passed over"
Part = tuple[str, str]


def dimmed(content: Content, ansi: bool) -> Content:
    """`content` with what is faint dimmed where the terminal's own colours are used.

    No colour name there is sure to stand back; see `flowtui.tui.shell.theming`.
    """
    if not ansi:
        return content
    faint = {"$faint": "dim", "$line": "dim"}
    spans = [Span(s.start, s.end, faint.get(str(s.style), s.style)) for s in content.spans]
    return Content(content.plain, spans=spans)


def columns(
    values: Sequence[float | None],
    states: Sequence[State | None],
    height: int,
    low: float,
    high: float,
    width: int = 1,
    style: str = "$focus",
) -> list[Content]:
    """Upright bars, `height` lines from the top; a bar stands for `low` (nothing) to `high`.

    `width` cells a bar. A value of at least something is never drawn as nothing.
    """
    lines = []
    for level in range(height - 1, -1, -1):
        parts: list[Part] = []
        for value, state in zip(values, states, strict=True):
            text, colour = _cell(value, state, level, height, low, high, style)
            parts.append((text * (width - 1 or 1) + (" " if width > 1 else ""), colour))
        lines.append(Content.assemble(*parts))
    return lines


def _cell(
    value: float | None,
    state: State | None,
    level: int,
    height: int,
    low: float,
    high: float,
    style: str,
) -> Part:
    if value is None or state in (None, State.SKIPPED):
        mark = SKIPPED if state is State.SKIPPED else MISSING
        return (mark if level == 0 else " ", "$faint")
    if value <= 0 and low <= 0:
        return (NO if level == 0 else " ", "$muted")
    share = max(0.0, min(1.0, (value - low) / (high - low)))
    eighths = max(1, round(share * height * 8)) - level * 8
    return EIGHTHS[max(0, min(8, eighths))], style


def heat(cells: Sequence[HeatCell], width: int, first_weekday: int, today: date) -> list[Content]:
    """A year as weeks by weekdays, with its months above; the newest weeks where not all fit."""
    weeks = _weeks(cells, first_weekday)
    wide = 2 if width >= 4 + 2 * len(weeks) else 1
    fit = max(1, (width - 4) // wide)
    if len(weeks) > fit:
        # up to now, rather than a stretch of the year that has not begun
        last = next((n for n, w in enumerate(weeks) if any(c and c.day >= today for c in w)), None)
        end = max(fit, len(weeks) if last is None else last + 1)
        weeks = weeks[max(0, end - fit) : end]
    lines = [Content.styled("    " + _months(weeks, wide), "$muted")]
    for row in range(7):
        name = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[(first_weekday + row) % 7]
        parts: list[Part] = [(f"{name if row % 2 == 0 else '':<4}", "$muted")]
        parts += [_shade(week[row], wide, today) for week in weeks]
        lines.append(Content.assemble(*parts))
    return lines


def _weeks(cells: Sequence[HeatCell], first_weekday: int) -> list[list[HeatCell | None]]:
    weeks: list[list[HeatCell | None]] = []
    for cell in cells:
        row = (cell.day.weekday() - first_weekday) % 7
        if not weeks or row == 0:
            weeks.append([None] * 7)
        weeks[-1][row] = cell
    return weeks


def _months(weeks: list[list[HeatCell | None]], wide: int) -> str:
    text = ""
    for place, week in enumerate(weeks):
        first = next((c for c in week if c is not None and c.day.day == 1), None)
        fits = len(text) <= place * wide <= len(weeks) * wide - 3
        if first is not None and fits:
            text = text.ljust(place * wide) + MONTHS[first.day.month - 1] + " "
    return text.rstrip()


def _shade(cell: HeatCell | None, wide: int, today: date) -> Part:
    if cell is None or cell.day > today:
        return " " * wide, ""
    if cell.level is not None:
        mark = SHADES[cell.level]
        return (
            mark * wide if cell.level else mark.ljust(wide)
        ), "$focus" if cell.level else "$muted"
    mark = SKIPPED if cell.value.state is State.SKIPPED else MISSING
    return mark.ljust(wide), "$faint"


def hour_scale(start: time, width: int) -> Content:
    """The clock above bars: the hours at which a day's quarters or sixths begin."""
    step = 4 if width >= 36 else 8
    text = ""
    for hour in range(0, 24, step):
        at = round(hour / 24 * width)
        clock = (start.hour + hour) % 24
        text = text.ljust(at) + f"{clock:02}"
    return Content.styled(text.ljust(width)[:width], "$muted")


def window_bar(row: WindowDay, width: int) -> Content:
    """A day's eating windows on its clock; `›` where one goes on past the day's end."""
    if row.state is None or row.state is State.SKIPPED:
        said = "not logged" if row.state is None else "passed over"
        return Content.styled(said.ljust(width), "$faint")
    if not row.bars:
        return Content.styled("ate nothing".ljust(width), "$muted")
    cells = ["─"] * width
    for bar in row.bars:
        first = min(width - 1, int(bar.from_s / DAY_S * width))
        last = max(first + 1, min(width, round(bar.to_s / DAY_S * width)))
        for place in range(max(0, first), last):
            cells[place] = "━"
        if bar.open:
            cells[last - 1] = "╸"
        elif bar.to_s > DAY_S:
            cells[width - 1] = "›"
    parts = [(cell, "$line" if cell == "─" else "$focus") for cell in cells]
    return Content.assemble(*parts)
