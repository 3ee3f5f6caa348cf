"""Comma-separated files as programs really write them: any delimiter, any of the usual encodings.

Columns are taken by position, for real exports name two of them alike. A file that ends in the
middle of a row is refused as a whole.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO

from flowtui.core.errors import FlowError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.exchange.protocol import Options

DELIMITERS = ",;\t|"
HEAD = 64 << 10
TICK_ROWS = 2_000
_SEPARATOR = re.compile(r"sep=([,;|\t])\s*$", re.IGNORECASE)
"""The line with which Excel is told what parts columns."""
CELL_LIMIT = 16 << 20
"""Characters: a year's diary in one cell is longer than the 128 KiB that Python reads by itself."""
LOOKED_AT = 12
"""Lines from which it is told what parts columns."""


def numbered_names(count: int) -> tuple[str, ...]:
    """What `count` columns are called that have no names."""
    return tuple(f"#{number}" for number in range(1, count + 1))


@dataclass(frozen=True, slots=True)
class Header:
    """The first row, and how the file is written."""

    names: tuple[str, ...]
    """As they stand in the file, blanks around them taken off."""
    delimiter: str
    encoding: str
    raw: str = ""
    """As it stands in the file, without its end."""

    @property
    def numbered(self) -> bool:
        """Whether the file names no column: they go by their numbers."""
        return self.names == numbered_names(len(self.names))

    @property
    def keys(self) -> tuple[str, ...]:
        """Names made unique: a second `Distance` is `Distance (2)`."""
        seen: dict[str, int] = {}
        keys = []
        for name in self.names:
            seen[name] = seen.get(name, 0) + 1
            keys.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
        return tuple(keys)

    @property
    def repeated(self) -> tuple[str, ...]:
        """Names that stand there more than once."""
        return tuple(dict.fromkeys(n for n in self.names if self.names.count(n) > 1))

    def at(self, name: str, occurrence: int = 1) -> int | None:
        """Position of the `occurrence`-th column of this name, upper or lower case; None: absent.

        A negative occurrence counts from the last.
        """
        places = [n for n, text in enumerate(self.names) if text.casefold() == name.casefold()]
        index = occurrence - 1 if occurrence > 0 else occurrence
        return places[index] if -len(places) <= index < len(places) else None


@dataclass(frozen=True, slots=True)
class Line:
    """One row with its place in the file."""

    number: int
    """Line it begins on, from 1."""
    cells: tuple[str, ...]
    raw: str = ""
    """As it stands in the file, without its end; empty for a row that was made here."""

    def get(self, position: int | None) -> str:
        """The cell, without blanks around it; empty where there is none."""
        if position is None or position >= len(self.cells):
            return ""
        return self.cells[position].strip()

    @property
    def text(self) -> str:
        """The row as a person would recognise it: as it stands in the file."""
        return self.raw or ",".join(self.cells)


def header_of(head: bytes) -> Header | None:
    """The header of a file that begins with `head`; None if this is no table."""
    encoding = encoding_of(head)
    text = head.decode(encoding, "replace")
    if "\0" in text:
        return None
    shown = [line for line in islice(text.splitlines(), 50) if line.strip()][:LOOKED_AT]
    told = _SEPARATOR.match(shown[0].lstrip("\ufeff")) if shown else None
    shown = shown[1:] if told else shown
    first = shown[0] if shown else ""
    delimiter = told[1] if told else max(DELIMITERS, key=lambda d: _parting(shown, d))
    names = _split(first, delimiter)
    return Header(tuple(n.strip() for n in names), delimiter, encoding) if names else None


def _parting(shown: Sequence[str], delimiter: str) -> tuple[bool, int, float]:
    """How well a mark parts these lines: into as many cells each, and into many."""
    counts = [len(_split(line, delimiter)) for line in shown] or [0]
    alike = sum(count == counts[0] for count in counts) / len(counts)
    return counts[0] > 1 and alike >= 0.8, counts[0], alike


