"""All GPUs together: opened for whoever watches, read slowly, left alone where they sleep.

The budget: a reading every two seconds at most, processes every ten, and never more than one part
in a hundred of the time inside the driver, whose lock the training program needs too. A call that
hangs holds up the thread that reads and nobody else: others see how old the latest reading is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flowtui.core.clock import Clock
from flowtui.core.runs.machine import GpuReading
from flowtui.watch.gpu.board import Board, Identify
from flowtui.watch.gpu.driver import Driver, GpuError
from flowtui.watch.gpu.power import sleepers
from flowtui.watch.process import gpu_process

READ_S = 2.0
"""Seconds between readings."""
PROCESSES_S = 10.0
"""Seconds between looks at who holds memory: the dearest call."""
SHARE = 0.01
"""Part of the time that may pass inside the driver."""
SLOWEST_S = 30.0
"""Seconds between readings of a driver that answers very slowly."""
RETRY_S = 60.0
"""Seconds until a driver that could not be opened is asked again."""


class Gpus:
    """Reads every GPU of the machine. Use it from one thread.

    `problem` says why there are none, in a line; None as long as all is well.
    """

    def __init__(
        self,
        clock: Clock,
        identify: Identify = gpu_process,
        asleep: Callable[[], dict[str, bool]] = sleepers,
    ) -> None:
        self.problem: str | None = None
        self._clock = clock
        self._identify = identify
        self._asleep = asleep
        self._driver = Driver()
        self._boards: list[tuple[str, Board]] = []
        """Each with its place on the bus."""
        self._asked_processes: float | None = None
        self._known: dict[str, GpuReading] = {}
        self._next_try = 0.0
        self.interval_s = READ_S
        """Seconds until the next reading is due, adapted to how long the last one took."""

    def read(self) -> tuple[GpuReading, ...]:
        """The figures of now, processes at most every ten seconds (kept in between).

        Empty if there are none to read; `problem` says why.
        """
        now, began = self._clock.now(), self._clock.monotonic()
        asleep = self._asleep()
        if not self._open(asleep, began):
            return tuple(
                _sleeping(now, i, place) for i, place in enumerate(asleep) if asleep[place]
            )
        due = self._asked_processes is None or began - self._asked_processes >= PROCESSES_S
        if due:
            self._asked_processes = began
        found = tuple(self._one(place, board, now, asleep, due) for place, board in self._boards)
        self._adapt(self._clock.monotonic() - began)
        return found

    def close(self) -> None:
        """Let go of the driver; the next `read` opens it again."""
        self._boards = []
        self._asked_processes = None
        self._driver.close()

    def _one(
        self, place: str, board: Board, now: datetime, asleep: dict[str, bool], due: bool
    ) -> GpuReading:
        if asleep.get(place):
            return board.asleep(now)
        reading = board.read(now, self._identify if due else None)
        if due:
            self._known[board.uuid] = reading
        elif reading.problem is None and (before := self._known.get(board.uuid)) is not None:
            reading = _with_processes(reading, before)
        return reading

    def _open(self, asleep: dict[str, bool], began: float) -> bool:
        """Whether the driver is open; it is left closed while every GPU sleeps."""
        if asleep and all(asleep.values()):
            self.close()
            self.problem = None
            return False
        if self._driver.is_open:
            return True
        if began < self._next_try:
            return False
        self.problem = None
        try:
            self._driver.open()
            self._boards = self._find()
        except GpuError as error:
            self.problem = str(error)
            self._next_try = began + RETRY_S
            self._driver.close()
            return False
        if not self._boards and self.problem is None:
            self.problem = "the NVIDIA driver names no GPU"
        return True

    def _find(self) -> list[tuple[str, Board]]:
        found: list[tuple[str, Board]] = []
        for index in range(self._driver.call("nvmlDeviceGetCount")):
            try:
                handle = self._driver.call("nvmlDeviceGetHandleByIndex", index)
            except GpuError as error:
                self.problem = f"GPU {index}: {error}"
                continue
            board = Board(self._driver, index, handle)
            place = self._place(board)
            found.append((place, board))
            found += [(place, instance) for instance in self._instances(board)]
        return found

    @staticmethod
    def _place(board: Board) -> str:
        try:
            return board.bus_id()
        except GpuError:
            return ""

    @staticmethod
    def _instances(board: Board) -> list[Board]:
        try:
            return board.instances()
        except GpuError:
            return []

    def _adapt(self, took_s: float) -> None:
        self.interval_s = min(max(READ_S, took_s / SHARE), SLOWEST_S)


def _sleeping(at: datetime, index: int, place: str) -> GpuReading:
    return GpuReading(at, index, uuid=place, name=f"NVIDIA GPU {place}", asleep=True)


def _with_processes(reading: GpuReading, before: GpuReading) -> GpuReading:
    return replace(reading, processes=before.processes)
