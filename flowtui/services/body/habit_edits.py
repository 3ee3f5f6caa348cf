"""Changing what a habit is: its name, its unit, whether it is asked for, whether it is kept at all.

Each is one command, undone with all the records that it touched. Habits of config.toml are changed
there; their records follow by `rename`.
"""

from __future__ import annotations

from dataclasses import replace

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.habits import Form, Habit, habit_name
from flowtui.core.body.quick_line import RESERVED, free_name
from flowtui.core.errors import FlowError, UsageError
from flowtui.services.body.body_log import BodyService
from flowtui.services.body.entry_store import EntryWriter
from flowtui.services.body.shadow_names import moved


class HabitEdits:
    """Commands on habits that were declared in the app or came with an import.

    All raise FlowError for a habit that is not known, and leave everything as it was then.
    """

    def __init__(self, body: BodyService) -> None:
        self._body = body
        self._store = body.store

    def rename(self, name: str, to: str) -> int:
        """Call a habit something else, in all its records; returns how many there are.

        Raises UsageError for a name that is taken, or a word of the quick line.
        """
        old, new = habit_name(name), habit_name(to)
        if new in RESERVED:
            raise UsageError(f"{new!r} is a word of the quick line", f"such as: {free_name(new)}")
        with self._store.change(f"rename {old} to {new}") as writer:
            habit = self._habit(writer, old)
            names = self._body.declared.names(writer)
            if names.habit(new) is not None or new in names.stops:
                raise UsageError(f"{new!r} is declared already", f"one of both: --merge {new}")
            label = None if new == to else to
            self._body.declared.change(writer, old, replace(habit, name=new, label=label))
            moved = self._moved(writer, old, new)
        self._body.changed()
        return moved

    def merge(self, name: str, into: str) -> int:
        """Make the records of one habit those of another; returns how many."""
        old, new = habit_name(name), habit_name(into)
        with self._store.change(f"merge {old} into {new}") as writer:
            habit, other = self._habit(writer, old), self._body.declared.names(writer).habit(new)
            if other is None or old == new:
                raise FlowError(f"there is no other habit {into!r}", "see: flowtui habit")
            if (habit.form, habit.unit) != (other.form, other.unit):
                raise FlowError(
                    f"{old} is {_form(habit)}, {new} is {_form(other)}: they do not count the same",
                    f"change one of them first: flowtui habit {old} --unit UNIT",
                )
            self._body.declared.change(writer, old, None)
            moved = self._moved(writer, old, new)
        self._body.changed()
        return moved

    def delete(self, name: str, history: bool = False) -> int:
        """Forget a habit; with `history` its records too. Returns how many records went."""
        old = habit_name(name)
        with self._store.change(f"delete habit {old}") as writer:
            self._habit(writer, old)
            self._body.declared.change(writer, old, None)
            gone = self._records(old) if history else []
            for entry in gone:
                writer.delete(entry)
        self._body.changed()
        return len(gone)

    def unarchive(self, name: str) -> None:
        """Ask for an archived habit again."""
        old = habit_name(name)
        with self._store.change(f"ask for {old} again") as writer:
            habit = self._habit(writer, old)
            if not habit.archived:
                raise FlowError(f"{old} is not archived", "see: flowtui habit")
            self._body.declared.change(writer, old, replace(habit, archived=False))
        self._body.changed()

    def measure(self, name: str, unit: str, times: float = 1.0) -> int:
        """Give a habit another unit; every value is multiplied by `times`. Returns how many are."""
        old = habit_name(name)
        if not 0 < times < 1e6:
            raise UsageError(f"values cannot be multiplied by {times:g}", "from min to h: 0.016667")
        with self._store.change(f"measure {old} in {unit}") as writer:
            habit = self._habit(writer, old)
            if habit.form not in (Form.COUNT, Form.DOSE):
                raise FlowError(f"{old} is {_form(habit)}: it has no unit", "see: flowtui habit")
            self._body.declared.change(writer, old, replace(habit, unit=unit))
            given = [e for e in self._records(old) if e.state is State.GIVEN and e.value]
            for entry in given:
                value = round((entry.value or 0.0) * times, 9)
                writer.put(replace(entry, value=value, unit=unit))
        self._body.changed()
        return len(given)

    def _habit(self, writer: EntryWriter, name: str) -> Habit:
        habit = self._body.declared.own(writer, name)
        if habit is None:
            raise FlowError(
                f"{name!r} was not declared in the app", "those of config.toml are changed there"
            )
        return habit

    def _records(self, name: str) -> list[Entry]:
        return [e for e in self._store.every() if e.kind is Kind.HABIT and e.name == name]

    def _moved(self, writer: EntryWriter, old: str, new: str) -> int:
        entries = self._records(old)
        for entry in entries:
            writer.put(moved(entry, new))
        return len(entries)


def _form(habit: Habit) -> str:
    return f"a {habit.form.value.replace('_', ' or ')}{f' in {habit.unit}' if habit.unit else ''}"
