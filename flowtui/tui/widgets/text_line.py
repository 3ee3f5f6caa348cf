"""A line of text that is redrawn only when it has changed."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Line(Static):
    """Plain text, one line; an empty one can take no room (class `-collapse`)."""

    DEFAULT_CSS = """
    Line { height: 1; width: 1fr; }
    Line.-auto { width: auto; }
    Line.-collapse.-empty { display: none; }
    """

    def __init__(self, text: str = "", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(text, id=id, classes=classes, markup=False)
        self._text: str | Content = text
        self.set_class(not text, "-empty")

    def show(self, text: str | Content) -> None:
        """Show `text`."""
        if text == self._text:
            return
        self._text = text
        self.set_class(not text, "-empty")
        self.update(text)
