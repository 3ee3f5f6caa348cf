"""A first look at a huge text log: its head and its tail in full, what lies between in samples.

Bars that were redrawn a million times are thinned at the speed of a search; of plain lines each
stretch gives a part. Around words of disaster every line is read, wherever they stand. So a look
costs about the same for 200 megabytes and for 20 gigabytes, and what it leaves out are repetitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from flowtui.watch.readers.frames import thin

WHOLE = 6 * 2**20
"""A log up to this size is read whole."""
CHUNK = 4 * 2**20
BUDGET = 8 * 2**20
"""Bytes that are read with care between head and tail, at most."""
MOST = 2**30
"""Of a larger log only some stretches are looked at, this many bytes in all."""
_HEAD = 2**20
_TAIL = 3 * 2**20
_EXACT = 2**19
"""The very end, frame by frame."""
_FINE = 1024
"""In head and tail one frame in so many bytes."""
_AROUND = 8192
_DISASTERS = (b"Traceback (most recent", b"out of memory", b"exitcode:")
_MAX_HITS = 4


def pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Pieces of a log of `size` bytes, in order, that end where a line or frame ends."""
    if size <= WHOLE:
        yield from _stretch(file, 0, size)
        return
    yield thin(_to_end_of_line(file, 0, _HEAD), _FINE)
    middle = size - _TAIL - _HEAD
    stride = CHUNK if middle <= MOST else middle * CHUNK // MOST
    budget = max(16_384, BUDGET * stride // max(middle, 1))
    for start in range(_HEAD, size - _TAIL, stride):
        file.seek(start)
        data = file.read(min(CHUNK, size - _TAIL - start))
        yield _sample(data, budget)
    start = _after_end_of_line(file, size - _TAIL)
    last = _after_end_of_line(file, size - _EXACT)
    for piece in _stretch(file, start, last):
        yield thin(piece, _FINE)
    yield from _stretch(file, last, size)


def _stretch(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    left = end - start
    while left > 0:
        data = file.read(min(CHUNK, left))
        if not data:
            return
        left -= len(data)
        yield data


def _sample(data: bytes, budget: int) -> bytes:
    """A part of `data` that begins and ends with a line, and all around a disaster."""
    first = _first_end(data) + 1
    last = max(data.rfind(b"\n"), data.rfind(b"\r"))
    whole = data[first : last + 1]
    kept = thin(whole)
    if len(kept) > budget:
        cut = max(kept.rfind(b"\n", 0, budget), kept.rfind(b"\r", 0, budget))
        kept = kept[: cut + 1]
        kept += b"".join(_disasters(whole))
    return b"\n" + kept + b"\n"


def _disasters(data: bytes) -> Iterator[bytes]:
    hits = 0
    for word in _DISASTERS:
        at = data.find(word)
        while at >= 0 and hits < _MAX_HITS:
            start = data.rfind(b"\n", 0, at) + 1
            end = data.find(b"\n", min(len(data), at + _AROUND))
            yield b"\n" + data[max(start, at - 256) : end if end >= 0 else at + 2 * _AROUND]
            hits += 1
            at = data.find(word, at + _AROUND)


def _first_end(data: bytes) -> int:
    ends = [at for at in (data.find(b"\n"), data.find(b"\r")) if at >= 0]
    return min(ends, default=len(data))


def _to_end_of_line(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    data = file.read(length)
    last = max(data.rfind(b"\n"), data.rfind(b"\r"))
    return data[: last + 1] if last >= 0 else data


def _after_end_of_line(file: BinaryIO, start: int) -> int:
    file.seek(start)
    end = _first_end(file.read(65_536))
    return start + end if end < 65_536 else start
