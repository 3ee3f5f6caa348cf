"""GPUs read by a thread of their own: a driver that hangs holds up nobody but itself."""

from __future__ import annotations

import threading

from flowtui.core.clock import Clock
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.machine import GpuReading, Xid
from flowtui.watch.gpu.gpus import Gpus
from flowtui.watch.gpu.xid import XidWatch

SILENT_S = 10.0
"""A driver that has not answered for longer is said to hang."""


LOOK_S = 0.5
"""How often it is seen whether somebody still wants readings."""


@dataclass(frozen=True, slots=True)
class GpuState:
    """The latest of all GPUs."""

    readings: tuple[GpuReading, ...] = ()
    problem: str | None = None


class GpuThread:
    """Reads while it is wanted; `latest` never waits."""

    def __init__(self, gpus: Gpus, xids: XidWatch, clock: Clock) -> None:
        self._gpus = gpus
        self._xids = xids
        self._clock = clock
        self._lock = threading.Lock()
        self._latest = GpuState()
        self._asked_at: float | None = None
        self._wanted = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def want(self, wanted: bool) -> None:
        """Read from now on, or let go of the driver."""
        if wanted and not self._wanted.is_set():
            self._wanted.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="flowtui-gpus", daemon=True)
                self._thread.start()
        elif not wanted:
            self._wanted.clear()

    @property
    def reading(self) -> bool:
        """True while the driver is being asked."""
        with self._lock:
            return self._asked_at is not None

    def latest(self) -> GpuState:
        """What was read last; `problem` also says if the driver hangs."""
        with self._lock:
            latest, asked = self._latest, self._asked_at
        if asked is not None:
            silent = self._clock.monotonic() - asked
            if silent > SILENT_S:
                return GpuState((), f"the NVIDIA driver has not answered for {silent:.0f} s")
        return latest

    def xids(self) -> tuple[Xid, ...]:
        """Events of the driver since the last call."""
        return self._xids.taken()

    def end(self) -> None:
        """Stop reading; does not wait for a driver that hangs."""
        self._stop.set()
        self._wanted.set()
        self._xids.end()

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._wanted.wait(0.5) or self._stop.is_set():
                continue
            self._read()
            if not self._gpus.problem and self._latest.readings:
                self._xids.begin()
            self._pause()
        self._gpus.close()

    def _read(self) -> None:
        with self._lock:
            self._asked_at = self._clock.monotonic()
        readings = self._gpus.read()
        with self._lock:
            self._latest = GpuState(readings, self._gpus.problem)
            self._asked_at = None

    def _pause(self) -> None:
        """Wait for the next reading; let go of the driver if nobody wants one any more."""
        for _ in range(max(1, round(self._gpus.interval_s / LOOK_S))):
            if self._stop.wait(LOOK_S) or not self._wanted.is_set():
                break
        if not self._wanted.is_set():
            self._gpus.close()
            self._xids.end()
            with self._lock:
                self._latest = GpuState()
