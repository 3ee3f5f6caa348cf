"""All rules over one run."""

from __future__ import annotations

from collections.abc import Callable

from flowtui.core.runs.findings.at_scale import (
    ended_early,
    gpu_imbalance,
    node_drained,
    queue_wait,
    rank_stalled,
    straggler,
    time_limit,
)
from flowtui.core.runs.findings.curves import diverging, nan
from flowtui.core.runs.findings.ended import alert, crashed, finished, oom
from flowtui.core.runs.findings.finding import Finding, Severity
from flowtui.core.runs.findings.machine_rules import (
    disk_filling,
    disk_full,
    gpu_idle,
    gpu_lost,
    loader_bound,
    throttled,
    zombie_memory,
)
from flowtui.core.runs.findings.silence import hang, stalled, waits_for_answer
from flowtui.core.runs.findings.validation import against_baseline, overfitting, plateau
from flowtui.core.runs.observation import Seen

RULES: tuple[Callable[[Seen], Finding | None], ...] = (
    crashed,
    oom,
    nan,
    gpu_lost,
    hang,
    disk_full,
    diverging,
    stalled,
    waits_for_answer,
    overfitting,
    plateau,
    against_baseline,
    loader_bound,
    gpu_idle,
    throttled,
    disk_filling,
    zombie_memory,
    alert,
    time_limit,
    queue_wait,
    ended_early,
    node_drained,
    straggler,
    rank_stalled,
    gpu_imbalance,
    finished,
)

_OF_CURVES = frozenset({nan, diverging, overfitting, plateau, against_baseline})
"""Rules that judge values along the run: they need to know where each of these stands."""

_ORDER = list(Severity)


def judge(seen: Seen) -> list[Finding]:
    """What the rules find, the serious first; of values without a step or an epoch nothing."""
    placed = seen.history.position is not None
    rules = [rule for rule in RULES if placed or rule not in _OF_CURVES]
    findings = [finding for rule in rules if (finding := rule(seen)) is not None]
    return sorted(findings, key=lambda finding: _ORDER.index(finding.severity))
