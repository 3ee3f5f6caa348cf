"""When a process began, in a way that no set clock moves: with its pid that names it for good."""

from __future__ import annotations

import os


def start_of(pid: int) -> float | None:
    """Seconds from the boot to the process's start; None if there is no such process.

    Format: proc_pid_stat(5), field 22, in clock ticks. Where there is no /proc (macOS) it is the
    start in seconds since the epoch, which a set clock moves.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123
            # the name in brackets may hold blanks and brackets itself
            fields = file.read().rpartition(")")[2].split()
        return int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        pass
    import psutil

    try:
        return float(psutil.Process(pid).create_time()) if not os.path.isdir("/proc/1") else None  # noqa: PTH112
    except (psutil.Error, ValueError):
        return None
