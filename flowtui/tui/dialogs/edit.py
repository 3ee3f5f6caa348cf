"""Changing a block, or entering a past one: every field on one form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from textual.widget import Widget
from textual.widgets import Input

from flowtui.core.block import Block, Mode, Outcome
from flowtui.core.tags import parse_tags
from flowtui.tui.dialogs.base import Dialog, LastWord, field, labelled
from flowtui.tui.widgets.choice import Choice


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """The fields as typed; start and end are still text, None where they were not touched."""

    intention: str
    then: str
    tags: tuple[str, ...]
    context: str
    mode: Mode | None
    outcome: Outcome | None
    rating: int | None
    note: str
    start: str | None
    end: str | None


class EditDialog(Dialog[EditAnswer]):
    """A block's fields; without a block, an empty form for a past one."""

    hint = "enter save   tab next   esc leave"

    def __init__(
        self,
        block: Block | None,
        contexts: Sequence[str],
        known_tags: Sequence[str],
        context: str = "work",
    ) -> None:
        super().__init__()
        self._block = block
        self._contexts = contexts
        self._known_tags = known_tags
        self._named = block.context if block is not None else context
        self.title_text = f"change block {block.id}" if block is not None else "a past block"
        self._start, self._end = self._times(block)

    @staticmethod
    def _times(block: Block | None) -> tuple[str, str]:
        if block is None:
            return "", ""
        zone = ZoneInfo(block.zone)
        stamps = [
            t.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if t else ""
            for t in (block.started_at, block.ended_at)
        ]
        return stamps[0], stamps[1]

    def form(self) -> Iterable[Widget]:
        """The fields."""
        block = self._block
        yield field("intention", "intention", block.intention if block else "")
        yield field("from", "start", self._start, "09:15, yesterday 22:30")
        if block is None or block.ended_at is not None:
            yield field("to", "end", self._end, "10:45, or a length: 50m")
        yield field("if … then", "then", block.then if block else "")
        tags = " ".join(f"#{tag}" for tag in block.tags) if block else ""
        yield field("tags", "tags", tags, "#cuda #paper", LastWord(self._known_tags))
        contexts = list(dict.fromkeys([*self._contexts, self._named]))
        yield labelled("context", Choice(contexts, self._named, id="context"))
        mode = block.mode.value if block and block.mode else None
        yield labelled("mode", Choice(list(Mode), mode, none="any", id="mode"))
        if block is None or block.ended_at is not None:
            outcome = block.outcome.value if block and block.outcome else None
            words = list(Outcome)
            yield labelled("outcome", Choice(words, outcome, none="unsaid", id="outcome"))
            rating = str(block.rating) if block and block.rating else None
            numbers = [str(n) for n in range(1, 6)]
            yield labelled("rating", Choice(numbers, rating, none="-", id="rating"))
            yield field("note", "note", block.note if block else "")

    def on_mount(self) -> None:
        """Begin with the intention."""
        self.query_one("#intention", Input).focus()

    def answer(self) -> EditAnswer:
        """The fields. Raises UsageError for a tag that is none."""
        judged = bool(self.query("#outcome"))
        mode = self.query_one("#mode", Choice).value
        outcome = self.query_one("#outcome", Choice).value if judged else None
        rating = self.query_one("#rating", Choice).value if judged else None
        start, end = self.text("start"), self.text("end") if judged else ""
        return EditAnswer(
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
