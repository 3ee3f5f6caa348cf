"""Planning a block: everything optional, Enter starts at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from textual import work
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input, Label

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Mode
from flowtui.core.focus.forms import PlanForm, PlanOffer
from flowtui.core.focus.tags import parse_tags
from flowtui.core.guard.protection import Choice as Kept
from flowtui.tui.dialogs.base import Beginning, Dialog, LastWord, field, labelled
from flowtui.tui.widgets.choice import Choice

EARLY = {"at once": "soft", "after a delay": "firm", "not at all": "hard"}
"""What each strictness means for whoever wants to stop early."""
EARLY_OF = {strictness: words for words, strictness in EARLY.items()}
WITHOUT = "no guard is installed: sites stay reachable · flowtui guard install"


class PlanDialog(Dialog[PlanForm]):
    """Asks for intention, if-then plan, length, tags, context and mode."""

    title_text = "a block of deep work"
    hint = "enter start   tab next   ctrl+l length   esc leave"
    BINDINGS = [Binding("ctrl+l", "next_length", "next length", show=False)]

    def __init__(
        self,
        offer: PlanOffer,
        form: PlanForm | None = None,
        tasks: Callable[[], Awaitable[Sequence[str]]] | None = None,
        about: str = "",
    ) -> None:
        """`tasks` are fetched while one types, and completed then; `about` is said above."""
        super().__init__()
        self._tasks = tasks
        self._about = about
        self._suggest = Beginning(offer.known_intentions)
        self._offer = offer
        self._form = form or PlanForm.again(offer)

    def form(self) -> Iterable[Widget]:
        """The fields, in the order in which one thinks of them."""
        offer, typed = self._offer, self._form
        if self._about:
            yield Label(self._about, classes="hint", markup=False)
        hint = "what shall be true at the end"
        yield field("intention", "intention", typed.intention, hint, self._suggest)
        yield field("if … then", "then", typed.then, "if something pulls me away, then …")
        lengths = " · ".join([*offer.presets, "open", "17:30"])
        yield field("length", "length", typed.length, lengths)
        if offer.meeting:
            yield Label(offer.meeting, classes="hint", markup=False)
        tags = " ".join(f"#{tag}" for tag in typed.tags)
        yield field("tags", "tags", tags, "#cuda #paper", LastWord(offer.known_tags))
        yield labelled("context", Choice(offer.contexts, typed.context, id="context"))
        mode = typed.mode.value if typed.mode else None
        yield labelled("mode", Choice([m.value for m in Mode], mode, none="any", id="mode"))
        keep = typed.guard
        away = " ".join(keep.lists) if keep else ""
        known = " ".join(offer.guard.names) or "no lists"
        yield field("keep away", "away", away, known, LastWord(offer.guard.names))
        strictness = keep.strictness if keep else offer.guard.strictness
        yield labelled("ends early", Choice(tuple(EARLY), EARLY_OF[strictness], id="strictness"))
        if not offer.guard.installed:
            yield Label(WITHOUT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Type the intention at once."""
        self.query_one("#intention", Input).focus()
        if self._tasks is not None:
            self._learn(self._tasks)

    @work(group="tasks", exit_on_error=False)
    async def _learn(self, tasks: Callable[[], Awaitable[Sequence[str]]]) -> None:
        """Tasks of other programs: however slow those are, the dialog stands."""
        self._suggest.words = list(dict.fromkeys([*self._suggest.words, *await tasks()]))

    def action_next_length(self) -> None:
        """Put the next of the usual lengths into the field."""
        lengths = [*self._offer.presets, "open"]
        entry = self.query_one("#length", Input)
        here = lengths.index(entry.value) if entry.value in lengths else -1
        entry.value = lengths[(here + 1) % len(lengths)]

    def answer(self) -> PlanForm:
        """What was typed. Raises UsageError for a tag that is none."""
        mode = self.query_one("#mode", Choice).value
        lists = tuple(dict.fromkeys(self.text("away").replace(",", " ").split()))
        unknown = [name for name in lists if name not in self._offer.guard.names]
        if unknown:
            there_are = ", ".join(self._offer.guard.names)
            raise UsageError(f"unknown list {unknown[0]!r}", f"there are {there_are}")
        early = self.query_one("#strictness", Choice).value or "at once"
        return PlanForm(
            intention=self.text("intention"),
            then=self.text("then"),
            length=self.text("length"),
            tags=parse_tags(self.text("tags").split()),
            context=self.query_one("#context", Choice).value or "work",
            mode=Mode(mode) if mode else None,
            guard=Kept(lists, EARLY[early]) if lists else None,
        )
