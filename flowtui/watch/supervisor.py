"""Runs one command detached, and outlives every terminal.

Its folder holds `spec.json` (see `flowtui.watch.rundir`). The command gets a terminal of its own,
so that its bars look as they do for a person; what it prints goes to `output.log`, byte for byte;
how it ended goes to `ended.json`. Standard library alone: one of these runs for days beside each
training run.

A script may put the training in the background and end. So this process takes over what loses its
parent, keeps the terminal open, and calls the run over when nothing of it lives any more.

SIGTERM asks for the end: all that the command started gets SIGTERM, and SIGKILL after the grace
that `stop.json` states, or ten seconds. Asked again, the shorter grace holds.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from flowtui.watch import own_terminal, rundir
from flowtui.watch.family import children_of, take_over_orphans

GRACE_S = 10.0
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
"""Ticks of a tenth of a second for output of descendants that no kernel tells us of."""


class Supervisor:
    """One command, with all that it starts, to the end."""

    def __init__(
        self, folder: Path, epoch: Callable[[], float], boottime: Callable[[], float]
    ) -> None:
        self._dir = rundir.RunDir(folder)
        self._spec = self._dir.spec()
        self._epoch = epoch
        self._boottime = boottime
        self._family = _Family()
        self._kill_at: float | None = None
        """By the clock since the boot, which nobody sets."""
        self._few = False
        """True if the last piece of output was a small one."""
        self._dropped = 0
        self._why_dropped = ""

    def run(self) -> None:
        """Start the command, keep what it prints, and write how it ended."""
        output = os.open(
            self._dir.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
        )
        woken = _woken_by_signals()
        signal.signal(signal.SIGCHLD, _do_nothing)  # it wakes us, that is all
        pid, terminal = own_terminal.start(
            self._spec.command, self._spec.folder, self._dir.stdin(self._spec), self._env()
        )
        self._family.begin(pid)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._asked_to_end)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._dir.write_started(os.getpid(), pid, self._epoch())
        self._follow(terminal, output, woken)
        self._write_ended(
            {
                **self._family.use(asked=self._kill_at is not None),
                "ended_at": self._epoch(),
                "dropped_bytes": self._dropped,
                **({"problem": self._why_dropped} if self._why_dropped else {}),
            }
        )

    def _env(self) -> dict[str, str]:
        env = dict(os.environ)
        # a program that prints into a pipe-like place would keep its lines for minutes
        env.setdefault("PYTHONUNBUFFERED", "1")
        env.setdefault("TERM", "xterm-256color")
        rows, columns = own_terminal.SIZE
        env.update(COLUMNS=str(columns), LINES=str(rows), FLOWTUI_RUN=self._spec.id)
        return env

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

    def _follow(self, terminal: int, output: int, woken: int) -> None:
        """Copy until nothing of the run lives and its terminal is silent."""
        watched = select.poll()
        watched.register(terminal, select.POLLIN)
        watched.register(woken, select.POLLIN)
        open_end, silent = True, 0
        while not (self._family.over and (not open_end or silent >= self._family.linger)):
            ready = dict(watched.poll(self._patience_ms()))
            copied = False
            if woken in ready:
                os.read(woken, CHUNK)
            if terminal in ready:
                copied = open_end = self._copy(terminal, output)
                if not open_end:
                    watched.unregister(terminal)
                elif self._few and not self._family.over:
                    # a line now and then: several of them at a time cost as much as one
                    watched.modify(terminal, 0)
                    watched.poll(GATHER_MS)
                    watched.modify(terminal, select.POLLIN)
            self._family.reap()
            silent = 0 if copied or not self._family.over else silent + 1
            self._tick()

    def _patience_ms(self) -> int | None:
        """How long to wait for something to happen; None: for ever, a signal wakes us."""
        return TICK_MS if self._family.over or self._kill_at is not None else None

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

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        wanted = self._boottime() + self._dir.grace_s(GRACE_S)
        if self._kill_at is None:
            self._family.signal(signal.SIGTERM)
            self._family.signal(signal.SIGCONT)  # a stopped command would never hear it
        self._kill_at = wanted if self._kill_at is None else min(self._kill_at, wanted)

    def _tick(self) -> None:
        """End what was asked to end and did not, again and again."""
        if self._kill_at is not None and self._boottime() >= self._kill_at:
            self._family.signal(signal.SIGKILL)
            self._kill_at = self._boottime() + 1.0


class _Family:
    """The command and all that it started: who still lives, how it ended, what it used."""

    def __init__(self) -> None:
        self._whole = take_over_orphans()
        """Whether we hear of all descendants, also of those whose parent has ended."""
        self._command = 0
        self._status: int | None = None
        self._orphan = (0.0, 0)
        """CPU seconds and exit status of the one that worked most of those we took over."""
        self._user_s = self._system_s = self._command_s = 0.0
        self._max_rss = 0
        self.over = False
        """True once nothing of it lives, as far as anybody can know."""

    @property
    def linger(self) -> int:
        """Ticks of silence after which no output is to come."""
        return 1 if self._whole else LINGER_TICKS

    def begin(self, pid: int) -> None:
        """`pid` is the command."""
        self._command = pid

    def reap(self) -> None:
        """Take note of those that have ended."""
        while not self.over:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                self.over = True
                return
            if pid == 0:
                return
            self._note(pid, os.waitstatus_to_exitcode(status), usage)

    def _note(self, pid: int, code: int, usage: Any) -> None:
        took = usage.ru_utime + usage.ru_stime
        self._user_s += usage.ru_utime
        self._system_s += usage.ru_stime
        self._max_rss = max(self._max_rss, usage.ru_maxrss)
        if pid != self._command:
            self._orphan = max(self._orphan, (took, code))
            return
        self._status, self._command_s = code, took
        self.over = not self._whole

    def use(self, asked: bool) -> dict[str, Any]:
        """Exit status and use of resources; `asked`: a person wanted the end.

        The status is the command's own; that of a script which started the training in the
        background and ended well is the training's: of what worked more than the script did, or
        was there to be stopped when the script was gone.
        """
        took, code = self._orphan
        status = self._status
        if status == 0 and (took > self._command_s or (asked and code)):
            status = code
        return {
            "exit_status": status,
            "user_s": round(self._user_s, 2),
            "system_s": round(self._system_s, 2),
            "max_rss_bytes": self._max_rss * (1 if sys.platform == "darwin" else 1024),
        }

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the command's group and to everything else that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._status is None:
                os.killpg(self._command, number)
        for pid in children_of(os.getpid()) or []:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if self._status is not None or os.getpgid(pid) != self._command:
                    os.kill(pid, number)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    """A signal without a handler wakes nobody."""


def _woken_by_signals() -> int:
    """Becomes readable at every signal: Python itself would go on waiting after its handler."""
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    return woken


def supervise(folder: Path, epoch: Callable[[], float], boottime: Callable[[], float]) -> None:
    """Supervise the run in `folder` to its end.

    `epoch` gives POSIX seconds, `boottime` seconds since the boot. Raises what went wrong, after
    leaving the word where the run's owner looks.
    """
    try:
        Supervisor(folder, epoch, boottime).run()
    except Exception as error:
        problem = {"exit_status": None, "ended_at": epoch(), "problem": f"{error}"}
        with contextlib.suppress(OSError):
            rundir.RunDir(folder).write_ended(problem)
        raise
