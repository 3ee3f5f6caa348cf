"""Years that are not in memory: which of them may hold a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from flowtui.ledger.ids import holds, id_hash, read_ids, stands_in, write_ids
from flowtui.ledger.look import Signature

Keys = Iterable[tuple[str, str]]
"""Kind and id of records."""


class ClosedYears:
    """The years in `files`, newest first; to be made anew when a file or what is in memory changed.

    A file whose signature is None is not complete: that it holds a record cannot be ruled out.
    """

    def __init__(self, files: dict[Path, Signature | None]) -> None:
        self._files = files
        self._hashes: dict[Path, memoryview] = {}

    def may_hold(self, kind: str, id: str, read_keys: Callable[[Path], Keys] | None) -> list[Path]:
        """Files that may hold a record, newest first; all others do not.

        `read_keys` reads a file so that its list of ids can be written; None if nothing may be
        written now, and then a file without a list is searched.
        """
        wanted = id_hash(kind, id)
        found = []
        for path, signature in self._files.items():
            hashes = self._hashes.get(path)
            if hashes is None:
                hashes = self._read(path, signature, read_keys)
            if hashes is not None:
                may_hold = holds(hashes, wanted)
            else:
                may_hold = signature is None or stands_in(path, kind, id)
            if may_hold:
                found.append(path)
        return found

    def _read(
        self,
        path: Path,
        signature: Signature | None,
        read_keys: Callable[[Path], Keys] | None,
    ) -> memoryview | None:
        if signature is None:
            return None
        ids_path = path.with_name(f".{path.stem}.ids")
        hashes = read_ids(ids_path, signature)
        if hashes is None and read_keys is not None:
            hashes = write_ids(ids_path, signature, read_keys(path))
        if hashes is not None:
            self._hashes[path] = hashes
        return hashes
