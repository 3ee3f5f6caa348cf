"""Memory held by the dead: GPU memory that no living process accounts for, after a run's end."""

from __future__ import annotations

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_state import ENDED, state_of

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
