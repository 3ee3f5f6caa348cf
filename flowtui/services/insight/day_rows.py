"""The day table out of the ledger: blocks and body entries, one row a logical day.

A day on which something was recorded but no block ran has 0 deep minutes; a day on which nothing
at all was recorded is missing. So is every day before the first block, and in three weeks or more
without one: habits that were imported do not say that nobody worked. Time imported from a time
tracker is a column of its own and is in none of the others: who kept it, and how, is not known. A
day that has such time and no block is missing in the columns out of blocks, since the work was
noted elsewhere.
Body values are those of `flowtui.core.body.entry_days`: an explicit no is 0; what was passed over
or never recorded is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from flowtui.core.body.day_series import days_between
from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_days import BodyLog, DayValue, Variable
from flowtui.core.body.entry_kinds import SPECS, Kind, State
from flowtui.core.body.habits import Form, Habit
from flowtui.core.day import DayRule
from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import filed_day, measure
from flowtui.core.insight.day_table import Column, DayTable, Factor, Outcome, Timing, Values
from flowtui.core.insight.day_table import Kind as Counted
from flowtui.core.insight.focus_facts import stretches_s
from flowtui.services.body.habit_catalog import Names

PRIMARY = "deep_min"
"""The outcome that is looked at unless another is asked for."""
BLOCKS = frozenset({"blocks"})
AWAY_DAYS = 21
"""Days in a row without a block from which they are taken for days without flowtui."""
AWAY = "Empty before the first block and in any three weeks or more without one."
LIVED = f"Without time imported from time trackers. {AWAY}"
TRACKED = "imported_min"
"""The column of what time trackers recorded."""
SPORT_DAYS = 10
"""Days with one kind of workout from which it is a factor of its own."""
RATED = (Kind.ENERGY, Kind.SUGAR)
OUT_OF_BLOCKS = {
    "deep_min": (
        "deep minutes",
        "min",
        Counted.DOSE,
        "Focus of the blocks of the day, in minutes.",
    ),
    "commits": (
        "commits",
        "commits",
        Counted.COUNT,
        "Commits seen in the blocks of the day; empty where nobody could look.",
    ),
    "blocks": ("blocks", "times", Counted.COUNT, "Blocks that began on the day."),
    "longest_min": (
        "longest stretch",
        "min",
        Counted.DOSE,
        "Longest focus without pause or interruption, in minutes.",
    ),
    "interruptions": (
        "interruptions",
        "times",
        Counted.COUNT,
        "Interruptions noted in the day's blocks.",
    ),
}
"""Label, unit, kind and meaning of each column that is counted out of blocks."""
UNUSED = (Kind.OUTPUT, Kind.WORKED)
"""An outcome, and words."""


def day_table(
    blocks: Sequence[Block],
    entries: Sequence[Entry],
    names: Names,
    rule: DayRule,
    last: date,
    now: datetime,
    on_time: bool = False,
) -> DayTable:
    """Rows from the first day on which anything was recorded to `last`.

    With `on_time`, values that were written down after their day was over are left out.
    """
    log = BodyLog(entries, rule.start)
    started: dict[date, list[Block]] = {}
    for block in blocks:
        started.setdefault(filed_day(block, rule.start), []).append(block)
    seen = [day for day in {*log.days, *started} if day <= last]
    if not seen:
        return DayTable((), ())
    days = days_between(min(seen), last)
    columns = [*_block_columns(started, log, days, now), *_tracked_columns(started, log, days, now)]
    columns.append(_rating(log, days, on_time))
    columns += _body_columns(log, days, names, on_time)
    return DayTable(tuple(days), tuple(columns))


def _block_columns(
    started: Mapping[date, list[Block]], log: BodyLog, days: Sequence[date], now: datetime
) -> list[Column]:
    lived = _only(started, lambda block: not block.imported)
    recorded = _recorded(lived, started, log, days)

    def each(value: Callable[[date], float | None]) -> Values:
        return tuple(value(day) if day in recorded else None for day in days)

    def had(day: date) -> list[Block]:
        return lived.get(day, [])

    def longest(day: date) -> float:
        return max((s for b in had(day) for s in stretches_s(b, now)), default=0) / 60

    def commits(day: date) -> float | None:
        known = [b.evidence.commits for b in had(day) if b.evidence is not None]
        counted = [count for count in known if count is not None]
        return float(sum(counted)) if counted else None

    return [
        _counted_out("deep_min", each(lambda day: _focus_min(had(day), now))),
        _counted_out("commits", each(commits)),
        _counted_out("blocks", each(lambda day: float(len(had(day))))),
        _counted_out("longest_min", each(longest)),
        _counted_out(
            "interruptions", each(lambda day: float(sum(len(b.interruptions) for b in had(day))))
        ),
    ]


def _tracked_columns(
    started: Mapping[date, list[Block]], log: BodyLog, days: Sequence[date], now: datetime
) -> list[Column]:
    """The time of imported blocks, an outcome of its own; none where nothing was imported."""
    tracked = _only(started, lambda block: bool(block.imported))
    if not tracked:
        return []
    recorded = _recorded(tracked, started, log, days)
    values = tuple(
        _focus_min(tracked.get(day, ()), now) if day in recorded else None for day in days
    )
    programs = ", ".join(sorted({b.imported for found in tracked.values() for b in found}))
    meaning = (
        f"Time imported from time trackers ({programs}), in minutes; no block of flowtui is in it. "
        "Empty before the first such record, in any three weeks or more without one, "
        "and on days that have blocks alone."
    )
    outcome = Outcome(TRACKED, "imported minutes", "min", frozenset({"imported blocks"}))
    return [Column(TRACKED, meaning, values, None, outcome)]


def _focus_min(blocks: Iterable[Block], now: datetime) -> float:
    return sum(measure(block, now).focus_s for block in blocks) / 60


def _only(
    started: Mapping[date, list[Block]], which: Callable[[Block], bool]
) -> dict[date, list[Block]]:
    found = {day: [block for block in had if which(block)] for day, had in started.items()}
    return {day: had for day, had in found.items() if had}


def _recorded(
    own: Mapping[date, list[Block]],
    started: Mapping[date, list[Block]],
    log: BodyLog,
    days: Sequence[date],
) -> set[date]:
    """The days on which none of `own` is no work, not work that was noted elsewhere."""
    return (set(log.days) | set(own)) & _used(days, set(own)) - (set(started) - set(own))


def _used(days: Sequence[date], had: set[date]) -> set[date]:
    """The days on which a day without a block is one without work; `had` are those with one."""
    used: set[date] = set()
    stretch: list[date] = []
    begun = False
    for day in days:
        if day in had:
            if begun and len(stretch) < AWAY_DAYS:
                used.update(stretch)
            used.add(day)
            stretch, begun = [], True
        else:
            stretch.append(day)
    return used | set(stretch) if begun and len(stretch) < AWAY_DAYS else used


def _counted_out(name: str, values: Values) -> Column:
    """A column out of blocks: an outcome, and but for the two main ones a factor as well."""
    label, unit, kind, meaning = OUT_OF_BLOCKS[name]
    factor = Factor(name, label, kind, Timing.DAY, unit, "blocks", BLOCKS)
    main = name in ("deep_min", "commits")
    outcome = Outcome(name, label, unit, BLOCKS)
    return Column(name, f"{meaning} {LIVED}", values, None if main else factor, outcome)


def _rating(log: BodyLog, days: Sequence[date], on_time: bool) -> Column:
    values, note = _values(log, days, Variable(Kind.OUTPUT), on_time)
    outcome = Outcome("output", "your rating of output", "1-5", frozenset({"output"}))
    meaning = "How much of what mattered got done, 1 to 5, as rated in the evening."
    return Column("output", meaning, values, None, outcome, note)


def _body_columns(log: BodyLog, days: Sequence[date], names: Names, on_time: bool) -> list[Column]:
    habits = {habit.name: habit for habit in names.habits}
    columns = []
    for variable in log.variables():
        if variable.kind in UNUSED or variable.part in ("load", "effort"):
            continue
        values, note = _values(log, days, variable, on_time)
        if not any(value is not None for value in values):
            continue
        habit = habits.get(variable.name or "")
        columns.append(_body_column(variable, habit, values, note))
    return columns + _sports(log, days, on_time)


def _body_column(variable: Variable, habit: Habit | None, values: Values, note: str) -> Column:
    label = _label(variable, habit)
    unit = (habit.unit if habit else None) or variable.unit or ""
    timing = Timing.NIGHT if variable.kind is Kind.SLEEP else Timing.DAY
    made_of = _made_of(variable)
    counted = _counted(variable, habit, values)
    factor = Factor(variable.id, label, counted, timing, unit, "body log", made_of)
    outcome = Outcome(variable.id, label, unit, made_of, timing is Timing.NIGHT)
    meaning = f"{label[:1].upper()}{label[1:]}; an explicit no is 0, empty is not known."
    if variable.kind is Kind.SLEEP:
        meaning = f"{label[:1].upper()}{label[1:]} of the night that ended on the day."
    return Column(variable.id, meaning, values, factor, outcome, note)


def _made_of(variable: Variable) -> frozenset[str]:
    """What a variable is computed from: its own records, or all of a kind that has several."""
    own = variable.kind in (Kind.HABIT, Kind.STOP, Kind.SLEEP)
    return frozenset({variable.id if own else variable.kind.value})


def _sports(log: BodyLog, days: Sequence[date], on_time: bool) -> list[Column]:
    """Each common kind of workout as a yes or no of its own, if there is more than one."""
    had: dict[str, set[date]] = {}
    for entry in log.entries():
        if entry.kind is Kind.WORKOUT and entry.name and entry.state is State.GIVEN:
            had.setdefault(entry.name, set())
    for day in days:
        for entry in log.of(day):
            if entry.kind is Kind.WORKOUT and entry.name in had and entry.state is State.GIVEN:
                had[entry.name].add(day)
    common = sorted(name for name, on in had.items() if len(on) >= SPORT_DAYS)
    if len(had) < 2:
        return []
    known, _ = _values(log, days, Variable(Kind.WORKOUT), on_time)
    columns = []
    for name in common:
        values = tuple(
            None if v is None else float(day in had[name])
            for day, v in zip(days, known, strict=True)
        )
        factor = Factor(
            f"workout:{name}", name, Counted.BINARY, Timing.DAY, "", "body log",
            frozenset({"workout"}),
        )  # fmt: skip
        meaning = f"Whether {name} was among the day's workouts; empty where none is known."
        outcome = Outcome(factor.name, name, "", frozenset({"workout"}))
        columns.append(Column(factor.name, meaning, values, factor, outcome))
    return columns


def _values(
    log: BodyLog, days: Sequence[date], variable: Variable, on_time: bool
) -> tuple[Values, str]:
    """The days' values, and what is to be said of a scale that changed in the middle."""
    cells: list[DayValue] = [log.value(day, variable) for day in days]
    values = [None if on_time and cell.late else cell.value for cell in cells]
    scales = [_scale_of(log, day, variable) for day in days]
    newest = next((scale for scale in reversed(scales) if scale), None)
    older = [at for at, scale in enumerate(scales) if scale not in (None, newest)]
    note = ""
    if older and newest is not None:
        at = max(older) + 1
        note = (
            f"its scale changed to {newest} after {days[at - 1]}: "
            "the days before are another variable and are not compared"
        )
        for place in older:
            values[place] = None
    return tuple(values), note


def _scale_of(log: BodyLog, day: date, variable: Variable) -> str | None:
    given = [e.scale for e in log.of(day, variable) if e.scale and e.state is State.GIVEN]
    return given[-1] if given else None


def _label(variable: Variable, habit: Habit | None) -> str:
    if variable.part is not None:
        return f"{variable.kind.value} {variable.part}"
    if habit is not None:
        return habit.title
    if variable.kind is Kind.STOP:
        return f"{variable.name} (stop doing)"
    return variable.name or SPECS[variable.kind].label


def _counted(variable: Variable, habit: Habit | None, values: Values) -> Counted:
    if variable.part == "quality" or variable.kind in RATED:
        return Counted.ORDINAL
    if habit is not None:
        forms = {
            Form.YES_NO: Counted.BINARY,
            Form.COUNT: Counted.COUNT,
            Form.DOSE: Counted.DOSE,
            Form.SCALE: Counted.ORDINAL,
        }
        return forms[habit.form]
    if {v for v in values if v is not None} <= {0.0, 1.0}:
        return Counted.BINARY
    return Counted.COUNT if variable.kind in (Kind.CAFFEINE, Kind.STOP) else Counted.DOSE
