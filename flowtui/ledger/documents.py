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

from flowtui.ledger.lines import text_of

Document = dict[str, Any]

_DAY = re.compile(rb'"day":"([0-9]{4}-[0-9]{2}-[0-9]{2})"')
_MANY = 20


class Documents(Mapping[str, Document]):
    """One table by key, in the order of insertion. What it gives out is not to be changed."""

    __slots__ = ("_days", "_documents")

    def __init__(self) -> None:
        self._documents: dict[str, Document | bytes] = {}
        self._days: list[tuple[str, str]] | None = None
        """Day and key of each document, sorted; None until days are asked for."""

    def put(self, key: str, document: Document | bytes) -> None:
        """Set a document, parsed or as JSON bytes without spaces between its elements."""
        if self._days is not None:
            self._forget_day(key)
            insort(self._days, (day_of(document), key))
        self._documents[key] = document

    def remove(self, key: str) -> None:
        """Delete a document if it is there."""
        if self._days is not None:
            self._forget_day(key)
        self._documents.pop(key, None)

    def json(self, key: str) -> bytes:
        """A document as JSON, as it would be written. Raises KeyError."""
        document = self._documents[key]
        return document if type(document) is bytes else text_of(document).encode()

    def is_same(self, other: Documents) -> bool:
        """Whether both hold the same, told by what would be written."""
        return self._documents.keys() == other._documents.keys() and all(
            self.json(key) == other.json(key) for key in self._documents
        )

    def between(self, low: str, high: str) -> list[tuple[str, str]]:
        """Day and key of documents with a "day" from `low` to `high`, both included, sorted."""
        if self._days is None:
            self._days = sorted((day_of(kept), key) for key, kept in self._documents.items())
        first = bisect_left(self._days, (low, ""))
        after = bisect_right(self._days, high, key=lambda entry: entry[0])
        rows = self._days[first:after]
        self._parse(key for _, key in rows)
        return rows

    def __getitem__(self, key: str) -> Document:
        kept = self._documents[key]
        if type(kept) is bytes:
            kept = self._documents[key] = json.loads(kept)
        return kept  # type: ignore[return-value]  # bytes were parsed just now

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)

    def __contains__(self, key: object) -> bool:
        return key in self._documents

    def items(self) -> ItemsView[str, Document]:
        """Keys and documents, all of them parsed."""
        self._parse(self._documents)
        return super().items()

    def values(self) -> ValuesView[Document]:
        """Documents, all of them parsed."""
        self._parse(self._documents)
        return super().values()

    def _parse(self, keys: Iterable[str]) -> None:
        """Parse those documents at once if they are many: it is faster, and they share keys."""
        raw = [key for key in keys if type(self._documents[key]) is bytes]
        if len(raw) >= _MANY:
            joined = b",".join([self._documents[key] for key in raw])  # type: ignore[misc]  # bytes
            self._documents.update(zip(raw, json.loads(b"[%b]" % joined), strict=True))

    def _forget_day(self, key: str) -> None:
        assert self._days is not None
        if key in self._documents:
            place = bisect_left(self._days, (day_of(self._documents[key]), key))
            del self._days[place]


def day_of(document: Document | bytes) -> str:
    """The "day" of a document; empty if it has none."""
    if type(document) is bytes:
        days = _DAY.findall(document)
        if len(days) == 1 and document.count(b'"day":') == 1:
            text: str = days[0].decode()
            return text
        document = json.loads(document)
    day = document.get("day")  # type: ignore[union-attr]  # bytes were parsed just now
    return day if isinstance(day, str) else ""
