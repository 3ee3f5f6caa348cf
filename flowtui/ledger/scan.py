"""Walking a journal file line by line, from either end, without touching it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from flowtui.ledger.lines import check_format, head_of, is_whole, parse_lines, split_lines

_BATCH_LINES = 1000
_BLOCK_BYTES = 1 << 16


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


def whole_lines(path: Path) -> Iterator[bytes]:
    """Every whole line of a file, first to last, without newlines."""
    for line in raw_lines(path):
        if is_whole(line.raw):
            yield line.raw
        else:
            yield from split_lines(line.raw)


def transactions(path: Path) -> Iterator[list[Any]]:
    """Every transaction of a file, first to last, each number once; the header is left out."""
    last = 0
    for batch in _batches(whole_lines(path)):
        for value in parse_lines(batch):
            if value is None or "seq" not in value[0]:
                continue
            seq = value[0]["seq"]
            if seq > last or (seq == last and "kept" in value[0]):
                last = seq
                yield value


def transactions_backwards(path: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Head and line of every transaction of a file, last to first, up to what was folded."""
    last: int | None = None
    for raw in lines_backwards(path):
        head = head_of(raw)
        seq = head.get("seq")
        if "kept" in head:
            return
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
            yield from _whole(others[-1] + b"".join(reversed(rest)))
            for raw in reversed(others[:-1]):
                yield from _whole(raw)
            rest = [first]
        yield from _whole(b"".join(reversed(rest)))


def last_seq(path: Path) -> int:
    """The number of the last transaction in a file, read from its end; 0 if there is none.

    Raises NewerLedgerError for a file of a newer format.
    """
    with path.open("rb") as file:
        first = file.readline(256).rstrip(b"\n")
    if is_whole(first):
        check_format(head_of(first), path)
    for raw in lines_backwards(path):
        seq = head_of(raw).get("seq")
        if type(seq) is int:
            return seq
    return 0


def _whole(raw: bytes) -> list[bytes]:
    if is_whole(raw):
        return [raw]
    return split_lines(raw)[::-1] if raw else []


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) >= _BATCH_LINES:
            yield batch
            batch = []
    if batch:
        yield batch
