"""A short choice on one line: left and right, or the first letter, choose."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from flowtui.core.text import cell_count


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
        """The words, as many as there is room for about the chosen one, which is bold and, while
        focused, between marks."""
        return Content("").join(map(self._word, self._seen(self.size.width)))

    def _seen(self, width: int) -> range:
        """The words that fit into `width` cells around the chosen one, from the first on."""
        wide = [cell_count(word) + 2 for word in self.words]
        first, last = 0, len(wide)
        while first < self.index and sum(wide[first : self.index + 1]) > width - 2:
            first += 1
        if sum(wide[first:]) > width:
            while last > self.index + 1 and sum(wide[first:last]) > width - 2:
                last -= 1
        return range(first, last)

    def _word(self, index: int) -> Content:
        word = self.words[index]
        if index != self.index:
            return Content.styled(f" {word} ", "$muted")
        shown = f"‹{word}›" if self.has_focus else f" {word} "
        return Content.styled(shown, "bold $accent" if self.has_focus else "bold")

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
