"""A list of lines of coloured text: the keys of every list, Enter opens."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content
from textual.widgets.option_list import Option

from flowtui.tui.widgets.marked_options import MarkedOptions


class Rows(MarkedOptions):
    """Lines by id; the cursor stays on its line when the others change."""

    BINDINGS = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
    ]

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, markup=False)
        self._shown: list[tuple[str, Content]] = []

    @property
    def chosen(self) -> str | None:
        """Id of the line under the cursor; None in an empty list."""
        if self.highlighted is None or self.highlighted >= self.option_count:
            return None
        return self.get_option_at_index(self.highlighted).id

    def show(self, lines: Sequence[tuple[str, Content]]) -> None:
        """Show lines of (id, text); nothing is touched if they are as they were."""
        if list(lines) == self._shown:
            return
        kept = self.chosen
        self._shown = list(lines)
        self.clear_options()
        self.add_options(Option(text, id) for id, text in lines)
        ids = [id for id, _ in lines]
        if ids:
            self.highlighted = ids.index(kept) if kept in ids else 0
