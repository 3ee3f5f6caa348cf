"""What one place in a log said: readings (figures) and notices (words).

Both are named tuples, not dataclasses: a first look at an event file makes a million of them, and
a named tuple costs a third of a frozen dataclass. Instants are POSIX seconds here; what is unknown
is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

NOTHING: Mapping[str, float] = MappingProxyType({})


class Reading(NamedTuple):
    """Progress and metrics as one line, row or record of a log gave them."""

    step: int | None = None
    """Steps (updates, iterations, boosting rounds) done since the start of the run."""
    metrics: Mapping[str, float] = NOTHING
    """Name as the log writes it -> value; not-a-number and infinities are values like others."""
    epoch: float | None = None
    """Epochs done or under way, as the log counts them."""
    total_steps: int | None = None
    total_epochs: float | None = None
    at: float | None = None
    """When it was written, POSIX seconds, if the log says so."""
    elapsed_s: float | None = None
    """Seconds since the bar or the run began, if the log says so."""
    eta_s: float | None = None
    """Seconds left to the end of the run by the log's own word."""
    rate: float | None = None
    """Steps per second by the log's own word."""
    rank: int | None = None
    """Which of several workers wrote it; None if the log does not say."""


class NoticeKind(StrEnum):
    """What words in a log can mean for a run."""

    OOM = "out of memory"
    TRACEBACK = "traceback"
    """A Python traceback's text; its last line is the error."""
    FAILED = "failed"
    """A fatal line without a traceback: a signal's, a launcher's, a watchdog's."""
    INTERRUPTED = "interrupted"
    """Somebody stopped it: KeyboardInterrupt, a scheduler's cancellation."""
    CHECKPOINT = "checkpoint"
    RESUMED = "resumed"
    EVALUATION = "evaluation"
    """An evaluation begins: the next figures may take a while."""
    FINISHED = "finished"
    ALERT = "alert"
    """The program's own alert (wandb.alert, trackio.alert)."""
    DAMAGE = "damage"
    """Part of the log could not be read; said once."""


class Notice(NamedTuple):
    """Words in a log that mean something for the run."""

    kind: NoticeKind
    text: str
    """The line itself, or the lines, at most a few kilobytes."""
    rank: int | None = None
    path: str | None = None
    """The checkpoint's file or folder as the log names it."""
    step: int | None = None
    at: float | None = None
    """When it was written, POSIX seconds, if the log says so."""
    exit_status: int | None = None
    """With FINISHED and FAILED: the exit status that the log recorded, if it did."""


Item: TypeAlias = Reading | Notice
