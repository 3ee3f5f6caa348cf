"""What the machine tells of a run: GPUs, disks, memory that nobody accounts for."""

from __future__ import annotations

from statistics import fmean, median

from flowtui.core.runs.eta import eta_of
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.machine import GpuReading, Throttle
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import ENDED, RunState, state_of

IDLE_S = 600.0
IDLE_UTIL = 0.03
HELD_BYTES = 300 * 2**20
START_S = 1800.0
"""So long a start may take without the GPU."""
LOADER_S = 300.0
HEAT_S = 120.0
ENOUGH = 10


def gpu_lost(seen: Seen) -> Finding | None:
    """A finding once the driver says that a GPU of this run is lost."""
    said = seen.gpu_lost
    if said is None:
        said = next((g.problem for g in seen.gpus[-2:] if g.problem and "lost" in g.problem), None)
    if said is None:
        return None
    return Finding(
        Rule.GPU_LOST, seen.history.position, 0.99, {"said": said}, f"a GPU of this run: {said}"
    )


def gpu_idle(seen: Seen) -> Finding | None:
    """A finding while the run holds a GPU's memory and has not used it for ten minutes."""
    if state_of(seen) not in (RunState.RUNNING, RunState.STALLED):
        return None
    if seen.rhythm.first_at is None and _age_s(seen) < START_S:
        return None  # it loads, or compiles
    part = _latest(seen, IDLE_S)
    first = seen.rhythm.first_at
    if part and first is not None and first > part[0].at.timestamp():
        return None
    utils = [gpu.util for gpu in part if gpu.util is not None]
    held = max((gpu.mem_used_bytes or 0 for gpu in part), default=0)
    if len(utils) < ENOUGH or len(utils) < len(part) or held < HELD_BYTES:
        return None
    if max(utils) > IDLE_UTIL:
        return None
    return Finding(
        Rule.GPU_IDLE,
        seen.history.position,
        0.95,
        {"util": fmean(utils), "held_bytes": held, "for_s": IDLE_S},
        f"holds {held / 2**30:.1f} GiB of GPU memory and has not used the GPU for "
        f"{IDLE_S / 60:.0f} min",
    )


def loader_bound(seen: Seen) -> Finding | None:
    """A finding while a run that gets on uses its GPU less than half, because it waits for data.

    The signs: a saw-tooth (full at one reading, nothing at the next), or processors at work while
    the GPU rests. Five minutes of readings at least; a run that has just begun is left alone.
    """
    if state_of(seen) is not RunState.RUNNING or seen.rhythm.expected() is None:
        return None
    part = _latest(seen, LOADER_S)
    utils = [gpu.util for gpu in part if gpu.util is not None]
    if len(utils) < ENOUGH or len(utils) < len(part) or not _gets_on(seen, part[0]):
        return None
    mean = fmean(utils)
    rest = sum(util < 0.1 for util in utils) / len(utils)
    full = sum(util > 0.6 for util in utils) / len(utils)
    start = part[0].at
    cores = [p.cpu for p in seen.process if p.cpu is not None and p.at >= start]
    busy = fmean(cores) if cores else None
    saw = mean < 0.6 and rest >= 0.3 and full >= 0.1
    starved = IDLE_UTIL < mean < 0.4 and busy is not None and busy >= 0.9
    if not saw and not starved:
        return None
    if saw and busy is not None and busy < 0.3:
        return None  # nothing works: it waits for something else
    return Finding(
        Rule.LOADER_BOUND,
        seen.history.position,
        0.85 if saw and starved else 0.7,
        {"util": mean, "share_at_rest": rest, "cores": busy},
        f"the GPU waits for data: used {mean:.0%} of the time".replace("%", " %")
        + (f" while {busy:.1f} cores work" if busy is not None else ""),
    )


def throttled(seen: Seen) -> Finding | None:
    """A finding while heat or the supply slows a GPU down; its power limit alone is normal."""
    part = _latest(seen, HEAT_S)
    told = [gpu.throttle for gpu in part if gpu.throttle is not None]
    if len(told) < ENOUGH // 2:
        return None
    bad = {Throttle.HEAT, Throttle.HARDWARE, Throttle.POWER_BRAKE}
    share = sum(bool(reasons & bad) for reasons in told) / len(told)
    if share < 0.5:
        return None
    reasons = sorted({reason.value for set_ in told for reason in set_ & bad})
    temps = [gpu.temp_c for gpu in part if gpu.temp_c is not None]
    clocks = [
        g.sm_clock_mhz / g.sm_clock_max_mhz for g in part if g.sm_clock_mhz and g.sm_clock_max_mhz
    ]
    clock = f" at {fmean(clocks):.0%} of its clock".replace("%", " %") if clocks else ""
    return Finding(
        Rule.THROTTLED,
        seen.history.position,
        round(min(0.99, 0.5 + share / 2), 2),
        {
            "reasons": ", ".join(reasons),
            "share_of_time": share,
            "temp_c": max(temps, default=None),
            "clock": fmean(clocks) if clocks else None,
        },
        f"a GPU is slowed down ({', '.join(reasons)}){clock}"
        + (f", {max(temps):.0f} °C" if temps else ""),
    )


def _gets_on(seen: Seen, since: GpuReading) -> bool:
    """True if the run had begun to log before `since` and has been logging to the last."""
    first, known = seen.rhythm.first_at, seen.rhythm.expected()
    last = seen.rhythm.last_sign(seen.now_s)
    if first is None or last is None or known is None or first > since.at.timestamp():
        return False
    return seen.now_s - last < max(30.0, 4 * known.interval_s)