def encoding_of(head: bytes) -> str:
    """UTF-8 and UTF-16 by their marks or by being valid; else Windows' western encoding."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        # the head may end inside a character
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def lines(file: IO[bytes], what: str, size: int, options: Options) -> Iterator[Header | Line]:
    """The header, then every row that is not empty. Closes nothing.

    Raises FlowError naming the line where the file is no table any more: an unclosed quote, a
    byte that is no text, an end in the middle of a row.
    """
    head = file.read(HEAD)
    header = header_of(head)
    if header is None:
        raise FlowError(f"{what} is not a table of text", "export it as CSV again")
    counted = _Counted(head, file)
    text = io.TextIOWrapper(io.BufferedReader(counted), encoding=header.encoding, newline="")
    tail = _Tail(text)
    last: Line | None = None
    try:
        for line in _rows(tail, header.delimiter, what, header.encoding):
            if tail.rows % TICK_ROWS == 0:
                options.tick(counted.done, size)
            if last is not None:
                yield last
            elif not tail.headed:
                tail.headed = True
                names = tuple(cell.strip() for cell in line.cells)
                yield Header(names, header.delimiter, header.encoding, line.raw)
                continue
            last = line
    finally:
        text.detach()
    if last is not None:
        if not tail.ended and len(last.cells) < len(header.names):
            raise FlowError(
                f"{what} ends in the middle of line {last.number}",
                "the file is cut short; export it again, nothing was imported",
            )
        yield last
    options.tick(size, size)


def _rows(tail: _Tail, delimiter: str, what: str, encoding: str) -> Iterator[Line]:
    """Rows that are not empty, each with the line it begins on."""
    csv.field_size_limit(max(csv.field_size_limit(), CELL_LIMIT))
    rows = csv.reader(tail, delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in rows:
            line = Line(number, tuple(cells), tail.taken())
            number = rows.line_num + 1
            if not tail.rows and _SEPARATOR.match(line.raw):
                continue
            if any(cell.strip() for cell in cells):
                tail.rows += 1
                yield line
    except csv.Error as error:
        raise FlowError(
            f"{what}, line {number}: {error}", "the file is cut short or damaged; export it again"
        ) from None
    except UnicodeError:
        raise FlowError(
            f"{what}, after line {number}: not text in {encoding}", "save it as UTF-8"
        ) from None


def split_header(rows: Iterator[Header | Line]) -> tuple[Header, Iterator[Line]]:
    """The header and the rows of `lines`. Raises FlowError for an empty file."""
    header = next(rows, None)
    if not isinstance(header, Header):
        raise FlowError("the file is empty", "export it again")
    return header, (row for row in rows if isinstance(row, Line))


def needs(header: Header, names: Sequence[str], what: str) -> dict[str, int]:
    """Positions of columns that must be there. Raises FlowError naming those that are not."""
    missing = [n for n in names if header.at(n) is None]
    if missing:
        raise FlowError(
            f"{what} has no column {missing[0]!r}",
            f"it has: {', '.join(header.names[:12])}; was it saved by another program?",
        )
    return {n: at for n in names if (at := header.at(n)) is not None}


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


class _Counted(io.RawIOBase):
    """A stream that begins again with what was read of it, and counts."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._head = head
        self._file = file
        self.done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than any buffer
        chunk = self._head[: len(buffer)] or self._file.read(len(buffer))
        self._head = self._head[len(chunk) :] if self._head else b""
        buffer[: len(chunk)] = chunk
        self.done += len(chunk)
        return len(chunk)


class _Tail:
    """Lines of a text, remembering whether the last one was ended, and what came so far."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.ended = True
        self.headed = False
        self.rows = 0
        self._since: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.ended = line.endswith(("\n", "\r"))
            self._since.append(line)
            yield line

    def taken(self) -> str:
        """The lines since the last call, without the last one's end."""
        since, self._since = "".join(self._since), []
        return since.rstrip("\r\n")
