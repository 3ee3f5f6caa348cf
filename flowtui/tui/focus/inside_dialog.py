"""Everything about one block, and its gaps to relabel or give back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from flowtui.core.focus.block import Block, Cause
from flowtui.core.lazy_dataclass import dataclass
from flowtui.tui.dialogs.base import Dialog

CAUSES = tuple(Cause)


@dataclass(frozen=True, slots=True)
class GapChange:
    """What to do with a gap."""

    number: int
    """From 1."""
    cause: Cause | None
    focus: bool | None


class InsideDialog(Dialog[GapChange]):
    """A block's facts; with gaps, one can be chosen: c another cause, g give back as focus."""

    BINDINGS = [
        Binding("c", "cause", show=False),
        Binding("g", "give", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
        Binding("space,left", "leave", show=False),
    ]

    def __init__(self, block: Block, facts: Sequence[tuple[str, str]], gaps: Sequence[str]) -> None:
        super().__init__()
        self._block = block
        self._facts = facts
        self._gaps = gaps
        self.title_text = block.intention or f"block {block.id}"
        self.hint = "c another cause   g give back as focus   esc back" if gaps else "esc back"

    def form(self) -> Iterable[Widget]:
        """Facts, then the gaps."""
        for name, text in self._facts:
            yield Label(f"{name:>12}  {text}", classes="about", markup=False)
        if self._gaps:
            options = [Option(text, id=str(n)) for n, text in enumerate(self._gaps, 1)]
            yield OptionList(*options, id="gaps", markup=False, compact=True)

    def on_mount(self) -> None:
        """The last gap is the likeliest."""
        for gaps in self.query("#gaps").results(OptionList):
            gaps.highlighted = len(self._gaps) - 1
            gaps.focus()

    def action_submit(self) -> None:
        """Enter closes: there is nothing to save."""
        self.dismiss(None)

    def action_move(self, by: int) -> None:
        """Up and down the gaps."""
        for gaps in self.query("#gaps").results(OptionList):
            gaps.action_cursor_down() if by > 0 else gaps.action_cursor_up()

    def action_give(self) -> None:
        """Give the chosen gap back as focus, or take it back."""
        number = self._number()
        if number is not None:
            self.dismiss(GapChange(number, None, not self._block.gaps[number - 1].focus))

    def action_cause(self) -> None:
        """The chosen gap's next cause."""
        number = self._number()
        if number is not None:
            here = CAUSES.index(self._block.gaps[number - 1].cause)
            self.dismiss(GapChange(number, CAUSES[(here + 1) % len(CAUSES)], None))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a gap gives it back, or takes it back."""
        event.stop()
        self.action_give()

    def _number(self) -> int | None:
        for gaps in self.query("#gaps").results(OptionList):
            # the last one, too, for whoever is quicker than the list
            return len(self._gaps) if gaps.highlighted is None else gaps.highlighted + 1
        return None
