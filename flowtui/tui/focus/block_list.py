"""A list of blocks: one row each, the same keys as every list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import DataTable

from flowtui.core.focus.block import Block
from flowtui.core.text import middle_cut
from flowtui.core.zones import zone_or_utc
from flowtui.tui.focus.block_text import row
from flowtui.tui.widgets.cursor import HEADING, MarkedTable

COLUMNS = (("span", 11), ("focus", 8), ("mark", 9), ("rating", 5), ("said", None))
"""Column and width: from–to, focus, outcome, rating, what it was."""
HEADERS = {
    "span": "time",
    "focus": f"{'focus':>8}",
    "mark": "outcome",
    "rating": "rated",
    "said": "intention",
}
NARROW = (("span", 5), ("focus", 8), ("said", None))
"""The same where there is little room: the start alone, and no judgement."""
NARROW_WIDTH = 60
BESIDE = (("span", 11), ("focus", 8), ("mark", 1), ("said", None))
"""The same beside a second column: the intention needs the room more than the outcome's word."""
BESIDE_WIDTH = 70
UTC = ZoneInfo("UTC")
Group = tuple[str, Sequence[Block]]
"""A heading, and the blocks below it."""
Columns = tuple[tuple[str, int | None], ...]


class BlockList(MarkedTable[Text]):
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
        self.add_class("-empty")
        self._columns: Columns = ()
        self._shown: dict[str, tuple[str, ...]] = {}
        self._blocks: dict[str, Block] = {}
        self._here = UTC
        self._scrolls = True
        self._first = 0
        """How many rows are of the day that is shown."""

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """A heading is passed over."""
        event.stop()
        self.stands(event)

    def on_mount(self) -> None:
        """The columns of a wide list; a narrow one changes them."""
        self._set_columns(COLUMNS)

    def _set_columns(self, columns: Columns) -> None:
        self.clear(columns=True)
        for key, width in columns:
            self.add_column("" if width == 1 else HEADERS[key], key=key, width=width)
        self.show_header = columns is not NARROW
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

    def show(
        self,
        blocks: Sequence[Block],
        now: datetime,
        width: int,
        earlier: Sequence[Group] = (),
        dated: bool = False,
        here: ZoneInfo = UTC,
    ) -> None:
        """Show `blocks`, and below headings `earlier` ones; rows that are the same stay.

        With `dated` the earlier ones are of different days, and say of which.
        """
        columns: Columns = COLUMNS
        if width < BESIDE_WIDTH:
            columns = NARROW if width < NARROW_WIDTH else BESIDE
        if columns != self._columns:
            self._set_columns(columns)
        self._here = here
        count = len(blocks) + sum(1 + len(group) for _, group in earlier)
        height = self.size.height - (columns is not NARROW)
        self._scrolls = 0 < height < count  # else the bar's cell belongs to the words
        rows = {block.id: self._cells(block, now, width) for block in blocks}
        listed = list(blocks)
        for heading, group in earlier:
            listed += group
            cells = ["" for _ in columns]
            cells[-1 if columns is NARROW else 0] = heading
            rows[f"{HEADING}{heading}"] = tuple(cells)
            for block in group:
                cells = list(self._cells(block, now, width))
                if dated:
                    cells[0] = _day(block, columns is NARROW)
                rows[block.id] = tuple(cells)
        self._blocks = {**self._blocks, **{block.id: block for block in listed}}
        if list(rows) != list(self._shown):
            self._refill(rows, len(blocks))
        else:
            self._change(rows)
        self._blocks = {block.id: block for block in listed}
        self._shown = rows

    def _cells(self, block: Block, now: datetime, width: int) -> tuple[str, ...]:
        columns = self._columns
        fixed = sum((w or 0) + 2 for _, w in columns)
        span, focus, mark, rating, said = row(block, now, self._here)
        cut = middle_cut(said, max(8, width - fixed - 1 + (0 if self._scrolls else 2)))
        if columns is NARROW:
            return (span[:5], f"{focus:>8}", cut)
        if columns is BESIDE:
            return (span, f"{focus:>8}", mark[:1], cut)
        return (span, f"{focus:>8}", mark, f"{rating:>5}", cut)

    def _change(self, rows: dict[str, tuple[str, ...]]) -> None:
        for id, cells in rows.items():
            for (column, _), cell, before in zip(
                self._columns, cells, self._shown[id], strict=True
            ):
                if cell != before:
                    self.update_cell(id, column, Text(cell))

    def _refill(self, rows: dict[str, tuple[str, ...]], first: int) -> None:
        """`first` rows are before the heading: a new one of them gets the cursor."""
        chosen = self.chosen
        grown = self._first == first - 1
        self._first = first
        self.clear()
        for id, cells in rows.items():
            style = "dim" if id.startswith(HEADING) else ""
            self.add_row(*(Text(cell, style) for cell in cells), key=id)  # a str would be markup
        if chosen is not None and chosen.id in rows and not grown:
            self.move_cursor(row=list(rows).index(chosen.id))
        elif rows:
            self.move_cursor(row=first - 1 if first else len(rows) - 1)


def _day(block: Block, narrow: bool) -> str:
    at = block.started_at.astimezone(zone_or_utc(block.zone))
    return f"{at:%d.%m}" if narrow else f"{at:%-d %b %Y}"
