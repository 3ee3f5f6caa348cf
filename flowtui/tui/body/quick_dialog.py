"""The quick line: one line of the body log's own words, from anywhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from textual import work
from textual.widget import Widget
from textual.widgets import Input, Label

from flowtui.core.body.quick_line import WORKOUTS
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.tui.dialogs.base import Dialog, LastWord
from flowtui.tui.widgets.line_input import LineInput

EXAMPLES = (
    "energy 4 · coffee · 2 coffees 15:30 · no sugar",
    "sleep 23:40-7:05 q4 · sleep 7.5 · yoga 30 e6 · run 18:00-18:45",
    "eat open · eat close 20:15 · eat 12:00-20:00 yesterday",
)
STARTS = ("energy", "output", "sleep", "workout", "eat", "coffee", "caffeine", "sugar", "worked")


@dataclass(frozen=True, slots=True)
class QuickOffer:
    """What the line completes besides the kinds."""

    names: tuple[str, ...]


class QuickDialog(Dialog[str]):
    """Answers with the line as typed. What was refused before is said, and the line kept."""

    title_text = "log"
    hint = "enter log   → completes   esc leave"

    def __init__(
        self,
        offer: Callable[[], Awaitable[QuickOffer]],
        about: str = "",
        line: str = "",
        wrong: str = "",
        understand: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        """`understand` gives what a line would record, in words; empty for what is none yet."""
        super().__init__()
        self._understand = understand
        self._offer = offer
        self._words = LastWord((*STARTS, *WORKOUTS))
        self._about = about
        self._line = line
        self._wrong = wrong

    def form(self) -> Iterable[Widget]:
        """The line, and lines such as it may be."""
        if self._about:
            yield Label(self._about, classes="about", markup=False)
        yield LineInput(
            self._line,
            placeholder="yoga 30 e6",
            id="line",
            suggester=self._words,
            compact=True,
            select_on_focus=False,  # a line given back is gone on with, not typed over
        )
        yield Label("", id="meant", classes="about", markup=False)
        if not self._wrong:
            yield Label("\n".join(EXAMPLES), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Type at once; say what was wrong with the line before."""
        line = self.query_one("#line", Input)
        line.focus()
        line.cursor_position = len(self._line)
        if self._wrong:
            self.complain(UsageError(self._wrong))
        self._learn()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what would be recorded, as soon as something would."""
        self._tell(event.value.strip())

    @work(group="meant", exclusive=True, exit_on_error=False)
    async def _tell(self, line: str) -> None:
        meant = await self._understand(line) if line and self._understand is not None else ""
        if self.is_mounted:
            self.query_one("#meant", Label).update(f"= {meant}" if meant else "")

    @work(group="offer", exit_on_error=False)
    async def _learn(self) -> None:
        """Fetch the person's own names, while the line is typed already."""
        offer = await self._offer()
        self._words.words = list(dict.fromkeys((*STARTS, *offer.names, *WORKOUTS)))

    def answer(self) -> str:
        """The line. Raises UsageError for an empty one."""
        line = self.text("line")
        if not line:
            raise UsageError("there is nothing to log", f"such as: {EXAMPLES[0]}")
        return line
