"""Days as the screens draw them: today at a glance, a week's table, a year's heatmap, lines.

Every figure keeps missing, no and skipped apart; what a screen draws for each is its own matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from flowtui.core.body.day_text import scale_of, value_text
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_days import BodyLog, DayValue, Variable, apart, standing, summed_s
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.fasting import (
    Fast,
    Targets,
    WindowNow,
    fast_before,
    window_now,
)
from flowtui.core.body.habits import Habit
from flowtui.core.day import ONE_DAY, DayRule
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.zones import zone_or_utc

LEVELS = 4
"""Shades of a heatmap above nothing."""
DAY_MIN = 24 * 60


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def shown_variables(habits: Iterable[Habit], stops: Iterable[str], eating: bool) -> list[Variable]:
    """The variables a screen lists, in the order of the kinds; archived habits are left out."""
    own = [Variable(Kind.HABIT, h.name) for h in habits if not h.archived]
    shipped = [
        Variable(Kind.ENERGY),
        Variable(Kind.OUTPUT),
        Variable(Kind.SLEEP),
        Variable(Kind.SLEEP, part="quality"),
        Variable(Kind.WORKOUT),
        Variable(Kind.WORKOUT, part="load"),
        *([Variable(Kind.EATING)] if eating else []),
        Variable(Kind.SUGAR),
        Variable(Kind.CAFFEINE),
    ]
    return [*shipped, *own, *(Variable(Kind.STOP, item) for item in stops)]


@dataclass(frozen=True, slots=True)
class Glance:
    """One line of today."""

    variable: Variable
    value: DayValue
    text: str | None
    """None when nothing was recorded."""


@dataclass(frozen=True, slots=True)
class Today:
    """Today at a glance."""

    day: date
    lines: tuple[Glance, ...]
    energy: tuple[tuple[datetime, float], ...]
    """Ratings with their instants, in order."""
    window: WindowNow | None
    """The live timer; None where no window is kept."""
    night: Fast | None
    """The fast that today's first window ended; None while there is none."""


def today(
    log: BodyLog,
    now: datetime,
    rule: DayRule,
    variables: Sequence[Variable],
    targets: Targets | None = None,
) -> Today:
    """Today as of `now`. `targets` None: no eating window is kept, nothing is said of it."""
    day = rule.day_of(now)
    lines = []
    for variable in variables:
        value = log.value(day, variable)
        lines.append(Glance(variable, value, value_text(value, variable, rule.zone)))
    rated = [e for e in log.of(day, Variable(Kind.ENERGY)) if e.at and e.value is not None]
    return Today(
        day,
        tuple(lines),
        tuple(sorted((e.at, e.value) for e in rated if e.at and e.value is not None)),
        window_now(log.entries(), now, rule, targets) if targets is not None else None,
        fast_before(log.entries(), day, rule.start) if targets is not None else None,
    )


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One variable over a week."""

    variable: Variable
    cells: tuple[DayValue, ...]
    """One per day."""
    mean: float | None
    """Mean of the days that have a value, explicit no included as 0; None without any."""
    known: int
    """Days with a value."""


def week_table(log: BodyLog, first: date, variables: Iterable[Variable]) -> tuple[WeekRow, ...]:
    """The seven days from `first`, a row for each variable."""
    rows = []
    for variable in variables:
        cells = [log.value(day, variable) for day in days_between(first, first + 6 * ONE_DAY)]
        values = [c.value for c in cells if c.value is not None]
        mean = sum(values) / len(values) if values else None
        rows.append(WeekRow(variable, tuple(cells), mean, len(values)))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One day of a heatmap."""

    day: date
    value: DayValue
    level: int | None
    """0 for none, 1 to 4 for a share of the variable's range; None when missing or skipped."""


