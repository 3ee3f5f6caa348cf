"""Finished: the run came to its end by itself."""

from __future__ import annotations

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import RunState, state_of


def finished(seen: Seen) -> Finding | None:
    """A finding once the run's state is finished; says its best key metric."""
    if state_of(seen) is not RunState.FINISHED:
        return None
    history = seen.history
    key = history.key
    track = history.metrics[key] if key else None
    best = track.best if track is not None else None
    said = f"; best {key} {best:.4g}" if best is not None else ""
    step = f" at step {history.step}" if history.step is not None else ""
    return Finding(
        Rule.FINISHED,
        history.position,
        1.0 if seen.exit_status == 0 else 0.9,
        {"exit_status": seen.exit_status, "metric": key, "best": best},
        f"finished{step}{said}",
    )
