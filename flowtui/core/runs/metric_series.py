"""A bounded series of (step, instant, value) that keeps its extremes, however long the run.

Points are kept one by one until the series is full; then neighbours are merged in pairs and each
place holds twice as many, with its lowest and highest value at their own steps. So a spike of one
step in a week of training is never lost. Eight numbers a place, in arrays: 64 bytes.
"""

from __future__ import annotations

import base64
import math
import sys
import zlib
from array import array
from typing import Any, NamedTuple

DEFAULT_PLACES = 256
HUGE = 1e150
"""A value beyond is kept as this: sums of it stay finite."""
_COLUMNS = ("x", "at", "low", "low_x", "high", "high_x", "total", "count")


class Point(NamedTuple):
    """A value of a series."""

    step: float
    at: float | None
    """POSIX seconds; None if no instant is known."""
    value: float


class Place(NamedTuple):
    """Some neighbouring points in one."""

    step: float
    """Of the first of them."""
    at: float | None
    low: float
    low_step: float
    high: float
    high_step: float
    mean: float
    number: int
    """How many points."""


class Series:
    """Finite values in the order of their steps; at most `places` places."""

    def __init__(self, places: int = DEFAULT_PLACES) -> None:
        self.places = max(8, places)
        self.width = 1
        """How many points a place holds."""
        self.n = 0
        """Points taken so far and not cut off."""
        self._columns = {name: array("d") for name in _COLUMNS}
        self._open: list[float] = []

    def add(self, step: float, at: float | None, value: float) -> None:
        """Take a finite value. Steps may repeat; they do not go back (see `cut`)."""
        if not -HUGE < value < HUGE:
            value = HUGE if value > 0 else -HUGE
        place = self._open
        self.n += 1
        if not place:
            self._open = [
                step, math.nan if at is None else at, value, step, value, step, value, 1.0,
            ]  # fmt: skip
        else:
            if value < place[2]:
                place[2], place[3] = value, step
            if value > place[4]:
                place[4], place[5] = value, step
            place[6] += value
            place[7] += 1.0
        if self._open[7] >= self.width:
            self._close()

    def cut(self, step: float) -> None:
        """Drop what lies at `step` and after: the run went back to before it."""
        kept = [place for place in self._rows() if place[0] < step]
        self._fill(kept)
        self._open = []
        self.n = int(sum(place[7] for place in kept))

    def squeeze(self, places: int) -> None:
        """Make do with fewer places."""
        self.places = max(8, places)
        while len(self._columns["x"]) > self.places:
            self._merge()

    def all_places(self) -> list[Place]:
        """Every place, in order."""
        return [
            Place(
                row[0],
                None if math.isnan(row[1]) else row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                row[6] / row[7],
                int(row[7]),
            )
            for row in self._rows()
        ]

    def points(self) -> list[Point]:
        """Points to draw: each place's lowest and highest, in the order of their steps."""
        found: list[Point] = []
        for place in self.all_places():
            low = Point(place.low_step, place.at, place.low)
            high = Point(place.high_step, place.at, place.high)
            if place.number == 1 or place.low == place.high:
                found.append(low)
            else:
                found += [low, high] if low.step <= high.step else [high, low]
        return found

    def last_value(self) -> float | None:
        """The highest value of the last place: the latest one of a series that only rises."""
        rows = self._open or [column[-1] for column in self._columns.values() if column]
        return rows[4] if rows else None

    def means(self) -> list[Point]:
        """Each place's mean at its first step: a curve with less noise."""
        return [Point(p.step, p.at, p.mean) for p in self.all_places()]

    def at_step(self, step: float) -> float | None:
        """The mean of the place that holds `step`, between its neighbours; None outside."""
        curve = self.means()
        if not curve or step < curve[0].step or step > curve[-1].step:
            return None
        before = curve[0]
        for point in curve:
            if point.step >= step:
                span = point.step - before.step
                share = (step - before.step) / span if span > 0 else 1.0
                return before.value + share * (point.value - before.value)
            before = point
        return before.value

    def to_json(self) -> dict[str, Any]:
        """As JSON: `width`, `n` and the columns packed (zlib, base64, little-endian doubles)."""
        rows = self._rows()
        flat = array("d", [row[k] for k in range(len(_COLUMNS)) for row in rows])
        if sys.byteorder == "big":
            flat.byteswap()
        packed = base64.b64encode(zlib.compress(flat.tobytes(), 6)).decode("ascii")
        return {
            "places": self.places, "width": self.width, "n": self.n, "rows": len(rows),
            "open": bool(self._open), "data": packed,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Series:
        """Back from `to_json`. Raises ValueError or KeyError for anything else."""
        series = cls(int(data["places"]))
        series.width, series.n = int(data["width"]), int(data["n"])
        flat = array("d")
        flat.frombytes(zlib.decompress(base64.b64decode(data["data"])))
        if sys.byteorder == "big":
            flat.byteswap()
        rows = int(data["rows"])
        if len(flat) != rows * len(_COLUMNS):
            raise ValueError("a series of another length than it says")
        found = [[flat[k * rows + row] for k in range(len(_COLUMNS))] for row in range(rows)]
        if data["open"] and found:
            series._open = found.pop()
        series._fill(found)
        return series

    def _rows(self) -> list[list[float]]:
        rows = [list(row) for row in zip(*self._columns.values(), strict=True)]
        return [*rows, list(self._open)] if self._open else rows

    def _fill(self, rows: list[list[float]]) -> None:
        for place, name in enumerate(_COLUMNS):
            self._columns[name] = array("d", [row[place] for row in rows])

    def _close(self) -> None:
        for name, value in zip(_COLUMNS, self._open, strict=True):
            self._columns[name].append(value)
        self._open = []
        if len(self._columns["x"]) > self.places:
            self._merge()

    def _merge(self) -> None:
        rows = self._rows()
        if self._open:
            rows.pop()
        merged: list[list[float]] = []
        for left, right in zip(rows[0::2], rows[1::2], strict=False):
            low = left if left[2] <= right[2] else right
            high = left if left[4] >= right[4] else right
            merged.append(
                [
                    left[0],
                    left[1],
                    low[2],
                    low[3],
                    high[4],
                    high[5],
                    left[6] + right[6],
                    left[7] + right[7],
                ]
            )
        self.width *= 2
        odd = rows[-1] if len(rows) % 2 else None
        self._fill(merged)
        if odd is not None and not self._open:
            self._open = odd
        elif odd is not None:
            extra = self._open
            self._open = [
                odd[0], odd[1],
                *(odd[2:4] if odd[2] <= extra[2] else extra[2:4]),
                *(odd[4:6] if odd[4] >= extra[4] else extra[4:6]),
                odd[6] + extra[6], odd[7] + extra[7],
            ]  # fmt: skip
