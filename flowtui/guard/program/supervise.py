"""Where no service manager looks after the guard: two processes that look after each other.

The supervisor starts the guard, starts it anew when it dies, and ends one that stands still; a
guard whose supervisor is gone becomes a supervisor itself.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

from . import clock

AGAIN_S = 0.2
STILL_S = 10.0
"""A guard that has not beaten for so long is ended, as by systemd's WatchdogSec; to arm may take
half of that where resolver and firewall are slow."""


def run(command: list[str]) -> int:
    """Keep `command serve --beat FD` alive until told to end; then end it in order."""
    stopping: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: stopping.append(number))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    while not stopping:
        pid, pipe = _start(command)
        _attend(pid, pipe, stopping)
        os.close(pipe)
        if not stopping:
            time.sleep(AGAIN_S)
    return 0


def orphaned(parent: int) -> bool:
    """True if the supervisor with this pid is not our parent any more."""
    return os.getppid() != parent


def become(command: list[str]) -> None:
    """Be the supervisor from now on; the next guard takes the lease over from the disk."""
    os.execv(command[0], [*command, "supervise"])


def _start(command: list[str]) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.set_inheritable(writing, True)
            parent = str(os.getppid())
            os.execv(command[0], [*command, "serve", "--beat", str(writing), "--parent", parent])
        finally:
            os._exit(127)
    os.close(writing)
    return pid, reading


def _attend(pid: int, pipe: int, stopping: list[int]) -> int | None:
    """Wait until the guard has ended, or end it if it stands still."""
    last = clock.monotonic()
    asked = False
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        if stopping and not asked:
            asked = True
            _signal(pid, signal.SIGTERM)
        try:
            ready, _, _ = select.select([pipe], [], [], 0.1)
        except InterruptedError:
            ready = []
        if ready and os.read(pipe, 4096):
            last = clock.monotonic()
        elif ready:
            time.sleep(0.05)  # the pipe is closed: it is ending
        if clock.monotonic() - last > STILL_S:
            _signal(pid, signal.SIGKILL)
            last = clock.monotonic()


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def say(text: str) -> None:
    """To whoever reads the standard error: the installer, or the journal of the machine."""
    sys.stderr.write(f"flowtui guard: {text}\n")
