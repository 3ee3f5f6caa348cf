"""Runs one command detached, and outlives every terminal.

Its folder holds `spec.json` (see `flowtui.watch.rundir`). The command gets a terminal of its own,
so that its bars look as they do for a person; what it prints goes to `output.log`, byte for byte;
how it ended goes to `ended.json`. Standard library alone: one of these runs for days beside each
training run.

SIGTERM asks for the end: the command's process group gets SIGTERM, and SIGKILL after the grace that
`stop.json` states, or ten seconds.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from flowtui.watch import rundir

GRACE_S = 10.0
SIZE = (40, 120)
"""Rows and columns that the command believes to have; bars are drawn to this width."""
CHUNK = 65536
RETRIES = 600
"""Seconds for which the end of a run is tried to be written down."""
TICK_MS = 100
GATHER_MS = 200
FEW = 1024
"""Bytes: after a smaller piece the next one may wait for `GATHER_MS`. A terminal holds some 8 KiB
before it makes the command wait, so nothing that prints much is held up for longer than that once.
"""
LINGER_TICKS = 20
"""Ticks of a tenth of a second for output of descendants after the command itself has ended."""


class Supervisor:
    """One command from start to end."""

    def __init__(self, folder: Path, epoch: Callable[[], float]) -> None:
        self._dir = rundir.RunDir(folder)
        self._spec = self._dir.spec()
        self._epoch = epoch
        self._pid = 0
        self._kill_at: float | None = None
        self._few = False
        """True if the last piece of output was a small one."""
        self._dropped = 0
        self._why_dropped = ""

    def run(self) -> None:
        """Start the command, keep what it prints, and write how it ended."""
        output = os.open(
            self._dir.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
        )
        self._pid, terminal = self._start()
        self._dir.write_started(os.getpid(), self._pid, self._epoch())
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._asked_to_end)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        status, usage = self._follow(terminal, output)
        self._write_ended(
            {
                "exit_status": os.waitstatus_to_exitcode(status),
                "ended_at": self._epoch(),
                "user_s": round(usage.ru_utime, 2),
                "system_s": round(usage.ru_stime, 2),
                "max_rss_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
                "dropped_bytes": self._dropped,
                **({"problem": self._why_dropped} if self._why_dropped else {}),
            }
        )

    def _write_ended(self, data: dict[str, Any]) -> None:
        """The one thing that must not be lost to a full disk: try for ten minutes."""
        for _ in range(RETRIES):
            try:
                self._dir.write_ended(data)
                return
            except OSError as error:
                data = {**data, "problem": f"written late: {error.strerror}"}
                select.select([], [], [], 1.0)
        self._dir.write_ended(data)

    def _start(self) -> tuple[int, int]:
        pid, terminal = pty.fork()
        if pid == 0:
            self._become_the_command()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        _raw_output(terminal)
        os.set_blocking(terminal, False)
        return pid, terminal

    def _become_the_command(self) -> None:
        try:
            _raw_output(1)
            os.chdir(self._spec.folder)
            for name in (signal.SIGPIPE, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(name, signal.SIG_DFL)
            env = dict(os.environ)
            # a program that prints into a pipe-like place would keep its lines for minutes
            env.setdefault("PYTHONUNBUFFERED", "1")
            env.setdefault("TERM", "xterm-256color")
            env.update(COLUMNS=str(SIZE[1]), LINES=str(SIZE[0]), FLOWTUI_RUN=self._spec.id)
            os.execvpe(self._spec.command[0], list(self._spec.command), env)
        except OSError as error:
            what = self._spec.folder if error.filename is None else error.filename
            os.write(2, f"flowtui: cannot start {what!r}: {error.strerror}\n".encode())
        finally:
            os._exit(126 if Path(self._spec.command[0]).exists() else 127)

    def _follow(self, terminal: int, output: int) -> tuple[int, Any]:
        """Copy until the command has ended and its terminal is silent; its status and usage."""
        watched = select.poll()
        watched.register(terminal, select.POLLIN)
        woken = _woken_by_signals()
        watched.register(woken, select.POLLIN)
        over = _descriptor_of(self._pid)
        if over is not None:
            watched.register(over, select.POLLIN)
        ended: tuple[int, Any] | None = None
        lingering, open_end = LINGER_TICKS, True
        while ended is None or (open_end and lingering > 0):
            ready = dict(watched.poll(self._patience_ms(ended is not None, over is not None)))
            copied = False
            if woken in ready:
                os.read(woken, CHUNK)
            if terminal in ready:
                copied = open_end = self._copy(terminal, output)
                if not open_end:
                    watched.unregister(terminal)
                elif self._few and ended is None:
                    # a line now and then: several of them at a time cost as much as one
                    watched.modify(terminal, 0)
                    ready |= dict(watched.poll(GATHER_MS))
                    watched.modify(terminal, select.POLLIN)
            if ended is None:
                if over is None or over in ready or not ready:
                    ended = self._reap()
                if ended is not None and over is not None:
                    watched.unregister(over)
            elif not copied:
                lingering -= 1
            self._tick()
        return ended

    def _patience_ms(self, ended: bool, told: bool) -> int | None:
        """How long to wait for something to happen; None: for ever, where the kernel tells all."""
        if ended or self._kill_at is not None or not told:
            return TICK_MS
        return None

    def _copy(self, terminal: int, output: int) -> bool:
        """One piece of output to the file; False once nobody holds the terminal any more."""
        try:
            data = os.read(terminal, CHUNK)
        except BlockingIOError:
            return True
        except OSError as error:
            if error.errno == errno.EIO:  # Linux: the last one closed it
                return False
            raise
        if not data:
            return False
        self._few = len(data) < FEW
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(output, view) :]
        except OSError as error:
            # a full disk must not stop the training: what it prints is lost, and counted
            self._dropped += len(view)
            self._why_dropped = f"output could not be kept: {error.strerror}"
        return True

    def _reap(self) -> tuple[int, Any] | None:
        pid, status, usage = os.wait4(self._pid, os.WNOHANG)
        return (status, usage) if pid == self._pid else None

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        if self._kill_at is None:
            self._signal(signal.SIGTERM)
            self._signal(signal.SIGCONT)  # a stopped command would never hear it
            self._kill_at = self._epoch() + self._dir.grace_s(GRACE_S)

    def _tick(self) -> None:
        """End what was asked to end and did not, again and again."""
        if self._kill_at is not None and self._epoch() >= self._kill_at:
            self._signal(signal.SIGKILL)
            self._kill_at = self._epoch() + 1.0

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, number)


def _woken_by_signals() -> int:
    """Becomes readable at every signal: Python itself would go on waiting after its handler."""
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    return woken


def _descriptor_of(pid: int) -> int | None:
    """Becomes readable when the process ends; None on systems without such descriptors."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _raw_output(descriptor: int) -> None:
    """Lines end as the command writes them: no carriage return is added."""
    with contextlib.suppress(termios.error):
        attributes = termios.tcgetattr(descriptor)
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


def supervise(folder: Path, epoch: Callable[[], float]) -> None:
    """Supervise the run in `folder` to its end. `epoch` gives POSIX seconds.

    Raises what went wrong, after leaving the word where the run's owner looks.
    """
    try:
        Supervisor(folder, epoch).run()
    except Exception as error:
        problem = {"exit_status": None, "ended_at": epoch(), "problem": f"{error}"}
        with contextlib.suppress(OSError):
            rundir.RunDir(folder).write_ended(problem)
        raise
