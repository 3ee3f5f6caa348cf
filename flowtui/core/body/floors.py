"""Weekly floors: the little that is enough, with rest days and travel days that break nothing.

A floor is met over a whole week, whichever days it falls on; there is no chain to break. Days of
travel are taken out of the week, and the floor shrinks with it. Rest days are part of every
week, so a floor that counts days can never ask for them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from flowtui.core.body.day_series import days_between
from flowtui.core.body.entry import anchor, day_of
from flowtui.core.body.entry_days import BodyLog, Variable, variable_from
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.fasting import WEEKDAYS
from flowtui.core.body.habits import habit_name
from flowtui.core.day import ONE_DAY, week_of
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.length_grammar import NUMBER, parse_number
from flowtui.core.zones import zone_or_utc

WEEK = 7
FORMS = "write: workout 3 days, workout 120, sleep 5 days >= 7, caffeine 5 days <= 2"
_FLOOR = re.compile(rf"(\D.*?) ({NUMBER})( days?)?(?: ?(>=|<=|≥|≤) ?({NUMBER}))?")


class Per(StrEnum):
    """What a floor counts."""

    DAYS = "days"
    AMOUNT = "amount"


class FloorState(StrEnum):
    """Where a week stands against a floor; none of them is a failure."""

    MET = "met"
    OPEN = "open"
    BELOW = "below"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a week is meant to hold."""

    variable: Variable
    least: float
    """Days, or the summed value in the variable's unit."""
    per: Per = Per.DAYS
    at_least: float | None = None
    """A day counts from this value on; None: any value above 0."""
    at_most: float | None = None
    """A day counts up to this value, an explicit no too; None: no such bound."""


@dataclass(frozen=True, slots=True)
class FloorWeek:
    """One floor in one week."""

    floor: Floor
    first: date
    done: float
    needed: float
    """The floor, shrunk by the days of travel; whole days are rounded down."""
    missing_days: int
    """Days that are over, asked of, and have no record at all."""
    days_left: int
    """Days of the week, today included, on which it can still grow."""
    rest: tuple[date, ...]
    travel: tuple[date, ...]
    state: FloorState


def floor_from(text: str) -> Floor:
    """A floor as written in configuration: `workout 3 days`, `workout 120`, `sleep 5 days >= 7`,
    `caffeine 5 days <= 2`; a habit by its plain name: `meditate 4 days`.

    Raises UsageError for what cannot be meant, such as 9 days a week.
    """
    match = _FLOOR.fullmatch(" ".join(text.split()))
    if match is None:
        raise UsageError(f"{text!r} is not a floor", FORMS)
    name, amount, days, sign, bound = match.groups()
    least, per = parse_number(amount) or 0.0, Per.DAYS if days else Per.AMOUNT
    limit = WEEK if per is Per.DAYS else math.inf
    if not 0 < least <= limit:
        raise UsageError(f"{text!r} asks for {least:g} a week", f"a week has {WEEK} days")
    edge = parse_number(bound) if bound else None
    at_most = edge if sign in ("<=", "≤") else None
    if at_most is not None and per is Per.AMOUNT:
        raise UsageError(f"{text!r} has an upper bound without days", "caffeine 5 days <= 2")
    at_least = edge if at_most is None else None
    return Floor(_variable(name), least, per, at_least, at_most)


def _variable(name: str) -> Variable:
    """The variable of that id; any other words are the plain name of a habit."""
    head = name.partition(":")[0].partition(".")[0]
    return variable_from(name) if head in set(Kind) else Variable(Kind.HABIT, habit_name(name))


def rest_days_from(names: Iterable[str]) -> frozenset[int]:
    """Weekdays of rest, Monday = 0, from short names. Raises UsageError for an unknown one."""
    found = set()
    for name in names:
        if name not in WEEKDAYS:
            raise UsageError(f"{name!r} is not a weekday", f"weekdays: {', '.join(WEEKDAYS)}")
        found.add(WEEKDAYS.index(name))
    return frozenset(found)


def floor_week(
    log: BodyLog,
    floor: Floor,
    day: date,
    today: date,
    rest: frozenset[int] = frozenset(),
    travel: Iterable[date] = (),
    first_weekday: int = 0,
) -> FloorWeek:
    """`floor` in the week that holds `day`, as seen on `today`.

    What is done on a rest or travel day still counts.
    """
    first, last = week_of(day, first_weekday)
    days = days_between(first, last)
    away = tuple(d for d in days if d in frozenset(travel))
    resting = tuple(d for d in days if d.weekday() in rest and d not in away)
    done = sum(_counted(log, floor, d) for d in days)
    needed = _needed(floor, len(away), len(resting))
    asked = [d for d in days if d not in away and d not in resting]
    missing = sum(
        log.value(d, floor.variable).state is None for d in asked if d < min(today, last + ONE_DAY)
    )
    left = sum(d >= today for d in days if d not in away)
    state = FloorState.OPEN if left else FloorState.BELOW
    if done >= needed and done > 0:
        state = FloorState.MET
    elif needed == 0:
        state = FloorState.EXCUSED
    return FloorWeek(floor, first, done, needed, missing, left, resting, away, state)


def weeks_met(weeks: Iterable[FloorWeek]) -> tuple[int, int]:
    """How many of the finished weeks met their floor, out of those that were not excused."""
    counted = [
        w for w in weeks if w.state is not FloorState.EXCUSED and w.state is not FloorState.OPEN
    ]
    return sum(w.state is FloorState.MET for w in counted), len(counted)


def travel_days(log: BodyLog) -> frozenset[date]:
    """Days on which the clock on the wall became another place's, seen from records' zones.

    A clock change at home is no travel. Imported records do not count: most formats name no zone.
    """
    found: set[date] = set()
    here: str | None = None
    moments = [(m, e) for e in log.entries() if (m := anchor(e)) and e.source.key is None]
    for moment, entry in sorted(moments, key=lambda pair: pair[0]):
        for zone in (entry.zone, entry.end_zone or entry.zone):
            if here is not None and _offset(here, moment) != _offset(zone, moment):
                found.add(day_of(entry, log.start))
            here = zone
    return frozenset(found)


def _offset(zone: str, moment: datetime) -> timedelta | None:
    return moment.astimezone(zone_or_utc(zone)).utcoffset()


def _counted(log: BodyLog, floor: Floor, day: date) -> float:
    value = log.value(day, floor.variable)
    if floor.at_most is not None:
        known = value.state in (State.GIVEN, State.NO) and value.value is not None
        return 1.0 if known and (value.value or 0.0) <= floor.at_most else 0.0
    if value.state is not State.GIVEN or value.value is None:
        return 0.0
    enough = value.value >= floor.at_least if floor.at_least is not None else value.value > 0
    if floor.per is Per.DAYS:
        return 1.0 if enough else 0.0
    return value.value if enough else 0.0


def _needed(floor: Floor, away: int, resting: int) -> float:
    share = floor.least * (WEEK - away) / WEEK
    if floor.per is Per.AMOUNT:
        return share
    return float(min(math.floor(share), WEEK - away - resting))
