"""The clock as an argument: nobody below the edge asks what time it is.

Only `flowtui.system.clock` reads the machine's clocks; tests pass a fake.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Three clocks that disagree exactly when something happened to the machine.

    `now` jumps when somebody sets the clock, `boottime` counts through sleep, `monotonic` does not.
    """

    def now(self) -> datetime:
        """The present instant, timezone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; stands still while the machine sleeps."""
        ...

    def boottime(self) -> float:
        """Seconds since boot, sleep included; `monotonic` where the system has no such clock."""
        ...

    def boot_id(self) -> str:
        """A word that changes at every boot; empty where the system does not tell."""
        ...
