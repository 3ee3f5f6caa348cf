"""The machine's clocks, as the guard sees them; nothing else in the program reads the time."""

from __future__ import annotations

import functools
import sys
import time

from .deadline import Reading

TIME_ERROR = 5
"""What adjtimex(2) returns while the clock is not synchronised."""


def read() -> Reading:
    """All clocks now."""
    return Reading(boot_id(), boottime(), time.time(), synchronised())


def boottime() -> float:
    """Seconds since boot, sleep included."""
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # counts sleep there
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def monotonic() -> float:
    """Seconds since an arbitrary start, for intervals within the process."""
    return time.monotonic()


@functools.lru_cache(maxsize=1)
def boot_id() -> str:
    """The kernel's word for this boot, the same for all of a process's life.

    On macOS the instant of the boot, to the minute.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return f"boot-{round((time.time() - boottime()) / 60)}"


def synchronised() -> bool:
    """True if the kernel says that the wall clock follows a time server (adjtimex(2))."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes  # under MemoryDenyWriteExecute some builds of libffi cannot be loaded

        # struct timex: `modes` 0 asks and sets nothing; 512 bytes hold it on every architecture
        buffer = ctypes.create_string_buffer(512)
        state = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    except (OSError, AttributeError, ImportError, MemoryError):
        return False
    return bool(0 <= state < TIME_ERROR)
