"""What the Body screen shows, gathered in one go away from the screen's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flowtui.core.body.day_series import (
    EnergyHour,
    EnergyPoint,
    Glance,
    HeatCell,
    LoadDay,
    Night,
    WeekRow,
    days_between,
    energy_by_hour,
    energy_points,
    loads,
    nights,
    shown_variables,
    today,
    week_table,
    year_heatmap,
)
from flowtui.core.body.day_text import value_text
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_days import BodyLog, Variable
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.entry_line import line_of
from flowtui.core.body.fasting import (
    Fast,
    WindowDay,
    WindowNow,
    fast_before,
    window_history,
)
from flowtui.core.body.floors import FloorWeek, floor_week
from flowtui.core.body.habits import Habit
from flowtui.core.day import week_of
from flowtui.core.lazy_dataclass import dataclass
from flowtui.services.wiring import Services

REACH = timedelta(days=40)
"""Days before the first one shown that fasts and running weeks look back."""
SPAN = 56
"""Days of the charts, at most."""


class View(StrEnum):
    """The views of Body, in their order."""

    TODAY = "today"
    WEEK = "week"
    YEAR = "year"
    CHARTS = "charts"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the day, with the line that changes it."""

    entry: Entry
    line: str


@dataclass(frozen=True, slots=True)
class Heat:
    """A year of one variable."""

    title: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One view of the body log; the fields of the other views are empty."""

    view: View
    day: date
    """The day shown, or a day of the week or year shown."""
    today: date
    taken_at: datetime
    zone: ZoneInfo
    start: time
    """Local time at which a day begins."""
    titles: dict[Variable, str]
    """What a person calls each variable."""
    window: WindowNow | None = None
    """The live timer; None where no window is kept."""
    night: Fast | None = None
    glance: tuple[Glance, ...] = ()
    listed: tuple[Listed, ...] = ()
    energy: tuple[EnergyPoint, ...] = ()
    week_first: date = date.min
    week: tuple[WeekRow, ...] = ()
    floors: tuple[FloorWeek, ...] = ()
    strange_floors: tuple[str, ...] = ()
    """Floors that ask for a habit there is not."""
    year: tuple[Heat, ...] = ()
    days: tuple[date, ...] = ()
    hours: tuple[EnergyHour, ...] = ()
    nights: tuple[Night, ...] = ()
    loads: tuple[LoadDay, ...] = ()
    windows: tuple[WindowDay, ...] = ()
    habits: dict[str, Habit] = field(default_factory=dict)


def picture(services: Services, view: View, day: date | None) -> Picture:
    """The picture of `view` around `day` (default today)."""
    body, now, rule = services.body.log, services.clock.now(), services.rule
    body.store.ledger.refresh()
    this_day = rule.day_of(now)
    day = min(day or this_day, this_day)
    first, last = _stretch(view, day, services.first_weekday)
    entries = body.store.between(first - REACH, max(last, this_day))
    log = BodyLog(entries, rule.start)
    names, kept = body.names(), body.kept()
    variables = shown_variables(names.habits, names.stops, kept)
    habits = {h.name: h for h in names.habits}
    made = Picture(
        view,
        day,
        this_day,
        now,
        services.zone,
        rule.start,
        {v: _title(v, habits) for v in variables},
        window=body.window(),
        habits=habits,
    )
    add = {
        View.TODAY: _day,
        View.WEEK: _week,
        View.YEAR: _year,
        View.CHARTS: _charts,
        View.WINDOW: _windows,
    }[view]
    return add(made, services, log, variables)


def _stretch(view: View, day: date, first_weekday: int) -> tuple[date, date]:
    if view is View.YEAR:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if view in (View.CHARTS, View.WINDOW):
        return day - timedelta(days=SPAN - 1), day
    return week_of(day, first_weekday)


def _day(made: Picture, services: Services, log: BodyLog, variables: Sequence[Variable]) -> Picture:
    rule = services.rule
    seen = today(log, rule.bounds(made.day).start, rule, variables)
    lines = tuple(replace(g, text=_text(g, made, log)) for g in seen.lines)
    entries = sorted(log.of(made.day), key=lambda e: (e.start or e.at or e.recorded_at, e.id))
    return replace(
        made,
        glance=tuple(g for g in lines if g.variable.part is None),
        listed=tuple(Listed(e, line_of(e, rule.start)) for e in entries),
        energy=energy_points(log, [made.day]),
        night=fast_before(log.entries(), made.day, rule.start) if made.window else None,
        floors=_floors(services, log, made),
        strange_floors=services.body.log.floors()[1],
        week_first=week_of(made.day, services.first_weekday)[0],
    )


def _week(
    made: Picture, services: Services, log: BodyLog, variables: Sequence[Variable]
) -> Picture:
    first, _ = week_of(made.day, services.first_weekday)
    rows = week_table(log, first, variables)
    return replace(made, week_first=first, week=rows, floors=_floors(services, log, made))


def _year(
    made: Picture, services: Services, log: BodyLog, variables: Sequence[Variable]
) -> Picture:
    heats = [
        Heat(made.titles[v], year_heatmap(log, v, made.day.year, made.habits.get(v.name or "")))
        for v in variables
    ]
    return replace(made, year=tuple(heats))


def _charts(
    made: Picture, services: Services, log: BodyLog, variables: Sequence[Variable]
) -> Picture:
    days = days_between(made.day - timedelta(days=SPAN - 1), made.day)
    points = energy_points(log, days)
    return replace(
        made,
        days=tuple(days),
        hours=energy_by_hour(points, made.start),
        nights=nights(log, days),
        loads=loads(log, days),
    )


def _windows(
    made: Picture, services: Services, log: BodyLog, variables: Sequence[Variable]
) -> Picture:
    days = days_between(made.day - timedelta(days=SPAN - 1), made.day)
    rows = window_history(
        log.entries(), days, made.taken_at, services.rule, services.body.log.targets
    )
    return replace(made, days=tuple(days), windows=tuple(rows))


def _floors(services: Services, log: BodyLog, made: Picture) -> tuple[FloorWeek, ...]:
    body = services.body.log
    rest, away = frozenset(services.config.day.rest_days), body.away(log)
    return tuple(
        floor_week(log, f, made.day, made.today, rest, away, services.first_weekday)
        for f in body.floors()[0]
    )


def _title(variable: Variable, habits: dict[str, Habit]) -> str:
    if variable.part == "quality":
        return "sleep quality"
    if variable.part is not None:
        return variable.part
    if variable.kind is Kind.STOP and variable.name:
        return f"not {variable.name.replace('-', ' ')}"
    if variable.name in habits:
        return habits[variable.name].title
    return {Kind.EATING: "eating"}.get(variable.kind, variable.name or variable.kind.value)


def _text(glance: Glance, made: Picture, log: BodyLog) -> str | None:
    """A line of the day; sleep says its quality too, a workout its load."""
    variable = glance.variable
    habit = made.habits.get(variable.name or "")
    text = value_text(glance.value, variable, made.zone, habit.scale if habit else None)
    part = {Kind.SLEEP: "quality", Kind.WORKOUT: "load"}.get(variable.kind)
    if text is None or part is None or variable.part is not None:
        return text
    beside = Variable(variable.kind, part=part)
    value = log.value(made.day, beside)
    if value.value is None or not value.value:
        return text
    said = value_text(value, beside, made.zone) if part == "quality" else f"load {value.value:g}"
    return f"{text}, {said}"
