"""One body record, and what follows from it: its day, its length, its amount.

All instants are aware UTC in whole seconds. The zone says where the person was; it is never
used to shift an instant. A record's day is derived anew from its instants whenever it has any.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.codec import Zone
from flowtui.core.day import DAY_START, DayRule
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.span import Span
from flowtui.core.zones import zone_or_utc

HAND = "hand"
SLEEP_LEAD = timedelta(hours=4)
"""A sleep that ends after midnight and this close to the day's start belongs to that day."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record came from."""

    format: str
    """`hand`, `checkin`, or the name of an import format."""
    key: str | None = None
    """What names the row within its format, stable from one export to the next."""
    file: str | None = None
    """The imported file's name, without its folder."""
    file_hash: str | None = None
    """First 16 hex digits of the file's SHA-256."""
    line: int | None = None
    """Line (or row) of the file, from 1."""
    app: str | None = None
    """The app or device that wrote the row over there."""


BY_HAND = Provenance(HAND)


@dataclass(frozen=True, slots=True)
class Entry:
    """One body record. Which fields a kind uses is in `kinds.SPECS`; all others are None."""

    id: str
    kind: Kind
    day: date
    """Logical day it was filed under. `day_of` derives it again where there is an instant."""
    zone: Zone
    """IANA zone where the person was, at the start of what has one."""
    recorded_at: datetime
    """When it was written down."""
    state: State = State.GIVEN
    at: datetime | None = None
    """Instant of what has one moment (energy); last cup for caffeine."""
    start: datetime | None = None
    """Start of a sleep or workout; opening of an eating window."""
    end: datetime | None = None
    """End; None while an eating window is open."""
    end_zone: Zone | None = None
    """Zone at the end where it differs (a flight in between); None: the same."""
    name: str | None = None
    """Kind of workout, name of the habit or of the thing to stop."""
    value: float | None = None
    """Rating, count or dose, in `unit`; None for a habit that is only done or not."""
    unit: str | None = None
    """Unit of a dose or count; None where the kind has one of its own."""
    quality: int | None = None
    """Quality of sleep, 1-5."""
    effort: float | None = None
    """Effort of a workout, 0-10."""
    duration_s: int | None = None
    """Time asleep or moving, where it is not simply end - start. Whole seconds."""
    scope: Scope = Scope.ONE
    """Whether `value` is one occasion or the whole day's amount."""
    scale: str | None = None
    """Id of the scale that `value`, `quality` or `effort` was answered on (`energy@1`)."""
    late: bool = False
    """Written down after its day was over."""
    note: str | None = None
    """A line of the person's own; for `worked` it is the answer."""
    source: Provenance = BY_HAND


def anchor(entry: Entry) -> datetime | None:
    """The instant that decides the day: waking for sleep, else `start`, else `at`."""
    if entry.kind is Kind.SLEEP:
        return entry.end or entry.start
    return entry.start or entry.at


def day_of(entry: Entry, start: time = DAY_START) -> date:
    """The logical day of `entry`, by the clock of the place where it happened.

    Records without an instant, and whole-day amounts, stay on the day they were filed under.
    """
    instant = anchor(entry)
    if instant is None or entry.scope is Scope.DAY:
        return entry.day
    if entry.kind is Kind.SLEEP:
        return sleep_day(instant, DayRule(zone_or_utc(entry.end_zone or entry.zone), start))
    return DayRule(zone_or_utc(entry.zone), start).day_of(instant)


def sleep_day(woke: datetime, rule: DayRule) -> date:
    """The day whose night a sleep ending at `woke` was.

    Waking at 03:30 before a day that begins at 04:00 is early rising, not yesterday's sleep.
    """
    day, morning = rule.day_of(woke), woke.astimezone(rule.zone).date()
    early = morning > day and rule.start_of(morning) - woke <= SLEEP_LEAD
    return morning if early else day


def span_of(entry: Entry) -> Span | None:
    """From start to end; None unless both are known and in order."""
    if entry.start is None or entry.end is None or entry.end < entry.start:
        return None
    return Span(entry.start, entry.end)


def length_s(entry: Entry) -> int | None:
    """Seconds asleep, moving or eating; None while unknown or still open."""
    if entry.state is State.NO:
        return 0
    if entry.duration_s is not None:
        return entry.duration_s
    span = span_of(entry)
    return span.seconds if span else None


def load(entry: Entry) -> float | None:
    """Load of a workout: effort (0-10) times minutes; None unless both are known.

    This is Foster's session load (effort times duration), in arbitrary units; the effort scale
    is our own, so figures compare within one log only.
    """
    if entry.state is State.NO:
        return 0.0
    seconds = length_s(entry)
    if entry.kind is not Kind.WORKOUT or entry.effort is None or seconds is None:
        return None
    return entry.effort * seconds / 60


def amount(entry: Entry) -> float | None:
    """The one number a record stands for; None when it was skipped.

    Hours for sleep and eating, minutes for workouts, else `value`. An explicit no is 0.
    """
    if entry.state is State.SKIPPED:
        return None
    if entry.state is State.NO:
        return 0.0
    if entry.kind in (Kind.SLEEP, Kind.EATING):
        seconds = length_s(entry)
        return None if seconds is None else seconds / 3600
    if entry.kind is Kind.WORKOUT:
        seconds = length_s(entry)
        return None if seconds is None else seconds / 60
    if entry.kind in (Kind.WORKED, Kind.HABIT, Kind.STOP) and entry.value is None:
        return 1.0
    return entry.value
