"""How a run ended, or what it said of itself: crashed, out of memory, finished, an alert."""

from __future__ import annotations

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.job import JobState, job_words
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
    elif seen.job is not None and seen.job.over:
        known, how = True, job_words(seen.job)
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
    if seen.job is not None and seen.job.state is JobState.OUT_OF_MEMORY:
        return Finding(
            Rule.OOM, history.position, 0.99, {"state": seen.job.state.value},
            "out of memory: it used more than the job had asked for",
        )  # fmt: skip
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


def alert(seen: Seen) -> Finding | None:
    """A finding with the run's own latest alert (wandb.alert, trackio.alert)."""
    said = seen.history.of_kind(NoticeKind.ALERT)
    if not said:
        return None
    return Finding(
        Rule.ALERT,
        said[-1].step,
        1.0,
        {"alerts": float(len(said)), "text": said[-1].text},
        f"says: {middle_cut(said[-1].text, 120)}",
    )
