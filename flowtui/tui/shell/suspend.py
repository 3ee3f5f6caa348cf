"""Back from the shell: SIGCONT resumes only what was suspended, and then every cell is drawn anew.

Textual takes every SIGCONT for the end of a suspension. The kernel sends one with SIGHUP too, and a
second set of reading and writing threads on a dead terminal never ends.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

Handler = Callable[[int, Any], Any]


def guard_resume(repaint: Callable[[], object]) -> None:
    """Let SIGCONT resume the app only after SIGTSTP suspended it, and `repaint` in any case.

    To be called in the main thread once Textual's driver has set its handlers; elsewhere, and
    where the driver has none, nothing changes.
    """
    stop, go_on = signal.getsignal(signal.SIGTSTP), signal.getsignal(signal.SIGCONT)
    if not callable(stop) or not callable(go_on):
        return
    suspended = False

    def stopped(number: int, frame: Any) -> None:
        nonlocal suspended
        suspended = True
        stop(number, frame)

    def continued(number: int, frame: Any) -> None:
        nonlocal suspended
        if suspended:
            suspended = False
            go_on(number, frame)
        repaint()

    try:
        signal.signal(signal.SIGTSTP, stopped)
        signal.signal(signal.SIGCONT, continued)
    except ValueError:
        pass  # not in the main thread, as in tests: nobody suspends it there
