"""One GPU, or one MIG instance: what stands still is asked once, the rest at every reading.

A reading costs at most seven calls (use, memory, temperature, power, energy, clock, reasons of a
lower clock), and two more when processes are asked for; `CALLS` and `PROCESS_CALLS` are what the
tests hold it to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flowtui.core.runs.machine import GpuProcess, GpuReading, Throttle
from flowtui.watch.gpu.driver import Asker, Driver, GpuError

CALLS = 7
"""NVML calls of one reading of a board that knows everything."""
PROCESS_CALLS = 4
"""More when processes are asked for: two lists, each asked for its length and then for itself."""
SM, TEMPERATURE, SLOWDOWN = 1, 0, 1  # NVML_CLOCK_SM, NVML_TEMPERATURE_GPU, ..._THRESHOLD_SLOWDOWN
MEMORY_V2 = 0x02000028  # nvmlMemory_v2: the size of the struct and its version
REASONS = {
    0x20: Throttle.HEAT,
    0x40: Throttle.HEAT,
    0x80: Throttle.POWER_BRAKE,
    0x08: Throttle.HARDWARE,
    0x04: Throttle.POWER_CAP,
}
"""Bits of nvmlClocksEventReasons that mean something to a person."""
NO_PID = frozenset({0, 0xFFFFFFFF})
"""What drivers of 2023 gave for scrambled entries."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands in the parts that stand still; every reading has its own."""

Identify = Callable[[int, int | None], GpuProcess]
"""Who a pid is, and the memory it holds."""


class Board:
    """One GPU with its handle."""

    def __init__(self, driver: Driver, index: int, handle: Any, mig: bool = False) -> None:
        self.index = index
        self.handle = handle
        self._driver = driver
        self._ask = Asker(driver, handle)
        self._mig = mig
        self._fixed = self._what_stands_still()

    @property
    def uuid(self) -> str:
        """NVIDIA's name for this very board."""
        return self._fixed.uuid

    def instances(self) -> list[Board]:
        """Its MIG instances; none if it is not cut up."""
        mode = self._ask("nvmlDeviceGetMigMode")
        if not mode or mode[0] != 1:
            return []
        found = []
        for i in range(self._ask("nvmlDeviceGetMaxMigDeviceCount") or 0):
            try:
                handle = self._driver.call("nvmlDeviceGetMigDeviceHandleByIndex", self.handle, i)
            except GpuError:
                continue  # places for instances are numbered, and some stand empty
            found.append(Board(self._driver, self.index, handle, mig=True))
        return found

    def bus_id(self) -> str:
        """Its place on the bus as the kernel writes it: "0000:05:00.0"; empty if unknown."""
        info = self._ask("nvmlDeviceGetPciInfo_v3") or self._ask("nvmlDeviceGetPciInfo")
        return short_bus_id(words(info.busId)) if info is not None else ""

    def read(self, at: datetime, identify: Identify | None) -> GpuReading:
        """The figures of now; with `identify` also who holds memory. Never raises."""
        try:
            return self._read(at, identify)
        except GpuError as error:
            return replace(self._fixed, at=at, problem=str(error))

    def asleep(self, at: datetime) -> GpuReading:
        """That it sleeps and was left alone."""
        return replace(self._fixed, at=at, asleep=True)

    def _read(self, at: datetime, identify: Identify | None) -> GpuReading:
        ask = self._ask
        memory = ask("nvmlDeviceGetMemoryInfo", MEMORY_V2) or ask("nvmlDeviceGetMemoryInfo")
        total = memory.total if memory is not None else None
        reserved = getattr(memory, "reserved", None)
        reading = replace(
            self._fixed,
            at=at,
            mem_used_bytes=memory.used if memory is not None else None,
            mem_total_bytes=total,
            mem_reserved_bytes=reserved,
        )
        if self._mig:
            return reading
        use = ask("nvmlDeviceGetUtilizationRates")
        reading = replace(
            reading,
            util=min(use.gpu, 100) / 100 if use is not None else None,
            mem_util=min(use.memory, 100) / 100 if use is not None else None,
            temp_c=ask("nvmlDeviceGetTemperature", TEMPERATURE, tell=float),
            power_w=ask("nvmlDeviceGetPowerUsage", tell=thousandth),
            energy_j=ask("nvmlDeviceGetTotalEnergyConsumption", tell=thousandth),
            sm_clock_mhz=ask("nvmlDeviceGetClockInfo", SM, tell=float),
            throttle=self._throttle(),
        )
        return replace(reading, processes=self._processes(identify)) if identify else reading

    def _throttle(self) -> frozenset[Throttle] | None:
        bits = self._ask("nvmlDeviceGetCurrentClocksEventReasons")
        if bits is None:  # its name before driver 535
            bits = self._ask("nvmlDeviceGetCurrentClocksThrottleReasons")
        if bits is None:
            return None
        return frozenset(reason for bit, reason in REASONS.items() if bits & bit)

    def _processes(self, identify: Identify) -> tuple[GpuProcess, ...] | None:
        held: dict[int, int | None] = {}
        answered = False
        for kind in ("Compute", "Graphics"):
            name = f"nvmlDeviceGet{kind}RunningProcesses"
            listed = self._ask(f"{name}_v3")
            if listed is None:
                listed = self._ask(f"{name}_v2")
            if listed is None:
                continue
            answered = True
            for one in listed:
                if one.pid not in NO_PID:
                    held[one.pid] = one.usedGpuMemory
        if not answered:
            return None
        return tuple(identify(pid, mem) for pid, mem in sorted(held.items()))

    def _what_stands_still(self) -> GpuReading:
        blank = GpuReading(at=EPOCH, index=self.index, uuid="", name="GPU")
        try:
            name = words(self._ask("nvmlDeviceGetName") or "GPU")
            blank = replace(blank, name=name, uuid=words(self._ask("nvmlDeviceGetUUID") or ""))
            if self._mig:
                whole, _, profile = name.partition(" MIG ")
                return replace(blank, name=whole, mig=profile or "MIG")
            return replace(
                blank,
                power_limit_w=self._ask("nvmlDeviceGetEnforcedPowerLimit", tell=thousandth),
                sm_clock_max_mhz=self._ask("nvmlDeviceGetMaxClockInfo", SM, tell=float),
                temp_slow_c=self._ask("nvmlDeviceGetTemperatureThreshold", SLOWDOWN, tell=float),
            )
        except GpuError:
            return blank


def thousandth(number: float) -> float:
    """Watts of milliwatts, joules of millijoules."""
    return number / 1000


def words(text: str | bytes) -> str:
    """What old bindings give as bytes."""
    return text.decode(errors="replace") if isinstance(text, bytes) else text


def short_bus_id(long: str) -> str:
    """NVML writes the domain with eight digits, the kernel with four: "0000:05:00.0"."""
    domain, _, rest = long.lower().partition(":")
    return f"{domain[-4:]}:{rest}" if rest else ""
