"""How often a run shows a sign of life, learned from the run itself.

The usual interval is the median of the latest intervals, its spread their median absolute deviation
(times 1.4826: the standard deviation, were they normal). What is far longer is a pause: evaluation,
checkpoint, a new epoch. Pauses are learned as such, so that the second one surprises nobody.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median
from typing import Any, NamedTuple

KEPT = 256
FLOOR_S = 60.0
"""Silence up to a minute is never worth a word: logs are written in bursts."""
UNPAUSED_S = 600.0
"""The first pause of a run is a surprise; this long it may last without a word."""
ANNOUNCED_S = 3600.0
"""The same where the log said that an evaluation or a checkpoint begins."""
UNKNOWN_S = 1800.0
"""Before there is a rhythm (start-up, compilation, loading): this long nothing is said."""
EVER = 1e11
"""A log may claim any instant; one beyond this is none."""
BREATH_S = 0.2
"""Signs of life nearer to each other count as one: many metrics of one step, frames of a bar."""
ENOUGH = 8
OFTEN = 16
"""After so many intervals it is measured anew what a pause is."""
_MAD_TO_SD = 1.4826


class Expected(NamedTuple):
    """The rhythm as it is known."""

    interval_s: float
    spread_s: float
    pause_s: float | None
    """The longest of the latest pauses; None if there was none yet."""
    n: int
    """How many intervals it rests on."""


class Rhythm:
    """Fed with the instants (POSIX seconds) at which the run showed progress."""

    def __init__(self) -> None:
        self.last_at: float | None = None
        self.first_at: float | None = None
        self.heard_at: float | None = None
        """When we last read of progress, by our own clock, whatever the log's says."""
        self._mark: float | None = None
        """Where the interval began that is under way; what comes in one breath is one sign."""
        self._gaps: deque[float] = deque(maxlen=KEPT)
        self._pauses: deque[float] = deque(maxlen=32)
        self._known: Expected | None = None
        self._pause_s = math.inf
        """From which length on an interval is a pause, as of `_age` intervals ago."""
        self._age = OFTEN

    def arrive(self, at: float) -> None:
        """Something new was in the log at `at`. An earlier instant counts for nothing."""
        last = self.last_at
        if not -EVER < at < EVER:
            return
        if last is None or self._mark is None:
            self.first_at = self.first_at if self.first_at is not None else at
            self.last_at = self._mark = at
            return
        if at <= last:
            return
        self.last_at = at
        gap = at - self._mark
        if gap < BREATH_S:
            return
        self._mark = at
        self._known = None
        self._age += 1
        if self._age >= OFTEN and len(self._gaps) >= ENOUGH:
            known = self.expected()
            self._pause_s = math.inf if known is None else _pause_from(known)
            self._age = 0
        (self._pauses if gap > self._pause_s else self._gaps).append(gap)

    def hear(self, at: float) -> None:
        """Progress was read at `at` by our own clock."""
        if -EVER < at < EVER and (self.heard_at is None or at > self.heard_at):
            self.heard_at = at

    def last_sign(self, now: float) -> float | None:
        """POSIX seconds of the last sign of life, as of `now`; None if there was none.

        By our own clock where we heard of it; one that a log claims to come is none.
        """
        signs = [at for at in (self.last_at, self.heard_at) if at is not None and at <= now]
        return max(signs, default=self.heard_at if self.heard_at is not None else self.last_at)

    def forget_silence(self, until: float) -> None:
        """The machine slept, or the run was stopped by a signal: that silence says nothing."""
        if self.last_at is not None and until > self.last_at:
            self.last_at = self._mark = until
        self.hear(until)

    def expected(self) -> Expected | None:
        """The rhythm; None while too little was seen."""
        if self._known is None and len(self._gaps) >= ENOUGH:
            middle = median(self._gaps)
            spread = _MAD_TO_SD * median(abs(gap - middle) for gap in self._gaps)
            pause = max(self._pauses, default=None)
            self._known = Expected(middle, spread, pause, len(self._gaps))
        return self._known

    def limit_s(self, announced: bool = False) -> float:
        """How many seconds of silence are still usual for this run.

        `announced`: the log's last word was that an evaluation or a checkpoint begins.
        """
        known = self.expected()
        if known is None:
            return UNKNOWN_S
        steady = max(FLOOR_S, _pause_from(known) * 2)
        if known.pause_s is not None:
            return max(steady, 2.5 * known.pause_s)
        first = max(UNPAUSED_S, 20 * known.interval_s)
        return max(steady, first, ANNOUNCED_S if announced else 0.0)

    def silence_s(self, now: float) -> float | None:
        """Seconds since the last sign of life; None if there was none."""
        last = self.last_sign(now)
        return None if last is None else max(0.0, now - last)

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "first_at": self.first_at,
            "last_at": self.last_at,
            "heard_at": self.heard_at,
            "gaps": [round(gap, 3) for gap in self._gaps],
            "pauses": [round(gap, 3) for gap in self._pauses],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Rhythm:
        """Back from `to_json`."""
        rhythm = cls()
        rhythm.first_at, rhythm.last_at = data["first_at"], data["last_at"]
        rhythm.heard_at = data.get("heard_at")
        rhythm._mark = rhythm.last_at
        rhythm._gaps.extend(data["gaps"])
        rhythm._pauses.extend(data["pauses"])
        return rhythm


def _pause_from(known: Expected) -> float:
    """From which length on an interval is a pause."""
    return max(known.interval_s + 8 * known.spread_s, 4 * known.interval_s)
