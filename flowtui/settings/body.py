"""The section [body] of the settings: what is kept of the body, what is asked, when to remind.

The parts of the body log are imported only where a value is given, so that an app without any
such setting starts without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date, time, timedelta
from types import MappingProxyType
from typing import Any, TypeVar

from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.settings.kinds import Kind, clock_time, many, optional, text, whole, yes_no
from flowtui.settings.problems import Collector, shown
from flowtui.settings.sections import option

T = TypeVar("T")
NONE: Mapping[str, Any] = MappingProxyType({})
LONGEST_AWAY = 400
"""Days; more in one stretch is a mistyped year."""


def _targets() -> Kind[Mapping[str, str]]:
    def read(raw: object) -> Mapping[str, str]:
        from flowtui.core.body.fasting import targets_from

        table = {"default": raw} if isinstance(raw, str) else raw
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise ValueError
        try:
            targets_from(table)
        except UsageError:
            raise ValueError from None
        return MappingProxyType(dict(table))

    form = 'a table of days such as {default = "16:8", sat = "14:10", sun = "off"}'
    return Kind(form, read, dict)


def _habits() -> Kind[Mapping[str, Any]]:
    def read(raw: object) -> Mapping[str, Any]:
        if not isinstance(raw, dict):
            raise ValueError
        return MappingProxyType(dict(raw))

    form = 'a table such as {meditate = "yes_no", iron = {form = "dose", unit = "mg"}}'
    return Kind(form, read, dict)


def _table(kind: Kind[Mapping[str, T]], help: str) -> Mapping[str, T]:
    made: Any = field(default_factory=lambda: NONE, metadata={"kind": kind, "help": help})
    result: Mapping[str, T] = made
    return result


def _question(word: str) -> bool:
    from flowtui.core.body.entry_days import variable_from

    if word in ("habit", "stop", "plan"):
        return True
    try:
        variable_from(word)
    except UsageError:
        return False
    return True


def _floor(word: str) -> bool:
    from flowtui.core.body.floors import floor_from

    try:
        floor_from(word)
    except UsageError:
        return False
    return True


def _thing(word: str) -> bool:
    return bool(word.strip()) and len(word) <= 60 and word.isprintable()


def days_away(stretch: str) -> tuple[date, ...]:
    """Days of `2026-03-01` or `2026-03-01..2026-03-08`. Raises ValueError for anything else."""
    first, dots, last = stretch.partition("..")
    start = date.fromisoformat(first)
    end = date.fromisoformat(last) if dots else start
    if not 0 <= (end - start).days < LONGEST_AWAY:
        raise ValueError
    return tuple(start + timedelta(days=n) for n in range((end - start).days + 1))


def _away(word: str) -> bool:
    try:
        return bool(days_away(word))
    except ValueError:
        return False


FLOOR = text("a floor", _floor)
FLOOR_FORMS = "workout 3 days, sleep 5 days >= 7, caffeine 5 days <= 2"


@dataclass(frozen=True, slots=True)
class Body:
    """The body log: what is kept, what the check-in asks, what you are reminded of."""

    eating: bool | None = option(
        None,
        optional(yes_no(), "when used"),
        "Keep an eating window. When used: from the first one you open.",
    )
    targets: Mapping[str, str] = _table(
        _targets(), "Hours fasting:eating that make 24, by weekday; off for none."
    )
    status_line: bool = option(
        False, yes_no(), "Say the eating window in the line of flowtui status."
    )
    habits: Mapping[str, Any] = _table(
        _habits(), "Habits of your own; forms: yes_no, count, dose, scale."
    )
    stops: tuple[str, ...] = option(
        (),
        many(text("a few words", _thing), "things"),
        "What not to do; the check-in asks how often it happened.",
    )
    order: tuple[str, ...] = option(
        (),
        many(text("a question", _question), "questions such as energy, sleep.quality, habit"),
        "What the check-in asks first, in this order; the others follow.",
    )
    hidden: tuple[str, ...] = option(
        (),
        many(text("a question", _question), "questions such as sugar, stop, plan"),
        "What the check-in never asks.",
    )
    floors: tuple[str, ...] = option(
        (),
        many(FLOOR, f"floors such as {FLOOR_FORMS}"),
        "The least that a week is meant to hold; rest days are those of [day].",
    )
    away: tuple[str, ...] = option(
        (),
        many(text("days", _away), "days such as 2026-03-01 or 2026-03-01..2026-03-08"),
        "Days of travel, on which no floor asks for anything.",
    )
    checkin_at: time | None = option(
        time(21),
        optional(clock_time(), "off"),
        "When to remind of the check-in, if the body log was used in the last two weeks.",
    )
    closing_min: int | None = option(
        30,
        optional(whole(1, 240, "minutes"), "off"),
        "How long before the end of its target an open eating window is told of.",
    )
    wind_down: time | None = option(
        None, optional(clock_time(), "off"), "When to be told that the day may end."
    )


def with_habits(body: Body, raw: Mapping[str, Any], name: str, into: Collector) -> Body:
    """`body` with the habits of `raw` that can be meant; a problem for each of the others."""
    from flowtui.core.body.habits import habits_from

    good: dict[str, Any] = {}
    for habit, settings in raw.items():
        try:
            habits_from({**good, habit: settings})
        except UsageError as error:
            hint = f"; {error.hint}" if error.hint else ""
            into.add(f"{name}.{shown(habit)}", f"{error.message}{hint}")
        else:
            good[habit] = settings
    return replace(body, habits=MappingProxyType(good))
