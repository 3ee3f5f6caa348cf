"""The shape of an event with one scalar, which a training writes over and over with other numbers.

Of such a record only the instant, the step and the value differ; all bytes between are those of the
first one of its shape. A checksum without its start and end values is linear over XOR, so that of a
record is that of its shape with zeros in these places, and for each byte in them what it adds at
its distance from the end. Sixteen looks into tables instead of a walk over sixty bytes.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from flowtui.core.runs.reading import Reading
from flowtui.watch.readers.crc32c import crc32c, row

_WALL = struct.Struct("<d").unpack_from
_VALUE = struct.Struct("<f").unpack_from
_CRC = struct.Struct("<I").unpack_from

_new = tuple.__new__
"""A named tuple from all its fields, in half the time that its own constructor takes."""

Row = list[int]


class Shape(NamedTuple):
    """What is the same in all records of a shape."""

    length: int
    tag: str
    crc: int
    """Checksum of a record with zeros for instant, step and value."""
    wall: tuple[Row, Row, Row, Row, Row, Row, Row, Row]
    """For each byte of the instant what it adds to the checksum."""
    step: tuple[Row, ...]
    value: tuple[Row, Row, Row, Row]


def shape_of(payload: bytes, middle: int, tag: str) -> Shape:
    """The shape of a record whose step ends before `middle`; its value is the last four bytes."""
    length = len(payload)
    zeros = bytearray(payload)
    for place in (*range(1, 9), *range(10, middle), *range(length - 4, length)):
        zeros[place] = 0
    rows = [row(length - 1 - place) for place in range(length)]
    w, v = rows[1:9], rows[-4:]
    return Shape(
        length,
        tag,
        crc32c(bytes(zeros)),
        (w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]),
        tuple(rows[10:middle]),
        (v[0], v[1], v[2], v[3]),
    )


def scalar(shape: Shape, data: bytes, start: int, middle: int, stop: int) -> Reading | None:
    """The reading of the record at `start` to `stop`; None if the checksum after it is wrong."""
    _, tag, crc, wall, rows, value = shape
    a, b, c, d, e, f, g, h = data[start + 1 : start + 9]
    p, q, r, s, t, u, v, w = wall
    crc ^= p[a] ^ q[b] ^ r[c] ^ s[d] ^ t[e] ^ u[f] ^ v[g] ^ w[h]
    a, b, c, d = data[stop - 4 : stop]
    p, q, r, s = value
    crc ^= p[a] ^ q[b] ^ r[c] ^ s[d]
    if len(rows) == 1:
        step = data[start + 10]
        crc ^= rows[0][step]
    elif len(rows) == 2:
        a, b = data[start + 10 : middle]
        crc ^= rows[0][a] ^ rows[1][b]
        step = a & 0x7F | b << 7
    else:
        step = shift = 0
        for byte, adds in zip(data[start + 10 : middle], rows, strict=True):
            crc ^= adds[byte]
            step |= (byte & 0x7F) << shift
            shift += 7
    if ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF != _CRC(data, stop)[0]:
        return None
    at = _WALL(data, start + 1)[0]
    metrics = {tag: _VALUE(data, stop - 4)[0]}
    return _new(Reading, (step, metrics, None, None, None, at, None, None, None, None))