def year_heatmap(
    log: BodyLog, variable: Variable, year: int, habit: Habit | None = None
) -> tuple[HeatCell, ...]:
    """Every day of `year`.

    Ratings are shaded by their scale, other values by quarters of the year's own distribution,
    so that one long day does not make all others pale.
    """
    days = days_between(date(year, 1, 1), date(year, 12, 31))
    values = {day: log.value(day, variable) for day in days}
    scale = habit.scale if habit else scale_of(variable)
    above = sorted(v.value for v in values.values() if v.value is not None and v.value > 0)
    cuts = [above[len(above) * n // LEVELS] for n in range(1, LEVELS)] if above else []
    cells = []
    for day, value in values.items():
        level = None
        if value.value is not None and value.state is not State.SKIPPED:
            if value.value <= 0:
                level = 0
            elif scale is not None:
                share = (value.value - scale.low) / (scale.high - scale.low)
                level = 1 + min(LEVELS - 1, int(share * LEVELS))
            else:
                level = 1 + sum(value.value > cut for cut in cuts)
        cells.append(HeatCell(day, value, level))
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class EnergyPoint:
    """One rating on the day's clock."""

    day: date
    minute: int
    """Minutes from the day's start by the local clock, 0 to 1439."""
    value: float


@dataclass(frozen=True, slots=True)
class EnergyHour:
    """All ratings of one hour of the day."""

    hour: int
    """Local hour, 0 to 23."""
    mean: float
    n: int


def energy_points(log: BodyLog, days: Iterable[date]) -> tuple[EnergyPoint, ...]:
    """Ratings that have an instant, on the clock of where they were given."""
    points = []
    for day in days:
        for entry in log.of(day, Variable(Kind.ENERGY)):
            if entry.at is not None and entry.value is not None:
                minute = (_minute(entry.at, entry.zone) - _minutes(log.start)) % DAY_MIN
                points.append(EnergyPoint(day, minute, entry.value))
    return tuple(sorted(points, key=lambda p: (p.day, p.minute)))


def energy_by_hour(points: Iterable[EnergyPoint], start: time) -> tuple[EnergyHour, ...]:
    """Mean rating of each hour that has any, from the day's start on."""
    hours: dict[int, list[float]] = {}
    for point in points:
        hours.setdefault((point.minute + _minutes(start)) % DAY_MIN // 60, []).append(point.value)
    ordered = sorted(hours, key=lambda h: (h * 60 - _minutes(start)) % DAY_MIN)
    return tuple(EnergyHour(h, sum(hours[h]) / len(hours[h]), len(hours[h])) for h in ordered)


@dataclass(frozen=True, slots=True)
class Night:
    """The sleep of one day."""

    day: date
    state: State | None
    asleep_s: int | None
    quality: float | None
    from_s: int | None
    """First falling asleep, seconds from the day's start (negative: the evening before)."""
    to_s: int | None
    """Last waking, seconds from the day's start."""


def nights(log: BodyLog, days: Iterable[date]) -> tuple[Night, ...]:
    """Sleep day by day; ends are on the clock of the place of waking."""
    return tuple(_night(log, day) for day in days)


@dataclass(frozen=True, slots=True)
class LoadDay:
    """The workouts of one day."""

    day: date
    state: State | None
    minutes: float | None
    load: float | None
    """Effort times minutes; None where no workout had an effort."""
    week_load: float | None
    """Sum over this and the six days before; None if none of them is known."""


def loads(log: BodyLog, days: Iterable[date]) -> tuple[LoadDay, ...]:
    """Workout minutes and load day by day, with the running week."""
    made = []
    part = Variable(Kind.WORKOUT, part="load")
    for day in days:
        week = [log.value(d, part).value for d in days_between(day - 6 * ONE_DAY, day)]
        known = [v for v in week if v is not None]
        value = log.value(day, Variable(Kind.WORKOUT))
        made.append(LoadDay(day, value.state, value.value, week[-1], sum(known) if known else None))
    return tuple(made)


def _night(log: BodyLog, day: date) -> Night:
    sleeps = log.of(day, Variable(Kind.SLEEP))
    value = log.value(day, Variable(Kind.SLEEP))
    quality = log.value(day, Variable(Kind.SLEEP, part="quality")).value
    if value.state is not State.GIVEN:
        return Night(day, value.state, 0 if value.state is State.NO else None, None, None, None)
    given = [e for e in standing(sleeps) if e.state is State.GIVEN]
    ends = _ends(given, day, log.start)
    return Night(day, value.state, summed_s(given), quality, *ends)


def _ends(sleeps: list[Entry], day: date, start: time) -> tuple[int | None, int | None]:
    """Ends of the longest stretch of sleep (the night, not a nap) on the day's axis."""
    groups = [g for g in apart(sleeps) if all(e.start and e.end for e in g)]
    longest = max(groups, key=lambda g: summed_s(g) or 0, default=[])
    starts = [e.start for e in longest if e.start]
    stops = [(e.end, e.end_zone or e.zone) for e in longest if e.end]
    if not starts or not stops:
        return None, None
    last, zone = max(stops)
    begin = DayRule(zone_or_utc(zone), start).start_of(day)
    return int((min(starts) - begin).total_seconds()), int((last - begin).total_seconds())


def _minute(instant: datetime, zone: str) -> int:
    return _minutes(instant.astimezone(zone_or_utc(zone)).time())


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
