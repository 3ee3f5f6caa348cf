"""One line to type: the next step of a pause, a reason, a thought, a time."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Input, Label

from flowtui.core.errors import UsageError
from flowtui.tui.dialogs.base import Dialog


class LineDialog(Dialog[str]):
    """Asks for one line; answers with it, stripped. Empty is an answer unless `needed`."""

    def __init__(
        self,
        title: str,
        hint: str = "",
        value: str = "",
        needed: bool = False,
        about: str = "",
    ) -> None:
        super().__init__()
        self.title_text = title
        self._placeholder = hint
        self._value = value
        self._needed = needed
        self._about = about

    def form(self) -> Iterable[Widget]:
        """The line."""
        if self._about:
            yield Label(self._about, classes="about", markup=False)
        yield Input(self._value, placeholder=self._placeholder, id="line", compact=True)

    def answer(self) -> str:
        """The line."""
        line = self.text("line")
        if self._needed and not line:
            raise UsageError("there is nothing to keep", "type it, or leave with esc")
        return line


class ConfirmDialog(Dialog[bool]):
    """Asks before something that cannot be taken back by a slip of the finger."""

    hint = "enter yes   esc no"

    def __init__(self, title: str, about: str = "") -> None:
        super().__init__()
        self.title_text = title
        self._about = about

    def form(self) -> Iterable[Widget]:
        """What will happen."""
        if self._about:
            yield Label(self._about, classes="about", markup=False)

    def answer(self) -> bool:
        """Yes."""
        return True
