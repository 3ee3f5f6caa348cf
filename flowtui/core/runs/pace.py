"""How often a source is asked, and what it was asked: a budget that is stated and counted.

After an answer it waits at least a hundred times as long as that took, so that any server spends at
most one per cent of a core on one person, whatever it is made of, and less when it is slow. After a
failure it waits longer with each. What slept does not catch up: there is no queue of looks.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from flowtui.core.lazy_dataclass import dataclass

TIMES = 100.0
"""So many times the length of its answer a source is left alone."""
JITTER = 0.1
"""Share by which a wait is longer or shorter, so that many watchers do not ask at once."""
FIRST_FAILURE_S = 5.0
LONGEST_S = 900.0
"""The longest wait after failures."""
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What one round cost."""

    requests: int = 1
    server_s: float = 0.0
    """Seconds that the answer took, as far as that is work over there."""


class Pace:
    """The pace of one source. Seconds are monotonic, but for instants that are named `at`."""

    def __init__(self, floor_s: float) -> None:
        self.floor_s = floor_s
        self.failures = 0
        self._server_s = 0.0

    def answer(self, spent: Spent) -> None:
        """It answered."""
        self.failures = 0
        self._server_s = spent.server_s

    def fail(self, server_s: float) -> None:
        """It did not, after so many seconds."""
        self.failures += 1
        self._server_s = server_s

    def wait_s(self, floor_s: float, chance: float) -> float:
        """Seconds to wait now; `chance` is a random number from 0 to 1, for the jitter."""
        wait = max(floor_s, TIMES * self._server_s)
        if self.failures:
            back = FIRST_FAILURE_S * 2 ** min(self.failures - 1, 10)
            wait = min(LONGEST_S, max(wait, back))
        return wait * (1 - JITTER + 2 * JITTER * chance)


class Account:
    """What one source was asked and how it stands; kept so that anybody can see it."""

    def __init__(self, name: str, floor_s: float) -> None:
        self.name = name
        self.floor_s = floor_s
        self.since: float | None = None
        """POSIX seconds of the first request."""
        self.requests = 0
        self.failures = 0
        self.server_s = 0.0
        self.heard_at: float | None = None
        """POSIX seconds of the last answer."""
        self.problem = ""
        """Why it does not answer now, in a line."""
        self.wait_s = floor_s
        self._latest: deque[tuple[float, int]] = deque(maxlen=4096)

    def answer(self, at: float, spent: Spent) -> None:
        """An answer came at `at` (POSIX seconds)."""
        self._count(at, spent)
        self.heard_at, self.problem = at, ""

    def fail(self, at: float, problem: str, spent: Spent) -> None:
        """None came."""
        self._count(at, spent)
        self.failures += 1
        self.problem = problem

    def _count(self, at: float, spent: Spent) -> None:
        self.since = at if self.since is None else self.since
        self.requests += spent.requests
        self.server_s += spent.server_s
        self._latest.append((at, spent.requests))

    def last_hour(self, now: float) -> int:
        """Requests of the last hour."""
        return sum(count for at, count in self._latest if now - at < HOUR_S)

    def view(self, now: float) -> dict[str, Any]:
        """As `runs sources --json` prints it; instants in POSIX seconds."""
        return {
            "source": self.name,
            "since": self.since,
            "heard_at": self.heard_at,
            "requests": self.requests,
            "requests_last_hour": self.last_hour(now),
            "failures": self.failures,
            "server_s": round(self.server_s, 3),
            "floor_s": self.floor_s,
            "next_wait_s": round(self.wait_s, 1),
            "problem": self.problem or None,
        }
