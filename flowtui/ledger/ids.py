"""Which ids a year holds that is not in memory: a small file beside it, `.2025.ids`.

It lets a new record be filed, and an old one be found, without reading ten years. It is derived:
it names the size and the time of the year's file, counts for nothing when they differ, and is
written anew by the next writer that needs it. An id stands there as the CRC-32 of kind and id, so
now and then a year is read in vain; it never happens that an id is missed.
"""

from __future__ import annotations

import contextlib
import mmap
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

from flowtui.ledger.lines import change_text
from flowtui.ledger.look import Signature

_HEAD = struct.Struct("=8sQQLL")
_MAGIC = b"flowids1"


class YearIds:
    """The id files of one ledger folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, tuple[Signature, memoryview]] = {}

    def may_hold(self, name: str, signature: Signature, kind: str, id: str) -> bool | None:
        """Whether the year `name` may hold a record; None if there is no list of its ids."""
        known = self._open.get(name)
        if known is None or known[0] != signature:
            hashes = self._read(name, signature)
            if hashes is None:
                return None
            known = self._open[name] = (signature, hashes)
        wanted = _hash(kind, id)
        place = bisect_left(known[1], wanted)
        return place < len(known[1]) and known[1][place] == wanted

    def write(self, name: str, signature: Signature, ids: Iterable[tuple[str, str]]) -> None:
        """Keep a list of (kind, id) for the year `name`; without effect if it cannot be kept."""
        hashes = array("I", sorted(_hash(*id) for id in ids))
        body = hashes.tobytes()
        head = _HEAD.pack(_MAGIC, signature.size, signature.changed_ns, len(hashes), crc32(body))
        path = self._path(name)
        beside = path.with_name(path.name + ".new")
        with contextlib.suppress(OSError):  # it saves time later and nothing else
            beside.write_bytes(head + body)
            beside.replace(path)

    def _read(self, name: str, signature: Signature) -> memoryview | None:
        try:
            with self._path(name).open("rb") as file:
                data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            magic, size, changed_ns, count, checksum = _HEAD.unpack_from(data)
        except (OSError, ValueError, struct.error):
            return None
        body = data[_HEAD.size :]
        stamp = (_MAGIC, signature.size, signature.changed_ns, count * 4, checksum)
        if (magic, size, changed_ns, body.nbytes, crc32(body)) != stamp:
            return None
        return body.cast("I")

    def _path(self, name: str) -> Path:
        return self._folder / f".{name}.ids"


def stands_in(path: Path, kind: str, id: str) -> bool:
    """Whether a file names a record, told by looking for its bytes; no line is parsed."""
    needle = change_text(kind, id, "null").removesuffix("null]").encode()
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            return data.find(needle) >= 0
    except (FileNotFoundError, ValueError):  # no file, or an empty one
        return False


def _hash(kind: str, id: str) -> int:
    return crc32(f"{kind}\0{id}".encode("utf-8", "surrogatepass"))
