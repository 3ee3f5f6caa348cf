"""All rules over one run."""

from __future__ import annotations

from collections.abc import Callable

from flowtui.core.runs.findings.alert import alert
from flowtui.core.runs.findings.baseline import against_baseline
from flowtui.core.runs.findings.crashed import crashed
from flowtui.core.runs.findings.disk import disk_filling, disk_full
from flowtui.core.runs.findings.diverging import diverging
from flowtui.core.runs.findings.finding import Finding, Severity
from flowtui.core.runs.findings.finished import finished
from flowtui.core.runs.findings.gpus import gpu_idle, gpu_lost, loader_bound, throttled
from flowtui.core.runs.findings.hang import hang
from flowtui.core.runs.findings.nan import nan
from flowtui.core.runs.findings.oom import oom
from flowtui.core.runs.findings.overfitting import overfitting
from flowtui.core.runs.findings.plateau import plateau
from flowtui.core.runs.findings.stalled import stalled
from flowtui.core.runs.findings.zombie import zombie_memory
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
    overfitting,
    plateau,
    against_baseline,
    loader_bound,
    gpu_idle,
    throttled,
    disk_filling,
    zombie_memory,
    alert,
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
