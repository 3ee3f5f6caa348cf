"""From everything that is known of a run to what is shown and to what the ledger keeps of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flowtui.core.runs.eta import eta_of
from flowtui.core.runs.findings.finding import Finding
from flowtui.core.runs.glance import SPARKS, RunGlance
from flowtui.core.runs.history import History
from flowtui.core.runs.job import job_words
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.metrics import Better, Split, split_of
from flowtui.core.runs.news import News
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import NoticeKind
from flowtui.core.runs.run import Best, Cost, Run, Told
from flowtui.core.runs.run_state import ENDED, RunState, silence_s, silent_since, state_of
from flowtui.services.runs.tracked_run import Tracked

METRICS_KEPT = 40
"""Metrics of a run whose last and best values the ledger keeps; the curves lie beside the run."""


def glance_of(
    tracked: Tracked, seen: Seen, findings: Sequence[Finding], before: RunGlance | None = None
) -> RunGlance:
    """What lists show of a run that is followed.

    Where `before` is given, its course, its comparison and the end that it foresaw are taken over:
    they change slowly, and to reckon them anew is most of the work.
    """
    run, at = tracked.run, seen.now_s
    state = state_of(seen)
    process = tracked.process[-1] if tracked.process else None
    latest = _latest(tracked)
    history = seen.history
    shown = RunGlance(run.id, run.name, state.value, at)
    shown = _of_history(shown, history, seen.baseline, before)
    left_s, error_s = None, None
    if state in ENDED or state is RunState.UNKNOWN:
        pass  # nothing is left, or nobody knows
    elif before is not None and before.key == shown.key:
        left_s, error_s = before.eta_s, before.eta_error_s
        left_s = None if left_s is None else max(0.0, left_s - (at - before.at))
    elif (eta := eta_of(history, at)) is not None:
        left_s, error_s = eta.left_s, eta.error_s
    return replace(
        shown,
        adopted=run.adopted,
        command=" ".join(run.command),
        folder=run.folder,
        started_at=seen.started_at.timestamp() if seen.started_at else None,
        ended_at=seen.ended_at.timestamp() if seen.ended_at else None,
        exit_status=seen.exit_status,
        eta_s=left_s,
        eta_error_s=error_s,
        baseline=seen.baseline_name,
        gpus=() if seen.where else tuple(index for index, _, _ in latest),
        gpu_util=_mean([util for _, util, _ in latest if util is not None]),
        gpu_bytes=_sum([mem for _, _, mem in latest if mem is not None]),
        cpu=process.cpu if process is not None and process.alive else None,
        rss_bytes=process.rss_bytes if process is not None else None,
        quiet_s=silence_s(seen),
        silent_since=silent_since(seen),
        findings=tuple((f.rule.value, f.severity.value, f.sentence) for f in findings),
        formats=seen.formats,
        checkpoint=_checkpoint(seen),
        problem=tracked.problem,
        **_beyond(seen, tracked),
    )


def _beyond(seen: Seen, tracked: Tracked) -> dict[str, Any]:
    """What is shown of a run that is told of from elsewhere."""
    if not seen.where:
        return {}
    job = seen.job
    return {
        "where": seen.where,
        "heard_at": seen.heard_at.timestamp() if seen.heard_at is not None else None,
        "late_s": max(120.0, 2.5 * (tracked.report.wait_s if tracked.report else 0.0)),
        "queue": job_words(job) if job is not None else "",
        "starts_at": job.starts_at if job is not None and job.waits else None,
        "cut_at": job.cut_at if job is not None else None,
        "gpu_count": len(tracked.held) or (job.gpus or 0 if job is not None else 0),
    }


def glance_of_record(run: Run, history: History | None, at: float) -> RunGlance:
    """What lists show of a run that nobody follows any more, or not yet."""
    state = run.state or RunState.UNKNOWN
    shown = RunGlance(run.id, run.name, state.value, at)
    if history is not None:
        shown = _of_history(shown, history, None)
    return replace(
        shown,
        adopted=run.adopted,
        command=" ".join(run.command),
        folder=run.folder,
        started_at=run.started_at.timestamp(),
        ended_at=run.ended_at.timestamp() if run.ended_at is not None else None,
        exit_status=run.exit_status,
        step=run.step if run.step is not None else shown.step,
        rss_bytes=run.cost.peak_rss_bytes,
        gpu_bytes=run.cost.peak_gpu_bytes,
        findings=tuple((t.rule, t.severity, t.sentence) for t in run.findings),
        formats=run.formats,
    )


def closed(tracked: Tracked, seen: Seen, state: RunState, news: Sequence[News]) -> Run:
    """The record of a run that is over."""
    history, meter = seen.history, tracked.meter
    ended = seen.ended_at or seen.log_changed_at or seen.now
    usage = tracked.ended.max_rss_bytes if tracked.ended is not None else None
    peaks = [peak for peak in (usage, tracked.peak_rss_bytes) if peak is not None]
    held_gpus = meter.gpu_s > 0
    return replace(
        tracked.run,
        ended_at=max(ended, tracked.run.started_at).replace(microsecond=0),
        exit_status=seen.exit_status,
        state=state,
        formats=seen.formats,
        step=history.step,
        total_steps=history.total_steps,
        cost=Cost(
            peak_rss_bytes=max(peaks, default=None),
            peak_gpu_bytes=meter.peak_bytes,
            gpu_s=round(meter.gpu_s) if held_gpus else None,
            gpu_idle_s=round(meter.idle_s) if held_gpus else None,
            energy_wh=meter.energy_wh,
        ),
        metrics=tuple(_best(track) for track in _foremost(history)),
        findings=tuple(
            Told(n.rule.value, _instant(n.at), n.sentence, n.severity.value)
            for n in news
            if n.run == tracked.run.id
        ),
    )


def _of_history(
    shown: RunGlance, history: History, baseline: History | None, before: RunGlance | None = None
) -> RunGlance:
    key = history.key
    track = history.metrics.get(key) if key is not None else None
    shown = replace(
        shown,
        step=history.step,
        total_steps=history.total_steps,
        epoch=history.epoch,
        total_epochs=history.total_epochs,
        marks=_marks(history),
        progress=history.progress,
    )
    if track is None:
        return shown
    known = before if before is not None and before.key == key else None
    return replace(
        shown,
        key=key,
        last=track.last,
        best=track.best,
        is_best=track.last is not None and track.last == track.best and track.n > 1,
        spark=known.spark if known is not None else _spark(track),
        ahead=known.ahead if known is not None else _ahead(track, baseline),
    )


def _marks(history: History) -> int:
    """Evaluations, by the validation metric with the most values, and checkpoints."""
    values = [t.n for t in history.metrics.values() if split_of(t.name) is Split.VALIDATION]
    return max(values, default=0) + len(history.of_kind(NoticeKind.CHECKPOINT))


def _spark(track: Track) -> tuple[float, ...]:
    values = [point.value for point in track.series.means()]
    if len(values) <= SPARKS:
        return tuple(values)
    step = len(values) / SPARKS
    return tuple(values[min(len(values) - 1, int((i + 1) * step) - 1)] for i in range(SPARKS))


def _ahead(track: Track, baseline: History | None) -> float | None:
    """By how much the latest curve is better than the baseline's at the same step."""
    other = baseline.metrics.get(track.name) if baseline is not None else None
    curve = track.series.means()
    if other is None or not curve or track.better is None:
        return None
    there = other.series.at_step(curve[-1].step)
    if there is None or there == 0 or not math.isfinite(curve[-1].value):
        return None
    gain = (there - curve[-1].value) / abs(there)
    return gain if track.better is Better.LOWER else -gain


def _latest(tracked: Tracked) -> list[tuple[int, float | None, int | None]]:
    """(index, use, memory held here) of the GPUs of the last reading."""
    return [
        (
            gpu.index,
            gpu.util,
            _sum([
                p.mem_bytes for p in gpu.processes or ()
                if p.pid in tracked.pids and p.mem_bytes is not None
            ]),
        )
        for gpu in tracked.held
    ]  # fmt: skip


def _checkpoint(seen: Seen) -> str | None:
    if seen.checkpoint is not None:
        return seen.checkpoint
    notices = seen.history.of_kind(NoticeKind.CHECKPOINT)
    return notices[-1].path or notices[-1].text if notices else None


def _foremost(history: History) -> list[Track]:
    """Metrics that say how good the run is first, then the others as they came."""
    tracks = list(history.metrics.values())
    return sorted(tracks, key=lambda t: (t.name != history.key, t.better is None))[:METRICS_KEPT]


def _best(track: Track) -> Best:
    return Best(track.name, track.last, track.best, track.best_step)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _sum(values: list[int]) -> int | None:
    return sum(values) if values else None


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
