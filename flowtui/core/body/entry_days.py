"""Entries gathered by logical day, and the one value a day has for each variable.

Three things stay apart: missing (no entry), no (an explicit none, counts as 0), skipped (asked
and passed over, counts as nothing). Several entries a day become one value by the rule of their
kind: energy and scales are averaged, cups, doses and counts are summed, sleeps and workouts are
summed without counting shared time twice, output and whole-day amounts are what was said last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import date, datetime, time

from flowtui.core.body.entry import Entry, amount, anchor, day_of, length_s, load, span_of
from flowtui.core.body.entry_kinds import SPECS, Kind, Scope, State
from flowtui.core.day import DAY_START
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass

PARTS: dict[Kind, tuple[str, ...]] = {
    Kind.SLEEP: ("quality",),
    Kind.WORKOUT: ("load", "effort"),
}


@dataclass(frozen=True, slots=True)
class Variable:
    """What a day can have a value of."""

    kind: Kind
    name: str | None = None
    """Habit, thing to stop, or kind of workout; None: all of the kind together."""
    part: str | None = None
    """A part of the kind: quality of sleep, load or effort of workouts."""

    @property
    def id(self) -> str:
        """As written in configuration and exports: `energy`, `sleep.quality`, `habit:meditate`."""
        text = self.kind.value if self.name is None else f"{self.kind.value}:{self.name}"
        return text if self.part is None else f"{text}.{self.part}"

    @property
    def unit(self) -> str | None:
        """Unit of the day's value, where the kind decides it."""
        if self.part == "quality":
            return "1-5"
        if self.part == "effort":
            return "0-10"
        if self.part == "load":
            return "effort x min"
        units = {Kind.SLEEP: "h", Kind.EATING: "h", Kind.WORKOUT: "min"}
        return units.get(self.kind, SPECS[self.kind].unit)


def variable_from(text: str) -> Variable:
    """The variable with this id. Raises UsageError naming what is unknown."""
    head, _, name = text.partition(":")
    kind_text, _, part = head.partition(".")
    try:
        kind = Kind(kind_text)
    except ValueError:
        raise UsageError(f"unknown kind {kind_text!r}", f"kinds: {', '.join(Kind)}") from None
    if part and part not in PARTS.get(kind, ()):
        parts = ", ".join(PARTS.get(kind, ())) or "none"
        raise UsageError(f"{kind.value} has no part {part!r}", f"parts: {parts}")
    return Variable(kind, name or None, part or None)


@dataclass(frozen=True, slots=True)
class DayValue:
    """What is known of one variable on one day."""

    state: State | None
    """None: missing, nothing was recorded."""
    value: float | None = None
    """In the variable's unit; 0 for an explicit no; None when missing or skipped."""
    n: int = 0
    """Entries it was made of."""
    unit: str | None = None
    """Unit, where the entries bring their own (a dose)."""
    late: bool = False
    """Whether any of them was written after the day was over."""
    last_at: datetime | None = None
    """Instant of the last of them that has one (last cup)."""
    counted: bool = field(default=False, compare=False)
    """Whether an amount was given, so that 1 is one of something and not a yes."""


MISSING = DayValue(None)


class BodyLog:
    """Entries of a stretch of days, filed once under the day each belongs to."""

    def __init__(self, entries: Iterable[Entry], start: time = DAY_START) -> None:
        self.start = start
        self._days: dict[date, list[Entry]] = {}
        for entry in entries:
            self._days.setdefault(day_of(entry, start), []).append(entry)

    @property
    def days(self) -> list[date]:
        """Days that have an entry, ascending."""
        return sorted(self._days)

    def entries(self) -> list[Entry]:
        """All of them, by day and in the order they came."""
        return [entry for day in self.days for entry in self._days[day]]

    def of(self, day: date, variable: Variable | None = None) -> list[Entry]:
        """Entries filed under `day`; with `variable` only those that speak of it."""
        found = self._days.get(day, [])
        return found if variable is None else [e for e in found if _speaks_of(e, variable)]

    def value(self, day: date, variable: Variable) -> DayValue:
        """The day's value of `variable`."""
        return day_value(self.of(day, variable), variable)

    def variables(self) -> list[Variable]:
        """Every variable that has an entry, parts included, in the order of the kinds."""
        seen: set[Variable] = set()
        for entries in self._days.values():
            for entry in entries:
                named = entry.kind in (Kind.HABIT, Kind.STOP)
                seen.add(Variable(entry.kind, entry.name if named else None))
                for part in PARTS.get(entry.kind, ()):
                    if getattr(entry, "effort" if part == "load" else part) is not None:
                        seen.add(Variable(entry.kind, None, part))
        order = list(Kind)
        return sorted(seen, key=lambda v: (order.index(v.kind), v.name or "", v.part or ""))


