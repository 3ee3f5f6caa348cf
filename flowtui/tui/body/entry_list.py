"""The entries of a day: one row each, the same keys as every list."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.binding import Binding

from flowtui.core.body.day_text import entry_text
from flowtui.core.text import cell_count, middle_cut
from flowtui.core.zones import zone_or_utc
from flowtui.services.body.body_view import Listed
from flowtui.tui.widgets.cursor import MarkedTable


class EntryList(MarkedTable[Text]):
    """Entries by their time; rows are keyed by the entry's id."""

    BINDINGS = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(show_header=False, cursor_type="row", zebra_stripes=False, cell_padding=1)
        self._listed: dict[str, Listed] = {}
        self._shown: list[tuple[str, tuple[str, ...]]] = []

    def on_mount(self) -> None:
        """The columns: time, what, its note or that it was late."""
        for key, width in (("time", 5), ("what", None), ("note", None)):
            self.add_column("", key=key, width=width)

    @property
    def chosen(self) -> Listed | None:
        """The entry under the cursor; None in an empty list."""
        if not self.row_count:
            return None
        key = self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value
        return self._listed.get(key or "")

    def show(self, listed: Sequence[Listed], zone: ZoneInfo, width: int) -> None:
        """Show entries; nothing is touched if their rows are as they were."""
        rows = [(one.entry.id, _row(one, width, zone)) for one in listed]
        self._listed = {one.entry.id: one for one in listed}
        if rows == self._shown:
            return
        kept = self.cursor_row
        self.clear()
        for id, cells in rows:
            self.add_row(*map(Text, cells), key=id)  # a plain str would be read as markup
        if rows:
            self.move_cursor(row=min(kept, len(rows) - 1))
        self._shown = rows


def _row(listed: Listed, width: int, here: ZoneInfo) -> tuple[str, ...]:
    entry = listed.entry
    moment = entry.start or entry.at
    zone = zone_or_utc(entry.zone)
    time = f"{moment.astimezone(zone):%H:%M}" if moment is not None else "day"
    note = "  ".join(part for part in ("late" if entry.late else "", entry.note or "") if part)
    what = middle_cut(entry_text(entry, here, timed=False), max(10, width - 10))
    return time, what, middle_cut(note, max(4, width - cell_count(what) - 12))
