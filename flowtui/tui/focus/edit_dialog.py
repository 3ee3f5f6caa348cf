"""Changing a block, or entering a past one: every field on one form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.widget import Widget
from textual.widgets import Input

from flowtui.core.focus.block import Block, Mode, Outcome
from flowtui.core.focus.forms import BlockForm
from flowtui.core.focus.tags import parse_tags
from flowtui.core.zones import zone_or_utc
from flowtui.tui.dialogs.base import Dialog, LastWord, field, labelled
from flowtui.tui.widgets.choice import Choice


class EditDialog(Dialog[BlockForm]):
    """A block's fields; without a block, an empty form for a past one."""

    hint = "enter save   tab next   esc leave"

    def __init__(
        self,
        block: Block | None,
        contexts: Sequence[str],
        known_tags: Sequence[str],
        form: BlockForm | None = None,
    ) -> None:
        super().__init__()
        self._ended = block is None or block.ended_at is not None
        self._contexts = contexts
        self._known_tags = known_tags
        self.title_text = "change this block" if block is not None else "a past block"
        self._start, self._end = _times(block)
        self._typed = form or _form_of(block, contexts)

    def form(self) -> Iterable[Widget]:
        """The fields."""
        typed = self._typed
        yield field("intention", "intention", typed.intention)
        start, end = typed.start or self._start, typed.end or self._end
        yield field("from", "start", start, "09:15, yesterday 22:30")
        if self._ended:
            yield field("to", "end", end, "10:45, or a length: 50m")
        yield field("if … then", "then", typed.then)
        tags = " ".join(f"#{tag}" for tag in typed.tags)
        yield field("tags", "tags", tags, "#cuda #paper", LastWord(self._known_tags))
        contexts = list(dict.fromkeys([*self._contexts, typed.context]))
        yield labelled("context", Choice(contexts, typed.context, id="context"))
        mode = typed.mode.value if typed.mode else None
        yield labelled("mode", Choice([m.value for m in Mode], mode, none="any", id="mode"))
        if self._ended:
            outcome = typed.outcome.value if typed.outcome else None
            words = [o.value for o in Outcome]
            yield labelled("outcome", Choice(words, outcome, none="unsaid", id="outcome"))
            rating = str(typed.rating) if typed.rating else None
            numbers = [str(n) for n in range(1, 6)]
            yield labelled("rating", Choice(numbers, rating, none="-", id="rating"))
            yield field("note", "note", typed.note)

    def on_mount(self) -> None:
        """Begin with the intention."""
        self.query_one("#intention", Input).focus()

    def answer(self) -> BlockForm:
        """The fields. Raises UsageError for a tag that is none."""
        judged = self._ended
        mode = self.query_one("#mode", Choice).value
        outcome = self.query_one("#outcome", Choice).value if judged else None
        rating = self.query_one("#rating", Choice).value if judged else None
        start, end = self.text("start"), self.text("end") if judged else ""
        return BlockForm(
            intention=self.text("intention"),
            then=self.text("then"),
            tags=parse_tags(self.text("tags").split()),
            context=self.query_one("#context", Choice).value or "work",
            mode=Mode(mode) if mode else None,
            outcome=Outcome(outcome) if outcome else None,
            rating=int(rating) if rating else None,
            note=self.text("note") if judged else "",
            start=start if start != self._start else None,
            end=end if end != self._end else None,
        )


def _times(block: Block | None) -> tuple[str, str]:
    """Start and end as they are shown; empty where there are none."""
    if block is None:
        return "", ""
    zone = zone_or_utc(block.zone)
    shown = [
        t.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if t else ""
        for t in (block.started_at, block.ended_at)
    ]
    return shown[0], shown[1]


def _form_of(block: Block | None, contexts: Sequence[str]) -> BlockForm:
    if block is None:
        return BlockForm("", "", (), contexts[0], None, None, None, "", None, None)
    return BlockForm.of(block)
