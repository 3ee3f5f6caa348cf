"""What a run uses of GPUs: seconds held, seconds idle, watt-hours, the most memory.

Energy is the difference of the boards' own counters, so nothing is missed between two readings; a
counter that starts anew (driver reloaded) is taken from zero. A stretch longer than `GAP_S` between
two readings was slept through or not watched, and counts as nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.machine import GpuReading

GAP_S = 90.0
IDLE = 0.05
"""A GPU that computes in a smaller part of the time than this is idle."""
JOULES_A_WH = 3600.0


@dataclass(slots=True)
class Meter:
    """Sums up over the readings of the GPUs that a run holds."""

    gpu_s: float = 0.0
    idle_s: float = 0.0
    energy_j: float = 0.0
    peak_bytes: int | None = None
    counted_energy: bool = False
    """True once a board told its energy; until then `energy_j` is not zero but unknown."""
    _last: dict[str, tuple[float, float | None]] = field(default_factory=dict)

    def add(self, readings: Iterable[GpuReading], mem_bytes: int | None) -> None:
        """Take the readings of one instant, and the memory that the run holds on all of them."""
        if mem_bytes is not None:
            self.peak_bytes = max(mem_bytes, self.peak_bytes or 0)
        for reading in readings:
            self._one(reading)

    def _one(self, reading: GpuReading) -> None:
        now = reading.at.timestamp()
        before = self._last.get(reading.uuid)
        self._last[reading.uuid] = (now, reading.energy_j)
        if before is None:
            return
        passed = now - before[0]
        if not 0 < passed <= GAP_S:
            return
        self.gpu_s += passed
        if reading.util is not None and reading.util < IDLE:
            self.idle_s += passed
        if reading.energy_j is not None and before[1] is not None:
            grown = reading.energy_j - before[1]
            self.energy_j += grown if grown >= 0 else reading.energy_j
            self.counted_energy = True

    @property
    def energy_wh(self) -> float | None:
        """Watt-hours so far; None if no board counts them."""
        return round(self.energy_j / JOULES_A_WH, 3) if self.counted_energy else None

    def to_json(self) -> dict[str, Any]:
        """As JSON; the readings before a restart of the watcher are not taken up again."""
        return {
            "gpu_s": round(self.gpu_s, 1),
            "idle_s": round(self.idle_s, 1),
            "energy_j": round(self.energy_j, 1),
            "peak_bytes": self.peak_bytes,
            "counted_energy": self.counted_energy,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Meter:
        """Back from `to_json`."""
        return cls(
            data["gpu_s"], data["idle_s"], data["energy_j"], data["peak_bytes"],
            data["counted_energy"],
        )  # fmt: skip
