"""What Review looks at: a day, a week, a month, a year; every figure is that of the reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flowtui.core.focus.block import Block
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.core.plan.planned_block import Occurrence, Standing
from flowtui.core.review.render import title
from flowtui.core.review.summary import Summary
from flowtui.core.status_file import minutes


class ReviewView(StrEnum):
    """What is looked at."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class ReviewPicture:
    """One look."""

    view: ReviewView
    summary: Summary
    now: datetime
    zone: ZoneInfo
    today: date
    starts_at: datetime
    """When the first day begins."""
    first_weekday: int = 0
    blocks: tuple[Block, ...] = ()
    """Of a day."""
    planned: tuple[Occurrence, ...] = ()
    """Of a day or a week."""
    meetings: tuple[CalendarEvent, ...] = ()
    """Of a day."""
    goals: Mapping[str, int] = field(default_factory=dict)
    """Focus meant for a day (`day`) and a week (`week`), in seconds, where it was set."""
    floors: tuple[FloorKept, ...] = ()
    """Of a week, a month or a year: what keeps a context alive."""
    hours: Mapping[str, int] = field(default_factory=dict)
    """Focus seconds by the hour of the day in which they lay."""


@dataclass(frozen=True, slots=True)
class FloorKept:
    """A floor of a context, and the weeks in which it was kept."""

    context: str
    floor_s: int
    focus_s: int
    """In all the weeks."""
    kept: int
    weeks: int
    """Whole weeks that are over; for a running one alone, 1."""


def heading(picture: ReviewPicture) -> tuple[str, str]:
    """What is looked at, and how much it was."""
    summary = picture.summary
    first = summary.first
    goal = picture.goals.get(picture.view.value)
    meant = f" of {minutes(goal)}" if goal else ""
    what = {
        ReviewView.DAY: f"{first:%A} {first.day} {first:%B}",
        ReviewView.WEEK: f"Week {first.isocalendar().week}   {title(summary)}",
        ReviewView.MONTH: f"{first:%B} {first.year}",
        ReviewView.YEAR: f"{first.year}",
    }[picture.view]
    blocks = "1 block" if summary.blocks == 1 else f"{summary.blocks} blocks"
    return what, f"{minutes(summary.focus_s)}{meant}   {blocks}"


def rows_of(picture: ReviewPicture) -> list[date]:
    """The days that the mark can stand on: days of a week, first days of a month's or year's weeks.

    None in a day: there it stands on what is planned (`open_plans`).
    """
    days = [day.day for day in picture.summary.days]
    if picture.view is ReviewView.WEEK:
        return days
    if picture.view is ReviewView.DAY:
        return []
    first = first_shown(picture)
    weeks = (days[-1] - first).days // 7 + 1
    return [first + timedelta(days=7 * week) for week in range(weeks)]


def first_shown(picture: ReviewPicture) -> date:
    """The first day of the first week of a month or a year, which may lie before it."""
    first = picture.summary.first
    return first - timedelta(days=(first.weekday() - picture.first_weekday) % 7)


def open_plans(picture: ReviewPicture) -> list[Occurrence]:
    """What of a day is planned and was not begun: what keys can move, let go or begin."""
    return [one for one in picture.planned if one.standing in OPEN]


OPEN = (Standing.PLANNED, Standing.DUE, Standing.NOT_BEGUN)
