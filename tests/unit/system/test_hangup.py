"""A process ends with its terminal, even one that waits for ever and ignores the signal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from flowtui.system.hangup import EXIT_CODE

STUBBORN = """
import signal, sys, threading, time
signal.signal(signal.SIGHUP, signal.SIG_IGN)
from flowtui.system.hangup import end_with_terminal
end_with_terminal(int(sys.argv[1]), 0.05)
print("watching", flush=True)
threading.Event().wait(float(sys.argv[2]))
print("not ended", flush=True)
"""


def stubborn(descriptor: int, wait_s: float, stdin: int) -> subprocess.Popen[bytes]:
    """A process that watches one of its descriptors and waits; it is watching on return."""
    words = [sys.executable, "-c", STUBBORN, str(descriptor), str(wait_s)]
    process = subprocess.Popen(words, stdin=stdin, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"watching\n"
    return process


def test_a_process_that_waits_for_ever_ends_with_its_terminal() -> None:
    master, slave = pty.openpty()
    process = stubborn(0, 60, slave)
    os.close(slave)

    os.close(master)

    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (EXIT_CODE, b"")


def test_a_process_goes_on_while_its_terminal_is_there() -> None:
    master, slave = pty.openpty()
    process = stubborn(0, 0.5, slave)
    os.write(master, b"keys are no hang-up\n")

    out, _ = process.communicate(timeout=30)

    assert (process.returncode, out) == (0, b"not ended\n")
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize("descriptor", [0, 99])
def test_what_is_no_terminal_ends_nothing(descriptor: int) -> None:
    process = stubborn(descriptor, 0.5, subprocess.DEVNULL)

    out, _ = process.communicate(timeout=30)

    assert (process.returncode, out) == (0, b"not ended\n")


def test_a_pipe_that_stands_for_a_terminal_tells_by_the_same_signal() -> None:
    told = (
        "import signal, threading\n"
        "from flowtui.system.hangup import end_with_terminal\n"
        "came = threading.Event()\n"
        "signal.signal(signal.SIGHUP, lambda *_: came.set())\n"
        "end_with_terminal(0, 30, untold=True)\n"
        "print('watching', flush=True)\n"
        "print(came.wait(30), flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", told], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == b"watching\n"
    process.stdin.close()
    assert process.stdout.readline() == b"True\n"
    assert process.wait(20) == 0
    process.stdout.close()
