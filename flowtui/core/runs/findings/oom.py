"""Out of memory: the log says so, or the kernel killed the run while its memory was full."""

from __future__ import annotations

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import NoticeKind
from flowtui.core.runs.run_state import RunState, state_of
from flowtui.core.text import middle_cut


def oom(seen: Seen) -> Finding | None:
    """A finding if the run's end has to do with memory. An OOM that was caught is none."""
    history = seen.history
    if state_of(seen) is RunState.CRASHED:
        for notice in history.latest():
            if notice.kind is NoticeKind.OOM:
                rank = "" if notice.rank is None else f" on rank {notice.rank}"
                return Finding(
                    Rule.OOM,
                    notice.step,
                    0.99,
                    {"line": notice.text, "rank": notice.rank},
                    f"out of memory{rank}: {middle_cut(notice.text.strip(), 120)}",
                )
    if seen.exit_status in (-9, 137) and not seen.stop_asked:
        peak = max((p.rss_bytes or 0 for p in seen.process), default=0)
        return Finding(
            Rule.OOM,
            history.position,
            0.6,
            {"exit_status": seen.exit_status, "rss_bytes": peak or None},
            "killed (SIGKILL) and nobody asked for it: most likely the kernel, for full memory",
        )
    return None
