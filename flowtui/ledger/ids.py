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

from flowtui.ledger.disk import BESIDE
from flowtui.ledger.lines import change_text
from flowtui.ledger.look import Signature

_HEAD = struct.Struct("=8sQQLL")
_MAGIC = b"flowids1"


def id_hash(kind: str, id: str) -> int:
    """What stands in the list for a record."""
    return crc32(f"{kind}\0{id}".encode("utf-8", "surrogatepass"))


def holds(hashes: memoryview, wanted: int) -> bool:
    """Whether a list has a hash."""
    place = bisect_left(hashes, wanted)
    return place < len(hashes) and bool(hashes[place] == wanted)


def read_ids(path: Path, signature: Signature) -> memoryview | None:
    """The list in the id file at `path`, if it is of a year's file with this signature."""
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        magic, size, changed_ns, count, checksum = _HEAD.unpack_from(data)
    except (OSError, ValueError, struct.error):
        return None
    body = data[_HEAD.size :]
    stamp = (_MAGIC, *signature[:2], count * 4, checksum)
    if (magic, size, changed_ns, body.nbytes, crc32(body)) != stamp:
        return None
    return body.cast("I")


def write_ids(path: Path, signature: Signature, ids: Iterable[tuple[str, str]]) -> memoryview:
    """Put a list of (kind, id) into the id file at `path`, if that can be done, and return it."""
    hashes = array("I", sorted(id_hash(kind, id) for kind, id in ids))
    body = hashes.tobytes()
    head = _HEAD.pack(_MAGIC, *signature[:2], len(hashes), crc32(body))
    beside = path.with_name(path.name + BESIDE)
    try:
        beside.write_bytes(head + body)
        beside.replace(path)
    except OSError:  # it would have saved time later and nothing else
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return memoryview(hashes)


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
