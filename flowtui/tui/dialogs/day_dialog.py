"""Going to a day far back by its name, where the keys for the day before would be many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from textual.widget import Widget

from flowtui.core.errors import UsageError
from flowtui.core.time_grammar import parse_day
from flowtui.tui.dialogs.base import Dialog
from flowtui.tui.widgets.line_input import LineInput


class DayDialog(Dialog[date]):
    """Answers with a day up to the last one; an empty line means today."""

    title_text = "go to a day"
    hint = "enter go   esc leave"

    def __init__(self, today: date, last: date | None = None) -> None:
        """`last` is the last day that there is something of, by default today."""
        super().__init__()
        self._today = today
        self._last = last or today

    def form(self) -> Iterable[Widget]:
        """The line."""
        yield LineInput(placeholder="2024-06-01, monday, last month; nothing: today", id="line",
                        compact=True)  # fmt: skip

    def answer(self) -> date:
        """The day; of a stretch its first. Raises UsageError for what is none, or is to come."""
        line = self.text("line")
        if not line:
            return self._today
        day = parse_day(line, self._today).first
        if day > self._last:
            raise UsageError(f"{day.isoformat()} is to come", "give a day up to today")
        return day
