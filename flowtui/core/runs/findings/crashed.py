"""Crashed: the run ended with an error, by exit status or by the words of its log."""

from __future__ import annotations

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import NoticeKind
from flowtui.core.runs.run_state import RunState, signal_name, state_of
from flowtui.core.text import middle_cut


def crashed(seen: Seen) -> Finding | None:
    """A finding once the run's state is crashed."""
    if state_of(seen) is not RunState.CRASHED:
        return None
    status = seen.exit_status
    error = error_line(seen)
    known = status is not None
    if known:
        name = signal_name(status or 0)
        how = f"killed by {name}" if name else f"exit status {status}"
    else:
        how = "by its log" if error else "its process is gone, and it was not done"
    said = f": {middle_cut(error, 120)}" if error else ""
    where = "" if seen.history.step is None else f" after step {seen.history.step}"
    return Finding(
        Rule.CRASHED,
        seen.history.position,
        1.0 if known else 0.95 if error else 0.6,
        {"exit_status": status, "error": error, "last_step": seen.history.step},
        f"crashed{where} ({how}){said}",
    )


def error_line(seen: Seen) -> str | None:
    """The last line of the first error that the run did not go on after; a traceback first."""
    latest = seen.history.latest()
    for kind in (NoticeKind.TRACEBACK, NoticeKind.OOM, NoticeKind.FAILED):
        for notice in latest:
            lines = [line for line in notice.text.splitlines() if line.strip()]
            if notice.kind is kind and lines:
                return lines[-1].strip()
    return None
