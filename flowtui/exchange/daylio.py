"""Daylio: moods, activities and scales of its CSV export.

Format: `full_date,date,weekday,time,mood,activities[,scales][,note_title],note`; `full_date` is
ISO, `date` and `weekday` follow the phone's language, times have 12 or 24 hours, activities are
joined by ` | `, scales are `name: value`. Up to 2018 it was `year,date,weekday,time,...`, the date
a day and a month in words. Headers follow the phone's language, columns do not: they are read by
their places. Moods bear the names the person gave them.
"""

from __future__ import annotations

import csv
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.wall_time import place
from flowtui.exchange.csvs import HEAD, Header, Line, lines, split_header
from flowtui.exchange.dates import plain, read_date, read_time
from flowtui.exchange.desk import Desk, desk_for
from flowtui.exchange.numbers import Marks, read_number
from flowtui.exchange.protocol import Declared, LeftOut, Options, Row
from flowtui.exchange.sniffing import table_header

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
_ISO_FORMS = {
    7: ("full_date", "date", "weekday", "time", "mood", "activities", "note"),
    8: ("full_date", "date", "weekday", "time", "mood", "activities", "note_title", "note"),
    9: (
        *("full_date", "date", "weekday", "time", "mood", "activities"),
        *("scales", "note_title", "note"),
    ),
}
_YEAR_FORM = ("year", "date", "weekday", "time", "mood", "activities", "note")


class Daylio:
    """Daylio's CSV export."""

    name = "daylio"
    title = "Daylio (CSV)"

    def sniff(self, path: Path) -> bool:
        """A table with Daylio's columns, by their names or by what stands in them."""
        header = table_header(path)
        if header is None:
            return False
        if _form(header) is not None:
            return True
        try:
            with path.open("rb") as file:
                first = file.read(HEAD).split(b"\n", 2)[1:2]
            row = next(csv.reader([first[0].decode("utf-8", "replace")]), []) if first else []
            return _form_of(header, Line(2, tuple(row))) is not None
        except (OSError, csv.Error):
            return False

    def read(self, path: Path, options: Options) -> Iterator[Row]:
        """A mood, an entry for every activity and scale. Raises FlowError for a damaged file."""
        book = _Book(desk_for(self.name, path, options), path)
        with path.open("rb") as file:
            rows = lines(file, path.name, path.stat().st_size, options)
            header, body = split_header(rows)
            for form, row in _formed(header, body, path):
                yield from book.take(_Cells.of(form, row))
        yield from book.rest()


class _Cells(NamedTuple):
    """One row by the names of its columns."""

    row: Line
    cells: dict[str, str]

    @classmethod
    def of(cls, form: tuple[str, ...], row: Line) -> _Cells:
        return cls(row, {name: row.get(place) for place, name in enumerate(form)})

    def get(self, name: str) -> str:
        return self.cells.get(name, "")

    def day(self) -> date:
        """The day of the row. Raises UsageError."""
        if "year" in self.cells:
            return read_date(f"{self.get('date').rstrip(',')} {self.get('year')}")
        return read_date(self.get("full_date"))


