"""One look at a day, a week, a month or a year, for a screen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flowtui.core.day import week_of
from flowtui.core.errors import FlowError
from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.core.review.picture import ReviewPicture, ReviewView
from flowtui.services.review.report import report

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
    short = view in (ReviewView.DAY, ReviewView.WEEK)
    return ReviewPicture(
        view,
        report(services, first, last),
        services.clock.now(),
        services.zone,
        services.today(),
        services.rule.start_of(first),
        services.first_weekday,
        tuple(services.store.on_days(first, last)) if view is ReviewView.DAY else (),
        tuple(services.plan_book.between(first, last)) if short else (),
        _meetings(services, first) if view is ReviewView.DAY else (),
        meant,
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
