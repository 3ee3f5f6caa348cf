"""Parked thoughts that wait: each is kept, put off, taken up or dropped by one key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Label
from textual.widgets.option_list import Option

from flowtui.core.focus.block import Fate
from flowtui.core.focus.inbox import Parked
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import middle_cut
from flowtui.tui.dialogs.base import Dialog
from flowtui.tui.widgets.marked_options import MarkedOptions

KEYS = "k keep   t tomorrow   n next block   d drop"
MARKS = {
    None: "",
    Fate.KEPT: "kept",
    Fate.TOMORROW: "tomorrow",
    Fate.NEXT: "next block",
    Fate.DROPPED: "dropped",
}
ROOM = 56


@dataclass(frozen=True, slots=True)
class InboxAnswer:
    """What became of the thoughts that were answered, and the one to begin a block with."""

    fates: tuple[tuple[str, Fate], ...]
    """Ids with their fate, in the order of the list."""


class InboxDialog(Dialog[InboxAnswer]):
    """A list of thoughts. A key answers the one under the cursor and goes to the next."""

    hint = f"{KEYS}   enter done   esc back"
    BINDINGS = [
        Binding("k", "answer('kept')", show=False),
        Binding("t", "answer('tomorrow')", show=False),
        Binding("n", "answer('next')", show=False),
        Binding("d", "answer('dropped')", show=False),
        Binding("j", "move", show=False),
    ]

    def __init__(self, thoughts: Sequence[Parked], title: str = "parked thoughts") -> None:
        super().__init__()
        self.title_text = title
        self._thoughts = thoughts
        self._fates: dict[str, Fate] = {}

    def form(self) -> Iterable[Widget]:
        """The thoughts, oldest first."""
        if not self._thoughts:
            words = "nothing is parked   p in a block parks a thought"
            yield Label(words, classes="about", markup=False)
            return
        options = [Option(self._line(one), id=one.id) for one in self._thoughts]
        yield MarkedOptions(*options, id="thoughts", compact=True, markup=False)

    def _line(self, one: Parked) -> str:
        fate = self._fates.get(one.id, one.fate)
        return f"{middle_cut(one.text, ROOM):<{ROOM}} {MARKS[fate]}".rstrip()

    def on_mount(self) -> None:
        """Begin with the oldest."""
        for listed in self.query("#thoughts").results(MarkedOptions):
            listed.highlighted = 0
            listed.focus()

    def on_option_list_option_selected(self, event: MarkedOptions.OptionSelected) -> None:
        """Enter is done."""
        event.stop()
        self.action_submit()

    def action_move(self) -> None:
        """Down, leaving the thought as it is."""
        for listed in self.query("#thoughts").results(MarkedOptions):
            listed.action_cursor_down()

    def action_answer(self, word: str) -> None:
        """Answer the thought under the cursor; the last answer ends the list."""
        for listed in self.query("#thoughts").results(MarkedOptions):
            at = listed.highlighted or 0
            one = self._thoughts[at]
            self._fates[one.id] = Fate(word)
            listed.replace_option_prompt(one.id, self._line(one))
            if at + 1 < len(self._thoughts):
                listed.highlighted = at + 1

    def answer(self) -> InboxAnswer:
        """What was answered."""
        order = [one.id for one in self._thoughts]
        return InboxAnswer(tuple((id, self._fates[id]) for id in order if id in self._fates))
