"""Many GPUs at once: a line for all, the worst few by name, the rest as one cell each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.gpu_text import ALARMS
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.run_text import EIGHTHS

WORST = 8
IDLE = 0.03
HELD_BYTES = 300 << 20
LOST, UNKNOWN = "×", "·"
NEAR_HOT_C = 85.0


@dataclass(frozen=True, slots=True)
class FleetView:
    """What is shown of the GPUs of all runs that are elsewhere."""

    at: float = 0.0
    """POSIX seconds of the newest sample."""
    join: str = ""
    """How GPUs were joined to runs."""
    count: int = 0
    util: float | None = None
    idle: int = 0
    """Held and not used."""
    lost: int = 0
    worst: tuple[tuple[GpuReading, tuple[float | None, ...]], ...] = ()
    """Each with its past use, oldest first."""
    rows: tuple[tuple[str, str], ...] = ()
    """(host, one character a GPU in the order of their numbers)."""


def fleet_view(
    gpus: Sequence[GpuReading], past: Mapping[str, Sequence[float | None]], join: str
) -> FleetView:
    """The view of all of `gpus`; `past` is their use by uuid."""
    if not gpus:
        return FleetView(join=join)
    uses = [gpu.util for gpu in gpus if gpu.util is not None]
    bad = sorted(gpus, key=badness, reverse=True)[:WORST]
    hosts: dict[str, list[GpuReading]] = {}
    for gpu in gpus:
        hosts.setdefault(gpu.host, []).append(gpu)
    return FleetView(
        at=max(gpu.at.timestamp() for gpu in gpus),
        join=join,
        count=len(gpus),
        util=fmean(uses) if uses else None,
        idle=sum(_is_idle(gpu) for gpu in gpus),
        lost=sum(gpu.problem is not None for gpu in gpus),
        worst=tuple((gpu, tuple(past.get(gpu.uuid, ()))) for gpu in bad),
        rows=tuple(
            (host, "".join(map(cell, sorted(hosts[host], key=lambda gpu: gpu.index))))
            for host in sorted(hosts)
        ),
    )


def badness(gpu: GpuReading) -> tuple[int, float]:
    """Greater is worse: lost, idle while held, slowed down, then by how little it is used."""
    use = gpu.util if gpu.util is not None else 0.0
    if gpu.problem is not None:
        return 4, 0.0
    if _is_idle(gpu):
        return 3, (gpu.mem_used_bytes or 0) / (1 << 40)
    if any(reason in (gpu.throttle or ()) for reason in ALARMS):
        return 2, 1 - use
    if gpu.temp_c is not None and gpu.temp_c > NEAR_HOT_C:
        return 1, gpu.temp_c
    return 0, 1 - use


def cell(gpu: GpuReading) -> str:
    """One GPU in one cell."""
    if gpu.problem is not None:
        return LOST
    if gpu.util is None:
        return UNKNOWN
    return EIGHTHS[min(7, int(gpu.util * 8))]


def _is_idle(gpu: GpuReading) -> bool:
    held = gpu.mem_used_bytes
    return gpu.util is not None and gpu.util <= IDLE and held is not None and held >= HELD_BYTES
