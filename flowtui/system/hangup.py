"""Ends a process whose terminal is gone, whatever in it still waits for that terminal.

A full-screen program that writes to a terminal that was closed may wait for ever; nobody sees it,
and it would hold what it holds until the machine is switched off.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time

GRACE_S = 3.0
"""Seconds for an orderly end, which is the rule."""
EXIT_CODE = 129
"""What a shell says of a program that SIGHUP ended: 128 and the signal's number."""


def end_with_terminal(descriptor: int, grace_s: float = GRACE_S, untold: bool = False) -> None:
    """From now on the process ends at most `grace_s` after the terminal at `descriptor` hangs up.

    With `untold` nobody else tells the process, as of a pipe that stands for a terminal: it is
    sent SIGHUP here, as the kernel does for a terminal. Costs one sleeping thread. Where the
    system cannot watch the descriptor, nothing happens.
    """
    thread = threading.Thread(
        target=_watch, args=(descriptor, grace_s, untold), name="hang-up", daemon=True
    )
    thread.start()


def _watch(descriptor: int, grace_s: float, untold: bool) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # a hang-up is told unasked, and nothing else is asked for
    try:
        found = poll.poll()
    except OSError:
        return
    if any(event & select.POLLHUP for _, event in found):
        if untold:
            os.kill(os.getpid(), signal.SIGHUP)
        time.sleep(grace_s)
        os._exit(EXIT_CODE)
