"""The days of a report as so many stretches as one can take in: days, weeks or months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby

from flowtui.core.day import week_of
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.review.summary import MOST_DAYS, DayFigures, Summary

MOST_WEEKS = 14
"""A report of more days is told by months."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A day, a week or a month of a report."""

    name: str
    """"Mon 16", "16 Nov", "Nov"; a week by its first day."""
    spoken: str
    """The same for those who hear it: "Monday", "the week of 16 November", "November"."""
    focus_s: int
    rest: bool = False
    """True for a day that was meant for rest."""


def stretches(summary: Summary) -> list[Stretch]:
    """What the chart of a report shows; ends without focus are left out of weeks and months."""
    days = summary.days
    if len(days) <= MOST_DAYS:
        return [Stretch(f"{d.day:%a} {d.day.day}", f"{d.day:%A}", d.focus_s, d.rest) for d in days]
    if len(days) <= 7 * MOST_WEEKS:
        return _sums(summary, lambda day: week_of(day, summary.first_weekday)[0], "week")
    return _sums(summary, lambda day: day.replace(day=1), "month")


def kind_of(summary: Summary) -> str:
    """What one stretch is: "day", "week" or "month"."""
    if len(summary.days) <= MOST_DAYS:
        return "day"
    return "week" if len(summary.days) <= 7 * MOST_WEEKS else "month"


def _sums(summary: Summary, begins: Callable[[date], date], kind: str) -> list[Stretch]:
    years = summary.first.year != summary.last.year
    found: list[Stretch] = []
    for first, days in groupby(summary.days, lambda day: begins(day.day)):
        shown = max(first, summary.first)
        if kind == "week":
            name = f"{shown.day} {shown:%b}"
            spoken = f"the week of {shown.day} {shown:%B}"
        else:
            name, spoken = f"{first:%b}", f"{first:%B}"
        year = f" {first.year}" if years else ""
        found.append(Stretch(name + year, spoken + year, sum(day.focus_s for day in days)))
    while found and not found[0].focus_s:
        found.pop(0)
    while found and not found[-1].focus_s:
        found.pop()
    return found


def weeks_of(summary: Summary) -> list[list[DayFigures | None]]:
    """The days in weeks of seven, None where a week has a day outside of the report.

    From the first day with focus on to the last.
    """
    known = [day for day in summary.days if day.focus_s]
    if not known:
        return []
    by_day = {day.day: day for day in summary.days}
    at, last = week_of(known[0].day, summary.first_weekday)[0], known[-1].day
    weeks = []
    while at <= last:
        weeks.append([by_day.get(at + timedelta(days=step)) for step in range(7)])
        at += timedelta(days=7)
    return weeks
