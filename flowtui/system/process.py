"""Runs a program with an end: bounded time, bounded output, and no child that holds it up."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from flowtui.core.lazy_dataclass import dataclass
from flowtui.system.clock import SystemClock

MAX_OUTPUT = 16 * 1024
"""Bytes of output that are kept; the rest is read and dropped."""
GRACE_S = 2.0
"""Seconds between asking a process group to end and ending it."""
TICK_S = 0.05


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program went."""

    status: int | None
    """Exit status; the negative signal number if one ended it; None if it did not start."""
    output: str
    problem: str
    """Why it did not start, or that it was ended here; else empty."""

    @property
    def started(self) -> bool:
        """True if it ran at all."""
        return self.status is not None


def run_bounded(
    command: Sequence[str], given: bytes, env: Mapping[str, str], folder: Path, timeout_s: float
) -> Ran:
    """Run `command` in `folder` with `given` on its standard input; never raises.

    Ends when the program does, even if a child of it still holds its output. After `timeout_s`
    seconds its whole process group gets SIGTERM, and SIGKILL two seconds later.
    """
    try:
        # a file, not a pipe: a program that does not read cannot hold us up, however much there is
        with tempfile.TemporaryFile() as source:
            source.write(given)
            source.seek(0)
            process = subprocess.Popen(
                command,
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=folder,
                start_new_session=True,
            )
    except (OSError, ValueError) as error:
        return Ran(None, "", f"could not be started: {_reason(error)}")
    kept = bytearray()
    with process:
        problem = _attend(process, kept, timeout_s)
    text = bytes(kept[:MAX_OUTPUT]).decode(errors="replace")
    cut = "\n… more was printed" if len(kept) > MAX_OUTPUT else ""
    return Ran(process.returncode, text + cut, problem)


def _attend(process: subprocess.Popen[bytes], kept: bytearray, timeout_s: float) -> str:
    """Read what a program prints until it ends or is ended; why it was, or an empty text."""
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    os.set_blocking(pipe, False)
    problem = ""
    if not _until_end(process, pipe, kept, timeout_s):
        problem = f"took longer than {timeout_s:g} s and was ended"
        _signal(process.pid, signal.SIGTERM)
        if not _until_end(process, pipe, kept, GRACE_S):
            _signal(process.pid, signal.SIGKILL)
            process.wait()
        # what ignored SIGTERM in the group, though its leader went
        _signal(process.pid, signal.SIGKILL)
    _drain(pipe, kept)
    return problem


def _until_end(
    process: subprocess.Popen[bytes], pipe: int, kept: bytearray, timeout_s: float
) -> bool:
    """Read until the program has ended (True) or the time is over (False)."""
    clock = SystemClock()
    deadline = clock.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        open_still = True
        while process.poll() is None:
            left = deadline - clock.monotonic()
            if left <= 0:
                return False
            if not open_still:
                try:
                    process.wait(min(left, TICK_S))
                except subprocess.TimeoutExpired:
                    continue
            elif selector.select(min(left, TICK_S)):
                open_still = _drain(pipe, kept)
    return True


def _drain(pipe: int, kept: bytearray) -> bool:
    """Read what is there, keep the first part; False once the other end is closed."""
    while True:
        try:
            part = os.read(pipe, 65536)
        except BlockingIOError:
            return True
        if not part:
            return False
        if len(kept) <= MAX_OUTPUT:
            kept += part[: MAX_OUTPUT + 1 - len(kept)]


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended meanwhile


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
