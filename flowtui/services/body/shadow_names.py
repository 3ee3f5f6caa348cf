"""Habits named like a word of the quick line: they get another name, with their records.

Older versions, and imports with them, kept a habit called `sleep` under that name. It is mended
when names are first asked for: one command that undo takes back, told once. Who takes it back
means it: it is not done again but by `flowtui doctor --repair`. A name that a live experiment uses
stays until that is over; the doctor names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import DeclaredHabits, Habit, habits_from, table_from
from flowtui.core.body.quick_line import RESERVED, free_name
from flowtui.core.errors import FlowError
from flowtui.services.body.entry_store import EntryStore
from flowtui.services.body.habit_catalog import DECLARED
from flowtui.services.body.names_in_use import user_of

TOLD = "reminded"
EVENT = "names"
"""Under which it is noted, beside the reminders, that this was told of."""


def shadows(kept: DeclaredHabits | None) -> tuple[str, ...]:
    """Habits of the app, not of the settings, whose names are words of the quick line."""
    return tuple(name for name in kept.habits if name in RESERVED) if kept is not None else ()


def renamed(names: tuple[str, ...], kept: DeclaredHabits, others: frozenset[str]) -> dict[str, str]:
    """A free name for each of `names`: `sleep-habit`, or `sleep-habit-2` where that is taken."""
    taken = {*kept.habits, *kept.stops, *others}
    found: dict[str, str] = {}
    for name in names:
        free, number = free_name(name), 1
        while free in taken:
            number += 1
            free = f"{free_name(name)}-{number}"
        taken.add(free)
        found[name] = free
    return found


def mend(store: EntryStore, others: frozenset[str], again: bool = False) -> list[str]:
    """Rename them all as one command; returns a sentence for each. Raises FlowError.

    `others` are the names of the settings, which stay: what they name is not touched. With `again`
    also where it was done and taken back.
    """
    told = (store.state.get(TOLD) or {}).get(EVENT, "")
    known = set() if again else set(told.split(","))
    free = tuple(name for name in _free(store, others) if name not in known)
    if not free:
        return []
    # before it is done, since undo must not take the note back: else it would be done once more
    before = _note(store, ",".join(dict.fromkeys((*filter(None, told.split(",")), *free))))
    try:
        return _rename(store, others, free)
    except BaseException:
        with suppress(FlowError):
            _note(store, before)
        raise


def _free(store: EntryStore, others: frozenset[str]) -> tuple[str, ...]:
    """Names to be mended: not those of the settings, nor those that a live experiment uses."""
    names = (name for name in shadows(store.state.get(DECLARED)) if name not in others)
    return tuple(name for name in names if user_of(store, Kind.HABIT, name) is None)


def _note(store: EntryStore, names: str | None) -> str | None:
    """Note that these names were told of, None: that none was; returns what was noted before."""
    with store.change("note that names were told of", background=True) as writer:
        told: Mapping[str, str] = writer.state.get(TOLD) or {}
        rest = {event: text for event, text in told.items() if event != EVENT}
        writer.state.put(rest if names is None else {**rest, EVENT: names}, id=TOLD)
    return told.get(EVENT)


def _rename(store: EntryStore, others: frozenset[str], free: tuple[str, ...]) -> list[str]:
    with store.change("rename habits that were words of the quick line") as writer:
        kept: DeclaredHabits | None = writer.state.get(DECLARED)
        names = tuple(name for name in _free(store, others) if name in free)
        if kept is None or not names:
            return []
        to = renamed(names, kept, others)
        habits = [_habit(habit, to) for habit in habits_from(kept.habits)]
        writer.state.put(DeclaredHabits(table_from(habits), kept.stops), id=DECLARED)
        counts = dict.fromkeys(names, 0)
        for entry in store.every():
            if entry.kind is Kind.HABIT and entry.name in to:
                counts[entry.name] += 1
                writer.put(moved(entry, to[entry.name]))
    return [
        f"{name} is a word of the quick line: the habit of that name is called {new} now "
        f"({counts[name]} {'record' if counts[name] == 1 else 'records'}); "
        "undo takes it back"
        for name, new in to.items()
    ]


def moved(entry: Entry, name: str) -> Entry:
    """`entry` of a habit that is called `name` now; its scale follows."""
    if not entry.scale:
        return replace(entry, name=name)
    version = entry.scale.partition("@")[2]
    return replace(entry, name=name, scale=f"habit:{name}@{version}")


def _habit(habit: Habit, to: Mapping[str, str]) -> Habit:
    if habit.name not in to:
        return habit
    return replace(habit, name=to[habit.name], label=habit.label or habit.name)
