"""What the screens of Focus show: the running block, a day, a week, as they were at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flowtui.core.codec import decode, encode
from flowtui.core.focus.block import Block
from flowtui.core.focus.inbox import Parked
from flowtui.core.focus.pointers import Break
from flowtui.core.focus.recovery import Hole
from flowtui.core.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from flowtui.core.plan.calendar_event import CalendarEvent
    from flowtui.core.plan.planned_block import Occurrence

NO_MODE = ""
"""The key of a week's focus in blocks without a mode."""


@dataclass(frozen=True, slots=True)
class Day:
    """One logical day's blocks."""

    day: date
    blocks: tuple[Block, ...]
    """Blocks that started on it, by start."""
    focus_s: int
    """Focus within the day's bounds, also of a block that began the day before."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week's focus."""

    first: date
    last: date
    focus_s: int
    by_day: Mapping[date, int]
    by_context: Mapping[str, int]
    by_mode: Mapping[str, int]
    """By the mode's word; `NO_MODE` for blocks without one."""
    blocks: int


@dataclass(frozen=True, slots=True)
class Guarded:
    """A guard that is on, as it is remembered."""

    lists: tuple[str, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the ledger at an instant; screens compute nothing but the passing of time."""

    taken_at: datetime
    zone: ZoneInfo
    """The zone in which times are shown."""
    block: Block | None
    absence: Hole | None
    """A stretch of the running block that has to be dealt with first."""
    today: Day
    shown: Day
    """The day whose blocks are listed; today unless the person went back."""
    week: Week
    rest: Break | None
    usual: str
    """The plan of the next block in words, as Enter would start it."""
    planned: tuple[Occurrence, ...] = ()
    """What is planned for today and tomorrow, by time."""
    parked: tuple[Parked, ...] = ()
    """Thoughts that wait, oldest first."""
    goes_on: str = ""
    """The intention that the next block takes up: planned for today, put off to it, unfinished."""
    tomorrow: str = ""
    """What the check-in planned as tomorrow's first block."""
    before: Day | None = None
    """The last day before today that has blocks, as far as it is shown below today's."""
    meetings: tuple[CalendarEvent, ...] = ()
    """What calendars say of today and tomorrow, by time."""
    cycle: str = ""
    """Where the running block stands in a cycle, and what follows it: "2 of 4, then ..."."""
    earlier: tuple[Day, ...] = ()
    """Days of the week before `before`, newest first; not in the file, so after the first frame."""
    guarded: Guarded | None = None
    """What is kept away though no block runs; looked for anew, and not in the file."""


def _planned(data: Any) -> tuple[Occurrence, ...]:
    """Loaded only where something is planned, as the first frame waits for this."""
    if not data:
        return ()
    from flowtui.core.plan.planned_block import Occurrence

    return tuple(decode(Occurrence, one, "planned") for one in data)


def _meetings(data: Any) -> tuple[CalendarEvent, ...]:
    """As `_planned`."""
    if not data:
        return ()
    from flowtui.core.plan.calendar_event import CalendarEvent

    return tuple(map(CalendarEvent.from_json, data))


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot of today as JSON data; an absence is left out, it is looked for anew."""
    return {
        "taken_at": encode(snapshot.taken_at),
        "zone": snapshot.zone.key,
        "block": None if snapshot.block is None else encode(snapshot.block),
        "today": encode(snapshot.today),
        "week": encode(snapshot.week),
        "rest": None if snapshot.rest is None else encode(snapshot.rest),
        "usual": snapshot.usual,
        "planned": [encode(one) for one in snapshot.planned],
        "parked": [encode(one) for one in snapshot.parked],
        "goes_on": snapshot.goes_on,
        "tomorrow": snapshot.tomorrow,
        "before": None if snapshot.before is None else encode(snapshot.before),
        "meetings": [one.as_json() for one in snapshot.meetings],
        "cycle": snapshot.cycle,
    }


def from_json(data: Mapping[str, Any]) -> Snapshot:
    """The inverse of `to_json`. Raises LookupError, ValueError or LedgerError for other data."""
    today = decode(Day, data["today"], "today")
    block, rest = data["block"], data["rest"]
    return Snapshot(
        decode(datetime, data["taken_at"], "taken_at"),
        ZoneInfo(data["zone"]),
        None if block is None else decode(Block, block, "block"),
        None,
        today,
        today,
        decode(Week, data["week"], "week"),
        None if rest is None else decode(Break, rest, "rest"),
        str(data["usual"]),
        _planned(data["planned"]),
        tuple(decode(Parked, one, "parked") for one in data["parked"]),
        str(data["goes_on"]),
        str(data["tomorrow"]),
        None if data["before"] is None else decode(Day, data["before"], "before"),
        _meetings(data["meetings"]),
        str(data["cycle"]),
    )
