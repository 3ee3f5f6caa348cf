"""Tickmate's database (the backup that its own menu writes): tracks, and a tick for each time.

A track of several ticks a day is a count, any other a yes. Months are those of its calendar, which
begins with 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind, Scope
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.errors import UsageError
from flowtui.exchange.databases import database
from flowtui.exchange.desk import desk_for
from flowtui.exchange.protocol import Declared, Options, Row
from flowtui.exchange.sniffing import columns_of, has_tables


class Tickmate:
    """Tickmate's own database."""

    name = "tickmate"
    title = "Tickmate (its database)"

    def sniff(self, path: Path) -> bool:
        """A database with tracks and ticks."""
        return has_tables(path, ["tracks", "ticks"])

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """A habit a track, an entry a day with ticks. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        with database(path) as connection:
            many = "multiple_entries_per_day" in columns_of(connection, "tracks")
            several = "multiple_entries_per_day" if many else "0"
            habits: dict[int, Habit] = {}
            for id, name, counted in connection.execute(
                f"SELECT _id, name, {several} FROM tracks ORDER BY _id"
            ):
                try:
                    clean = habit_name(str(name)[:60])
                except UsageError as error:
                    yield desk.unread(int(id), str(name), error.message)
                    continue
                form = Form.COUNT if counted else Form.YES_NO
                habits[int(id)] = Habit(clean, form, str(name) if str(name) != clean else None)
            yield from map(Declared, habits.values())
            ticks: Counter[tuple[object, ...]] = Counter(
                tuple(row)
                for row in connection.execute("SELECT _track_id, year, month, day FROM ticks")
            )
        for number, ((track, *when), count) in enumerate(sorted(ticks.items(), key=repr), 1):
            text = f"track {track}, {when}"
            habit = habits.get(track) if isinstance(track, int) else None
            try:
                year, month, day = (int(str(part)) for part in when)
                on = date(year, month + 1, day)
            except ValueError:
                yield desk.unread(number, text, "is no day")
                continue
            if habit is None:
                yield desk.unread(number, text, "belongs to no track")
                continue
            value = float(count) if habit.form is Form.COUNT else None
            key = f"{track}|{on}"
            yield desk.entry(
                number, key, Kind.HABIT, text, day=on, name=habit.name, value=value,
                scope=Scope.DAY,
            )  # fmt: skip
