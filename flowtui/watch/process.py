"""Processes: who they are, what they use, with all that they started. By psutil.

A pid alone is no name: it is given out again. So a process is a pid and the instant it began.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psutil

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.machine import GpuProcess, ProcessReading
from flowtui.watch.family import children_of
from flowtui.watch.pidstart import start_of
from flowtui.watch.terminal_wait import waits_at_terminal

NAME_WORDS = 3
"""Words of a command line that tell two runs apart: python, the script, its first argument."""
GPU_CONTROL = Path("/dev/nvidiactl")
"""What every program that uses a GPU has open."""
CLOCK_NOISE_S = 0.02
"""Two readings of one process's beginning differ by at most this: the kernel counts in ticks."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One process for good."""

    pid: int
    began: float
    """Seconds from the boot to its start (`pidstart.start_of`): no set clock moves it."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a process is, asked once."""

    identity: Identity
    since: float
    """When it began, POSIX seconds."""
    command: tuple[str, ...]
    folder: str
    """Its working folder; empty if that is not for us to know."""
    user: str
    mine: bool


def identity(pid: int) -> Identity | None:
    """Who has `pid` now; None if nobody."""
    began = start_of(pid)
    return Identity(pid, began) if began is not None else None


def since(pid: int) -> float | None:
    """When the process with `pid` began, POSIX seconds; None if there is none."""
    try:
        return float(psutil.Process(pid).create_time())
    except (psutil.Error, ValueError):
        return None


def find(one: Identity) -> psutil.Process | None:
    """That very process; None if it is gone, or its pid is somebody else's now."""
    try:
        began = start_of(one.pid)
        if began is None or abs(began - one.began) > CLOCK_NOISE_S:
            return None
        process = psutil.Process(one.pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except (psutil.Error, ValueError):
        return None


def portrait(pid: int) -> Portrait | None:
    """What the process with `pid` is; None if there is none that we may see."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            began, at = start_of(pid), process.create_time()
            command = tuple(process.cmdline()) or (process.name(),)
            user = process.username()
            mine = process.uids().real == os.getuid()
    except (psutil.Error, ValueError):
        return None
    try:
        folder = process.cwd()
    except psutil.Error:
        folder = ""
    if began is None:
        return None
    return Portrait(Identity(pid, began), at, command, folder, user, mine)


def short_name(command: tuple[str, ...]) -> str:
    """The program and what tells it from others: "python train.py --lr"."""
    return " ".join((command[0].rpartition("/")[2], *command[1:NAME_WORDS])) if command else ""


def gpu_process(pid: int, mem_bytes: int | None) -> GpuProcess:
    """What a pid that the driver names is here.

    The driver knows nothing of containers: inside one its numbers are the host's, which are nobody
    here or, by chance, somebody who has no GPU open.
    """
    seen = portrait(pid)
    if seen is None or (seen.mine and _has_no_gpu(pid)):
        return GpuProcess(pid, mem_bytes, visible=False)
    return GpuProcess(pid, mem_bytes, True, short_name(seen.command), seen.user, seen.mine)


def _has_no_gpu(pid: int) -> bool:
    """True if the process certainly has no device of NVIDIA's driver open."""
    if not GPU_CONTROL.exists():
        return False
    try:
        opened = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return not any(name.startswith("/dev/nvidia") for name in opened)


class ProcessWatch:
    """Follows one process and its descendants; figures of use are since the reading before."""

    def __init__(self, one: Identity, beside: Identity | None = None) -> None:
        self.identity = one
        self._beside = beside
        """Who takes over the children of those that end: a supervisor. It is not counted."""
        self._before: tuple[float, float] | None = None
        self.peak_rss_bytes: int | None = None
        """The largest sum of resident memory that a reading saw."""
        self.pids: tuple[int, ...] = ()
        """The process and its descendants at the last reading; empty if it was gone."""

    def read(self, at: datetime, monotonic: float) -> ProcessReading:
        """The figures of now; one that is gone is `alive=False` and has none. Never raises."""
        self.pids = ()
        pids: list[int] = []
        cpu_s, rss, read, written, count = 0.0, 0, 0, 0, 0
        counted_io = False
        state = ""
        for each in self._running():
            try:
                with each.oneshot():
                    times = each.cpu_times()
                    rss += each.memory_info().rss
                    cpu_s += times.user + times.system
                    count += 1
                    state = state or str(each.status())
                pids.append(each.pid)
            except psutil.Error:
                continue  # gone between two looks
            try:
                io = each.io_counters()
            except (psutil.Error, AttributeError):
                continue  # another user's, or a system that does not count
            read, written, counted_io = read + io.read_bytes, written + io.write_bytes, True
        if not count:
            return ProcessReading(at, self.identity.pid, alive=False, processes=0)
        self.pids = tuple(pids)
        self.peak_rss_bytes = max(rss, self.peak_rss_bytes or 0)
        return ProcessReading(
            at,
            self.identity.pid,
            alive=True,
            cpu=self._use(cpu_s, monotonic),
            rss_bytes=rss,
            io_wait=state == psutil.STATUS_DISK_SLEEP,
            stopped=state == psutil.STATUS_STOPPED,
            at_terminal=waits_at_terminal(pids),
            read_bytes=read if counted_io else None,
            written_bytes=written if counted_io else None,
            processes=count,
        )

    def is_there(self) -> bool:
        """Whether anything of it runs; costs next to nothing."""
        return next(self._running(), None) is not None

    def _running(self) -> Iterator[psutil.Process]:
        """Everything of it that runs: with a supervisor also what lost its parent."""
        beside = find(self._beside) if self._beside is not None else None
        root = beside or find(self.identity)
        for each in _tree(root) if root is not None else ():
            with contextlib.suppress(psutil.Error):
                if each is not beside and each.status() != psutil.STATUS_ZOMBIE:
                    yield each

    def _use(self, cpu_s: float, monotonic: float) -> float | None:
        before, self._before = self._before, (cpu_s, monotonic)
        if before is None or monotonic <= before[1]:
            return None
        # a descendant that ended took its time along: less than nothing is not known
        used = cpu_s - before[0]
        return used / (monotonic - before[1]) if used >= 0 else None


def descendants(one: Identity) -> list[int]:
    """Pids of the process and of all it started that still run; empty if it is gone."""
    process = find(one)
    return [each.pid for each in _tree(process)] if process is not None else []


def _tree(process: psutil.Process) -> Iterator[psutil.Process]:
    """The process and all it started, itself first."""
    yield process
    known = children_of(process.pid)
    if known is None:  # asks every process of the machine who its parent is
        try:
            yield from process.children(recursive=True)
        except psutil.Error:
            return
        return
    for pid in known:
        try:
            yield psutil.Process(pid)
        except psutil.Error:
            continue  # gone between two looks
