"""What follows from eating windows: the live timer, targets by weekday, nights, history."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from flowtui.core.body.eating import open_one, windows
from flowtui.core.body.entry import Entry, day_of, length_s
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.validation import hours
from flowtui.core.day import DAY_START, ONE_DAY, DayRule
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.zones import zone_or_utc

LONG_FAST_S = 24 * 3600
LONG_FAST_NOTE = (
    "More than 24 hours without a window. Eat whenever you want to; for fasts this long talk to "
    "a doctor first. If a window was not logged, add it."
)
LONG_WINDOW_NOTE = "Open for more than 24 hours. If it was closed, set the time it was."
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Target:
    """How long a window is meant to be open, and how long closed. Elapsed seconds."""

    fast_s: int
    eat_s: int

    @property
    def text(self) -> str:
        """As people write it: `16:8`."""
        return f"{_hours_text(self.fast_s)}:{_hours_text(self.eat_s)}"


Targets = tuple[Target | None, ...]
"""One per weekday from Monday; None where there is none."""
NO_TARGETS: Targets = (None,) * 7


def target_from(text: str) -> Target | None:
    """The target written as hours fasting:eating (`16:8`, `14:10`, `13.5:10.5`); None for `off`.

    Raises UsageError unless both are above zero and make 24 hours.
    """
    if text.strip().casefold() == "off":
        return None
    parts = text.split(":")
    try:
        fast, eat = (round(float(part) * 3600) for part in parts)
    except (ValueError, OverflowError):
        fast = eat = 0
    if fast <= 0 or eat <= 0 or fast + eat != 24 * 3600:
        raise UsageError(
            f"{text!r} is not an eating target",
            "write hours fasting:eating that make 24, such as 16:8 or 14:10, or off",
        )
    return Target(fast, eat)


def targets_from(table: Mapping[str, str]) -> Targets:
    """Targets from `{"default": "16:8", "sat": "off"}`. Raises UsageError for an unknown day."""
    for key in table:
        if key not in (*WEEKDAYS, "default"):
            raise UsageError(
                f"eating target for {key!r}", f"days are {', '.join(WEEKDAYS)}, or default"
            )
    default = table.get("default", "off")
    return tuple(target_from(table.get(day, default)) for day in WEEKDAYS)


@dataclass(frozen=True, slots=True)
class WindowNow:
    """The live timer at an instant."""

    open: bool
    since: datetime | None
    """When it opened, or when the last one closed; None before the first window."""
    elapsed_s: int | None
    target_s: int | None
    """Target of this stretch (eating while open, fasting while closed); None without one."""
    left_s: int | None
    """Seconds to the target, never below 0; None without one."""
    past_s: int | None
    """Seconds beyond it, never below 0; None without one."""
    reached_at: datetime | None
    """When the target is or was reached; None without one."""
    certain: bool
    """False where a day in between has no record, or today was passed over: a fast, or a window
    that was not logged."""
    note: str | None
    """A plain line above 24 hours; None otherwise."""


def window_now(
    entries: Iterable[Entry], now: datetime, rule: DayRule, targets: Targets = NO_TARGETS
) -> WindowNow:
    """Where the eating window stands at `now`."""
    log = _Log(entries, rule.start)
    current = open_one(log.windows)
    if current is not None and current.start is not None:
        target = targets[day_of(current, rule.start).weekday()]
        return _timer(True, current.start, now, target.eat_s if target else None, True)
    last = log.last_closed(now)
    if last is None or last.end is None:
        return WindowNow(False, None, None, None, None, None, None, True, None)
    target = targets[day_of(last, rule.start).weekday()]
    today = rule.day_of(now)
    certain = log.recorded_between(day_of(last, rule.start), today) and not log.passed_over(today)
    return _timer(False, last.end, now, target.fast_s if target else None, certain)


@dataclass(frozen=True, slots=True)
class Fast:
    """The stretch between two windows."""

    start: datetime
    end: datetime
    certain: bool
    """False where a day in between has no record at all."""

    @property
    def seconds(self) -> int:
        """Elapsed length."""
        return int((self.end - self.start).total_seconds())


def fast_before(entries: Iterable[Entry], day: date, start: time = DAY_START) -> Fast | None:
    """The fast that the first window of `day` ended: the hours of the last night.

    None if the day has no window, none was closed before it, or two share time.
    """
    return _Log(entries, start).fast_before(day)


@dataclass(frozen=True, slots=True)
class Bar:
    """One window as a bar on its day's axis."""

    from_s: int
    """Seconds from the day's start to the opening."""
    to_s: int
    """Seconds from the day's start to the closing (to now while open); may pass the day's end."""
    open: bool


@dataclass(frozen=True, slots=True)
class WindowDay:
    """One day of the windows' history."""

    day: date
    state: State | None
    """None: nothing was recorded."""
    bars: tuple[Bar, ...]
    eaten_s: int | None
    """Summed length of the day's closed windows; 0 for an explicit no; None otherwise."""
    fast_s: int | None
    """The fast before the first window; None while unknown or uncertain."""
    target_s: int | None
    """Eating target of the weekday."""