def day_value(entries: Sequence[Entry], variable: Variable) -> DayValue:
    """One value out of the entries of one day and one variable."""
    # a quality given apart from the length is not replaced by a later length
    kept = list(entries) if variable.part == "quality" else standing(entries)
    given = [e for e in kept if e.state is State.GIVEN]
    if not given:
        states = {e.state for e in kept}
        for state, value in ((State.NO, 0.0), (State.SKIPPED, None)):
            if state in states:
                if variable.part in ("quality", "effort"):
                    value = None
                return DayValue(state, value, len(kept), late=any(e.late for e in kept))
        return MISSING
    moments = [m for m in (anchor(e) for e in given) if m is not None]
    return DayValue(
        State.GIVEN,
        _combined(given, variable),
        len(given),
        next((e.unit for e in reversed(given) if e.unit), variable.unit),
        any(e.late for e in given),
        max(moments, default=None),
        any(e.value is not None for e in given),
    )


def standing(entries: Sequence[Entry]) -> list[Entry]:
    """Entries that still count: a whole-day amount replaces what was recorded before it.

    For sleep it replaces all others, for a length of sleep is always that of the whole night.
    """
    ordered = sorted(entries, key=lambda e: (e.recorded_at, e.id))
    whole = [
        at for at, e in enumerate(ordered) if e.scope is Scope.DAY and e.state is not State.SKIPPED
    ]
    if not whole:
        return ordered
    if ordered[whole[-1]].kind is Kind.SLEEP:
        return [ordered[whole[-1]]]
    return ordered[whole[-1] :]


def apart(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Sleeps or workouts in groups that share time: one night seen by two devices is one group."""
    groups: list[list[Entry]] = []
    reach: datetime | None = None
    timed = sorted((e for e in entries if span_of(e)), key=lambda e: (e.start, e.end))
    for entry in timed:
        span = span_of(entry)
        if span is None:
            continue
        if reach is not None and span.start < reach:
            groups[-1].append(entry)
            reach = max(reach, span.end)
        else:
            groups.append([entry])
            reach = span.end
    groups.extend([e] for e in entries if span_of(e) is None)
    return groups


def summed_s(entries: Sequence[Entry]) -> int | None:
    """Seconds of sleeps or workouts; of those that share time the longest counts. None: unknown."""
    longest = [
        max(known)
        for group in apart(entries)
        if (known := [s for s in map(length_s, group) if s is not None])
    ]
    return sum(longest) if longest else None


def _speaks_of(entry: Entry, variable: Variable) -> bool:
    if entry.kind is not variable.kind:
        return False
    return variable.name is None or entry.name == variable.name or entry.name is None


def _combined(given: list[Entry], variable: Variable) -> float | None:
    if variable.part is not None:
        return _part(given, variable.part)
    kind = variable.kind
    if kind in (Kind.SLEEP, Kind.WORKOUT, Kind.EATING):
        seconds = summed_s(given)
        return None if seconds is None else seconds / (60 if kind is Kind.WORKOUT else 3600)
    values = [v for v in map(amount, given) if v is not None]
    if not values:
        return None
    if kind is Kind.OUTPUT:
        return values[-1]
    if kind is Kind.SUGAR:
        return max(values)
    if kind is Kind.ENERGY or (kind is Kind.HABIT and given[-1].scale is not None):
        return sum(values) / len(values)
    if kind is Kind.WORKED or all(e.value is None for e in given):
        return 1.0
    return sum(values)


def _part(given: list[Entry], part: str) -> float | None:
    values: list[float] = []
    for group in apart(given):
        if part == "quality":
            found = [float(e.quality) for e in group if e.quality is not None]
        elif part == "effort":
            found = [e.effort for e in group if e.effort is not None]
        else:
            found = [v for v in map(load, group) if v is not None]
        if found:
            values.append(max(found))
    if not values:
        return None
    return sum(values) if part == "load" else sum(values) / len(values)
