"""A run as `runs show --json` and `runs read --json` print it: the contract's keys, no more.

Instants are ISO 8601 with offset, durations whole seconds, not-a-number the word "nan".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowtui.core.focus.block_json import iso
from flowtui.core.runs.eta import asked_at, eta_of
from flowtui.core.runs.findings.finding import Finding
from flowtui.core.runs.history import History, plain
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import ENDED, RunState, state_of


def run_view(seen: Seen, findings: Sequence[Finding], zone: str) -> dict[str, Any]:
    """The run as JSON; what is unknown is None."""
    history, state = seen.history, state_of(seen)
    # of a log whose end is not known nobody can say how long it has waited since
    changed = None if seen.log_changed_at is None else seen.log_changed_at.timestamp()
    at = None if state is RunState.UNKNOWN else asked_at(history, seen.now_s, changed)
    eta = None if state in ENDED else eta_of(history, at)
    return {
        "name": seen.name,
        "state": state.value,
        "formats": list(seen.formats),
        "started_at": iso(seen.started_at, zone),
        "ended_at": iso(seen.ended_at, zone),
        "exit_status": seen.exit_status,
        "step": history.step,
        "total_steps": history.total_steps,
        "epoch": plain(history.epoch),
        "total_epochs": plain(history.total_epochs),
        "progress": history.progress,
        "eta_s": None if eta is None else round(eta.left_s),
        "eta_error_s": None if eta is None or eta.error_s is None else round(eta.error_s),
        "metrics": metrics_view(history),
        "findings": [finding_view(finding) for finding in findings],
    }


def metrics_view(history: History) -> dict[str, dict[str, Any]]:
    """Each metric's figures by its name as the log writes it."""
    return {
        track.name: {
            "last": plain(track.last),
            "best": plain(track.best),
            "first": plain(track.first),
            "min": plain(track.min),
            "max": plain(track.max),
            "n": track.n,
        }
        for track in history.metrics.values()
    }


def finding_view(finding: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    return {
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "since_step": plain(finding.since_step),
        "confidence": round(finding.confidence, 2),
        "evidence": {
            name: plain(value) if isinstance(value, float) else value
            for name, value in finding.evidence.items()
        },
        "sentence": finding.sentence,
    }
