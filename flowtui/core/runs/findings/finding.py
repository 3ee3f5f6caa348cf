"""A finding: the verdict of one rule, with what it rests on; and how serious each rule is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from flowtui.core.lazy_dataclass import dataclass

Evidence: TypeAlias = Mapping[str, float | str | None]


class Rule(StrEnum):
    """What can be found. The word is the finding's name everywhere."""

    CRASHED = "crashed"
    NAN = "nan"
    OOM = "oom"
    GPU_LOST = "gpu lost"
    HANG = "hang"
    DISK_FULL = "disk full"
    DISK_FILLING = "disk filling"
    DIVERGING = "diverging"
    STALLED = "stalled"
    WAITS = "waits for an answer"
    PLATEAU = "plateau"
    OVERFITTING = "overfitting"
    BETTER = "better than baseline"
    WORSE = "worse than baseline"
    LOADER_BOUND = "data-loader bound"
    GPU_IDLE = "gpu idle"
    ZOMBIE_MEMORY = "memory held by the dead"
    THROTTLED = "throttled"
    ALERT = "alert"
    TIME_LIMIT = "time limit"
    QUEUE = "queue"
    ENDED_EARLY = "ended early"
    NODE_DRAINED = "node drained"
    STRAGGLER = "straggler"
    RANK_STALLED = "rank stalled"
    GPU_IMBALANCE = "gpu imbalance"
    FINISHED = "finished"


class Severity(StrEnum):
    """What a finding may do to a running block."""

    SERIOUS = "serious"
    """Breaks through, once."""
    NOTABLE = "notable"
    """Waits for the end of the block or a pause; then it is worth a look."""
    CALM = "calm"
    """Good to know."""


SEVERITY: Mapping[Rule, Severity] = {
    Rule.CRASHED: Severity.SERIOUS,
    Rule.NAN: Severity.SERIOUS,
    Rule.OOM: Severity.SERIOUS,
    Rule.GPU_LOST: Severity.SERIOUS,
    Rule.HANG: Severity.SERIOUS,
    Rule.DISK_FULL: Severity.SERIOUS,
    Rule.DISK_FILLING: Severity.NOTABLE,
    Rule.DIVERGING: Severity.NOTABLE,
    Rule.STALLED: Severity.NOTABLE,
    Rule.WAITS: Severity.NOTABLE,
    Rule.PLATEAU: Severity.NOTABLE,
    Rule.OVERFITTING: Severity.NOTABLE,
    Rule.BETTER: Severity.CALM,
    Rule.WORSE: Severity.NOTABLE,
    Rule.LOADER_BOUND: Severity.NOTABLE,
    Rule.GPU_IDLE: Severity.NOTABLE,
    Rule.ZOMBIE_MEMORY: Severity.NOTABLE,
    Rule.THROTTLED: Severity.NOTABLE,
    Rule.ALERT: Severity.NOTABLE,
    Rule.TIME_LIMIT: Severity.NOTABLE,
    Rule.QUEUE: Severity.NOTABLE,
    Rule.ENDED_EARLY: Severity.NOTABLE,
    Rule.NODE_DRAINED: Severity.NOTABLE,
    Rule.STRAGGLER: Severity.NOTABLE,
    Rule.RANK_STALLED: Severity.NOTABLE,
    Rule.GPU_IMBALANCE: Severity.NOTABLE,
    Rule.FINISHED: Severity.CALM,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of a run."""

    rule: Rule
    since_step: float | None
    """The step (or epoch, where there are no steps) since which it holds; None if unknown."""
    confidence: float
    """0 to 1: how sure the rule is of it."""
    evidence: Evidence
    """The figures it rests on; the unit is part of each name."""
    sentence: str
    """One plain sentence for a person, without a full stop."""

    @property
    def severity(self) -> Severity:
        """By the policy for its rule."""
        return SEVERITY[self.rule]
