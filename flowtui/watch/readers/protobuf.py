"""The wire format of protocol buffers, as much of it as reading known messages takes.

Source: protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from collections.abc import Iterator


class WireError(ValueError):
    """The bytes are no protocol buffer."""


def varint(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned number at `at`, and where it ends. Raises WireError."""
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise WireError("a number without an end")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Number, wire type and value of each field: a number, or bytes. Raises WireError."""
    at, end = 0, len(data)
    while at < end:
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
            yield key >> 3, kind, value
            continue
        if kind == 2:
            length, at = varint(data, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise WireError(f"wire type {kind}")
        if at + length > end:
            raise WireError("a field that is longer than its message")
        yield key >> 3, kind, data[at : at + length]
        at += length


def signed(value: int) -> int:
    """An int64 or int32 that was stored as an unsigned number."""
    return value - (1 << 64) if value >= 1 << 63 else value
