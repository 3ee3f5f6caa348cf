"""Stalled: no sign of life for longer than this run ever had reason to be silent."""

from __future__ import annotations

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.findings.hang import hangs
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import RunState, limit_s, state_of


def stalled(seen: Seen) -> Finding | None:
    """A finding while the run is stalled and it is no hang; says what the process does instead."""
    if state_of(seen) is not RunState.STALLED or hangs(seen):
        return None
    rhythm = seen.rhythm
    silence = rhythm.silence_s(seen.now_s)
    if silence is None:
        silence = 0.0 if seen.started_at is None else seen.now_s - seen.started_at.timestamp()
    known = rhythm.expected()
    doing, confidence = _doing(seen)
    usual = "" if known is None else f"; usual is {_words(known.interval_s)}"
    return Finding(
        Rule.STALLED,
        seen.history.position,
        confidence,
        {
            "silence_s": round(silence, 1),
            "limit_s": round(limit_s(seen), 1),
            "usual_s": None if known is None else round(known.interval_s, 3),
            "pause_s": None if known is None else known.pause_s,
        },
        f"no sign of life for {_words(silence)}{usual}{doing}",
    )


def _doing(seen: Seen) -> tuple[str, float]:
    latest = seen.process[-3:]
    if not latest:
        return "", 0.7
    if latest[-1].stopped:
        return "; a signal has stopped it (fg, or kill -CONT)", 0.99
    if all(reading.io_wait for reading in latest):
        return "; it waits for a disk", 0.9
    shares = [reading.cpu for reading in latest if reading.cpu is not None]
    busy = [gpu.util for gpu in seen.gpus[-3:] if gpu.util is not None]
    if shares and max(shares) < 0.05 and (not busy or max(busy) < 0.05):
        return "; it does nothing", 0.95
    if (shares and min(shares) > 0.5) or (busy and min(busy) > 0.5):
        return "; it computes all the same", 0.6
    return "", 0.8


def _words(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds:.2g} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
