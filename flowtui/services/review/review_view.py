"""One look at a day, a week, a month or a year, for a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flowtui.core.day import week_of
from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import focus_of
from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.core.review.groups import By, grouped
from flowtui.core.review.picture import FloorKept, ReviewPicture, ReviewView
from flowtui.services.review.report import known_since, report

if TYPE_CHECKING:
    from flowtui.services.wiring import Services


def look(services: Services, view: ReviewView, day: date) -> ReviewPicture:
    """The picture of the day, or of the week, month or year that holds it."""
    services.store.ledger.refresh()
    first, last = stretch(view, day, services.first_weekday)
    goals = services.config.goals
    meant = {
        "day": goals.day_min * 60 if goals.day_min else 0,
        "week": round(goals.week_h * 3600) if goals.week_h else 0,
    }
    blocks = services.store.on_days(first, last)
    short = view in (ReviewView.DAY, ReviewView.WEEK)
    return ReviewPicture(
        view,
        report(services, first, last, blocks),
        services.clock.now(),
        services.zone,
        services.today(),
        services.rule.start_of(first),
        services.first_weekday,
        tuple(blocks) if view is ReviewView.DAY else (),
        tuple(services.plan_book.between(first, last)) if short else (),
        _meetings(services, first) if view is ReviewView.DAY else (),
        meant,
        () if view is ReviewView.DAY else _floors(services, first, last, blocks),
        _hours(services, first, last, blocks),
    )


def _hours(services: Services, first: date, last: date, blocks: Sequence[Block]) -> dict[str, int]:
    """Focus by the hour; not of a year, whose hours nobody changes next week by."""
    if (last - first).days > 31:
        return {}
    ended = [block for block in blocks if block.ended_at is not None]
    now, day_of = services.clock.now(), services.store.day_of
    return {group.key: group.focus_s for group in grouped(ended, By.HOUR, now, day_of)}


def _floors(
    services: Services, first: date, last: date, blocks: Sequence[Block]
) -> tuple[FloorKept, ...]:
    """Each floor of a context with the weeks in which it was kept, those to come left out."""
    now, today = services.clock.now(), services.today()
    wanted = {
        name: round(context.week_floor_h * 3600)
        for name, context in services.config.contexts.items()
        if context.week_floor_h
    }
    if not wanted:
        return ()
    sums: dict[str, Counter[date]] = {name: Counter() for name in wanted}
    for block in blocks:
        if block.context in sums:
            week = week_of(services.store.day_of(block), services.first_weekday)[0]
            sums[block.context][week] += focus_of(block, now)
    if not any(sums.values()):
        return ()
    since = known_since(services, first, blocks)
    begin = week_of(max(first, since) if since else first, services.first_weekday)[0]
    end = min(last, today)
    weeks = [begin + timedelta(days=7 * n) for n in range((end - begin).days // 7 + 1)]
    whole = [week for week in weeks if week + timedelta(days=6) <= today or len(weeks) == 1]
    return tuple(
        FloorKept(
            name,
            floor,
            sums[name].total(),
            sum(sums[name][week] >= floor for week in whole),
            len(whole),
        )
        for name, floor in wanted.items()
        if sums[name]
    )


def stretch(view: ReviewView, day: date, first_weekday: int = 0) -> tuple[date, date]:
    """First and last day of what holds `day`."""
    if view is ReviewView.DAY:
        return day, day
    if view is ReviewView.WEEK:
        return week_of(day, first_weekday)
    if view is ReviewView.MONTH:
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return date(day.year, 1, 1), date(day.year, 12, 31)


def moved(view: ReviewView, day: date, steps: int) -> date:
    """A day in the stretch that lies `steps` further; the same day where there is none."""
    try:
        if view is ReviewView.DAY:
            return day + timedelta(days=steps)
        if view is ReviewView.WEEK:
            return day + timedelta(weeks=steps)
        if view is ReviewView.YEAR:
            return day.replace(year=day.year + steps, day=min(day.day, 28))
        month = day.year * 12 + day.month - 1 + steps
        return date(month // 12, month % 12 + 1, min(day.day, 28))
    except (ValueError, OverflowError):
        return day


def _meetings(services: Services, day: date) -> tuple[CalendarEvent, ...]:
    """Of the calendars; a day without them is shown all the same."""
    if not services.calendars.sources:
        return ()
    try:
        return services.calendars.days(day, day + timedelta(days=1)).events
    except FlowError:
        return ()
