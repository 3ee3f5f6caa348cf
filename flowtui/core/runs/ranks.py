"""How far each of several workers of one run is, by what each wrote."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Any

MOST = 4096
KEPT = 16
ENOUGH = 6
"""Steps of a worker that a pace rests on."""


class Rank:
    """One worker: its latest steps, and when it wrote of them."""

    def __init__(self) -> None:
        self.steps: deque[tuple[int, float]] = deque(maxlen=KEPT)

    @property
    def step(self) -> int:
        """The last step that it wrote of."""
        return self.steps[-1][0]

    @property
    def at(self) -> float:
        """When it did, POSIX seconds."""
        return self.steps[-1][1]

    @property
    def pace_s(self) -> float | None:
        """Seconds a step; None while too little was seen."""
        if len(self.steps) < ENOUGH:
            return None
        first, last = self.steps[0], self.steps[-1]
        return (last[1] - first[1]) / (last[0] - first[0]) if last[0] > first[0] else None


class Ranks:
    """All workers of a run by their numbers."""

    def __init__(self) -> None:
        self.by_number: dict[int, Rank] = {}

    def add(self, number: int, step: int, at: float) -> None:
        """Worker `number` wrote of `step` at an instant (POSIX seconds)."""
        rank = self.by_number.get(number)
        if rank is None:
            if len(self.by_number) >= MOST:
                return
            rank = self.by_number[number] = Rank()
        if rank.steps and step < rank.step:
            rank.steps.clear()  # it began anew
        if rank.steps and step == rank.step:
            return
        rank.steps.append((step, at))

    def behind(self, least_s: float) -> list[tuple[int, Rank]]:
        """Workers that have written of no step for `least_s` longer than half of all have."""
        if len(self.by_number) < 2:
            return []
        usual = median(rank.at for rank in self.by_number.values())
        front = max(rank.step for rank in self.by_number.values())
        return [
            (number, rank)
            for number, rank in self.by_number.items()
            if usual - rank.at > least_s and rank.step < front
        ]

    def slow(self, factor: float) -> list[tuple[int, float, float]]:
        """(number, seconds a step, the usual ones) of workers slower than usual by `factor`."""
        paces = {n: p for n, r in self.by_number.items() if (p := r.pace_s) is not None and p > 0}
        if len(paces) < 3:
            return []
        usual = median(paces.values())
        return [(n, p, usual) for n, p in paces.items() if p > factor * usual]

    def to_json(self) -> dict[str, list[tuple[int, float]]]:
        """As JSON."""
        return {str(number): list(rank.steps) for number, rank in self.by_number.items()}

    @classmethod
    def from_json(cls, data: Any) -> Ranks:
        """Back from `to_json`; what is none is none."""
        ranks = cls()
        if isinstance(data, dict):
            for number, steps in data.items():
                for step, at in steps:
                    ranks.add(int(number), int(step), float(at))
        return ranks
