"""The end of a block: outcome by one key, rating by one key, a line, and what it produced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Label

from flowtui.core.focus.block import Outcome
from flowtui.core.focus.forms import FinishAnswer
from flowtui.tui.dialogs.base import Dialog, field, labelled
from flowtui.tui.widgets.choice import Choice
from flowtui.tui.widgets.line_input import LineInput


class FinishDialog(Dialog[FinishAnswer]):
    """Asks how the block went. d, y, n and 1 to 5 answer while the note is not being typed."""

    hint = "d y n outcome   1–5 rating   tab note   enter save   esc go on"
    BINDINGS = [
        Binding("d", "judge('done')", show=False),
        Binding("y", "judge('partly')", show=False),
        Binding("n", "judge('not')", show=False),
        *(Binding(str(n), f"rate({n})", show=False) for n in range(1, 6)),
    ]

    def __init__(
        self,
        title: str,
        summary: str,
        thoughts: Sequence[str] = (),
        before: FinishAnswer | None = None,
        meanwhile: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._meanwhile = meanwhile
        """What was held back of training runs, one line each."""
        self.title_text = title
        self._summary = summary
        self._thoughts = thoughts
        self._before = before or FinishAnswer(None, None, "")

    def form(self) -> Iterable[Widget]:
        """Summary, parked thoughts, the three answers."""
        yield Label(self._summary, classes="about", markup=False)
        for thought in self._thoughts:
            yield Label(f"parked  {thought}", classes="about", markup=False)
        outcome = self._before.outcome.value if self._before.outcome else None
        yield labelled(
            "outcome", Choice([o.value for o in Outcome], outcome, none="unsaid", id="outcome")
        )
        rating = str(self._before.rating) if self._before.rating else None
        yield labelled("rating", Choice(["1", "2", "3", "4", "5"], rating, none="-", id="rating"))
        note = LineInput(
            self._before.note, placeholder="one line, if you like", id="note", compact=True
        )
        yield labelled("note", note)
        yield field("ended at", "end", self._before.end, "now; or 17:30, a length: 50m")
        yield Label("", id="evidence", classes="about", markup=False)
        for line in self._meanwhile[:6]:
            yield Label(f"meanwhile  {line}", classes="about", markup=False)

    def on_mount(self) -> None:
        """Keys answer at once; the note is a tab away."""
        self.query_one("#outcome", Choice).focus()

    def action_judge(self, word: str) -> None:
        """Choose an outcome and go on to the rating."""
        choice = self.query_one("#outcome", Choice)
        choice.index = choice.words.index(word)
        self.query_one("#rating", Choice).focus()

    def action_rate(self, number: int) -> None:
        """Choose a rating."""
        choice = self.query_one("#rating", Choice)
        choice.index = number
        choice.focus()

    def show_evidence(self, lines: Sequence[str]) -> None:
        """What the block produced, once somebody has looked."""
        self.query_one("#evidence", Label).update("\n".join(lines[:4]))

    def answer(self) -> FinishAnswer:
        """How it went."""
        outcome = self.query_one("#outcome", Choice).value
        rating = self.query_one("#rating", Choice).value
        return FinishAnswer(
            Outcome(outcome) if outcome else None,
            int(rating) if rating else None,
            self.text("note"),
            self.text("end"),
        )