def window_history(
    entries: Iterable[Entry],
    days: Iterable[date],
    now: datetime,
    rule: DayRule,
    targets: Targets = NO_TARGETS,
) -> list[WindowDay]:
    """One row for each of `days`, in their order."""
    log = _Log(entries, rule.start)
    return [_window_day(log, day, now, rule, targets) for day in days]


def sentence(state: WindowNow) -> str:
    """The live timer in neutral words, without a full stop."""
    if state.since is None or state.elapsed_s is None:
        return "no window logged yet"
    head = f"{'open' if state.open else 'closed'} {hours(state.elapsed_s)}"
    if state.left_s:
        return f"{head}, {hours(state.left_s)} to {hours(state.target_s or 0)}"
    if state.past_s is not None:
        return f"{head}, {hours(state.past_s)} past {hours(state.target_s or 0)}"
    return head


class _Log:
    """Eating records by day and in order, built once for many questions."""

    def __init__(self, entries: Iterable[Entry], start: time) -> None:
        self.by_day: dict[date, list[Entry]] = {}
        eating = [e for e in entries if e.kind is Kind.EATING]
        for entry in eating:
            self.by_day.setdefault(day_of(entry, start), []).append(entry)
        self.start = start
        self.windows = windows(eating)
        self._starts = [w.start for w in self.windows if w.start is not None]
        self._latest = list(accumulate(self.windows, _later_end))

    def last_closed(self, now: datetime) -> Entry | None:
        closed = [w for w in self.windows if w.end is not None and w.end <= now]
        return max(closed, key=_end_of) if closed else None

    def fast_before(self, day: date) -> Fast | None:
        of_day = windows(self.by_day.get(day, ()))
        if not of_day or of_day[0].start is None:
            return None
        opened = of_day[0].start
        place = bisect_left(self._starts, opened)
        last = self._latest[place - 1] if place else None
        if last is None or last.end is None or last.end > opened:
            return None
        return Fast(last.end, opened, self.recorded_between(day_of(last, self.start), day))

    def passed_over(self, day: date) -> bool:
        """Whether nobody is to know what was eaten on this day: it was answered with "skip"."""
        states = [entry.state for entry in self.by_day.get(day, ())]
        return State.SKIPPED in states and State.GIVEN not in states

    def recorded_between(self, after: date, before: date) -> bool:
        """Whether each day strictly between the two has a window or an explicit no."""
        day = after + ONE_DAY
        while day < before:
            states = {e.state for e in self.by_day.get(day, ())}
            if not states & {State.GIVEN, State.NO}:
                return False
            day += ONE_DAY
        return True


def _end_of(window: Entry) -> datetime:
    """The end; for an open window an instant after every other."""
    return window.end or datetime.max.replace(tzinfo=UTC)


def _later_end(a: Entry, b: Entry) -> Entry:
    return max(a, b, key=_end_of)


def _window_day(log: _Log, day: date, now: datetime, rule: DayRule, targets: Targets) -> WindowDay:
    of_day = log.by_day.get(day, [])
    logged = windows(of_day)
    states = {e.state for e in of_day}
    state = next((s for s in (State.GIVEN, State.NO, State.SKIPPED) if s in states), None)
    closed = [length_s(w) for w in logged if w.end is not None]
    eaten = sum(s for s in closed if s is not None) if closed else None
    fast = log.fast_before(day)
    target = targets[day.weekday()]
    return WindowDay(
        day,
        state,
        tuple(_bar(w, day, now, rule.start) for w in logged),
        0 if state is State.NO else eaten,
        fast.seconds if fast and fast.certain else None,
        target.eat_s if target else None,
    )


def _bar(window: Entry, day: date, now: datetime, start: time) -> Bar:
    begin = DayRule(zone_or_utc(window.zone), start).start_of(day)
    opened = window.start or begin
    end = window.end or max(now, opened)
    return Bar(
        int((opened - begin).total_seconds()),
        int((end - begin).total_seconds()),
        window.end is None,
    )


def _timer(
    is_open: bool, since: datetime, now: datetime, target_s: int | None, certain: bool
) -> WindowNow:
    elapsed = max(0, int((now - since).total_seconds()))
    note = None
    if elapsed > LONG_FAST_S and certain:
        note = LONG_WINDOW_NOTE if is_open else LONG_FAST_NOTE
    return WindowNow(
        open=is_open,
        since=since,
        elapsed_s=elapsed,
        target_s=target_s,
        left_s=None if target_s is None else max(0, target_s - elapsed),
        past_s=None if target_s is None else max(0, elapsed - target_s),
        reached_at=None if target_s is None else since + timedelta(seconds=target_s),
        certain=certain,
        note=note,
    )


def _hours_text(seconds: int) -> str:
    return f"{seconds / 3600:g}"
