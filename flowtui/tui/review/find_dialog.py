"""A search over everything that was ever written down, as one types; Enter goes to that day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, cast

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from flowtui.core.errors import FlowError
from flowtui.core.text import middle_cut, padded
from flowtui.tui.dialogs.base import Dialog, field

if TYPE_CHECKING:
    from flowtui.services.review.finds import Find
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

SETTLE_S = 0.15
ROWS = 12
"""Finds that are shown at once; the newest first."""


class FindDialog(Dialog[date]):
    """Answers with the day of what was chosen."""

    title_text = "find in all you wrote down"
    hint = "enter goes there   ↑ ↓ choose   esc leave"
    BINDINGS = [
        Binding("down", "at(1)", show=False, priority=True),
        Binding("up", "at(-1)", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Find] = []
        self._at = 0
        self._soon: Timer | None = None

    def form(self) -> Iterable[Widget]:
        """The word, and what holds it."""
        yield field("word", "word", hint="in blocks, notes, plans, entries, runs, things shared")
        yield Static("", id="found", markup=False)

    def on_mount(self) -> None:
        """Type the word at once."""
        self.query_one("#word", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look anew, once no key has come for a moment: each look reads every year there is."""
        event.stop()
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(SETTLE_S, lambda: self._look(self.text("word")))

    @work(group="find", exclusive=True, exit_on_error=False)
    async def _look(self, word: str) -> None:
        host = cast("Host", self.app)
        found = await host.aside(partial(_find, word)) if word else []
        if word == self.text("word"):  # a look on its thread cannot be called back
            self._found, self._at = found, 0
            self._draw()

    def action_at(self, step: int) -> None:
        """To the find before or after."""
        if self._found:
            self._at = (self._at + step) % len(self._found)
            self._draw()

    def answer(self) -> date:
        """The day of the find under the mark. Raises FlowError without any."""
        if not self._found:
            word = self.text("word")
            raise FlowError(f"nothing holds {word!r}" if word else "there is no word to find")
        return self._found[self._at].day

    def _draw(self) -> None:
        first = max(0, min(self._at - ROWS // 2, len(self._found) - ROWS))
        width = max(20, self.query_one("#found").size.width)
        rows = [
            _row(one, place == self._at, width)
            for place, one in enumerate(self._found)
            if first <= place < first + ROWS
        ]
        more = len(self._found) - len(rows)
        if more > 0:
            rows.append(Content.styled(f"  {len(self._found)} in all", "$muted"))
        nothing = "nothing holds it" if self.text("word") else ""
        self.query_one("#found", Static).update(Content("\n").join(rows) if rows else nothing)


def _row(one: Find, here: bool, width: int) -> Content:
    head = f"{'›' if here else ' '} {one.day}  {padded(one.kind, 6)}  "
    text = f"{head}{middle_cut(one.text, max(8, width - len(head)))}"
    return Content.styled(text, "bold $focus" if here else "")


def _find(word: str, services: Services) -> list[Find]:
    from flowtui.services.review.finds import find

    return find(services, word)
