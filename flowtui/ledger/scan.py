"""Walking a journal file line by line, from either end, without touching it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from flowtui.core.lazy_dataclass import dataclass
from flowtui.ledger.lines import head_of, is_whole, parse_lines, split_lines

_BATCH_LINES = 1000
_BLOCK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Report:
    """Something noticed in a file of the ledger, for a person to hear of once."""

    file: Path
    line: int | None
    """Counted from 1; None where the line is not known."""
    byte: int
    """Where it starts, from the beginning of the file."""
    length: int
    """Bytes concerned."""
    what: str
    lost: bool
    """Whether a transaction or a record was lost by it."""


class RawLine(NamedTuple):
    """One line as it stands in the file."""

    number: int
    """Counted from 1."""
    start: int
    """Byte where it starts."""
    raw: bytes
    """Without its newline."""
    ended: bool
    """Whether it has a newline; only the last line of a file can lack one."""


def raw_lines(path: Path) -> Iterator[RawLine]:
    """Every line of a file that is not blank, whole or not. Nothing if there is no file.

    Raises OSError.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        start = 0
        for number, line in enumerate(file, 1):
            ended = line.endswith(b"\n")
            raw = line[:-1] if ended else line
            if raw:
                yield RawLine(number, start, raw, ended)
            start += len(line)


def whole_pieces(raw: bytes) -> list[bytes]:
    """The whole lines in a raw one: itself, those that a damaged newline joined, or none."""
    if is_whole(raw):
        return [raw]
    return split_lines(raw) if raw else []


def whole_lines(path: Path) -> Iterator[bytes]:
    """Every whole line of a file, first to last, without newlines."""
    for line in raw_lines(path):
        yield from whole_pieces(line.raw)


def transactions(path: Path) -> Iterator[list[Any]]:
    """Every transaction of a file, first to last, each number once; the header is left out."""
    last = 0
    for batch in _batches(whole_lines(path)):
        for value in parse_lines(batch):
            if value is None or "seq" not in value[0]:
                continue
            seq = value[0]["seq"]
            if seq > last or (seq == last and "kept" in value[0]):  # kept: of format 1
                last = seq
                yield value


def transactions_backwards(path: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Head and line of every transaction of a file, last to first."""
    last: int | None = None
    for raw in lines_backwards(path):
        head = head_of(raw)
        seq = head.get("seq")
        if type(seq) is int and (last is None or seq < last):
            last = seq
            yield head, raw


def lines_backwards(path: Path) -> Iterator[bytes]:
    """Every whole line of a file, last to first. Reads only as far as it is asked to."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        at = file.seek(0, os.SEEK_END)
        rest: list[bytes] = []
        while at > 0:
            size = min(_BLOCK_BYTES, at)
            at -= size
            file.seek(at)
            block = file.read(size)
            first, *others = block.split(b"\n")
            if not others:
                rest.append(first)
                continue
            yield from whole_pieces(others[-1] + b"".join(reversed(rest)))[::-1]
            for raw in reversed(others[:-1]):
                yield from whole_pieces(raw)[::-1]
            rest = [first]
        yield from whole_pieces(b"".join(reversed(rest)))[::-1]


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) >= _BATCH_LINES:
            yield batch
            batch = []
    if batch:
        yield batch
