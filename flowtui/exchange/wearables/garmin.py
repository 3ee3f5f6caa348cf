"""Garmin Connect: the list of activities as a table (Activities.csv), in any language.

Columns have fixed places: Activity Type, Date, Favorite, Title, Distance, Calories, Time; `Date` is
local, `Time` a length such as 01:05:12 or 45:12.3.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange import exercises
from flowtui.exchange.csvs import Header, lines, split_header
from flowtui.exchange.desk import desk_for
from flowtui.exchange.protocol import Options, Row
from flowtui.exchange.sniffing import first_row, has_columns, table_header
from flowtui.exchange.wearables.nights import moment, workout

COLUMNS = ("Activity Type", "Date", "Favorite", "Title", "Time")
_LENGTH = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,]\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_LEAST = 15
"""Columns of the list in any language; it has over thirty."""


class Garmin:
    """Garmin Connect's list of activities."""

    name = "garmin"
    title = "Garmin Connect (Activities.csv)"

    def sniff(self, path: Path) -> bool:
        """By its English columns, by its own name, or by what stands in its first row."""
        header = table_header(path)
        if has_columns(header, COLUMNS):
            return True
        return header is not None and _is_foreign(header, path)

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """Every activity. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        seen: Counter[str] = Counter()
        with path.open("rb") as file:
            header, rows = split_header(lines(file, path.name, path.stat().st_size, options))
            places = [header.at(name) for name in COLUMNS]
            if None in places:
                if len(header.names) < _LEAST:
                    raise FlowError(
                        f"{path.name} is not Garmin's list of activities",
                        f"it has the columns {', '.join(header.names[:8])}",
                    )
                places = [0, 1, 2, 3, 6]
            sport, day, _favourite, title, length = places
            for row in rows:
                try:
                    start = moment(row.get(day), desk, order=options.date_order)
                    seconds = _seconds(row.get(length))
                except UsageError as error:
                    yield desk.unread(row.number, row.text, error.message)
                    continue
                name = exercises.strava(row.get(sport))
                stem = f"{row.get(day)}|{row.get(sport)}"
                seen[stem] += 1
                key = stem if seen[stem] == 1 else f"{stem}#{seen[stem]}"
                end = start + timedelta(seconds=seconds)
                yield workout(desk, row.number, key, row.text, start, end, name, row.get(title))


def _is_foreign(header: Header, path: Path) -> bool:
    if len(header.names) < _LEAST:
        return False
    row = first_row(path)
    if row is None:
        return path.name.casefold().startswith("activities")
    favourite = row.get(2).casefold() in ("true", "false")
    return favourite and bool(_DAY.match(row.get(1)) and _LENGTH.fullmatch(row.get(6)))


def _seconds(text: str) -> int:
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is not a length such as 01:05:12")
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
