"""What was written, year by year, for a search that looks at each key.

Ten years of records are read from disk in a second or two, and read anew for each key that would be
a search nobody waits for. So the texts of a year are kept once it was looked at, until it changes;
nothing is kept before somebody searches.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from flowtui.core.review.search import holds

if TYPE_CHECKING:
    from flowtui.core.focus.block import Block
    from flowtui.services.focus.block_store import BlockStore

MOST_BLOCKS = 400
"""Blocks that are kept decoded: the next key mostly finds some of those of the last one."""
_NOT_WRITTEN = frozenset(("id", "day", "zone", "started_at", "ended_at", "start", "end", "at"))


class _Text(NamedTuple):
    """One block as it is searched."""

    started_at: str
    day: str
    id: str
    text: str
    """All that was written in it, without capitals."""


class BlockTexts:
    """The texts of all blocks, newest first. May be asked from any thread."""

    def __init__(self, store: BlockStore) -> None:
        self._store = store
        self._years: dict[int, tuple[object, list[_Text]]] = {}
        self._blocks: dict[tuple[str, object], Block] = {}
        self._lock = Lock()

    def years(self) -> list[int]:
        """The years that there is something of, newest first."""
        return self._store.ledger.years()[::-1]

    def of_year(self, year: int, needle: str, most: int | None = None) -> list[Block]:
        """The newest `most` blocks of `year` that hold `needle`, newest first."""
        needle = needle.strip()
        wanted = needle.casefold().removeprefix("#")
        if not wanted:
            return []
        with self._lock:
            stamp, texts = self._texts(year)
            return list(self._matching(texts, stamp, wanted, needle, most))

    def _texts(self, year: int) -> tuple[object, list[_Text]]:
        stamp = self._store.ledger.year_stamp(year)
        known = self._years.get(year)
        if known is not None and known[0] == stamp:
            return known
        rows = self._store.blocks.rows_between(date(year, 1, 1), date(year, 12, 31))
        texts = [
            _Text(
                str(row.get("started_at", "")), str(row.get("day", "")), str(row.doc_id),
                "\n".join(_written(row)).casefold(),
            )
            for row in rows
        ]  # fmt: skip
        self._years[year] = (stamp, sorted(texts, reverse=True))
        return self._years[year]

    def _matching(
        self, texts: list[_Text], stamp: object, wanted: str, needle: str, most: int | None
    ) -> Iterator[Block]:
        found = 0
        for one in texts:
            if wanted not in one.text:
                continue
            block = self._block(one, stamp)
            if block is not None and holds(block, needle):
                yield block
                found += 1
                if most is not None and found >= most:
                    return

    def _block(self, one: _Text, stamp: object) -> Block | None:
        known = self._blocks.get((one.id, stamp))
        if known is None:
            known = self._store.blocks.get(one.id)
            if known is not None:
                if len(self._blocks) >= MOST_BLOCKS:
                    self._blocks.clear()
                self._blocks[one.id, stamp] = known
        return known


def _written(value: Any, name: str = "") -> Iterator[str]:
    """The texts in a stored record, instants and ids left out."""
    if isinstance(value, str):
        if name not in _NOT_WRITTEN:
            yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _written(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _written(one, name)
