"""Weights & Biases' `.wandb` file, without wandb: history, alerts, the exit, what it printed.

A header of 7 bytes (`:W&B`, 0xBEE1, version 0), then LevelDB's log: blocks of 32 KiB with records
`uint32 crc | uint16 length | uint8 type` (1 whole, 2 first, 3 middle, 4 last); the checksum is
zlib's CRC-32 over type and data. Each record is a protobuf Record. Sources:
wandb/sdk/internal/datastore.py, wandb/proto/wandb_internal.proto (0.31). A run that was killed has
no exit record.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any, ClassVar

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.protobuf import WireError, fields, signed

HEADER = b":W&B\xe1\xbe\x00"
BLOCK = 32_768
MAX_RECORD = 64 * 2**20
_HEAD = struct.Struct("<IHB")


class Wandb:
    """Reads one `.wandb` file."""

    name: ClassVar[str] = "wandb"

    def __init__(self) -> None:
        self._rest = b""
        self._at = 0
        """Where `_rest` begins in the file."""
        self._part = bytearray()
        self._broken = False
        """True while the pieces of a record with a damaged piece are passed over."""
        self._said = False
        self.run_name: str | None = None

    @property
    def formats(self) -> Sequence[str]:
        """Its name."""
        return (self.name,)

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """Sure by the header."""
        return 0.99 if head.startswith(HEADER[:4]) else 0.0

    def feed(self, data: bytes) -> list[Item]:
        """What the next bytes say."""
        items: list[Item] = []
        self._rest += data
        if self._at == 0:
            if len(self._rest) < len(HEADER):
                return items
            self._rest, self._at = self._rest[len(HEADER) :], len(HEADER)
        rest, at, done = self._rest, self._at, 0
        while True:
            left = BLOCK - at % BLOCK
            if left < _HEAD.size:  # the end of a block is filled with zeros
                if len(rest) - done < left:
                    break
                done, at = done + left, at + left
                continue
            if len(rest) - done < _HEAD.size:
                break
            crc, length, kind = _HEAD.unpack_from(rest, done)
            size = _HEAD.size + length
            if size > left or kind not in (1, 2, 3, 4):
                self._damage(items)
                if len(rest) - done < left:
                    break
                done, at = done + left, at + left  # the next block is whole again
                self._broken = True
                continue
            if len(rest) - done < size:
                break
            body = rest[done + 6 : done + size]
            done, at = done + size, at + size
            if zlib.crc32(body) != crc:
                self._damage(items)
                self._broken = kind in (2, 3)
                self._part.clear()
                continue
            self._piece(kind, body[1:], items)
        self._rest, self._at = rest[done:], at
        return items

    def close(self) -> list[Item]:
        """Nothing: a half record at the end is one that is being written."""
        return []

    def state(self) -> dict[str, Any]:
        """Where it stands, and the pieces of a record that is not whole."""
        return {
            "rest": self._rest.decode("latin-1"), "at": self._at, "said": self._said,
            "part": self._part.decode("latin-1"), "broken": self._broken, "name": self.run_name,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self._rest = str(state["rest"]).encode("latin-1")
        self._part = bytearray(str(state["part"]).encode("latin-1"))
        self._at, self._said = int(state["at"]), bool(state["said"])
        self._broken, self.run_name = bool(state["broken"]), state["name"]

    def _piece(self, kind: int, body: bytes, items: list[Item]) -> None:
        if kind == 1:
            self._part.clear()
            self._broken = False
            self._record(body, items)
            return
        if kind == 2:
            self._part = bytearray(body)
            self._broken = False
            return
        if self._broken or len(self._part) > MAX_RECORD:
            self._broken = kind == 3
            return
        self._part += body
        if kind == 4:
            self._record(bytes(self._part), items)
            self._part.clear()

    def _record(self, data: bytes, items: list[Item]) -> None:
        try:
            for field, kind, value in fields(data):
                if kind == 2 and isinstance(value, bytes):
                    self._field(field, value, items)
        except (WireError, UnicodeDecodeError):
            self._damage(items)

    def _field(self, field: int, value: bytes, items: list[Item]) -> None:
        if field == 2:
            items.append(_history(value))
        elif field == 10:
            title, text = _text(value, 1), _text(value, 2)
            items.append(
                Notice(NoticeKind.ALERT, ": ".join(part for part in (title, text) if part))
            )
        elif field == 17:
            self.run_name = _text(value, 8) or _text(value, 1) or self.run_name
        elif field == 18:
            code = next((v for n, _, v in fields(value) if n == 1 and isinstance(v, int)), 0)
            items.append(
                Notice(NoticeKind.FINISHED, f"exit status {signed(code)}", exit_status=signed(code))
            )

    def _damage(self, items: list[Item]) -> None:
        if not self._said:
            self._said = True
            items.append(Notice(NoticeKind.DAMAGE, "a record is damaged; it is left out"))


def _history(data: bytes) -> Reading:
    metrics: dict[str, float] = {}
    step = at = epoch = None
    for field, _, item in fields(data):
        if field != 1 or not isinstance(item, bytes):
            continue
        name, raw = _item(item)
        value = _value(raw)
        if isinstance(value, dict):
            for part, figure in value.items():
                if isinstance(figure, int | float) and not isinstance(figure, bool):
                    metrics[f"{name}.{part}"] = float(figure)
        elif value is None:
            continue
        elif name == "_step":
            step = int(value)
        elif name == "_timestamp":
            at = value
        elif name == "epoch":
            epoch = value
        elif not name.startswith("_"):
            metrics[name] = value
    return Reading(step, metrics, epoch, None, None, at)


def _item(data: bytes) -> tuple[str, bytes]:
    names: list[str] = []
    raw = b""
    for field, _, value in fields(data):
        if not isinstance(value, bytes):
            continue
        if field in (1, 2):
            names.append(value.decode("utf-8"))
        elif field == 16:
            raw = value
    return ".".join(name for name in names if name), raw


def _value(raw: bytes) -> float | dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except ValueError:
        return None
    if isinstance(value, dict):
        return None if "_type" in value else value
    if isinstance(value, str):
        value = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.get(
            value
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _text(data: bytes, wanted: int) -> str:
    for field, _, value in fields(data):
        if field == wanted and isinstance(value, bytes):
            return value.decode("utf-8", "replace")
    return ""
