"""Next week's deep hours as a proposal, out of goals, calendars and what is planned already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, time, timedelta
from typing import TYPE_CHECKING

from flowtui.core.day import week_of
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.free_time import busy_spans
from flowtui.core.plan.planned_block import Occurrence, PlannedBlock, Standing
from flowtui.core.plan.schedule import WEEKEND, Schedule
from flowtui.core.plan.week_plan import DayRoom, Proposed, WeekPlan, propose
from flowtui.core.span import Span
from flowtui.core.wall_time import place

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

USUAL_S = 90 * 60
EXPECTED = (Standing.PLANNED, Standing.DUE, Standing.BEGUN)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A week plan, and the room that it was made from, by which its blocks are moved."""

    first: date
    last: date
    plan: WeekPlan
    rooms: tuple[DayRoom, ...]
    remarks: tuple[str, ...] = ()
    """Why a calendar was left out."""


def next_week(services: Services) -> date:
    """The first day of the next week."""
    return week_of(services.today(), services.first_weekday)[1] + timedelta(days=1)


def proposal(
    services: Services,
    week: date,
    hours: float | None = None,
    length_s: int | None = None,
) -> Proposal:
    """A proposal for the week that holds `week`, from now on where it is this one.

    `hours` are those meant for the whole week, by default the goal of the settings, else what the
    last four weeks had on average. Raises UsageError where none is there, or the week is over.
    """
    first, last = week_of(week, services.first_weekday)
    now = services.clock.now()
    goal = hours if hours is not None else services.config.goals.week_h
    goal = _usual_week(services) if goal is None else goal
    if goal is None:
        raise UsageError("no hours are meant for a week", "say how many: --hours 12")
    if last < services.plan_book.today():
        raise UsageError(f"the week of {first} is over", "name one to come")
    planned = [o for o in services.plan_book.between(first, last) if o.standing in EXPECTED]
    # what was begun counts by its focus, what is to come by its plan
    done = services.totals.by_day(now, first, last)
    ahead = [o for o in planned if o.standing is not Standing.BEGUN]
    planned_s = sum(done.values()) + sum(o.plan.seconds or 0 for o in ahead)
    rooms, remarks = _rooms(services, first, last, planned, done)
    overwork_h = services.config.goals.overwork_h
    meant_s = round(goal * 3600)
    length = length_s or services.plans.default().seconds or USUAL_S
    blocks, left_s = propose(
        rooms, meant_s - planned_s, length, round(overwork_h * 3600) if overwork_h else None
    )
    plan = WeekPlan(tuple(blocks), meant_s, planned_s, left_s)
    return Proposal(first, last, plan, tuple(rooms), remarks)


def take(
    services: Services, blocks: Sequence[Proposed], intention: str = "", group: str | None = None
) -> list[PlannedBlock]:
    """Plan `blocks`, each for its day alone; one command, or a part of `group`."""
    return services.plan_book.add_all(drafts(services, blocks, intention), group)


def drafts(
    services: Services, blocks: Sequence[Proposed], intention: str = ""
) -> list[PlannedBlock]:
    """`blocks` as plans that were not kept yet, each for its day alone."""
    context, found = services.contexts.named(None, ""), []
    for block in blocks:
        wall = block.start.astimezone(services.zone)
        schedule = Schedule(wall.hour * 60 + wall.minute, on=wall.date())
        found.append(PlannedBlock("", schedule, block.seconds, intention, context=context))
    return found


def _usual_week(services: Services) -> float | None:
    """Hours of a week, by the last four that are over and had any, else by the running one."""
    first = week_of(services.today(), services.first_weekday)[0]
    now = services.clock.now()
    back = first - timedelta(days=28)
    sums = services.totals.by_day(now, back, first - timedelta(days=1))
    weeks = [0] * 4
    for day, seconds in sums.items():
        weeks[(day - back).days // 7] += seconds
    worked = [seconds for seconds in weeks if seconds]
    if not worked:
        worked = [sum(services.totals.by_day(now, first, first + timedelta(days=6)).values())]
    return max(1.0, round(sum(worked) / len(worked) / 1800) / 2) if any(worked) else None


def _rooms(
    services: Services,
    first: date,
    last: date,
    planned: Sequence[Occurrence],
    done: Mapping[date, int],
) -> tuple[list[DayRoom], tuple[str, ...]]:
    busy, remarks = _meetings(services, first, last)
    busy += [
        Span(one.at, one.ends_at or one.at + timedelta(seconds=USUAL_S))
        for one in planned
        if one.standing is not Standing.BEGUN
    ]
    now, zone = services.clock.now(), services.zone
    away = services.body.log.away(services.body.log.log(first, last))
    begins, ends = working_hours(services.config.plan.hours)
    rest = services.config.day.rest_days
    rooms = []
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        if day.weekday() in rest or day in away:
            continue
        start, end = place(day, begins, zone).instant, place(day, ends, zone).instant
        start = max(start, now.astimezone(UTC))
        if start >= end:
            continue
        hours = Span(start, end)
        mine = tuple(span for span in busy if span.overlaps(hours))
        sums = sum(
            o.plan.seconds or 0
            for o in planned
            if o.standing is not Standing.BEGUN and o.at.astimezone(zone).date() == day
        )
        rooms.append(
            DayRoom(
                day, hours, mine, sums + done.get(day, 0), not rest and day.weekday() in WEEKEND
            )
        )
    return rooms, remarks


def _meetings(services: Services, first: date, last: date) -> tuple[list[Span], tuple[str, ...]]:
    if not services.calendars.sources:
        return [], ()
    try:
        reading = services.calendars.days(first, last)
    except FlowError as error:
        return [], (f"planned without calendars: {error.message}",)
    return busy_spans(reading.events), reading.remarks


def working_hours(text: str) -> tuple[time, time]:
    """The two times of "09:00-18:00"."""
    begins, _dash, ends = text.partition("-")
    return time.fromisoformat(begins.zfill(5)), time.fromisoformat(ends.zfill(5))
