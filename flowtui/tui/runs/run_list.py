"""A list of runs: one row each under a heading for each group, the same keys as every list.

Rows are keyed by the run's id; a heading is a row that the cursor passes over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable

from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.run_text import grouped
from flowtui.tui.runs import run_rows
from flowtui.tui.widgets.cursor import HEADING, MarkedTable

Cells = tuple[Content, ...]


class RunList(MarkedTable[Content]):
    """Runs, those under way first."""

    BINDINGS = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "scroll_top", show=False),
        Binding("G", "scroll_bottom", show=False),
    ]

    class Picked(Message):
        """Enter or the right arrow was hit on a row."""

    class Moved(Message):
        """Another row is under the cursor."""

    def __init__(self) -> None:
        super().__init__(show_header=False, cursor_type="row", zebra_stripes=False, cell_padding=1)
        self._widths: tuple[int, ...] = ()
        self._shown: dict[str, tuple[str, ...]] = {}
        self._runs: dict[str, RunGlance] = {}

    def action_select_cursor(self) -> None:
        """Enter opens the row."""
        if self.chosen is not None:
            self.post_message(self.Picked())

    def action_cursor_right(self) -> None:
        """There is one column to a person: right opens the row."""
        self.action_select_cursor()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """What stands below the list belongs to the row."""
        event.stop()
        if self.stands(event):
            self.post_message(self.Moved())

    @property
    def chosen(self) -> RunGlance | None:
        """The run under the cursor; None in an empty list."""
        if not self.row_count:
            return None
        key = self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value
        return self._runs.get(key or "")

    def show(
        self, runs: Sequence[RunGlance], zone: ZoneInfo, width: int, marked: Collection[str]
    ) -> None:
        """Show `runs`; cells whose text is the same are left alone."""
        rows = self._rows(runs, zone, width, marked)
        self.show_header = bool(rows) and width >= run_rows.NARROW
        widths = run_rows.widths(list(rows.values()))
        plain = {id: tuple(cell.plain for cell in cells) for id, cells in rows.items()}
        self._runs = {run.id: run for run in runs}
        if widths != self._widths or list(plain) != list(self._shown):
            self._refill(rows, widths)
        else:
            self._change(rows, plain)
        self._shown, self._widths = plain, widths

    def _rows(
        self, runs: Sequence[RunGlance], zone: ZoneInfo, width: int, marked: Collection[str]
    ) -> dict[str, Cells]:
        """Cells by key; in a narrow list without headings."""
        names = run_rows.key_width(runs)
        rows: dict[str, Cells] = {}
        for heading, members in grouped(runs, zone):
            cells = {
                run.id: run_rows.row(run, zone, width, run.id in marked, names) for run in members
            }
            if width >= run_rows.NARROW:
                empty = [Content("")] * (len(next(iter(cells.values()))) - 2)
                title = Content.styled(heading, "$muted")
                rows[f"{HEADING}{heading}"] = (Content(""), title, *empty)
            rows |= cells
        return rows

    def _change(self, rows: dict[str, Cells], plain: dict[str, tuple[str, ...]]) -> None:
        for id, cells in rows.items():
            for number, cell in enumerate(cells):
                if plain[id][number] != self._shown[id][number]:
                    self.update_cell(id, str(number), cell)

    def _refill(self, rows: dict[str, Cells], widths: tuple[int, ...]) -> None:
        chosen = self.chosen
        kept = self.cursor_row
        self.clear(columns=True)
        for number, width in enumerate(widths):
            self.add_column(run_rows.HEADER[number], key=str(number), width=width)
        for id, cells in rows.items():
            self.add_row(*cells, key=id)
        if chosen is not None and chosen.id in rows:
            self.move_cursor(row=list(rows).index(chosen.id))
        elif rows:
            row = min(kept, len(rows) - 1)
            row += list(rows)[row].startswith(HEADING)  # there is a run behind each heading
            self.move_cursor(row=row)
