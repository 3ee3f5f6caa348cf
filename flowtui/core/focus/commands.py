"""What can be asked of a block and what listeners hear; `flowtui.core.focus.step` does it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flowtui.core.focus.block import (
    OPEN_ENDED,
    Block,
    Cause,
    EndedBy,
    Evidence,
    Mode,
    Outcome,
    Plan,
    Source,
)
from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a block; the only command that takes no block."""

    id: str
    zone: str
    intention: str = ""
    then: str = ""
    tags: tuple[str, ...] = ()
    context: str = "work"
    mode: Mode | None = None
    plan: Plan = OPEN_ENDED
    folder: str = ""
    planned: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop the clock; `next_step` is shown at the resume."""

    next_step: str = ""
    cause: Cause = Cause.PAUSE


@dataclass(frozen=True, slots=True)
class Resume:
    """Let the clock run again."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Note an interruption; the clock keeps running."""

    source: Source
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """Focus has resumed after an interruption."""


@dataclass(frozen=True, slots=True)
class Park:
    """Write a thought down."""

    text: str


@dataclass(frozen=True, slots=True)
class Extend:
    """Move the end of the plan by `seconds`; negative to shorten."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Reach:
    """The end of the plan is announced; a block that was set to ends there."""


@dataclass(frozen=True, slots=True)
class Arrive:
    """The run that the plan waits for has got there: the plan ends now, before its full length."""


@dataclass(frozen=True, slots=True)
class Lose:
    """A stretch that is known only afterwards not to have been focus: sleep, closed, crash."""

    start: datetime
    end: datetime
    cause: Cause
    note: str = ""
    focus: bool = False
    """True if it was focus all the same: the gap says that nobody looked, and counts."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The machine's clock was set: every instant moves by `seconds`, no duration changes."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Finish:
    """End the block at `now`."""

    ended_by: EndedBy = EndedBy.USER
    outcome: Outcome | None = None
    rating: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """Say how an ended block went; None and "" leave what was there."""

    outcome: Outcome | None = None
    rating: int | None = None
    note: str = ""
    evidence: Evidence | None = None


Command = (
    Pause
    | Resume
    | Interrupt
    | Return
    | Park
    | Extend
    | Reach
    | Arrive
    | Lose
    | Shift
    | Finish
    | Judge
)


class EventKind(StrEnum):
    """The words hooks and listeners know."""

    STARTED = "block-start"
    PAUSED = "block-pause"
    RESUMED = "block-resume"
    INTERRUPTED = "block-interrupt"
    RETURNED = "block-return"
    PARKED = "thought-parked"
    EXTENDED = "block-extend"
    PLAN_REACHED = "plan-reached"
    LOST = "block-gap"
    SHIFTED = "clock-changed"
    FINISHED = "block-end"
    JUDGED = "block-judged"
    NOTED = "block-noted"
    DISCARDED = "block-discard"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to `block`, which is as it was afterwards."""

    kind: EventKind
    block: Block
    at: datetime
