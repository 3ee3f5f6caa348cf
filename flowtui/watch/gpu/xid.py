"""Xid events: what the driver itself calls an error of a GPU, as it happens.

Only events after the start are told. Numbers: NVIDIA's Xid catalogue.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.machine import Xid
from flowtui.watch.gpu.driver import Driver, GpuError

CRITICAL = 0x8  # nvmlEventTypeXidCriticalError
TIMEOUT = 10
WAIT_MS = 2000
KEEP = 64


@dataclass(frozen=True, slots=True)
class _Board:
    index: int
    handle: Any


class XidWatch:
    """Waits for events in a thread of its own, with its own hold on the driver."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._seen: list[Xid] = []

    def begin(self) -> None:
        """Start; where events cannot be had the thread ends by itself."""
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="flowtui-xid", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Stop within two seconds; does not wait for it."""
        self._stop.set()
        self._thread = None

    def taken(self) -> tuple[Xid, ...]:
        """The events since the last call."""
        with self._lock:
            seen, self._seen = tuple(self._seen), []
        return seen

    def _run(self) -> None:
        driver = Driver()
        try:
            driver.open()
            self._wait(driver)
        except GpuError:
            return  # no driver, no permission, or not on this system: said by the readings
        finally:
            driver.close()

    def _wait(self, driver: Driver) -> None:
        events = driver.call("nvmlEventSetCreate")
        boards: list[_Board] = []
        for index in range(driver.call("nvmlDeviceGetCount")):
            try:
                handle = driver.call("nvmlDeviceGetHandleByIndex", index)
                driver.call("nvmlDeviceRegisterEvents", handle, CRITICAL, events)
            except GpuError:
                continue
            boards.append(_Board(index, handle))
        while boards and not self._stop.is_set():
            try:
                data = driver.call("nvmlEventSetWait_v2", events, WAIT_MS)
            except GpuError as error:
                if error.number != TIMEOUT:
                    return
                continue
            self._note(driver, data, self._clock.now())

    def _note(self, driver: Driver, data: Any, at: datetime) -> None:
        try:
            index = driver.call("nvmlDeviceGetIndex", data.device)
        except GpuError:
            index = None
        with self._lock:
            self._seen = [*self._seen, Xid(at, index, int(data.eventData))][-KEEP:]
