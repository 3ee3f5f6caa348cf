"""A planned block, its occurrences, and how each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from flowtui.core.codec import STORED
from flowtui.core.focus.block import Mode
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.schedule import Schedule
from flowtui.core.wall_time import place

LEAST_OFFER = timedelta(minutes=15)
"""How long at least a planned block stays on offer after its time."""


@dataclass(frozen=True, slots=True)
class PlannedBlock:
    """What is meant to happen, once or again and again."""

    id: str
    schedule: Schedule
    seconds: int | None = field(metadata=STORED)
    """Planned focus; None for an open end."""
    intention: str = field(default="", metadata=STORED)
    then: str = ""
    tags: tuple[str, ...] = ()
    context: str = field(default="work", metadata=STORED)
    mode: Mode | None = None
    guard: tuple[str, ...] = ()
    """Lists kept away; empty for those that every block of its context has."""
    strictness: str = ""
    """That of its guard; empty for the usual one."""
    arm: bool = False
    """Its guard is put on at its time, whether it is begun or not."""
    auto: bool = False
    """It begins by itself where an app is open and a key was pressed lately."""
    made_at: datetime | None = None

    def check_stored(self) -> None:
        """Raises ValueError for what no command could have made."""
        self.schedule.check_stored()
        if self.seconds is not None and not 60 <= self.seconds <= 24 * 3600:
            raise ValueError("has a length that no block has")


class AnswerKind(StrEnum):
    """What was answered to one occurrence."""

    MOVED = "moved"
    LET_GO = "let go"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to one occurrence of a planned block; its id is PLAN@DAY."""

    id: str
    plan: str
    occurrence: date
    """The day by the schedule; the time to which it was moved may lie on another."""
    kind: AnswerKind
    answered_at: datetime
    to: datetime | None = None
    """Where it was moved."""


class Standing(StrEnum):
    """How an occurrence stands. None of them is a reproach."""

    PLANNED = "planned"
    DUE = "due"
    BEGUN = "begun"
    LET_GO = "let go"
    NOT_BEGUN = "not begun"
    REST_DAY = "rest day"
    AWAY = "away"


_BY_TIME = (Standing.PLANNED, Standing.DUE, Standing.NOT_BEGUN)
"""What only the time tells apart."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A planned block on one day."""

    plan: PlannedBlock
    day: date
    """The day by the schedule, which with the plan's id names it."""
    at: datetime
    """Aware, in UTC: by the schedule, or where it was moved."""
    standing: Standing
    moved: bool = False
    remark: str = ""
    """How an hour that does not exist, or comes twice, was read."""
    block: str = ""
    """The id of the block that was begun for it."""

    @property
    def id(self) -> str:
        """PLAN@DAY, by which commands name it."""
        return occurrence_id(self.plan.id, self.day)

    @property
    def ends_at(self) -> datetime | None:
        """When it ends if it begins in time; None for an open end."""
        return self.at + timedelta(seconds=self.plan.seconds) if self.plan.seconds else None

    def as_json(self) -> dict[str, Any]:
        """As `flowtui plan list --json` prints it."""
        return {
            "id": self.id,
            "plan": self.plan.id,
            "day": self.day.isoformat(),
            "at": self.at.isoformat(),
            "planned_s": self.plan.seconds,
            "intention": self.plan.intention,
            "standing": self.standing.value,
            "moved": self.moved,
            "block": self.block or None,
            "remark": self.remark,
        }


def occurrence_id(plan: str, day: date) -> str:
    """The name of an occurrence."""
    return f"{plan}@{day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides how occurrences stand."""

    now: datetime
    zone: ZoneInfo
    rest: frozenset[int] = frozenset()
    """Weekdays on which nothing is expected; Monday is 0."""
    away: frozenset[date] = frozenset()
    """Days on which the person is away."""


def occurrences(
    plans: Iterable[PlannedBlock],
    answers: Mapping[str, Answer],
    begun: Mapping[str, str],
    first: date,
    last: date,
    around: Surroundings,
) -> list[Occurrence]:
    """What is planned from `first` to `last`, both included, by its time.

    `answers` are by the id of the occurrence, `begun` are the ids of blocks by the same. What was
    moved counts on the day to which it was moved, by the clock of `around`.
    """
    found = []
    for plan in plans:
        moved_here = {
            answer.occurrence
            for answer in answers.values()
            if answer.plan == plan.id and answer.to is not None
        }
        for day in {*plan.schedule.days(first, last), *moved_here}:
            one = _occurrence(plan, day, answers, begun, around)
            if plan.made_at is not None and one.at < plan.made_at:
                continue  # its time had gone by when it was planned
            if first <= one.at.astimezone(around.zone).date() <= last:
                found.append(one)
    return stand(sorted(found, key=lambda one: (one.at, one.id)), around.now)


def _occurrence(
    plan: PlannedBlock,
    day: date,
    answers: Mapping[str, Answer],
    begun: Mapping[str, str],
    around: Surroundings,
) -> Occurrence:
    id = occurrence_id(plan.id, day)
    answer = answers.get(id)
    placed = place(day, plan.schedule.clock, around.zone)
    at, moved = placed.instant, False
    if answer is not None and answer.to is not None:
        at, moved = answer.to, True
    if id in begun:
        standing = Standing.BEGUN
    elif answer is not None and answer.kind is AnswerKind.LET_GO:
        standing = Standing.LET_GO
    elif moved:
        standing = Standing.PLANNED
    elif day in around.away:
        standing = Standing.AWAY
    elif _rests(plan.schedule, day, around.rest):
        standing = Standing.REST_DAY
    else:
        standing = Standing.PLANNED
    remark = "" if moved else placed.remark or ""
    return Occurrence(plan, day, at, standing, moved, remark, begun.get(id, ""))


def _rests(schedule: Schedule, day: date, rest: frozenset[int]) -> bool:
    """A rule gives way to a rest day, unless it names rest days alone, and so means them."""
    return schedule.repeats and day.weekday() in rest and not set(schedule.weekdays) <= rest


def stand(planned: Iterable[Occurrence], now: datetime) -> list[Occurrence]:
    """How `planned` (by time) stand at `now`: of those gone by at most one is due, the latest."""
    found = [
        replace(one, standing=Standing.PLANNED) if one.standing in _BY_TIME else one
        for one in planned
    ]
    open_ones = [one for one in found if one.standing is Standing.PLANNED and one.at <= now]
    latest = open_ones[-1] if open_ones else None
    due = latest if latest is not None and now < offer_ends_at(latest) else None
    return [
        one
        if one not in open_ones
        else replace(one, standing=Standing.DUE if one is due else Standing.NOT_BEGUN)
        for one in found
    ]


def offer_ends_at(one: Occurrence) -> datetime:
    """Until when it is offered: half of its length, a quarter of an hour at least."""
    length = timedelta(seconds=one.plan.seconds or 0)
    return one.at + max(LEAST_OFFER, length / 2)
