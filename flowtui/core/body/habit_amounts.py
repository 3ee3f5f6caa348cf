"""Whether records count what a habit counts: the same unit, or points of the same scale."""

from __future__ import annotations

from collections.abc import Iterable

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import State
from flowtui.core.body.habits import Form, Habit

MEASURED = (Form.COUNT, Form.DOSE)


def form_text(habit: Habit) -> str:
    """What a habit counts, as a person says it: `a count in pages`, `a scale from 1 to 5`."""
    if habit.form is Form.SCALE:
        return f"a scale from {habit.low} to {habit.high}"
    name = f"a {habit.form.value.replace('_', ' or ')}"
    return f"{name} in {habit.unit}" if habit.unit else name


def alike(one: Habit, other: Habit) -> bool:
    """Whether two habits count the same, so that their records may be one variable."""
    if one.form is not other.form:
        return False
    if one.form is Form.SCALE:
        return (one.low, one.high, one.version) == (other.low, other.high, other.version)
    return one.unit == other.unit


def unlike(entries: Iterable[Entry], habit: Habit, unit: str | None = None) -> str | None:
    """What the first of `entries` that `habit` does not count is: `30 min`; None: all are alike.

    `unit` is that of records which name none. A "no" and a "skipped" are alike everywhere.
    """
    for entry in entries:
        if entry.state is State.GIVEN and not _fits(entry, habit, entry.unit or unit):
            return _amount(entry, entry.unit or unit)
    return None


def _fits(entry: Entry, habit: Habit, unit: str | None) -> bool:
    value = entry.value
    if habit.form is Form.SCALE:
        version = (entry.scale or "").partition("@")[2]
        on_it = value is not None and habit.low <= value <= habit.high
        return on_it and version == str(habit.version)
    if entry.scale:
        return False
    if habit.form is Form.YES_NO:
        return value in (None, 1.0) and unit is None
    if value is None:
        return habit.form is Form.COUNT and habit.unit is None
    return unit == habit.unit


def _amount(entry: Entry, unit: str | None) -> str:
    if entry.value is None:
        return "yes"
    if entry.scale:
        version = entry.scale.partition("@")[2]
        return f"point {entry.value:g} of a scale" + (f" (version {version})" if version else "")
    return f"{entry.value:g} {unit}" if unit else f"{entry.value:g} without a unit"
