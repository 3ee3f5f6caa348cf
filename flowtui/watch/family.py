"""All that a process started, by the kernel's own lists; and the duty to take over orphans.

Standard library alone: the supervisor beside each run needs it.
"""

from __future__ import annotations

import os
import sys

PR_SET_CHILD_SUBREAPER = 36
"""prctl(2): processes that lose their parent become ours instead of the system's first one's."""


def take_over_orphans() -> bool:
    """Become the parent of every descendant that loses its own; False where no kernel does that."""
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        return bool(ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def children_of(pid: int) -> list[int] | None:
    """Pids of all that a process started and what these started; None where no kernel lists them.

    Format: proc_pid_children(5); costs some ten microseconds, where asking every process of the
    machine costs as many milliseconds.
    """
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):  # noqa: PTH110 - often
        return _by_parents(pid)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            tasks = os.listdir(f"/proc/{one}/task")  # noqa: PTH208 - names alone, and often
            for task in tasks:
                with open(f"/proc/{one}/task/{task}/children", encoding="ascii") as file:  # noqa: PTH123
                    children = [int(word) for word in file.read().split()]
                found += children
                waiting += children
        except OSError:
            continue  # gone between two looks
    return found


def _by_parents(pid: int) -> list[int] | None:
    """The same from every process's word who its parent is (proc_pid_stat(5), field 4)."""
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    except OSError:
        return None
    below: dict[int, list[int]] = {}
    for each in pids:
        try:
            with open(f"/proc/{each}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        below.setdefault(parent, []).append(each)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = below.get(waiting.pop(), [])
        found += children
        waiting += children
    return found
