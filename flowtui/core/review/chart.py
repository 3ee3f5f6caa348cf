"""A summary as one SVG picture of 1200 by 630: what networks and chats show beside a post.

Bars of the days up to a month, a heatmap beyond; title and sum above. All from the figures of a
summary, so what is public in them is all there is.
"""

from __future__ import annotations

import html
from datetime import timedelta

from flowtui.core.review.render import alt_text, shade, title
from flowtui.core.review.summary import Summary
from flowtui.core.status_file import minutes

WIDTH, HEIGHT = 1200, 630
GROUND, TEXT, MUTED, LINE = "#fbfaf7", "#1d2129", "#5b6270", "#d8d5cc"
SHADES = ("#e6ebf3", "#b9cce6", "#86a8d6", "#4f7fc0", "#2f5ea8")
"""None, to 1 h, to 2 h, to 4 h, beyond: one hue by lightness; the lightest is outlined."""
BARS = 31
LEFT, TOP, BOTTOM = 80, 230, 540
FONT = "system-ui, 'DejaVu Sans', 'Noto Sans', sans-serif"


def picture(summary: Summary) -> str:
    """The SVG text; it holds a title and a description for those who do not see it."""
    body = _bars(summary) if len(summary.days) <= BARS else _heat(summary)
    blocks = "1 block" if summary.blocks == 1 else f"{summary.blocks} blocks"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="{html.escape(FONT)}">'
        f"<title>{html.escape(title(summary))}</title><desc>{html.escape(alt_text(summary))}</desc>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{GROUND}"/>'
        + _text(LEFT, 110, title(summary), 40, MUTED)
        + _text(LEFT, 180, f"{minutes(summary.focus_s)} of deep work", 56, TEXT, bold=True)
        + _text(WIDTH - LEFT, 180, blocks, 36, MUTED, end=True)
        + body
        + "</svg>\n"
    )


def _bars(summary: Summary) -> str:
    days = summary.days
    most = max((day.focus_s for day in days), default=0) or 1
    step = (WIDTH - 2 * LEFT) / len(days)
    wide = min(90.0, step * 0.7)
    parts = []
    for place, day in enumerate(days):
        middle = LEFT + (place + 0.5) * step
        tall = (BOTTOM - TOP - 40) * day.focus_s / most
        parts.append(
            f'<rect x="{middle - wide / 2:.1f}" y="{BOTTOM - tall:.1f}" width="{wide:.1f}" '
            f'height="{max(2.0, tall):.1f}" rx="6" fill="{SHADES[-1] if day.focus_s else LINE}"/>'
        )
        if len(days) <= 7:
            said = minutes(day.focus_s) if day.focus_s else "rest" if day.rest else ""
            parts.append(_text(middle, BOTTOM - tall - 14, said, 24, MUTED, centre=True))
            parts.append(_text(middle, BOTTOM + 40, f"{day.day:%a}", 28, TEXT, centre=True))
        elif day.day.day in (1, 10, 20) or place == 0:
            parts.append(_text(middle, BOTTOM + 36, f"{day.day.day}", 24, MUTED, centre=True))
    return "".join(parts)


def _heat(summary: Summary) -> str:
    """A column a week, a row a weekday, Monday above."""
    first = summary.first - timedelta(days=summary.first.weekday())
    weeks = (summary.last - first).days // 7 + 1
    cell = min(40.0, (WIDTH - 2 * LEFT) / weeks, (BOTTOM - TOP + 40) / 7)
    parts = []
    for day in summary.days:
        week, weekday = divmod((day.day - first).days, 7)
        parts.append(
            f'<rect x="{LEFT + week * cell:.1f}" y="{TOP + weekday * cell:.1f}" '
            f'width="{cell * 0.86:.1f}" height="{cell * 0.86:.1f}" rx="3" '
            f'fill="{SHADES[shade(day.focus_s)]}" stroke="{LINE}"/>'
        )
    return "".join(parts)


def _text(
    x: float, y: float, text: str, size: int, colour: str,
    bold: bool = False, centre: bool = False, end: bool = False,
) -> str:  # fmt: skip
    anchor = ' text-anchor="middle"' if centre else ' text-anchor="end"' if end else ""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"{weight}{anchor}>'
        f"{html.escape(text)}</text>"
        if text
        else ""
    )
