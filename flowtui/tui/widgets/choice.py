"""A short choice on one line: left and right, or the first letter, choose."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Choice(Widget, can_focus=True):
    """One of several words; `value` is the chosen one, or None for "none"."""

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; }
    """
    BINDINGS = [
        Binding("left,up", "move(-1)", "before", show=False),
        Binding("right,down,space", "move(1)", "next", show=False),
    ]

    index: reactive[int] = reactive(0)

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """The widget that sent it."""
            return self.choice

    def __init__(
        self,
        words: Sequence[str],
        value: str | None,
        none: str | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._none = none
        self.words: list[str] = [*([none] if none is not None else []), *words]
        start = value if value is not None else none
        self.set_reactive(Choice.index, self.words.index(start) if start in self.words else 0)

    @property
    def value(self) -> str | None:
        """The chosen word; None for the word that means none."""
        word = self.words[self.index]
        return None if word == self._none else word

    def render(self) -> Content:
        """All words; the chosen one bold and, while focused, between marks."""
        parts: list[Content] = []
        for index, word in enumerate(self.words):
            if index == self.index:
                shown = f"‹{word}›" if self.has_focus else f" {word} "
                style = "bold $accent" if self.has_focus else "bold"
                parts.append(Content.styled(shown, style))
            else:
                parts.append(Content.styled(f" {word} ", "$muted"))
        return Content("").join(parts)

    def action_move(self, by: int) -> None:
        """Choose the next word, round and round."""
        self.index = (self.index + by) % len(self.words)

    def on_key(self, event: events.Key) -> None:
        """A letter chooses the next word that begins with it."""
        if event.character is None or not event.character.isalpha():
            return
        for offset in range(1, len(self.words) + 1):
            index = (self.index + offset) % len(self.words)
            if self.words[index].startswith(event.character.lower()):
                self.index = index
                event.stop()
                return

    def watch_index(self) -> None:
        """Tell the parent."""
        self.post_message(self.Changed(self))
