"""Years that are not in memory: which of them may hold a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from flowtui.ledger.ids import Ids, holds, id_hash, read_ids, stands_in, write_ids

Keys = Iterable[tuple[str, str]]
"""Kind and id of records."""
LONGEST_TAIL = 64 * 1024
"""Bytes that may be searched rather than listed anew."""


class ClosedYears:
    """Files of years, newest first; to be made anew when one, or what is in memory, changed.

    `sizes` has their sizes in bytes; None for a file that lacks parts, of which it cannot be ruled
    out that it holds a record. `ids` has the lists that were read before and still hold.
    """

    def __init__(self, sizes: dict[Path, int | None], ids: dict[Path, Ids | None]) -> None:
        self._sizes = sizes
        self._ids = ids

    def may_hold(self, kind: str, id: str, read_keys: Callable[[Path], Keys] | None) -> list[Path]:
        """Files that may hold a record, newest first; all others do not.

        `read_keys` reads a file so that its list of ids can be written; None if nothing may be
        written now.
        """
        wanted = id_hash(kind, id)
        return [
            path
            for path, size in self._sizes.items()
            if size is None or self._may_hold(path, size, kind, id, wanted, read_keys)
        ]

    def _may_hold(
        self,
        path: Path,
        size: int,
        kind: str,
        id: str,
        wanted: int,
        read_keys: Callable[[Path], Keys] | None,
    ) -> bool:
        ids = self._ids.get(path)
        if ids is None:
            ids = self._ids[path] = read_ids(path)
        if read_keys is not None and (ids is None or size - ids.covered > LONGEST_TAIL):
            ids = self._ids[path] = write_ids(path, size, read_keys(path))
        if ids is None:
            return stands_in(path, kind, id)
        return holds(ids, wanted) or (size > ids.covered and stands_in(path, kind, id, ids.covered))
