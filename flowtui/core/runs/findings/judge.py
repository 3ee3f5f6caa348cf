"""All rules over one run."""

from __future__ import annotations

from collections.abc import Callable

from flowtui.core.runs.findings.crashed import crashed
from flowtui.core.runs.findings.finding import Finding, Severity
from flowtui.core.runs.findings.finished import finished
from flowtui.core.runs.findings.nan import nan
from flowtui.core.runs.findings.oom import oom
from flowtui.core.runs.seen import Seen

RULES: tuple[Callable[[Seen], Finding | None], ...] = (crashed, oom, nan, finished)

_ORDER = list(Severity)


def judge(seen: Seen) -> list[Finding]:
    """What the rules find, the serious first."""
    found = [finding for rule in RULES if (finding := rule(seen)) is not None]
    return sorted(found, key=lambda finding: _ORDER.index(finding.severity))
