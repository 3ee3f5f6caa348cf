"""Everything about one block; its gaps and interruptions can be changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from flowtui.core.focus.block import Block, Cause, Interruption, Source
from flowtui.core.focus.block_facts import Fact, gap_words
from flowtui.core.focus.interruptions import interruption_words
from flowtui.core.lazy_dataclass import dataclass
from flowtui.tui.dialogs.base import Dialog, field, labelled
from flowtui.tui.widgets.choice import Choice
from flowtui.tui.widgets.form_list import FormList

CAUSES = tuple(Cause)
SOURCES = {"wandered": Source.INTERNAL, "called away": Source.EXTERNAL}
KEYS = "e change   F give back as focus   d delete   esc back"


@dataclass(frozen=True, slots=True)
class GapChange:
    """What to do with a gap."""

    number: int
    """From 1."""
    cause: Cause | None
    focus: bool | None


@dataclass(frozen=True, slots=True)
class InterruptionChange:
    """An interruption to change, or to take away."""

    number: int
    """From 1."""
    delete: bool


Change = GapChange | InterruptionChange


class InsideDialog(Dialog[Change]):
    """A block's facts, then its gaps and interruptions, of which one can be chosen."""

    BINDINGS = [
        Binding("e", "change", show=False),
        Binding("F", "give", show=False),
        Binding("d", "delete", show=False),
        Binding("left,h", "leave", show=False),
    ]

    def __init__(self, block: Block, facts: Sequence[Fact], now: datetime, zone: ZoneInfo) -> None:
        super().__init__()
        self._block = block
        self._facts = facts
        self._parts = [f"gap  {gap_words(gap, now, zone)}" for gap in block.gaps]
        self._parts += [
            f"interruption  {interruption_words(noted, zone)}" for noted in block.interruptions
        ]
        self.title_text = block.intention or f"block {block.id}"
        self.hint = KEYS if self._parts else "esc back"

    def form(self) -> Iterable[Widget]:
        """Facts, then gaps and interruptions."""
        for name, text in self._facts:
            yield Label(f"{name:>12}  {text}", classes="about", markup=False)
        if self._parts:
            yield FormList(*map(Option, self._parts), id="parts")

    def on_mount(self) -> None:
        """The last gap is the likeliest."""
        for parts in self.query("#parts").results(FormList):
            parts.highlighted = max(0, len(self._block.gaps) - 1)
            parts.focus()

    def action_submit(self) -> None:
        """Enter closes: there is nothing to save."""
        self.dismiss(None)

    def action_give(self) -> None:
        """Give the chosen gap back as focus, or take it back."""
        number = self._number()
        if number is not None and number <= len(self._block.gaps):
            self.dismiss(GapChange(number, None, not self._block.gaps[number - 1].focus))

    def action_change(self) -> None:
        """The chosen gap's next cause; of an interruption, its form."""
        number, gaps = self._number(), self._block.gaps
        if number is None:
            return
        if number > len(gaps):
            self.dismiss(InterruptionChange(number - len(gaps), delete=False))
            return
        here = CAUSES.index(gaps[number - 1].cause)
        self.dismiss(GapChange(number, CAUSES[(here + 1) % len(CAUSES)], None))

    def action_delete(self) -> None:
        """Take the chosen interruption away; a gap is given back instead."""
        number, gaps = self._number(), self._block.gaps
        if number is not None and number > len(gaps):
            self.dismiss(InterruptionChange(number - len(gaps), delete=True))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter closes, here as anywhere in the details."""
        event.stop()
        self.dismiss(None)

    def _number(self) -> int | None:
        for parts in self.query("#parts").results(FormList):
            # the likeliest one, too, for whoever is quicker than the list
            here = parts.highlighted
            return max(1, len(self._block.gaps)) if here is None else here + 1
        return None


@dataclass(frozen=True, slots=True)
class InterruptionForm:
    """An interruption as typed."""

    source: Source
    reason: str


class InterruptionDialog(Dialog[InterruptionForm]):
    """Asks who interrupted, and by what."""

    title_text = "an interruption"
    hint = "enter save   tab next   ← → choose   esc leave"

    def __init__(self, noted: Interruption, typed: InterruptionForm | None = None) -> None:
        super().__init__()
        self._typed = typed or InterruptionForm(noted.source, noted.reason)

    def form(self) -> Iterable[Widget]:
        """The reason, since it is the likelier one to be missing; then the source."""
        word = next(w for w, source in SOURCES.items() if source is self._typed.source)
        yield field("reason", "reason", self._typed.reason, "phone, a question, the news")
        yield labelled("I", Choice(list(SOURCES), word, id="source"))

    def on_mount(self) -> None:
        """Begin with the reason."""
        self.query_one("#reason", Input).focus()

    def answer(self) -> InterruptionForm:
        """What was typed."""
        word = self.query_one("#source", Choice).value or next(iter(SOURCES))
        return InterruptionForm(SOURCES[word], self.text("reason"))
