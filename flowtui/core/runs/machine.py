"""What was seen of the machine at an instant: GPUs, processes, disks. A missing figure is None.

Nothing here is ever 0 because it could not be read; each reading says when it was taken.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flowtui.core.lazy_dataclass import dataclass


class Throttle(StrEnum):
    """Why a GPU runs below its clocks, as far as a person can do something about it."""

    HEAT = "heat"
    """The driver or the hardware slows it down for its temperature."""
    POWER_BRAKE = "power brake"
    """The board's supply asks for less."""
    HARDWARE = "hardware slowdown"
    """Heat, power brake or another protection of the hardware."""
    POWER_CAP = "power cap"
    """At its power limit: normal under full load, not an alarm."""


@dataclass(frozen=True, slots=True)
class GpuProcess:
    """A process that holds memory of a GPU."""

    pid: int
    """As the driver counts: in a container this is the host's number."""
    mem_bytes: int | None
    visible: bool
    """False if no such process is visible here: it is dead, or it lives in another container."""
    name: str = ""
    """Program and first arguments; empty if not visible."""
    user: str = ""
    mine: bool = False
    """True if it belongs to whoever runs flowtui."""


@dataclass(frozen=True, slots=True)
class GpuReading:
    """One GPU, or one MIG instance of it, at one instant."""

    at: datetime
    index: int
    uuid: str
    name: str
    util: float | None = None
    """Share of the last sample period in which a kernel ran, 0 to 1; None on MIG and old boards."""
    mem_util: float | None = None
    """Share of the last sample period in which memory was read or written, 0 to 1."""
    mem_used_bytes: int | None = None
    """In use by programs, without what the driver reserves."""
    mem_total_bytes: int | None = None
    mem_reserved_bytes: int | None = None
    temp_c: float | None = None
    temp_slow_c: float | None = None
    """Temperature at which the board slows itself down."""
    power_w: float | None = None
    power_limit_w: float | None = None
    energy_j: float | None = None
    """Joules since the driver was loaded; subtract two readings. May start anew."""
    sm_clock_mhz: float | None = None
    sm_clock_max_mhz: float | None = None
    throttle: frozenset[Throttle] | None = None
    processes: tuple[GpuProcess, ...] | None = None
    """Who holds memory; None if it could not be asked, or was not asked this time."""
    mig: str | None = None
    """Name of the MIG instance ("1g.10gb"), None for a whole GPU."""
    problem: str | None = None
    """Why nothing could be read ("the GPU is lost"); the figures are then None."""
    asleep: bool = False
    """The board sleeps (runtime power management) and was left asleep: no figures."""


@dataclass(frozen=True, slots=True)
class ProcessReading:
    """A run's process with all its descendants at one instant."""

    at: datetime
    pid: int
    alive: bool
    """False: gone, or the number belongs to another process now."""
    cpu: float | None = None
    """Cores in use since the reading before: 1.0 is one whole core."""
    rss_bytes: int | None = None
    io_wait: bool | None = None
    """True if the process itself sleeps uninterruptibly (state D): it waits for a disk."""
    stopped: bool = False
    """True if a signal stopped it (state T)."""
    read_bytes: int | None = None
    """Since its start, from storage."""
    written_bytes: int | None = None
    processes: int = 1
    """How many processes, it and its descendants."""


@dataclass(frozen=True, slots=True)
class DiskReading:
    """The file system that a run writes to, at one instant."""

    at: datetime
    path: str
    free_bytes: int
    total_bytes: int
