"""The dry run: a whole file read, compared with what is known, and told before anything is kept.

The plan is also all that an import needs: its new entries, written as one transaction, are the
import. A file that breaks off leaves no plan behind, so nothing is ever half imported.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from flowtui.core.body.eating import check_window, windows
from flowtui.core.body.entry import Entry, Provenance
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.habit_amounts import form_text, unlike
from flowtui.core.body.habits import NAME_LIMIT, Form, Habit, habit_name
from flowtui.core.body.quick_line import RESERVED, free_name
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import plain
from flowtui.exchange.desk import shown
from flowtui.exchange.protocol import Format, Found, LeftOut, Options, Row, Unread

UNREAD_KEPT = 1_000
"""Rows listed with their text; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import of one file would do."""

    format: str
    file: str
    new: tuple[Entry, ...]
    """Entries to write."""
    known: int
    """Rows that an import brought in before, unchanged."""
    changed: tuple[Entry, ...]
    """Rows brought in before that read differently now; they are left as they are in the log."""
    repeated: int
    """Rows that stand in the file twice."""
    unread: tuple[Unread, ...]
    """Rows that could not be understood, by line; the first thousand."""
    unread_count: int
    left_out: tuple[LeftOut, ...]
    habits: tuple[Habit, ...]
    """Habits that new entries speak of and that are not declared yet."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Habits whose name in the file is a word of the quick line, and what they are called here."""
    apart: tuple[str, ...] = ()
    """Of habits that count something else than what is recorded under their name: what was done."""

    @property
    def counts(self) -> dict[str, int]:
        """New entries by kind, habits by name."""
        names = (
            f"{e.kind.value}:{e.name}" if e.kind in (Kind.HABIT, Kind.STOP) else e.kind.value
            for e in self.new
        )
        return dict(sorted(Counter(names).items()))

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day of the new entries; None if there are none."""
        if not self.new:
            return None
        return min(e.day for e in self.new), max(e.day for e in self.new)


def plan_import(
    path: Path,
    reader: Format,
    options: Options,
    known: Mapping[str, Entry],
    habits: Iterable[Habit] = (),
) -> ImportPlan:
    """Reads all of `path`; writes nothing.

    `known` are the log's entries by id, deleted ones left out. Windows that share time with one
    that is known, or with one before them in the file, are listed as unread. Raises FlowError for
    a file that is absent, damaged, cut short or another format's, and when the person stops it.
    """
    if not path.exists():
        raise FlowError(f"{path} does not exist", "check the path")
    made = _Made(known)
    try:
        for row in reader.read(path, options):
            made.take(row)
    except OSError as error:
        raise FlowError(f"{path} cannot be read: {error.strerror or error}") from None
    except FlowError as error:
        # messages quote names and cells of the file, which may hold anything
        error.message = shown(error.message) or "the file cannot be read"
        raise
    declared = {h.name: h for h in habits}
    if reader.name != "flowtui":  # our own exports have each habit as it was counted
        made.part(declared)
    return made.plan(reader.name, path.name, set(declared))


def same(a: Entry, b: Entry) -> bool:
    """Whether two readings of one row say the same, whichever file they came from."""
    blank = Provenance("")
    return replace(a, source=blank, recorded_at=b.recorded_at, late=b.late) == replace(
        b, source=blank
    )


class _Made:
    """What the rows so far came to."""

    def __init__(self, known: Mapping[str, Entry]) -> None:
        self.known = known
        self.new: dict[str, Entry] = {}
        self.changed: list[Entry] = []
        self.unread_rows: list[Unread] = []
        self.left_out: list[LeftOut] = []
        self.habits: dict[str, Habit] = {}
        self.renamed: dict[str, str] = {}
        self.apart: list[str] = []
        self.known_count = self.repeated = self.unread_count = 0
        self._windows = windows(known.values())

    def take(self, row: Row) -> None:
        """One row of the file."""
        if isinstance(row, Found):
            self._entry(replace(row, entry=self._named(row.entry)))
        elif isinstance(row, Unread):
            self._not_read(row)
        elif isinstance(row, LeftOut):
            self.left_out.append(replace(row, what=shown(row.what) or "?"))
        else:
            habit = row.habit
            label = habit.label or (habit.name if habit.name in RESERVED else None)
            habit = replace(
                habit,
                name=self._free(habit.name),
                label=plain(label, NAME_LIMIT) if label else None,
                unit=plain(habit.unit, NAME_LIMIT) if habit.unit else None,
            )
            self.habits.setdefault(habit.name, habit)

    def plan(self, name: str, file: str, declared: set[str]) -> ImportPlan:
        """What they all came to."""
        spoken = {e.name for e in self.new.values() if e.kind is Kind.HABIT}
        return ImportPlan(
            name,
            file,
            tuple(self.new.values()),
            self.known_count,
            tuple(self.changed),
            self.repeated,
            tuple(sorted(self.unread_rows, key=lambda u: u.line)),
            self.unread_count,
            tuple(self.left_out),
            tuple(h for n, h in self.habits.items() if n not in declared and n in spoken),
            tuple(self.renamed.items()),
            tuple(self.apart),
        )

    def part(self, declared: Mapping[str, Habit]) -> None:
        """Gives another name to habits that count something else than what has theirs.

        That is a habit which is declared, or records that a deleted one left. Raises FlowError
        where the other name is taken by what counts something else too.
        """
        came = {habit_name(e.name) for e in self.new.values() if e.kind is Kind.HABIT and e.name}
        recorded: dict[str, list[Entry]] = {}
        for entry in self.known.values():
            if entry.kind is Kind.HABIT and entry.name:
                recorded.setdefault(habit_name(entry.name), []).append(entry)
        for name in sorted(came & {*recorded, *declared}):
            counted = _as_counted(name, self._new_of(name))
            habit = self.habits.get(name) or counted
            if name not in declared:
                habit = replace(habit, unit=counted.unit)  # as the records say it, both of them
            strange = _strange(habit, declared.get(name), recorded.get(name, ()))
            if strange is None:
                continue
            other = habit_name(f"{name}-{habit.unit or 'import'}")
            beside = _strange(habit, declared.get(other), recorded.get(other, ()))
            if beside is not None:
                raise FlowError(
                    f"{name} is {form_text(habit)} here, but {strange}; {other} has {beside}",
                    f"call one of them something else: flowtui habit {other} --rename NEW",
                )
            self._call(name, other, habit)
            self.apart.append(f"habit {name} is called {other} here: {strange}")

    def _new_of(self, name: str) -> list[Entry]:
        return [e for e in self.new.values() if _is_of(e, name)]

    def _call(self, name: str, other: str, habit: Habit) -> None:
        for entry in self._new_of(name):
            self.new[entry.id] = replace(entry, name=other)
        self.habits.pop(name, None)
        self.habits.setdefault(other, replace(habit, name=other))

    def _named(self, entry: Entry) -> Entry:
        """`entry` under a name that does not shadow the quick line, or under which it is known."""
        if entry.kind is not Kind.HABIT or entry.name is None:
            return entry
        before = self.known.get(entry.id)
        if before is not None and before.kind is Kind.HABIT:
            return replace(entry, name=before.name)  # it may have been renamed since
        return replace(entry, name=self._free(entry.name))

    def _free(self, name: str) -> str:
        free = free_name(name)
        if free != name:
            self.renamed[name] = free
        return free

    def _entry(self, row: Found) -> None:
        entry = row.entry
        before = self.known.get(entry.id)
        if before is not None:
            if same(entry, before):
                self.known_count += 1
            else:
                self.changed.append(entry)
            return
        if entry.id in self.new:
            self.repeated += 1
            return
        if entry.kind is Kind.EATING and entry.state is State.GIVEN:
            try:
                self._fit_in(entry)
            except UsageError as error:
                self._not_read(Unread(row.line, "eating window", error.message))
                return
        self.new[entry.id] = entry

    def _fit_in(self, window: Entry) -> None:
        """Windows lie apart, so only the two beside a new one can share time with it."""
        place = bisect_left(self._windows, _opened(window), key=_opened)
        check_window(window, self._windows[max(0, place - 1) : place + 1])
        self._windows.insert(place, window)

    def _not_read(self, row: Unread) -> None:
        self.unread_count += 1
        if len(self.unread_rows) < UNREAD_KEPT:
            self.unread_rows.append(
                Unread(row.line, shown(row.text) or "", shown(row.why) or "not understood")
            )


def _is_of(entry: Entry, name: str) -> bool:
    return entry.kind is Kind.HABIT and entry.name is not None and habit_name(entry.name) == name


def _as_counted(name: str, entries: Iterable[Entry]) -> Habit:
    """The habit that these records would be of."""
    given = [e for e in entries if e.state is State.GIVEN]
    form = Form.COUNT if any(e.value is not None for e in given) else Form.YES_NO
    return Habit(name, form, unit=next((e.unit for e in given if e.unit), None))


def _strange(habit: Habit, declared: Habit | None, records: Iterable[Entry]) -> str | None:
    """What has the name of `habit` and counts something else; None if nothing does.

    A habit that is declared knows what its records are: only another unit speaks against it.
    """
    if declared is None:
        left = unlike(records, habit)
        return None if left is None else f"a deleted habit left records such as {left}"
    if habit.unit is None or declared.unit is None or habit.unit == declared.unit:
        return None
    return f"it is declared as {form_text(declared)}"


def _opened(window: Entry) -> datetime:
    return window.start or window.recorded_at
