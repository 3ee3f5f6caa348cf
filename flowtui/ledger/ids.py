"""Which ids a year holds that is not in memory: a small file beside it, `.2025.ids`.

It lets a new record be filed, and an old one be found, without reading ten years. It is derived: it
says how much of the year's file it covers and what stood at the end of that, and counts for nothing
if that is not so. What was added since is searched byte by byte, until a writer finds it long and
writes the list anew. An id stands there as CRC-32 of kind and id, so now and then a year is read
in vain; it never happens that an id is missed.
"""

from __future__ import annotations

import contextlib
import mmap
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from flowtui.ledger.disk import BESIDE
from flowtui.ledger.lines import change_text

_HEAD = struct.Struct("=8sQLLL")
_MAGIC = b"flowids1"
_ANCHOR_BYTES = 64


class Ids(NamedTuple):
    """The ids in the first `covered` bytes of a year's file."""

    hashes: memoryview
    """Whole numbers, ascending."""
    covered: int


def id_hash(kind: str, id: str) -> int:
    """What stands in the list for a record."""
    return crc32(f"{kind}\0{id}".encode("utf-8", "surrogatepass"))


def holds(ids: Ids, wanted: int) -> bool:
    """Whether a list has a hash."""
    place = bisect_left(ids.hashes, wanted)
    return place < len(ids.hashes) and bool(ids.hashes[place] == wanted)


def ids_path(year: Path) -> Path:
    """Where the list for a year's file is."""
    return year.with_name(f".{year.stem}.ids")


def read_ids(year: Path) -> Ids | None:
    """The list for a year's file, if there is one that fits it."""
    try:
        with ids_path(year).open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        magic, covered, anchor, count, checksum = _HEAD.unpack_from(data)
        body = data[_HEAD.size :]
        found = (magic, body.nbytes, crc32(body), _anchor(year, covered))
    except (OSError, ValueError, struct.error):
        return None
    if found != (_MAGIC, count * 4, checksum, anchor):
        return None
    return Ids(body.cast("I"), covered)


def write_ids(year: Path, covered: int, keys: Iterable[tuple[str, str]]) -> Ids:
    """Keep the list of (kind, id) in the first `covered` bytes; if it can be kept. Returns it."""
    hashes = array("I", sorted(id_hash(kind, id) for kind, id in keys))
    body = hashes.tobytes()
    path = ids_path(year)
    beside = path.with_name(path.name + BESIDE)
    try:
        head = _HEAD.pack(_MAGIC, covered, _anchor(year, covered), len(hashes), crc32(body))
        beside.write_bytes(head + body)
        beside.replace(path)
    except OSError:  # it would have saved time later and nothing else
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return Ids(memoryview(hashes), covered)


def stands_in(year: Path, kind: str, id: str, start: int = 0) -> bool:
    """Whether a file names a record after byte `start`, told by its bytes; no line is parsed."""
    needle = change_text(kind, id, "null").removesuffix("null]").encode()
    try:
        with (
            year.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            return data.find(needle, start) >= 0
    except (FileNotFoundError, ValueError):  # no file, or an empty one
        return False


def _anchor(year: Path, covered: int) -> int:
    """What stands in a file before byte `covered`. Raises OSError if the file is shorter."""
    with year.open("rb") as file:
        file.seek(max(covered - _ANCHOR_BYTES, 0))
        text = file.read(min(covered, _ANCHOR_BYTES))
    if len(text) < min(covered, _ANCHOR_BYTES):
        raise OSError(f"{year} is shorter than {covered} bytes")
    return crc32(text)
