"""What a block is: one stretch of intended work, with its gaps, and nothing that can be derived.

All instants are aware UTC in whole seconds, so that every sum over them is exact.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from enum import StrEnum

from flowtui.core.codec import STORED, Zone
from flowtui.core.lazy_dataclass import dataclass

MAX_BLOCK_S = 24 * 3600
MAX_PLAN_S = 24 * 3600
MIN_PLAN_S = 60
MAX_UNTIL_S = 16 * 3600
"""An end further away was meant for a day that is over."""


class Cause(StrEnum):
    """Why a gap is not focus."""

    PAUSE = "pause"
    INTERRUPTION = "interruption"
    SLEEP = "sleep"
    AWAY = "away"
    CLOSED = "closed"
    CRASH = "crash"
    RUN = "run"


class Mode(StrEnum):
    """What kind of work a block is."""

    THEORY = "theory"
    PRACTICE = "practice"
    BUILD = "build"
    SHARE = "share"
    GIVE = "give"
    CURIOSITY = "curiosity"


class Source(StrEnum):
    """Where an interruption came from: oneself, or somebody else."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Outcome(StrEnum):
    """Whether the intention was met."""

    DONE = "done"
    PARTLY = "partly"
    NOT = "not"


class PlanKind(StrEnum):
    """How the end of a block was planned."""

    FIXED = "fixed"
    OPEN = "open"
    UNTIL = "until"


class State(StrEnum):
    """Where a block stands at an instant."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERTIME = "overtime"
    ENDED = "ended"


class EndedBy(StrEnum):
    """Who ended a block."""

    USER = "user"
    PLAN = "plan"
    SWITCH = "switch"
    RECOVERY = "recovery"


class EndReason(StrEnum):
    """How the end relates to the plan; told to hooks."""

    COMPLETED = "completed"
    OVERTIME = "overtime"
    STOPPED = "stopped"


class AtPlan(StrEnum):
    """What happens when the plan is reached."""

    OVERTIME = "overtime"
    END = "end"


@dataclass(frozen=True, slots=True)
class Plan:
    """When a block was meant to end."""

    kind: PlanKind = field(default=PlanKind.OPEN, metadata=STORED)
    seconds: int | None = None
    """Planned focus in seconds (fixed); None for the other kinds."""
    until: datetime | None = None
    """Planned instant (until); None for the other kinds."""
    at_plan: AtPlan = AtPlan.OVERTIME
    run: str = ""
    """Id of the training run that ends the plan early, when it evaluates, saves or ends (fixed)."""
    run_name: str = ""
    """Its name when the block was planned."""
    run_marks: int | None = None
    """How many evaluations and checkpoints it had behind it then."""


OPEN_ENDED = Plan()
RUN_AT_MOST_S = 4 * 3600
"""Length of a block that waits for a run, if the run does not get there."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Time inside a block that is not focus."""

    start: datetime
    end: datetime | None
    """None while it lasts."""
    cause: Cause
    note: str = ""
    """The next step of a pause, the reason of anything else."""
    focus: bool = False
    """True once it was given back: the time counts as focus after all."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """A key press while the clock kept running."""

    at: datetime
    source: Source
    reason: str = ""
    returned_at: datetime | None = None
    """When focus resumed; None while it has not."""


class Fate(StrEnum):
    """What became of a parked thought."""

    KEPT = "kept"
    """Looked at, and still in the inbox."""
    TOMORROW = "tomorrow"
    NEXT = "next"
    """The next block is meant to be about it."""
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Thought:
    """Something written down to get it out of the head."""

    at: datetime
    text: str
    fate: Fate | None = None
    """None until somebody has looked at it again."""
    day: date | None = None
    """The day it was put off to; None if it was not."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a machine could see of a block's work; None means that nobody could look."""

    commits: int | None = None
    insertions: int | None = None
    deletions: int | None = None
    files: int | None = None
    subjects: tuple[str, ...] = ()
    """First lines of the commits, newest first, at most 20."""
    problems: tuple[str, ...] = ()
    """What could not be looked at, and why."""
    runs: tuple[str, ...] = ()
    """Training runs that ended meanwhile, a line each: how, and how good; at most 20."""


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of intended work. Focus, pauses and overtime are derived: see `measure`."""

    id: str
    started_at: datetime
    zone: Zone
    """IANA name of the zone in which it started."""
    intention: str = field(default="", metadata=STORED)
    then: str = ""
    """The if-then plan: "if X pulls me away, then Y"."""
    tags: tuple[str, ...] = ()
    context: str = field(default="work", metadata=STORED)
    mode: Mode | None = None
    plan: Plan = field(default=OPEN_ENDED, metadata=STORED)
    folder: str = ""
    """Folder in which it was started; empty if unknown."""
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    gaps: tuple[Gap, ...] = ()
    """Sorted by start, without overlap; only the last can be open."""
    interruptions: tuple[Interruption, ...] = ()
    parked: tuple[Thought, ...] = ()
    outcome: Outcome | None = None
    rating: int | None = None
    """1 (poor) to 5 (excellent); None if not rated."""
    note: str = ""
    evidence: Evidence | None = None
    added: bool = False
    """True if it was entered afterwards, not lived through with the clock."""
    imported: str = ""
    """The program whose export it came from; empty for a block of ours."""
    planned: str = ""
    """The planned occurrence that it was begun for, as PLAN@DAY; empty for none."""

    def check_stored(self) -> None:
        """Raises ValueError for what no command could have made: time that runs backwards."""
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise ValueError("ends before it starts")
        if any(gap.end is not None and gap.end < gap.start for gap in self.gaps):
            raise ValueError("has a gap that ends before it starts")

    @property
    def entered(self) -> bool:
        """True if nobody lived through it with our clock: it was added, or imported."""
        return self.added or bool(self.imported)

    @property
    def open_gap(self) -> Gap | None:
        """The gap that still lasts; None while the clock runs or after the end."""
        return self.gaps[-1] if self.gaps and self.gaps[-1].end is None else None

    @property
    def open_interruption(self) -> Interruption | None:
        """The interruption from which there was no return yet."""
        last = self.interruptions[-1] if self.interruptions else None
        return last if last is not None and last.returned_at is None else None


def last_instant(block: Block) -> datetime:
    """The latest instant that the block knows of; no command may lie before it."""
    known = [block.started_at]
    known += [instant for gap in block.gaps for instant in (gap.start, gap.end) if instant]
    known += [i.returned_at or i.at for i in block.interruptions]
    known += [thought.at for thought in block.parked]
    if block.ended_at is not None:
        known.append(block.ended_at)
    return max(known)
