"""The machine's clocks; the only module that reads them.

Imports inside the functions keep `flowtui status`, which needs `epoch` alone, quick.
"""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False  # the name alone is what type checkers know; importing typing costs time
if TYPE_CHECKING:
    from datetime import datetime


def epoch() -> float:
    """Seconds since 1970-01-01 UTC, by the wall clock."""
    return time.time()


def since_boot() -> tuple[float, float]:
    """Seconds since boot with the time asleep, and without it (from an arbitrary start)."""
    clock = SystemClock()
    return clock.boottime(), clock.monotonic()


class SystemClock:
    """`flowtui.core.clock.Clock` on the running machine."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        from datetime import UTC, datetime

        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since an arbitrary start, without time spent asleep."""
        if sys.platform == "darwin":
            # Python's monotonic clock counts sleep differently by version on macOS: ask by name
            return time.clock_gettime(time.CLOCK_UPTIME_RAW)
        return time.monotonic()

    def boottime(self) -> float:
        """Seconds since boot, with time spent asleep where the system counts it."""
        if sys.platform == "darwin":
            return time.clock_gettime(time.CLOCK_MONOTONIC)
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()

    def boot_id(self) -> str:
        """The kernel's random word for this boot; empty where there is none."""
        try:
            with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123
                return file.read().strip()
        except OSError:
            return ""
