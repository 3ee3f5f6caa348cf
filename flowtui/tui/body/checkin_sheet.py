"""The rows of a check-in: what is asked, what was answered, what yesterday said."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from flowtui.core.body.checkin import Ask
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import cell_count, end_cut, middle_cut, padded
from flowtui.services.body.checkin_sheet import Asked
from flowtui.tui.widgets.charts import dimmed

TITLE = 18
TINY = 50
HINTS = {
    Ask.HOURS: "+ and a half  or 7h20, 23:40-7:05 q4",
    Ask.WORKOUT: "or yoga 30 e6",
    Ask.WINDOW: "or 12:00-20:00",
    Ask.LINE: "type a line",
    Ask.AMOUNT: "type a number",
    Ask.CHOICE: "or type it",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question as it stands."""

    title: str
    answer: str
    """Empty: not answered and not known."""
    known: bool
    """Whether the answer was known before it was asked."""
    beside: str
    yesterday: str


class SheetRows(Widget):
    """All questions, as many as fit around the one that is asked."""

    DEFAULT_CSS = """
    SheetRows { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Row] = ()
        self._at = 0

    def show(self, rows: Sequence[Row], at: int) -> None:
        """Show `rows`; the one at `at` is asked."""
        self._rows, self._at = rows, at
        self.refresh()

    def render(self) -> Content:
        """The rows that fit."""
        height, width = max(1, self.size.height), max(20, self.size.width)
        first = max(0, min(self._at - height // 2, len(self._rows) - height))
        shown = self._rows[first : first + height]
        lines = [_line(row, first + n == self._at, width) for n, row in enumerate(shown)]
        return dimmed(Content("\n").join(lines), self.app.current_theme.ansi)


def _line(row: Row, asked: bool, width: int) -> Content:
    title = padded(end_cut(row.title, TITLE), TITLE)
    mark = "› " if asked else "  "
    parts = [(mark, "$accent"), (title, "bold" if asked else "$muted")]
    said = row.answer or ("" if asked else "·")
    style = "$muted" if row.known or row.answer == "skipped" else "$foreground"
    room = width - TITLE - 4
    right = f"yesterday {middle_cut(row.yesterday, room // 3)}" if row.yesterday else ""
    if width < TINY:
        right = ""
    beside = f"  {row.beside}" if row.beside and not row.answer else ""
    left_room = max(8, room - cell_count(right) - 2) if right else room
    said = middle_cut(said, left_room)
    beside = end_cut(beside, left_room - cell_count(said))
    parts += [("  ", ""), (said, style), (beside, "$muted")]
    gap = room - cell_count(said + beside + right)
    parts += [(" " * max(0, gap), ""), (right, "$faint")]
    return Content.assemble(*parts)


def keys_text(asked: Asked, width: int, most_lines: int) -> Content:
    """The keys that answer: digits with their words, what can be repeated, what can be typed.

    Where they do not fit, the words of a scale's two ends stand for all of them.
    """
    pairs = [(k.key, k.label) for k in asked.question.keys]
    if pairs and all(label.split(" ")[0].isdigit() for key, label in pairs if key.isdigit()):
        pairs = _ranged(pairs)
    pairs += [(o.key, o.label) for o in asked.offers]
    hint = HINTS.get(asked.question.ask, "")
    lines = _flowed(pairs, hint, width)
    if len(lines) > most_lines and asked.question.ask is Ask.SCALE:
        lines = _flowed([pairs[0], ("…", ""), pairs[-1]], hint, width)
    return Content("\n").join(lines[:most_lines])


def _flowed(pairs: list[tuple[str, str]], hint: str, width: int) -> list[Content]:
    """Keys with their words, as many on a line as fit."""
    parts = [
        Content.assemble((key, "$accent"), (f" {middle_cut(label, 26)}" if label else "", ""))
        for key, label in pairs
    ]
    parts += [Content.styled(hint, "$muted")] if hint else []
    lines: list[list[Content]] = [[]]
    for part in parts:
        used = sum(p.cell_length + 2 for p in lines[-1])
        if lines[-1] and used + part.cell_length > width:
            lines.append([])
        lines[-1].append(part)
    return [Content("  ").join(line) for line in lines]


def _ranged(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Digits that mean themselves as one range: `3–9 hours`."""
    plain = [(k, label) for k, label in pairs if k.isdigit() and label.split(" ")[0] == k]
    if len(plain) < 3:
        return pairs
    unit = plain[0][1].partition(" ")[2]
    rest = [(k, label) for k, label in pairs if (k, label) not in plain]
    none = [p for p in rest if p[1] in ("none", "no")]
    return [
        *none,
        (f"{plain[0][0]}–{plain[-1][0]}", unit or "times"),
        *(p for p in rest if p not in none),
    ]
