"""A thin line of progress, as wide as its place."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class ThinBar(Widget):
    """A share from 0 to 1, drawn by strokes of two weights, so that colour is not needed."""

    DEFAULT_CSS = """
    ThinBar { height: 1; width: 1fr; color: $focus; }
    """

    share: reactive[float] = reactive(0.0)

    def render(self) -> Content:
        """The line; it moves by whole cells."""
        width = max(1, self.size.width)
        done = round(max(0.0, min(1.0, self.share)) * width)
        return Content.assemble("━" * done, ("─" * (width - done), "$line"))
