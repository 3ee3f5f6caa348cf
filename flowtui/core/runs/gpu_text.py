"""GPUs in words: one line each, and who holds memory that nobody accounts for."""

from __future__ import annotations

from collections.abc import Sequence

from flowtui.core.runs.machine import GpuReading, Throttle
from flowtui.core.runs.run_text import EIGHTHS

UNACCOUNTED = 512 << 20
"""Bytes in use beyond what its processes hold from which on that is worth a word: contexts and
libraries take some hundred MiB of their own."""
ALARMS = (Throttle.HEAT, Throttle.POWER_BRAKE, Throttle.HARDWARE)


def gib(number: int | None) -> str:
    """Bytes in GiB: "41.0"; empty for None."""
    return "" if number is None else f"{number / (1 << 30):.1f}"


def size(number: int) -> str:
    """Bytes as people read them: "41.0 GiB"."""
    amount = float(number)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def short_name(name: str) -> str:
    """A board's name without what all of them have in common."""
    for word in ("NVIDIA ", "GeForce ", "Tesla ", "Quadro "):
        name = name.replace(word, "")
    return name


def label(gpu: GpuReading) -> str:
    """ "0" or "0:1g.10gb"."""
    return f"{gpu.index}:{gpu.mig}" if gpu.mig else str(gpu.index)


def figures(gpu: GpuReading) -> tuple[str, ...]:
    """Use, memory, temperature, power, clock; what is unknown is a dot."""
    use = "·" if gpu.util is None else f"{gpu.util * 100:.0f} %"
    used, whole = gib(gpu.mem_used_bytes), gib(gpu.mem_total_bytes)
    memory = f"{used} / {whole} GiB" if used and whole else "·"
    temp = "·" if gpu.temp_c is None else f"{gpu.temp_c:.0f} °C"
    power = "·" if gpu.power_w is None else f"{gpu.power_w:.0f}"
    limit = "" if gpu.power_limit_w is None else f" / {gpu.power_limit_w:.0f}"
    watts = "·" if power == "·" else f"{power}{limit} W"
    clock = "·" if gpu.sm_clock_mhz is None else f"{gpu.sm_clock_mhz:.0f} MHz"
    return use, memory, temp, watts, clock


def remark(gpu: GpuReading) -> str:
    """What is out of the ordinary, in a few words; empty if nothing is."""
    if gpu.problem is not None:
        return gpu.problem
    if gpu.asleep:
        return "asleep, left asleep"
    slow = [reason.value for reason in ALARMS if reason in (gpu.throttle or ())]
    parts = [f"slowed by {' and '.join(slow)}"] if slow else []
    hidden = unaccounted(gpu)
    if hidden is not None:
        parts.append(f"{gib(hidden)} GiB held by no process that is visible here")
    return ", ".join(parts)


def unaccounted(gpu: GpuReading) -> int | None:
    """Bytes in use that no living, visible process holds; None if that cannot be told or is little.

    A process that the driver names and that is not visible here is dead, or in another container.
    """
    if gpu.processes is None or gpu.mem_used_bytes is None or gpu.mig is not None:
        return None
    known = [p.mem_bytes for p in gpu.processes if p.visible]
    if any(mem is None for mem in known):
        return None
    hidden = gpu.mem_used_bytes - sum(mem for mem in known if mem is not None)
    return hidden if hidden >= UNACCOUNTED else None


def strip(uses: Sequence[float | None], width: int) -> str:
    """The past use of a GPU, the latest `width` looks: "▁▂▇█", a dot where nothing was read."""
    latest = list(uses)[-width:]
    return "".join("·" if u is None else EIGHTHS[min(7, int(u * 8))] for u in latest)
