"""Changing what a habit is: its name, its unit, whether it is asked for, whether it is kept at all.

Each is one command, undone with all the records that it touched. What config.toml declares is
changed there, at the line that is told; records under a name that is gone follow by `merge`. Things
to stop are renamed, merged and deleted alike.
"""

from __future__ import annotations

from dataclasses import replace

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.habit_amounts import MEASURED, alike, form_text, unlike
from flowtui.core.body.habits import Habit, habit_name
from flowtui.core.body.quick_line import RESERVED, free_name
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.body.body_log import BodyService
from flowtui.services.body.entry_store import EntryWriter
from flowtui.services.body.names_in_use import refuse_in_use
from flowtui.services.body.shadow_names import moved


@dataclass(frozen=True, slots=True)
class HabitRow:
    """One name, as a list shows it."""

    name: str
    title: str
    habit: Habit | None
    """None for a thing to stop."""
    records: int
    settled: bool
    """Whether config.toml declares it."""

    @property
    def archived(self) -> bool:
        """Whether it is asked for no more."""
        return self.habit is not None and self.habit.archived


class HabitEdits:
    """Commands on names that were declared in the app or came with an import.

    All raise FlowError for a name that is not known, and leave everything as it was then.
    """

    def __init__(self, body: BodyService) -> None:
        self._body = body
        self._store = body.store

    def rows(self) -> list[HabitRow]:
        """Habits, then things to stop; archived habits last."""
        names, declared = self._body.names(), self._body.declared
        counts: dict[tuple[Kind, str], int] = {}
        for entry in self._store.every():
            if entry.kind in (Kind.HABIT, Kind.STOP) and entry.name:
                key = (entry.kind, habit_name(entry.name))
                counts[key] = counts.get(key, 0) + 1
        rows = [
            HabitRow(
                h.name, h.title, h, counts.get((Kind.HABIT, h.name), 0), h.name in declared.settled
            )
            for h in names.habits
        ]
        rows += [
            HabitRow(stop, stop, None, counts.get((Kind.STOP, stop), 0), stop in declared.settled)
            for stop in names.stops
        ]
        return sorted(rows, key=lambda row: row.archived)

    def rename(self, name: str, to: str) -> int:
        """Call a habit something else, in all its records; returns how many there are.

        Records that a deleted habit left under the new name are its own from then on. Raises
        UsageError for a name that is taken, or a word of the quick line; FlowError where what
        was left counts something else, or a live experiment uses the old name.
        """
        old, new = habit_name(name), habit_name(to)
        with self._store.change(f"rename {old} to {new}") as writer:
            kind, habit = self._own(writer, old)
            if kind is Kind.HABIT and new in RESERVED:
                hint = f"such as: {free_name(new)}"
                raise UsageError(f"{new!r} is a word of the quick line", hint)
            names = self._body.declared.names(writer)
            same = habit is not None and new == old
            if not same and (names.habit(new) is not None or new in names.stops):
                raise UsageError(f"{new!r} is declared already", f"one of both: --merge {new}")
            if old != new:
                refuse_in_use(self._store, kind, old)
                if habit is not None:
                    self._check_left(habit, new)
            if habit is None:
                self._body.declared.change_stop(writer, old, new)
            else:
                label = None if new == to else to
                self._body.declared.change(writer, old, replace(habit, name=new, label=label))
            count = self._move(writer, kind, old, new)
        self._body.changed()
        return count

    def merge(self, name: str, into: str) -> int:
        """Make the records of one name those of another; returns how many.

        The first may be a name that nothing declares any more. Raises FlowError where they do
        not count the same, record by record, or a live experiment uses the first.
        """
        old, new = habit_name(name), habit_name(into)
        with self._store.change(f"merge {old} into {new}") as writer:
            names = self._body.declared.names(writer)
            gone = names.habit(old) is None and old not in names.stops
            target = Kind.HABIT if names.habit(new) is not None else Kind.STOP
            if gone and self._records(target, old):
                kind, habit = target, None
            else:
                kind, habit = self._own(writer, old)
            other = names.habit(new)
            known = other is not None if kind is Kind.HABIT else new in names.stops
            if not known or old == new:
                word = "habit" if kind is Kind.HABIT else "thing to stop"
                raise FlowError(f"there is no other {word} {into!r}", "see: flowtui habit")
            refuse_in_use(self._store, kind, old)
            if kind is Kind.HABIT and other is not None:
                self._check_alike(old, habit, other)
            if habit is not None:
                self._body.declared.change(writer, old, None)
            elif not gone:
                self._body.declared.change_stop(writer, old, None)
            count = self._move(writer, kind, old, new)
        self._body.changed()
        return count

    def delete(self, name: str, history: bool = False) -> int:
        """Forget a name; with `history` its records too. Returns how many records went."""
        old = habit_name(name)
        with self._store.change(f"delete habit {old}") as writer:
            kind, habit = self._own(writer, old)
            refuse_in_use(self._store, kind, old)
            if habit is None:
                self._body.declared.change_stop(writer, old, None)
            else:
                self._body.declared.change(writer, old, None)
            gone = self._records(kind, old) if history else []
            for entry in gone:
                writer.delete(entry)
        self._body.changed()
        return len(gone)

    def archive(self, name: str) -> None:
        """Ask for a habit no more; its records stay. A thing to stop is taken off its list."""
        old = habit_name(name)
        with self._store.change(f"archive {old}") as writer:
            self._own(writer, old)
            self._body.declared.archive(writer, old)
        self._body.changed()

    def unarchive(self, name: str) -> None:
        """Ask for an archived habit again."""
        old = habit_name(name)
        with self._store.change(f"ask for {old} again") as writer:
            _, habit = self._own(writer, old)
            if habit is None or not habit.archived:
                raise FlowError(f"{old} is not archived", "see: flowtui habit")
            self._body.declared.change(writer, old, replace(habit, archived=False))
        self._body.changed()

    def measure(self, name: str, unit: str, times: float = 1.0) -> int:
        """Give a habit another unit; every value is multiplied by `times`. Returns how many are.

        A record that is in `unit` already stays as it is. Raises FlowError for records in a third
        unit, and where none is left to multiply.
        """
        old = habit_name(name)
        if not 0 < times < 1e6:
            raise UsageError(f"values cannot be multiplied by {times:g}", "from min to h: 0.016667")
        with self._store.change(f"measure {old} in {unit}") as writer:
            _, habit = self._own(writer, old)
            if habit is None or habit.form not in MEASURED:
                what = form_text(habit) if habit is not None else "a thing to stop"
                raise FlowError(f"{old} is {what}: it has no unit", "see: flowtui habit")
            given = self._in_other_units(habit, unit)
            if habit.unit == unit and not given and times != 1:
                raise FlowError(f"{old} is measured in {unit} already", "see: flowtui habit")
            self._body.declared.change(writer, old, replace(habit, unit=unit))
            for entry in given:
                value = round((entry.value or 0.0) * times, 9)
                writer.put(replace(entry, value=value, unit=unit))
        self._body.changed()
        return len(given)

    def _own(self, writer: EntryWriter, name: str) -> tuple[Kind, Habit | None]:
        """Whether a name of the app is a habit's, which then, or of a thing to stop."""
        declared = self._body.declared
        habit = declared.own(writer, name)
        if habit is not None:
            return Kind.HABIT, habit
        if declared.own_stop(name):
            return Kind.STOP, None
        raise declared.not_own(name)

    def _check_left(self, habit: Habit, new: str) -> None:
        """Refuse `new` as a name where a deleted habit left records that count something else."""
        strange = unlike(self._records(Kind.HABIT, new), habit)
        if strange is not None:
            raise FlowError(
                f"{new} has records of a deleted habit, such as {strange}; "
                f"{habit.name} is {form_text(habit)}",
                "take another name, or merge those records into what counts the same",
            )

    def _check_alike(self, old: str, habit: Habit | None, other: Habit) -> None:
        """Refuse to merge what does not count the same. `habit` is None for a deleted name."""
        new = other.name
        if habit is not None and not alike(habit, other):
            raise FlowError(
                f"{old} is {form_text(habit)}, {new} is {form_text(other)}: "
                "they do not count the same",
                f"change one of them first: flowtui habit {old} --unit UNIT"
                if habit.form in MEASURED and other.form in MEASURED
                else "only habits that count the same can be merged",
            )
        own = habit.unit if habit is not None else None
        strange = unlike(self._records(Kind.HABIT, old), other, own)
        if strange is not None:
            raise FlowError(
                f"{old} has records such as {strange}, {new} is {form_text(other)}: "
                "they do not count the same",
                f"bring them to it first: declare {old} as it was counted, then --unit and --times"
                if habit is None
                else f"bring them to it first: flowtui habit {old} --unit UNIT --times N",
            )

    def _in_other_units(self, habit: Habit, unit: str) -> list[Entry]:
        """Records with a value that is not in `unit` yet; all of one unit, or FlowError."""
        given = [
            e for e in self._records(Kind.HABIT, habit.name) if e.state is State.GIVEN and e.value
        ]
        others = [e for e in given if (e.unit or habit.unit) != unit]
        units = {e.unit or habit.unit for e in others}
        if habit.unit != unit and others:
            units.add(habit.unit)
        if len(units) > 1:
            raise FlowError(
                f"{habit.name} has records in {', '.join(sorted(u or 'no unit' for u in units))}: "
                "one factor does not suit them all",
                "correct those of the odd unit first: flowtui body, flowtui edit ID",
            )
        return others

    def _records(self, kind: Kind, name: str) -> list[Entry]:
        return [
            e
            for e in self._store.every()
            if e.kind is kind and e.name is not None and habit_name(e.name) == name
        ]

    def _move(self, writer: EntryWriter, kind: Kind, old: str, new: str) -> int:
        entries = self._records(kind, old)
        for entry in entries:
            writer.put(moved(entry, new))
        return len(entries)
