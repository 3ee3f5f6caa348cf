"""No sign of life: stalled for longer than ever, or hung on a GPU that only claims to work."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import RunState, limit_s, silence_s, state_of
from flowtui.core.text import middle_cut


def stalled(seen: Seen) -> Finding | None:
    """A finding while the run is stalled and it is no hang; says what the process does instead."""
    if state_of(seen) is not RunState.STALLED or hangs(seen):
        return None
    silence = silence_s(seen) or 0.0
    known = seen.rhythm.expected()
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


ASKED_S = 4.0
"""A question that is answered by a program itself is answered sooner."""


def waits_for_answer(seen: Seen) -> Finding | None:
    """A finding while a process of the run reads from a terminal on which nobody types."""
    if seen.exit_status is not None or not seen.process or not seen.process[-1].at_terminal:
        return None
    changed = seen.log_changed_at
    if changed is not None and (seen.now - changed).total_seconds() < ASKED_S:
        return None
    said = middle_cut(seen.prompt.strip(), 120)
    return Finding(
        Rule.WAITS,
        seen.history.position,
        0.95 if said else 0.8,
        {"last_line": said},
        f"waits for an answer: {said}" if said else "waits for somebody to type",
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


FULL = 0.95
OF_WORK = 0.65
"""Power below this share of what it drew while it worked is no work."""
OF_LIMIT = 0.45
"""Where it was not seen at work: below this share of its limit."""
LONG_S = 60.0
ENOUGH = 5


def hang(seen: Seen) -> Finding | None:
    """A finding while the run is stalled and its GPUs spin."""
    if not hangs(seen):
        return None
    silence = silence_s(seen)
    latest = _silent(seen)
    power = [gpu.power_w for gpu in latest if gpu.power_w is not None]
    return Finding(
        Rule.HANG,
        seen.history.position,
        0.9 if _at_work(seen) is not None else 0.75,
        {
            "silence_s": silence,
            "util": median([gpu.util or 0.0 for gpu in latest]),
            "power_w": median(power),
            "power_at_work_w": _at_work(seen),
        },
        f"hangs: nothing for {(silence or 0) / 60:.0f} min, the GPU is fully used at "
        f"{median(power):.0f} W (a collective operation waits for a peer?)",
    )


def hangs(seen: Seen) -> bool:
    """True if the run is silent and its GPUs are fully used at hardly any power."""
    if state_of(seen) is not RunState.STALLED:
        return False
    latest = _silent(seen)
    if len(latest) < ENOUGH or latest[-1].at.timestamp() - latest[0].at.timestamp() < LONG_S:
        return False
    if any(gpu.util is None or gpu.util < FULL or gpu.power_w is None for gpu in latest):
        return False
    power = median(gpu.power_w or 0.0 for gpu in latest)
    work = _at_work(seen)
    if work is not None:
        return power < OF_WORK * work
    limits = [gpu.power_limit_w for gpu in latest if gpu.power_limit_w]
    return bool(limits) and power < OF_LIMIT * median(limits)


def _silent(seen: Seen) -> Sequence[GpuReading]:
    """The readings since half a minute after the last sign of life, two minutes at most."""
    last = seen.rhythm.last_sign(seen.now_s)
    if last is None:
        return ()
    start = max(last + 30, seen.now_s - 120)
    return [gpu for gpu in seen.gpus if gpu.at.timestamp() > start]


def _at_work(seen: Seen) -> float | None:
    """Power while the run got on, if that was seen."""
    last = seen.rhythm.last_sign(seen.now_s)
    before = [
        gpu.power_w
        for gpu in seen.gpus
        if last is not None
        and gpu.at.timestamp() <= last
        and gpu.power_w is not None
        and (gpu.util or 0) > 0.5
    ]
    return median(before) if len(before) >= ENOUGH else None
