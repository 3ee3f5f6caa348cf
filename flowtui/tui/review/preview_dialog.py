"""What would be told to all, to the letter; flowtui posts nothing."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from flowtui.tui.dialogs.base import Dialog


class PreviewDialog(Dialog[None]):
    """Shows a text as it would be shared."""

    title_text = "what all would read"
    hint = "esc back   copy it: flowtui report --week last --public --post 500"

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def form(self) -> Iterable[Widget]:
        """The text, and how long it is."""
        yield Static(self._text, classes="preview", markup=False)
        yield Static(f"{len(self._text)} characters", classes="about", markup=False)

    def action_submit(self) -> None:
        """Enter closes."""
        self.dismiss(None)
