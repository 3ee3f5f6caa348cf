"""Documents as bytes until somebody looks at one.

A year of 5,000 records is opened to see a day of them. Kept as JSON bytes they take a sixth of the
memory, and opening costs a third of what parsing them all would.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Any

Document = dict[str, Any]

_DAY = re.compile(rb'"day":"([0-9]{4}-[0-9]{2}-[0-9]{2})"')
_MANY = 20


class Table(Mapping[str, Document]):
    """One table by key, in the order of insertion. What it gives out is not to be changed."""

    __slots__ = ("_days", "_kept")

    def __init__(self) -> None:
        self._kept: dict[str, Document | bytes] = {}
        self._days: list[tuple[str, str]] | None = None
        """Day and key of each document, sorted; None until days are asked for."""

    def put(self, key: str, document: Document | bytes) -> None:
        """Set a document, parsed or as JSON bytes without spaces between its elements."""
        if self._days is not None:
            self._forget_day(key)
            insort(self._days, (_day_of(document), key))
        self._kept[key] = document

    def remove(self, key: str) -> None:
        """Delete a document if it is there."""
        if self._days is not None:
            self._forget_day(key)
        self._kept.pop(key, None)

    def between(self, low: str, high: str) -> list[Document]:
        """Documents with a "day" from `low` to `high`, both included, by day and key."""
        if self._days is None:
            self._days = sorted((_day_of(kept), key) for key, kept in self._kept.items())
        first = bisect_left(self._days, (low, ""))
        after = bisect_right(self._days, high, key=lambda entry: entry[0])
        keys = [key for _, key in self._days[first:after]]
        self._parse(keys)
        return [self[key] for key in keys]

    def __getitem__(self, key: str) -> Document:
        kept = self._kept[key]
        if type(kept) is bytes:
            kept = self._kept[key] = json.loads(kept)
        return kept  # type: ignore[return-value]  # bytes were parsed just now

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def items(self) -> ItemsView[str, Document]:
        """Keys and documents, all of them parsed."""
        self._parse(self._kept)
        return super().items()

    def values(self) -> ValuesView[Document]:
        """Documents, all of them parsed."""
        self._parse(self._kept)
        return super().values()

    def _parse(self, keys: Iterable[str]) -> None:
        """Parse those documents at once if they are many: it is faster, and they share keys."""
        raw = [key for key in keys if type(self._kept[key]) is bytes]
        if len(raw) >= _MANY:
            joined = b",".join([self._kept[key] for key in raw])  # type: ignore[misc]  # bytes
            self._kept.update(zip(raw, json.loads(b"[%b]" % joined), strict=True))

    def _forget_day(self, key: str) -> None:
        assert self._days is not None
        if key in self._kept:
            place = bisect_left(self._days, (_day_of(self._kept[key]), key))
            del self._days[place]


def _day_of(document: Document | bytes) -> str:
    """The "day" of a document; empty if it has none."""
    if type(document) is bytes:
        days = _DAY.findall(document)
        if len(days) == 1 and document.count(b'"day":') == 1:
            text: str = days[0].decode()
            return text
        document = json.loads(document)
    day = document.get("day")  # type: ignore[union-attr]  # bytes were parsed just now
    return day if isinstance(day, str) else ""
