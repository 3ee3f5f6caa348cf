"""A list of blocks: one row each, the same keys as every list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import DataTable

from flowtui.core.focus.block import Block
from flowtui.core.text import middle_cut
from flowtui.tui.focus.block_text import row

COLUMNS = (("span", 11), ("focus", 8), ("mark", 9), ("rating", 3), ("said", None))
"""Column and width: from–to, focus, outcome, rating, what it was."""
NARROW = (("span", 5), ("focus", 8), ("said", None))
"""The same where there is little room: the start alone, and no judgement."""
NARROW_WIDTH = 60
Columns = tuple[tuple[str, int | None], ...]


class BlockList(DataTable[Text]):
    """Blocks by start. Rows are keyed by block id and changed in place."""

    BINDINGS = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "scroll_top", show=False),
        Binding("G", "scroll_bottom", show=False),
    ]

    class Picked(Message):
        """Enter was hit, on a row or on an empty list."""

    class Opened(Message):
        """The right arrow was hit: somebody wants to see all of the row."""

    def __init__(self) -> None:
        super().__init__(show_header=False, cursor_type="row", zebra_stripes=False, cell_padding=1)
        self._columns: Columns = ()
        self._shown: dict[str, tuple[str, ...]] = {}
        self._blocks: dict[str, Block] = {}

    def on_mount(self) -> None:
        """The columns of a wide list; a narrow one changes them."""
        self._set_columns(COLUMNS)

    def _set_columns(self, columns: Columns) -> None:
        self.clear(columns=True)
        for key, width in columns:
            self.add_column("", key=key, width=width)
        self._columns, self._shown = columns, {}

    def action_select_cursor(self) -> None:
        """Enter means the same with and without rows."""
        self.post_message(self.Picked())

    def action_cursor_right(self) -> None:
        """There is one column to a person: right opens the row."""
        self.post_message(self.Opened())

    @property
    def chosen(self) -> Block | None:
        """The block under the cursor; None in an empty list."""
        if not self.row_count:
            return None
        key = self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value
        return self._blocks.get(key or "")

    @property
    def listed(self) -> tuple[Block, ...]:
        """The blocks that are shown, in their order."""
        return tuple(self._blocks.values())

    def show(self, blocks: Sequence[Block], now: datetime, width: int) -> None:
        """Show `blocks`; rows whose text is the same are left alone."""
        columns = NARROW if width < NARROW_WIDTH else COLUMNS
        if columns != self._columns:
            self._set_columns(columns)
        fixed = sum((w or 0) + 2 for _, w in columns)
        rows: dict[str, tuple[str, ...]] = {}
        for block in blocks:
            span, focus, mark, rating, said = row(block, now)
            cut = middle_cut(said, max(8, width - fixed - (3 if columns is NARROW else 7)))
            if columns is NARROW:
                rows[block.id] = (span[:5], f"{focus:>8}", cut)
            else:
                rows[block.id] = (span, f"{focus:>8}", mark, rating, cut)
        self._blocks = {block.id: block for block in blocks}
        if list(rows) != list(self._shown):
            self._refill(rows)
        else:
            self._change(rows)
        self._shown = rows

    def _change(self, rows: dict[str, tuple[str, ...]]) -> None:
        for id, cells in rows.items():
            for (column, _), cell, before in zip(
                self._columns, cells, self._shown[id], strict=True
            ):
                if cell != before:
                    self.update_cell(id, column, Text(cell))

    def _refill(self, rows: dict[str, tuple[str, ...]]) -> None:
        at_end = not self._shown or self.cursor_row >= len(self._shown) - 1
        kept = self.cursor_row
        self.clear()
        for id, cells in rows.items():
            self.add_row(*map(Text, cells), key=id)  # a plain str would be read as markup
        if rows:
            self.move_cursor(row=len(rows) - 1 if at_end else min(kept, len(rows) - 1))
