"""FIT recordings, encoded by hand: header, definitions, data and checksum of the FIT protocol."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
_NIBBLES = (
    *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
    *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
)
_ENUM, _UINT8, _UINT16, _UINT32, _UINT32Z = 0x00, 0x02, 0x84, 0x86, 0x8C
_FORMATS = {_ENUM: "B", _UINT8: "B", _UINT16: "H", _UINT32: "I", _UINT32Z: "I"}


def crc(data: bytes) -> int:
    """The FIT protocol's CRC-16."""
    value = 0
    for byte in data:
        for nibble in (byte & 0xF, byte >> 4):
            low = _NIBBLES[value & 0xF]
            value = ((value >> 4) & 0x0FFF) ^ low ^ _NIBBLES[nibble]
    return value


@dataclass(frozen=True, slots=True)
class Recording:
    """One session of one recording."""

    start: datetime = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)
    elapsed_s: float = 1830
    timer_s: float = 1800
    sport: int = 1
    sub_sport: int = 0
    offset: timedelta = timedelta(hours=1)
    rpe: int | None = 60
    serial: int = 4711


def _message(local: int, number: int, fields: list[tuple[int, int, int]]) -> bytes:
    """A definition and its one data message; fields are number, base type, value."""
    definition = struct.pack("<BBBHB", 0x40 | local, 0, 0, number, len(fields))
    data = struct.pack("<B", local)
    for field, base, value in fields:
        size = struct.calcsize(_FORMATS[base])
        definition += struct.pack("<BBB", field, size, base)
        data += struct.pack("<" + _FORMATS[base], value)
    return definition + data


def fit_file(recording: Recording | None = Recording(), records: int = 5) -> bytes:
    """A recording; None gives a file without a session, as a course is."""
    return fit_files([recording] if recording is not None else [], records)


def fit_files(sessions: Sequence[Recording], records: int = 5) -> bytes:
    """A recording of several sessions, as of a triathlon."""
    first = sessions[0] if sessions else Recording()
    stamp = int((first.start - EPOCH).total_seconds())
    body = _message(0, 0, [(0, _ENUM, 4), (3, _UINT32Z, first.serial), (4, _UINT32, stamp)])
    for n in range(records):
        body += _message(1, 20, [(253, _UINT32, stamp + n), (3, _UINT8, 120 + n)])
    end = stamp
    for recording in sessions:
        stamp = int((recording.start - EPOCH).total_seconds())
        end = stamp + int(recording.elapsed_s)
        session = [
            (253, _UINT32, end),
            (2, _UINT32, stamp),
            (5, _ENUM, recording.sport),
            (6, _ENUM, recording.sub_sport),
            (7, _UINT32, int(recording.elapsed_s * 1000)),
            (8, _UINT32, int(recording.timer_s * 1000)),
        ]
        if recording.rpe is not None:
            session.append((193, _UINT8, recording.rpe))
        body += _message(2, 18, session)
    if sessions:
        local = end + int(first.offset.total_seconds())
        body += _message(3, 34, [(253, _UINT32, end), (5, _UINT32, local), (1, _UINT16, 1)])
    head = struct.pack("<BBHI4s", 14, 0x20, 2140, len(body), b".FIT")
    head += struct.pack("<H", crc(head))
    return head + body + struct.pack("<H", crc(head + body))
