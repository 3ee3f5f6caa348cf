"""What happened to a block, told to listeners and hooks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flowtui.core.focus.block import Block
from flowtui.core.lazy_dataclass import dataclass


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


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to `block`, which is as it was afterwards."""

    kind: EventKind
    block: Block
    at: datetime
