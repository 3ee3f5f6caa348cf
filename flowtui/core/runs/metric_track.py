"""One metric of a run: last, best, extremes, and the bounded curve."""

from __future__ import annotations

import math
from typing import Any

from flowtui.core.runs.metric_series import Series
from flowtui.core.runs.metrics import Better, better_of

_FIELDS = (
    "n", "first", "last", "last_step", "min", "max", "best_step", "nonfinite", "bad_since",
    "bad_run",
    "first_bad_step", "first_bad_at", "backs",
)  # fmt: skip


class Track:
    """What is kept of one metric. Figures are None until a value came."""

    def __init__(self, name: str, places: int) -> None:
        self.name = name
        self.better: Better | None = better_of(name)
        self.series = Series(places)
        """Finite values."""
        self.n = 0
        """Values seen, not-a-number and infinities included."""
        self.first: float | None = None
        self.last: float | None = None
        self.last_step: float | None = None
        self.min: float | None = None
        """Lowest finite value."""
        self.max: float | None = None
        self.best_step: float | None = None
        self.nonfinite = 0
        """How many values were not-a-number or infinite."""
        self.bad_since: float | None = None
        """Step since which every value is not finite; None while the last one is finite."""
        self.bad_run = 0
        """How many of the latest values in a row are not finite."""
        self.first_bad_step: float | None = None
        self.first_bad_at: float | None = None
        self.backs = 0
        """How often its steps went back: the run was resumed from an earlier one."""

    @property
    def best(self) -> float | None:
        """Lowest or highest finite value, whichever is better; None if that is not known."""
        if self.better is None:
            return None
        return self.min if self.better is Better.LOWER else self.max

    def add(self, step: float, at: float | None, value: float) -> None:
        """Take a value at `step`."""
        last_step = self.last_step
        if last_step is not None and step < last_step:
            self._back(step)
        self.last_step, self.last = step, value
        if self.n == 0:
            self.first = value
        self.n += 1
        if value - value != 0.0:  # not a number, or infinite; cheaper than to ask
            self._bad(step, at)
            return
        if self.bad_run:
            self.bad_since, self.bad_run = None, 0
        if self.min is None or value < self.min:
            self.min = value
            if self.better is Better.LOWER:
                self.best_step = step
        if self.max is None or value > self.max:
            self.max = value
            if self.better is Better.HIGHER:
                self.best_step = step
        self.series.add(step, at, value)

    def _bad(self, step: float, at: float | None) -> None:
        self.nonfinite += 1
        self.bad_run += 1
        if self.bad_since is None:
            self.bad_since = step
        if self.first_bad_step is None:
            self.first_bad_step, self.first_bad_at = step, at

    def _back(self, step: float) -> None:
        """The run went back: what lay ahead of `step` is done anew, and judged anew."""
        self.backs += 1
        self.series.cut(step)
        places = self.series.all_places()
        self.min = min((p.low for p in places), default=None)
        self.max = max((p.high for p in places), default=None)
        self.best_step = None
        for place in places:
            if self.better is Better.LOWER and place.low == self.min:
                self.best_step = place.low_step
            if self.better is Better.HIGHER and place.high == self.max:
                self.best_step = place.high_step
        if self.first_bad_step is not None and self.first_bad_step >= step:
            self.first_bad_step = self.first_bad_at = self.bad_since = None
            self.nonfinite = self.bad_run = 0

    def to_json(self) -> dict[str, Any]:
        """As JSON; not-a-number and infinities as words."""
        data: dict[str, Any] = {name: _word(getattr(self, name)) for name in _FIELDS}
        return {"name": self.name, **data, "series": self.series.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Track:
        """Back from `to_json`. Raises KeyError or ValueError for anything else."""
        track = cls(str(data["name"]), 8)
        for name in _FIELDS:
            value = data[name]
            setattr(track, name, float(value) if isinstance(value, str) else value)
        track.series = Series.from_json(data["series"])
        return track


def _word(value: float | None) -> float | str | None:
    """JSON has no not-a-number: "nan", "inf", "-inf"."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
