"""A line of answers that all keys go through, in the order they were pressed."""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from flowtui.tui.widgets.line_input import LineInput


class AnswerField(LineInput):
    """A text field that shows each key to `takes` first, and writes down what that leaves to it.

    Enter, Esc and the arrows are asked about here too: a binding would be carried out only after
    the keys that were pressed behind it.
    """

    def __init__(self, takes: Callable[[events.Key], bool], id: str) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._takes = takes
        self.left: events.Key | None = None
        """The last key that was left to the field."""

    def on_key(self, event: events.Key) -> None:
        """Ask first; keys that were taken are not written."""
        if self._takes(event):
            event.stop()
            event.prevent_default()
        else:
            self.left = event

    def give(self, event: events.Key) -> None:
        """A key that came past the field, or before it was there: as if it had been typed here."""
        if not self._takes(event) and event.character and event.is_printable:
            self.insert_text_at_cursor(event.character)

    def write(self, text: str) -> None:
        """Show `text`, the cursor behind it."""
        self.value = text
        self.cursor_position = len(text)
