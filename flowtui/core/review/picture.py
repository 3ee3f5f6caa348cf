"""What Review shows, and as which lines of text: a day, a week, a month, a year.

Every figure is that of the reports and of `log --by`. Nothing scores or ranks; rest is rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flowtui.core.focus.block import Block, Outcome
from flowtui.core.focus.measure import extent, focus_spans, measure
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.core.plan.planned_block import Occurrence, Standing
from flowtui.core.review.render import facts, title
from flowtui.core.review.summary import DayFigures, Summary
from flowtui.core.status_file import minutes
from flowtui.core.text import middle_cut

HOUR_S = 3600
STEPS = ((4 * HOUR_S, "█"), (2 * HOUR_S, "▓"), (HOUR_S, "▒"), (1, "░"))
"""From so much focus on, the mark of a day in a year; fixed, so that a quiet year looks quiet."""
NOTHING, REST = "·", "–"
LEGEND = "· none  ░ to 1 h  ▒ to 2 h  ▓ to 4 h  █ beyond  – rest"
OUTCOMES = {Outcome.DONE: "✓ done", Outcome.PARTLY: "◐ partly", Outcome.NOT: "✗ not"}
FOCUS, GAP, MEETING = "▇", "─", "▒"


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


def lines(picture: ReviewPicture, width: int, height: int) -> list[str]:
    """The view in at most `height` lines of at most `width` characters."""
    made = {
        ReviewView.DAY: _day,
        ReviewView.WEEK: _week,
        ReviewView.MONTH: _month,
        ReviewView.YEAR: _year,
    }[picture.view](picture, width)
    return [middle_cut(line, width) for line in made[:height]]


def _day(picture: ReviewPicture, width: int) -> list[str]:
    found = [*_timeline(picture, min(width, 96)), ""]
    zone = picture.zone
    for block in picture.blocks:
        span, seen = extent(block, picture.now), measure(block, picture.now)
        start, end = (f"{at.astimezone(zone):%H:%M}" for at in (span.start, span.end))
        mark = OUTCOMES[block.outcome] if block.outcome else ""
        tags = " ".join(f"#{tag}" for tag in block.tags)
        head = f"{start}–{end}  {minutes(seen.focus_s):>8}  {mark:<9} "
        name = middle_cut(block.intention or "a block", max(8, width - len(head) - len(tags) - 2))
        found.append(f"{head}{name}  {tags}".rstrip())
    for one in picture.planned:
        if one.standing is not Standing.BEGUN:
            at = f"{one.at.astimezone(zone):%H:%M}"
            name = one.plan.intention or "a block"
            found.append(f"{at:<11}  {one.standing.value:>8}  {'':<9} {name}")
    if not picture.blocks and not picture.planned:
        found.append("nothing on this day   [ and ] go to others   a in Focus enters a past block")
    return [*found, "", *_told(picture.summary, width)]


def _timeline(picture: ReviewPicture, width: int) -> list[str]:
    """The day as cells, hours above it."""
    cells = max(24, width // 24 * 24)
    start = picture.starts_at
    step = timedelta(hours=24) / cells

    def place(at: datetime) -> int:
        return min(cells, max(0, int((at - start) / step)))

    row = [NOTHING] * cells
    for event in picture.meetings:
        if event.busy:
            _fill(row, place(event.start), place(event.end), MEETING)
    for block in picture.blocks:
        span = extent(block, picture.now)
        _fill(row, place(span.start), place(span.end), GAP)
        for part in focus_spans(block, picture.now):
            _fill(row, place(part.start), place(part.end), FOCUS)
    hour = cells // 24
    every = 2 if hour >= 2 else 4
    scale = "".join(
        f"{(start + timedelta(hours=h)).astimezone(picture.zone):%H}".ljust(hour * every)
        for h in range(0, 24, every)
    )
    return [scale[:cells], "".join(row)]


def _fill(row: list[str], first: int, last: int, mark: str) -> None:
    for at in range(first, min(len(row), max(last, first + 1))):
        row[at] = mark


def _week(picture: ReviewPicture, width: int) -> list[str]:
    meant = _meant(picture)
    most = max([HOUR_S, *(day.focus_s for day in picture.summary.days), *meant.values()])
    room = max(8, min(40, width - 34))
    found = []
    for day in picture.summary.days:
        bar = _bar(day.focus_s, meant.get(day.day, 0), most, room)
        said = minutes(day.focus_s) if day.focus_s else "rest day" if day.rest else REST
        plan = f" of {minutes(meant[day.day])}" if meant.get(day.day) else ""
        marks = ["today"] if day.day == picture.today else []
        marks += ["a long day"] if day.long else []
        marks += [f"energy {day.energy:g}"] if day.energy is not None else []
        found.append(f"{day.day:%a}  {bar}  {said:>8}{plan}  {'  '.join(marks)}".rstrip())
    return [*found, "", *_told(picture.summary, width)]


def _meant(picture: ReviewPicture) -> dict[date, int]:
    """Planned focus by day, what was let go left out."""
    found: dict[date, int] = {}
    for one in picture.planned:
        if one.standing is not Standing.LET_GO and one.plan.seconds:
            day = one.at.astimezone(picture.zone).date()
            found[day] = found.get(day, 0) + one.plan.seconds
    return found


def _bar(done: int, meant: int, most: int, room: int) -> str:
    cells = ["━" if at < round(done / most * room) else " " for at in range(room)]
    if meant:
        cells[min(room - 1, round(meant / most * room))] = "│"
    return "".join(cells)


def _month(picture: ReviewPicture, width: int) -> list[str]:
    """A row a week, with the sum at its end."""
    days = {day.day: day for day in picture.summary.days}
    first = picture.summary.first
    first -= timedelta(days=(first.weekday() - picture.first_weekday) % 7)
    names = [(first + timedelta(days=n)).strftime("%a") for n in range(7)]
    found = ["      " + "".join(f"{name:>8}" for name in names) + "        sum"]
    while first <= picture.summary.last:
        cells, total = [], 0
        for step in range(7):
            day = days.get(first + timedelta(days=step))
            cells.append("" if day is None else _short(day))
            total += day.focus_s if day is not None else 0
        row = "".join(f"{cell:>8}" for cell in cells)
        found.append(f"{first:%d %b}{row}{minutes(total) if total else REST:>11}")
        first += timedelta(days=7)
    return [*found, "", *_told(picture.summary, width)]


def _short(day: DayFigures) -> str:
    if not day.focus_s:
        return REST if day.rest else NOTHING
    return f"{day.focus_s // HOUR_S}:{day.focus_s % HOUR_S // 60:02d}"


def _year(picture: ReviewPicture, width: int) -> list[str]:
    """A column a week, a row a weekday; energy is for the body's year."""
    days = picture.summary.days
    first = days[0].day - timedelta(days=(days[0].day.weekday() - picture.first_weekday) % 7)
    weeks = ((days[-1].day - first).days // 7) + 1
    wide = 2 if width >= 6 + weeks * 2 else 1
    rows = [[" " * wide] * weeks for _ in range(7)]
    for day in days:
        week, weekday = divmod((day.day - first).days, 7)
        rows[weekday][week] = (" " if day.day > picture.today else _shade(day)).ljust(wide)
    found = ["    " + _months(days, first, wide)]
    for weekday, row in enumerate(rows):
        name = f"{first + timedelta(days=weekday):%a}" if weekday % 2 == 0 else ""
        found.append(f"{name:<4}{''.join(row)}".rstrip())
    return [*found, "", LEGEND, "", *_told(picture.summary, width)]


def _shade(day: DayFigures) -> str:
    for least, mark in STEPS:
        if day.focus_s >= least:
            return mark
    return REST if day.rest else NOTHING


def _months(days: tuple[DayFigures, ...], first: date, wide: int) -> str:
    text = ""
    for day in days:
        if day.day.day == 1:
            at = (day.day - first).days // 7 * wide
            if at >= len(text):
                text = text.ljust(at) + f"{day.day:%b}"[: 3 if wide > 1 else 2] + " "
    return text.rstrip()


def _told(summary: Summary, width: int) -> list[str]:
    """The facts in words, then where the time went; what does not fit is left away."""
    said = [f"{name} {value}" for name, value in facts(summary)[1:]]
    sums = (("", "", summary.contexts), ("", "no mode", summary.modes), ("#", "", summary.tags))
    where = [
        [
            f"{sign if key else ''}{key or none} {minutes(seconds)}"
            for key, seconds in found.items()
            if key or none
        ]
        for sign, none, found in sums
        if any(found)
    ]
    return [_fitting(parts, width) for parts in (said, *where)]


def _fitting(parts: list[str], width: int) -> str:
    """As many of `parts` as have room."""
    line = ""
    for part in parts:
        longer = f"{line}   {part}" if line else part
        if len(longer) > width:
            break
        line = longer
    return line
