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
    host: str = ""
    """The machine it is in; empty: this one."""


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
    at_terminal: bool | None = None
    """True if a process of it waits for somebody to type; None where that is not to be known."""
    processes: int = 1
    """How many processes, it and its descendants."""


@dataclass(frozen=True, slots=True)
class DiskReading:
    """The file system that a run writes to, at one instant."""

    at: datetime
    path: str
    free_bytes: int
    total_bytes: int


PROGRAM = {
    13: "a program made an illegal access",
    31: "a program touched memory that is not its own",
    43: "a program was ended after an error",
    45: "a program's work was stopped",
    68: "a video decoder failed",
    94: "an uncorrectable memory error was contained to one program",
}
"""The board is well; the program that ran has a fault or was hit by one."""
BOARD = {
    46: "the GPU stopped answering",
    48: "a double-bit memory error",
    64: "a memory page could not be retired",
    74: "an NVLink error",
    79: "the GPU fell off the bus: the machine needs a restart",
    95: "an uncorrectable memory error reached several programs",
    109: "a context switch timed out",
    119: "the GPU's own processor does not answer",
    120: "the GPU's own processor failed",
}
"""The board needs a reset or worse; nothing that runs on it can be trusted."""


@dataclass(frozen=True, slots=True)
class Xid:
    """One event of the driver."""

    at: datetime
    gpu: int | None
    """Index of the GPU; None if the driver did not say."""
    number: int

    @property
    def serious(self) -> bool:
        """True if the board itself is in trouble."""
        return self.number in BOARD

    @property
    def words(self) -> str:
        """What it means, in words: "Xid 79, the GPU fell off the bus: ...\""""
        meaning = BOARD.get(self.number) or PROGRAM.get(self.number) or "see NVIDIA's Xid catalogue"
        return f"Xid {self.number}, {meaning}"
