"""Hang: the GPU claims to be fully used, draws hardly more power than at rest, and nothing comes.

That is what a collective operation does while it spins for a peer that will never answer: 100 %
utilisation (a kernel runs all the time) at a fraction of the power that computing takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import RunState, state_of

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
    silence = seen.rhythm.silence_s(seen.now_s)
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
    last = seen.rhythm.last_at
    if last is None:
        return ()
    start = max(last + 30, seen.now_s - 120)
    return [gpu for gpu in seen.gpus if gpu.at.timestamp() > start]


def _at_work(seen: Seen) -> float | None:
    """Power while the run got on, if that was seen."""
    last = seen.rhythm.last_at
    before = [
        gpu.power_w
        for gpu in seen.gpus
        if last is not None
        and gpu.at.timestamp() <= last
        and gpu.power_w is not None
        and (gpu.util or 0) > 0.5
    ]
    return median(before) if len(before) >= ENOUGH else None
