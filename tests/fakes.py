"""Stand-ins that tests share; each one passes the contract suite of what it stands for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """A clock that moves only when told to (`flowtui.core.clock.Clock`)."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self._now = now
        self._monotonic = 1_000.0
        self._boottime = 1_000.0
        self._boot_id = "boot-1"

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def boottime(self) -> float:
        return self._boottime

    def boot_id(self) -> str:
        return self._boot_id

    def advance(self, seconds: float) -> None:
        """Time passes, awake."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
        self._boottime += seconds

    def sleep(self, seconds: float) -> None:
        """Time passes, asleep: the monotonic clock stands still."""
        self._now += timedelta(seconds=seconds)
        self._boottime += seconds

    def set_wall(self, now: datetime) -> None:
        """Somebody sets the clock: nothing else moves."""
        self._now = now

    def reboot(self, seconds: float) -> None:
        """The machine is off for a while and starts anew."""
        self._now += timedelta(seconds=seconds)
        self._monotonic = 5.0
        self._boottime = 5.0
        self._boot_id = f"boot-{int(self._boot_id.split('-')[1]) + 1}"
