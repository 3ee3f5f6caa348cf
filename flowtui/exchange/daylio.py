"""Daylio: moods, activities and scales of its CSV export.

Format: `full_date,date,weekday,time,mood,activities[,scales],note_title,note`; `full_date` is
ISO, `date` and `weekday` follow the phone's language, times have 12 or 24 hours, activities are
joined by ` | `, scales are `name: value`. Moods bear the names the person gave them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.errors import UsageError
from flowtui.core.wall_time import place
from flowtui.exchange.csvs import Header, Line, lines, needs, split_header
from flowtui.exchange.dates import plain, read_date, read_number, read_time
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.protocol import Declared, Options, Row
from flowtui.exchange.sniffing import has_columns, table_header

COLUMNS = ("full_date", "time", "mood", "activities")
MOOD = Habit(
    "mood",
    Form.SCALE,
    "Mood",
    anchors=((1, "awful"), (2, "bad"), (3, "so-so"), (4, "good"), (5, "great")),
)
MOODS = {
    **{"rad": 5.0, "good": 4.0, "meh": 3.0, "bad": 2.0, "awful": 1.0},
    **{"super": 5.0, "gut": 4.0, "ok": 3.0, "schlecht": 2.0, "lausig": 1.0},
}
"""The app's own names, in English and German."""
SCALE_TOP = 10


class Daylio:
    """Daylio's CSV export."""

    name = "daylio"
    title = "Daylio (CSV)"

    def sniff(self, path: Path) -> bool:
        """A table with Daylio's columns."""
        return has_columns(table_header(path), COLUMNS)

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """A mood, an entry for every activity and scale. Raises FlowError for a damaged file."""
        desk = desk_for(self.name, path, options)
        seen: Counter[str] = Counter()
        declared: dict[str, Habit] = {}
        with path.open("rb") as file:
            rows = lines(file, path.name, path.stat().st_size, options)
            header, body = split_header(rows)
            needs(header, COLUMNS, path.name)
            for row in body:
                for made in _row(header, row, desk, seen):
                    if isinstance(made, Declared):
                        declared.setdefault(made.habit.name, made.habit)
                    else:
                        yield made
        yield from (Declared(habit) for habit in declared.values())


def _row(header: Header, row: Line, desk: Desk, seen: Counter[str]) -> Iterator[Row]:
    cells = {name: row.get(header.at(name)) for name in (*COLUMNS, "scales", "note", "note_title")}
    try:
        day, clock = read_date(cells["full_date"]), read_time(cells["time"])
    except UsageError as error:
        yield desk.unread(row.number, row.text, error.message)
        return
    at = place(day, clock, desk.options.zone).instant
    stem = f"{day} {clock:%H:%M}"
    seen[stem] += 1
    key = stem if seen[stem] == 1 else f"{stem} #{seen[stem]}"
    yield from _mood(cells, row, desk, key, at)
    for activity in filter(None, (plain(a) for a in cells["activities"].split("|"))):
        yield from _activity(activity, row, desk, key, at)
    for scale in filter(None, (plain(s) for s in cells["scales"].split("|"))):
        yield from _scale(scale, row, desk, key, at)


def _mood(cells: dict[str, str], row: Line, desk: Desk, key: str, at: datetime) -> Iterator[Row]:
    label = plain(cells["mood"]).casefold()
    value = desk.options.words.get(label, MOODS.get(label))
    if value is None:
        yield desk.unread(
            row.number, row.text, f"mood {label!r} is a name of your own: --word '{label}=4'"
        )
        return
    yield Declared(MOOD)
    note = " / ".join(filter(None, (plain(cells["note_title"]), plain(cells["note"]))))
    yield desk.entry(
        row.number,
        f"{key}|mood",
        Kind.HABIT,
        row.text,
        at=at,
        name=MOOD.name,
        value=value,
        scale=MOOD.scale.id if MOOD.scale else None,
        note=note,
    )


def _activity(text: str, row: Line, desk: Desk, key: str, at: datetime) -> Iterator[Row]:
    try:
        name = habit_name(text)
    except UsageError as error:
        yield desk.unread(row.number, row.text, error.message)
        return
    yield Declared(Habit(name, label=text if text != name else None, ask=False))
    yield desk.entry(row.number, f"{key}|{name}", Kind.HABIT, row.text, at=at, name=name)


def _scale(text: str, row: Line, desk: Desk, key: str, at: datetime) -> Iterator[Row]:
    title, colon, number = text.rpartition(":")
    try:
        name, value = habit_name(title), read_number(number)
    except UsageError:
        yield desk.unread(row.number, row.text, f"{text!r} is not a scale with its value")
        return
    if not colon or not 0 <= value <= SCALE_TOP:
        yield desk.unread(row.number, row.text, f"{text!r} is not between 0 and {SCALE_TOP}")
        return
    habit = Habit(name, Form.SCALE, plain(title), low=0, high=SCALE_TOP, ask=False)
    yield Declared(habit)
    yield desk.entry(
        row.number,
        f"{key}|scale:{name}",
        Kind.HABIT,
        row.text,
        at=at,
        name=name,
        value=value,
        scale=habit.scale.id if habit.scale else None,
    )
