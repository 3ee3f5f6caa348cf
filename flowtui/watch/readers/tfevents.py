"""TensorBoard's event files, without TensorBoard: scalars of both generations.

A record is `uint64 length | uint32 crc | payload | uint32 crc`; the payload an Event (1 wall_time,
2 step, 5 summary), its values tag and number (2 simple_value, or 8 a tensor of one element).
Sources: tensorflow/core/lib/io/record_writer.cc; event.proto, summary.proto, tensor.proto.

A training writes the same few tags over and over, so what lies between step and number is looked up
whole: most events cost one look into a dictionary. A damaged record is passed over and said once; a
half one at the end is waited for.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, ClassVar

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.crc32c import masked
from flowtui.watch.readers.eventshape import Shape, scalar, shape_of
from flowtui.watch.readers.protobuf import WireError, fields, signed, varint

MAX_RECORD = 256 * 2**20
MAX_SHAPES = 1024
_LENGTH = struct.Struct("<QI")
_DOUBLE = struct.Struct("<d")
_FLOAT = struct.Struct("<f")
_WORD = struct.Struct("<I")
_TENSORS = {1: "<f", 2: "<d", 3: "<i", 4: "<B", 9: "<q", 19: "<e"}


class TfEvents:
    """Reads one event file."""

    name: ClassVar[str] = "tfevents"

    def __init__(self) -> None:
        self._rest = b""
        self._skip = 0
        """Bytes of a huge record (a picture) still to be passed over."""
        self._said = False
        self._shapes: dict[bytes, Shape] = {}
        """By the bytes between step and value."""
        self._lengths: dict[int, int] = {}

    @property
    def formats(self) -> Sequence[str]:
        """Its name."""
        return (self.name,)

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """Sure where the first record's length has the right checksum."""
        if len(head) < 12:
            return 0.6 if "tfevents" in name else 0.0
        length, crc = _LENGTH.unpack_from(head)
        if length < MAX_RECORD and masked(head[:8]) == crc:
            return 0.99
        return 0.5 if "tfevents" in name else 0.0

    def feed(self, data: bytes) -> list[Item]:
        """What the next bytes say."""
        items: list[Item] = []
        if self._skip:
            passed = min(self._skip, len(data))
            self._skip -= passed
            data = data[passed:]
        data = self._rest + data
        at = self._records(data, items)
        self._rest = data[at:]
        return items

    def close(self) -> list[Item]:
        """Nothing: a half record at the end is one that is being written."""
        return []

    def state(self) -> dict[str, Any]:
        """The half record."""
        return {"rest": self._rest.decode("latin-1"), "skip": self._skip, "said": self._said}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self._rest = str(state["rest"]).encode("latin-1")
        self._skip, self._said = int(state["skip"]), bool(state["said"])

    def _records(self, data: bytes, items: list[Item]) -> int:
        """Read all whole records of `data`; returns where the first half one begins."""
        at, end = 0, len(data)
        lengths, shapes = self._lengths, self._shapes
        take = _LENGTH.unpack_from
        while at + 12 <= end:
            length, crc = take(data, at)
            if lengths.get(length) != crc and not self._is_length(data, at, length):
                self._damage("the length of a record is damaged", items)
                at = self._next(data, at + 1)
                continue
            start = at + 12
            stop = start + length
            at = stop + 4
            if at > end:
                if length <= MAX_RECORD:
                    return start - 12
                self._skip = at - end
                return end
            middle = start + 11
            if length > 24 and data[start + 9] == 0x10:  # a step, which is a varint
                while data[middle - 1] >= 0x80 and middle < start + 20:
                    middle += 1
            shape = shapes.get(data[middle : stop - 4])
            if shape is None or shape.length != length:
                self._event(data[start:stop], middle - start, data[stop:at], items)
                continue
            reading = scalar(shape, data, start, middle, stop)
            if reading is not None:
                items.append(reading)
            else:
                self._damage("a record is damaged", items)
        return at

    def _event(self, payload: bytes, middle: int, crc: bytes, items: list[Item]) -> None:
        """A record that is not of a shape that is known."""
        if masked(payload).to_bytes(4, "little") != crc:
            self._damage("a record is damaged", items)
            return
        try:
            self._any_event(payload, middle, items)
        except (WireError, struct.error, UnicodeDecodeError):
            self._damage("a record is no event", items)

    def _any_event(self, payload: bytes, middle: int, items: list[Item]) -> None:
        wall: float | None = None
        step, summary = 0, None
        for field, kind, value in fields(payload):
            if field == 1 and kind == 1 and isinstance(value, bytes):
                wall = _DOUBLE.unpack(value)[0]
            elif field == 2 and isinstance(value, int):
                step = signed(value)
            elif field == 5 and isinstance(value, bytes):
                summary = value
        if summary is None:
            return
        metrics: dict[str, float] = {}
        for field, _, value in fields(summary):
            if field == 1 and isinstance(value, bytes):
                self._value(value, metrics)
        if not metrics:
            return
        items.append(Reading(step, metrics, None, None, None, wall))
        tag = next(iter(metrics))
        if len(metrics) == 1 and len(self._shapes) < MAX_SHAPES and payload[9:10] == b"\x10":
            key = payload[middle:-4]
            if key.endswith(tag.encode() + b"\x15"):  # the value is the last thing in it
                self._shapes[key] = shape_of(payload, middle, tag)

    def _value(self, data: bytes, metrics: dict[str, float]) -> None:
        tag, figure = "", None
        for field, kind, value in fields(data):
            if field == 1 and isinstance(value, bytes):
                tag = value.decode("utf-8")
            elif field == 2 and kind == 5 and isinstance(value, bytes):
                figure = _FLOAT.unpack(value)[0]
            elif field == 8 and isinstance(value, bytes):
                figure = _scalar(value)
        if tag and figure is not None:
            metrics[tag] = figure

    def _is_length(self, data: bytes, at: int, length: int) -> bool:
        """True if the checksum of a record's length is right; lengths come again and again."""
        crc = _WORD.unpack_from(data, at + 8)[0]
        if masked(data[at : at + 8]) != crc:
            return False
        if len(self._lengths) < 4096:
            self._lengths[length] = crc
        return True

    def _next(self, data: bytes, at: int) -> int:
        """The next place where a record may begin; lengths below 2**32 end in four zero bytes."""
        while True:
            found = data.find(b"\x00\x00\x00\x00", at + 4)
            if found < 0 or found + 8 > len(data):
                return max(at, len(data) - 11)
            start = found - 4
            length, crc = _LENGTH.unpack_from(data, start)
            if 0 < length < MAX_RECORD and masked(data[start : start + 8]) == crc:
                return start
            at = start + 1

    def _damage(self, what: str, items: list[Item]) -> None:
        if not self._said:
            self._said = True
            items.append(Notice(NoticeKind.DAMAGE, f"{what}; it is left out"))


def _scalar(tensor: bytes) -> float | None:
    """The number of a tensor of one element; None for other tensors."""
    dtype, content = 1, b""
    packed: dict[int, bytes | int] = {}
    for field, _, value in fields(tensor):
        if field == 1 and isinstance(value, int):
            dtype = value
        elif field == 4 and isinstance(value, bytes):
            content = value
        elif field in (5, 6, 7, 10):
            packed[field] = value
    shape = _TENSORS.get(dtype)
    if shape is None:
        return None
    if content:
        return (
            float(struct.unpack(shape, content)[0])
            if len(content) == struct.calcsize(shape)
            else None
        )
    if 5 in packed:
        value = packed[5]
        return _FLOAT.unpack(value)[0] if isinstance(value, bytes) and len(value) == 4 else None
    if 6 in packed:
        value = packed[6]
        return _DOUBLE.unpack(value)[0] if isinstance(value, bytes) and len(value) == 8 else None
    for field in (7, 10):
        value = packed.get(field, b"")
        if isinstance(value, int):
            return float(signed(value))
        if value:
            whole, end = varint(value, 0)
            return float(signed(whole)) if end == len(value) else None
    return None