class _Book:
    """Entries made so far, and what is told at the end."""

    def __init__(self, desk: Desk, path: Path) -> None:
        self._desk = desk
        self._path = path
        self._seen: Counter[str] = Counter()
        self._declared: dict[str, Habit] = {}
        self._unknown: Counter[str] = Counter()
        self._named: dict[str, set[date]] = {}
        """Activities to the days whose entries name them."""
        self._days: set[date] = set()

    def take(self, cells: _Cells) -> Iterator[Row]:
        """The entries of one row."""
        row, desk = cells.row, self._desk
        try:
            day, clock = cells.day(), read_time(cells.get("time"))
        except UsageError as error:
            yield desk.unread(row.number, row.text, error.message)
            return
        at = place(day, clock, desk.options.zone).instant
        stem = f"{day} {clock:%H:%M}"
        self._seen[stem] += 1
        key = stem if self._seen[stem] == 1 else f"{stem} #{self._seen[stem]}"
        self._days.add(day)
        yield from self._mood(cells, key, at)
        for activity in _parts(cells.get("activities")):
            yield from self._activity(activity, row, key, at, day)
        for scale in _parts(cells.get("scales")):
            yield from self._scale(scale, row, key, at)

    def rest(self) -> Iterator[Row]:
        """Habits, days on which an activity was not named, moods that have no number."""
        yield from (Declared(habit) for habit in self._declared.values())
        unnamed = [
            (name, day)
            for name, days in sorted(self._named.items())
            for day in sorted(self._days - days)
            if min(days) <= day <= max(days)
        ]
        if unnamed and self._desk.options.unnamed_is_no:
            for name, day in unnamed:
                yield self._desk.entry(
                    0, f"{day}|{name}|no", Kind.HABIT, f"{day} {name}", day=day, name=name,
                    state=State.NO, scope=Scope.DAY,
                )  # fmt: skip
        elif unnamed:
            what = "days whose entries do not name an activity; to count these as no: --unnamed-no"
            yield LeftOut(what, len(unnamed))
        if self._unknown:
            names = ", ".join(f"{name!r} {count}" for name, count in self._unknown.most_common())
            given = " ".join(f"--mood {shlex.quote(f'{name}=3')}" for name in self._unknown)
            command = f"flowtui import daylio {shlex.quote(str(self._path))} {given}"
            what = (
                f"moods with names of your own ({names}); "
                f"give each its number from 1 to 5 in place of the 3: {command}"
            )
            yield LeftOut(what, sum(self._unknown.values()))

    def _declare(self, habit: Habit) -> None:
        self._declared.setdefault(habit.name, habit)

    def _mood(self, cells: _Cells, key: str, at: datetime) -> Iterator[Row]:
        label = plain(cells.get("mood")).casefold()
        value = self._desk.options.words.get(label, MOODS.get(label))
        if value is None:
            self._unknown[label] += 1
            return
        self._declare(MOOD)
        texts = (plain(cells.get("note_title")), plain(cells.get("note")))
        yield self._desk.entry(
            cells.row.number,
            f"{key}|mood",
            Kind.HABIT,
            cells.row.text,
            at=at,
            name=MOOD.name,
            value=value,
            scale=MOOD.scale.id if MOOD.scale else None,
            note=" / ".join(filter(None, texts)),
        )

    def _activity(self, text: str, row: Line, key: str, at: datetime, day: date) -> Iterator[Row]:
        try:
            name = habit_name(text)
        except UsageError as error:
            yield self._desk.unread(row.number, row.text, error.message)
            return
        self._named.setdefault(name, set()).add(day)
        self._declare(Habit(name, label=text if text != name else None, ask=False))
        yield self._desk.entry(row.number, f"{key}|{name}", Kind.HABIT, row.text, at=at, name=name)

    def _scale(self, text: str, row: Line, key: str, at: datetime) -> Iterator[Row]:
        title, colon, number = text.rpartition(":")
        try:
            name, value = habit_name(title), read_number(number, Marks.BOTH)
        except UsageError:
            yield self._desk.unread(row.number, row.text, f"{text!r} is not a scale with its value")
            return
        if not colon or not 0 <= value <= SCALE_TOP:
            why = f"{text!r} is not between 0 and {SCALE_TOP}"
            yield self._desk.unread(row.number, row.text, why)
            return
        habit = Habit(name, Form.SCALE, plain(title), low=0, high=SCALE_TOP, ask=False)
        self._declare(habit)
        yield self._desk.entry(
            row.number,
            f"{key}|scale:{name}",
            Kind.HABIT,
            row.text,
            at=at,
            name=name,
            value=value,
            scale=habit.scale.id if habit.scale else None,
        )


def _parts(text: str) -> Iterator[str]:
    return filter(None, (plain(part) for part in text.split("|")))


def _formed(
    header: Header, body: Iterable[Line], path: Path
) -> Iterator[tuple[tuple[str, ...], Line]]:
    """Every row with the names of its columns; the header itself too where it is a row."""
    rows = iter(body)
    first = next(rows, None)
    form = _form_of(header, first)
    if form is None:
        raise FlowError(
            f"{path.name} has none of the forms that Daylio writes",
            f"it has: {', '.join(header.names[:9])}; was it saved by another program?",
        )
    own = Line(1, header.names)
    if _by_place(own) is not None:
        yield form, own
    if first is not None:
        yield form, first
    for row in rows:
        yield form, row


def _form_of(header: Header, first: Line | None) -> tuple[str, ...] | None:
    """Names of the columns in their order; None if this is no table of Daylio's."""
    return (
        _form(header) or _by_place(Line(1, header.names)) or (_by_place(first) if first else None)
    )


def _form(header: Header) -> tuple[str, ...] | None:
    names = tuple(name.casefold() for name in header.names)
    wanted = {"time", "mood", "activities"}
    if wanted <= set(names) and ("full_date" in names or {"year", "date"} <= set(names)):
        return names
    return None


def _by_place(row: Line) -> tuple[str, ...] | None:
    """The form of a row by what stands in it: a day, a weekday in words, a time of day."""
    form = _ISO_FORMS.get(len(row.cells))
    if len(row.cells) == 7 and row.get(0).isdecimal() and len(row.get(0)) == 4:
        form = _YEAR_FORM
    if form is None or not row.get(2).isalpha():
        return None
    try:
        _Cells.of(form, row).day()
        read_time(row.get(3))
    except UsageError:
        return None
    return form
