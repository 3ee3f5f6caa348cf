"""Starts a command on a terminal of its own, whose session belongs to us and not to the command.

So nothing is hung up when the command itself ends while what it started in the background goes on:
the kernel hangs up a terminal when the leader of its session ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import struct
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

SIZE = (40, 120)
"""Rows and columns that the command believes to have; bars are drawn to this width."""
_USUAL = (
    signal.SIGPIPE, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, signal.SIGTTOU,
)  # fmt: skip


def start(
    command: Sequence[str], folder: str, stdin: Path | None, env: Mapping[str, str]
) -> tuple[int, int]:
    """Start `command` in `folder`; its pid, and the descriptor on which its output comes.

    It reads from the file `stdin`, or from the terminal if that is None. We must lead a session
    without a terminal; it gets this one.
    """
    ours, its = os.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
    _raw_output(its)
    with contextlib.suppress(OSError):  # where we lead none the command can do without
        fcntl.ioctl(its, termios.TIOCSCTTY, 0)
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        _become(command, folder, stdin, env, its)
    with contextlib.suppress(OSError):  # it has done so itself, or has gone on to its program
        os.setpgid(pid, pid)
    os.close(its)
    os.set_blocking(ours, False)
    return pid, ours


def _become(
    command: Sequence[str], folder: str, stdin: Path | None, env: Mapping[str, str], its: int
) -> None:
    """In the child: be the command. Never returns."""
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # we are in the background until now
            os.tcsetpgrp(its, os.getpid())
        source = its if stdin is None else os.open(stdin, os.O_RDONLY)
        os.dup2(source, 0)
        os.dup2(its, 1)
        os.dup2(its, 2)
        os.closerange(3, 256)
        os.chdir(folder)
        for name in _USUAL:
            signal.signal(name, signal.SIG_DFL)
        os.execvpe(command[0], list(command), dict(env))
    except OSError as error:
        what = folder if error.filename is None else error.filename
        os.write(2, f"flowtui: cannot start {what!r}: {error.strerror}\n".encode())
    finally:
        os._exit(126 if Path(command[0]).exists() else 127)


def _raw_output(descriptor: int) -> None:
    """Lines end as the command writes them: no carriage return is added."""
    with contextlib.suppress(termios.error):
        attributes = termios.tcgetattr(descriptor)
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