def _age_s(seen: Seen) -> float:
    return 0.0 if seen.started_at is None else seen.now_s - seen.started_at.timestamp()


def _latest(seen: Seen, length_s: float) -> list[GpuReading]:
    """The readings of the latest `length_s`; empty if they do not reach that far back."""
    known = [gpu for gpu in seen.gpus if gpu.problem is None and not gpu.asleep]
    if not known or seen.now_s - known[0].at.timestamp() < 0.9 * length_s:
        return []
    start = seen.now_s - length_s
    return [gpu for gpu in known if gpu.at.timestamp() >= start]


FULL_BYTES = 200 * 2**20
FULL_SHARE = 0.001
SPAN_S = 1800.0
"""Checkpoints that come and go make a saw-tooth; less than this does not show whether it falls."""
AHEAD_S = 6 * 3600.0
"""Where the run's end is not known: full within so long is worth a word."""


def disk_full(seen: Seen) -> Finding | None:
    """A finding while next to nothing is free where the run writes."""
    if not seen.disk or state_of(seen) in ENDED:
        return None
    last = seen.disk[-1]
    if last.free_bytes > max(FULL_BYTES, min(FULL_SHARE * last.total_bytes, 2**30)):
        return None
    return Finding(
        Rule.DISK_FULL,
        seen.history.position,
        0.99,
        {"free_bytes": last.free_bytes, "path": last.path},
        f"the disk of {last.path} is full: {last.free_bytes / 2**20:.0f} MiB are free",
    )


def disk_filling(seen: Seen) -> Finding | None:
    """A finding if at its present pace the disk is full before the run's end, or within six hours.

    The pace is the median of the slopes from early to late readings (Theil and Sen), so that one
    large file that was written and removed counts for nothing. The least pace of both halves is
    taken: a burst that is over does not go on. And the highest and lowest of the second half must
    lie below those of the first: checkpoints that come and go change neither.
    """
    if len(seen.disk) < 6 or state_of(seen) in ENDED or disk_full(seen) is not None:
        return None
    points = [(reading.at.timestamp(), float(reading.free_bytes)) for reading in seen.disk]
    if points[-1][0] - points[0][0] < SPAN_S:
        return None
    half = len(points) // 2
    early, late = [free for _, free in points[:half]], [free for _, free in points[half:]]
    if max(late) >= max(early) or min(late) >= min(early):
        return None
    pace = min(-_slope(points), -_slope(points[:half]), -_slope(points[half:]))
    if pace <= 0:
        return None
    left_s = points[-1][1] / pace
    eta = eta_of(seen.history, seen.now_s)
    ahead = AHEAD_S if eta is None else min(48 * 3600.0, eta.left_s)
    if left_s >= ahead:
        return None
    return Finding(
        Rule.DISK_FILLING,
        seen.history.position,
        0.8,
        {"free_bytes": points[-1][1], "bytes_per_s": pace, "full_in_s": round(left_s)},
        f"the disk will be full in {left_s / 3600:.1f} h "
        f"({points[-1][1] / 2**30:.1f} GiB free, {pace * 3600 / 2**30:.1f} GiB an hour)",
    )


def _slope(points: list[tuple[float, float]]) -> float:
    half = len(points) // 2
    slopes = [
        (late[1] - early[1]) / (late[0] - early[0])
        for early, late in zip(points[:half], points[-half:], strict=True)
        if late[0] > early[0]
    ]
    return median(slopes) if slopes else 0.0


LEAST_BYTES = 512 * 2**20
AFTER_S = 60.0


def zombie_memory(seen: Seen) -> Finding | None:
    """A finding if, a minute after the run's end, a GPU it used holds memory of nobody who lives.

    A process that is not visible here may live in another container: then it is said less surely.
    """
    if state_of(seen) not in ENDED or not seen.gpus:
        return None
    latest: dict[str, GpuReading] = {gpu.uuid: gpu for gpu in seen.gpus}
    ended = seen.ended_at.timestamp() if seen.ended_at is not None else None
    if ended is not None and seen.now_s - ended < AFTER_S:
        return None
    pids = {reading.pid for reading in seen.process}
    for gpu in latest.values():
        if gpu.processes is None or gpu.mem_used_bytes is None:
            continue
        dead = [p for p in gpu.processes if not p.visible]
        held = sum(p.mem_bytes or 0 for p in dead)
        ours = [p for p in gpu.processes if p.pid in pids]
        living = sum(p.mem_bytes or 0 for p in gpu.processes)
        unknown = any(p.mem_bytes is None for p in gpu.processes)
        left = 0 if unknown else gpu.mem_used_bytes - living
        if ours:
            held = sum(p.mem_bytes or 0 for p in ours)
        if max(held, left) < LEAST_BYTES:
            continue
        sure = 0.95 if ours else 0.8 if not dead else 0.5
        who = ", ".join(str(p.pid) for p in (ours or dead)) or "no process"
        more = " (or one in another container)" if dead and not ours else ""
        return Finding(
            Rule.ZOMBIE_MEMORY,
            None,
            sure,
            {"gpu": gpu.index, "held_bytes": max(held, left), "pids": who},
            f"GPU {gpu.index} still holds {max(held, left) / 2**30:.1f} GiB of {who}, "
            f"which has ended{more}",
        )
    return None
