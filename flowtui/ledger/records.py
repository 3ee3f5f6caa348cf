"""A file of records: what the journal led to, a document a line, as of one transaction.

`2025.jsonl` holds a year, `state.jsonl` what has no date. Their first line says up to which
transaction they hold everything (`seq`). They are written by a fold alone, as a whole, and never
added to; a change of an old record stands in the journal until the next fold. While an old ledger
is brought to this form, a file may still be called `2025.jsonl.migrated`.

Beside a year stands `.2025.ids`: which ids it holds, so that a record is filed and found without
reading ten years. It is derived, and counts for nothing unless it fits the file. An id stands there
as CRC-32, so now and then a year is read in vain; it never happens that an id is missed.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import re
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from flowtui.core.errors import LedgerError
from flowtui.ledger.disk import BESIDE, failed, replacing
from flowtui.ledger.documents import Documents
from flowtui.ledger.lines import (
    FORMAT,
    check_format,
    checked,
    head_of,
    line_of,
    record_of,
    record_text,
)
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.scan import Report, raw_lines, whole_pieces

MIGRATED = ".migrated"
FILE_NAME = re.compile(r"(state|[0-9]{4})\.jsonl(\.migrated)?")
_HEAD = struct.Struct("=8sQLLL")
_MAGIC = b"flowids2"
_ANCHOR_BYTES = 64

Tables = dict[str, Documents]


class Records(NamedTuple):
    """What one file holds."""

    tables: Tables
    seq: int
    damage: list[Report]


def record_file(folder: Path, name: str) -> Path:
    """Where the records called `name` ("state", "2025") are."""
    moved = folder / f"{name}.jsonl{MIGRATED}"
    return moved if moved.exists() else folder / f"{name}.jsonl"


def plain_files(folder: Path) -> dict[str, Path]:
    """The files that have their own name, by name; all that counts where there is no journal."""
    paths = {name: folder / f"{name}.jsonl" for name in record_files(folder)}
    return {name: path for name, path in paths.items() if path.exists()}


def record_files(folder: Path) -> dict[str, Path]:
    """The files of records there are, by name, sorted. Raises LedgerError."""
    names = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if match := FILE_NAME.fullmatch(entry.name):
                    names.add(match[1])
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise failed("read", folder, error) from error
    return {name: record_file(folder, name) for name in sorted(names)}


def format_of(path: Path) -> tuple[int, int]:
    """Format and number of the last transaction that a file's first line tells; 0 if it is damaged.

    Raises NewerLedgerError for a file of a newer format.
    """
    for line in raw_lines(path):
        head = head_of(line.raw) if whole_pieces(line.raw) else {}
        check_format(head, path)
        format, seq = head.get("format"), head.get("seq", 0)
        return (format if type(format) is int else 0), (seq if type(seq) is int else 0)
    return 0, 0


def read_records(path: Path, migrations: Migrations) -> Records:
    """Everything in a file; nothing if there is none. Raises LedgerError if it cannot be read."""
    tables: Tables = {}
    damage: list[Report] = []
    seq = 0
    start = 0
    for number, raw in enumerate(_content(path).split(b"\n"), 1):
        pieces = whole_pieces(raw)
        if raw and pieces != [raw]:
            what = "a damaged end of line" if pieces else "a damaged line"
            damage.append(Report(path, number, start, len(raw), what, lost=not pieces))
        start += len(raw) + 1
        for piece in pieces:
            record = record_of(piece)
            if record is not None:
                _put(tables, migrations, *record)
            else:
                head = head_of(piece)
                check_format(head, path)
                seq = head.get("seq", seq)
    return Records(tables, seq, damage)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise failed("read", path, error) from error


def _put(
    tables: Tables, migrations: Migrations, table: str, key: str | None, document: Any
) -> None:
    documents = tables.get(table)
    if documents is None:
        documents = tables[table] = Documents()
    if key is not None:
        documents.put(key, migrations.present(table, document))


def write_records(
    path: Path, name: str, seq: int, tables: Mapping[str, Documents], migrations: Migrations
) -> None:
    """Write a file of records as of transaction `seq`; it takes the place of the one at `path`.

    It is read back and compared first. Raises LedgerError or OSError; the old one is then as it
    was.
    """

    def check(beside: Path) -> None:
        written = read_records(beside, migrations)
        if (
            written.damage
            or written.seq != seq
            or written.tables.keys() != tables.keys()
            or not all(tables[name].is_same(written.tables[name]) for name in tables)
        ):
            raise LedgerError(
                f"{path} was not written: the new file did not read back the same",
                "nothing is lost; look at it with: flowtui doctor",
            )

    with replacing(path, check) as file:
        file.write(line_of({"format": FORMAT, "ledger": name, "seq": seq}))
        for table, documents in tables.items():
            if not documents:
                file.write(checked(record_text(table, None, "true").encode()))
            for key in documents:
                text = documents.json(key)
                file.write(checked(record_text(table, key, "").encode()[:-1] + text + b"]"))
    if name != "state":
        keys = [(table, key) for table, documents in tables.items() for key in documents]
        _write_ids(path, keys)


class Ids:
    """The ids in one file of records that is not in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hashes = _read_ids(path)

    @property
    def is_listed(self) -> bool:
        """Whether there is a list that fits; without one the file is searched each time."""
        return self._hashes is not None

    def write(self, migrations: Migrations) -> None:
        """Under the lock: keep a list, if it can be kept."""
        tables = read_records(self._path, migrations).tables
        _write_ids(self._path, [(name, key) for name, keys in tables.items() for key in keys])
        self._hashes = _read_ids(self._path)

    def may_hold(self, table: str, key: str) -> bool:
        """Whether the file may hold a record; if not, it does not."""
        if self._hashes is None:
            return _stands_in(self._path, table, key)
        wanted = _hash(table, key)
        place = bisect_left(self._hashes, wanted)
        return place < len(self._hashes) and bool(self._hashes[place] == wanted)


def ids_path(path: Path) -> Path:
    """Where the list of ids for a file of records is."""
    return path.with_name(f".{path.name.partition('.')[0]}.ids")


def _hash(table: str, key: str) -> int:
    return crc32(f"{table}\0{key}".encode("utf-8", "surrogatepass"))


def _read_ids(path: Path) -> memoryview | None:
    """The hashes in the list of a file, ascending, if it fits that file."""
    try:
        with ids_path(path).open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        magic, size, anchor, count, checksum = _HEAD.unpack_from(data)
        body = data[_HEAD.size :]
        told = (magic, body.nbytes, crc32(body), size, anchor)
        if told != (_MAGIC, count * 4, checksum, *_anchor(path)):
            return None
    except (OSError, ValueError, struct.error):
        return None
    return body.cast("I")


def _write_ids(path: Path, keys: Iterable[tuple[str, str]]) -> None:
    """Keep the list of a file's ids, if it can be kept: it saves time later and nothing else."""
    hashes = array("I", sorted(_hash(table, key) for table, key in keys))
    body = hashes.tobytes()
    beside = ids_path(path).with_name(ids_path(path).name + BESIDE)
    try:
        head = _HEAD.pack(_MAGIC, *_anchor(path), len(hashes), crc32(body))
        beside.write_bytes(head + body)
        beside.replace(ids_path(path))
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _anchor(path: Path) -> tuple[int, int]:
    """Size of a file, and a checksum of its first and last bytes."""
    with path.open("rb") as file:
        first = file.read(_ANCHOR_BYTES)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _ANCHOR_BYTES, 0))
        return size, crc32(first + file.read())


def _stands_in(path: Path, table: str, key: str) -> bool:
    """Whether a file names a record, told by its bytes; no line is parsed."""
    needle = record_text(table, key, "").encode()[:-1]
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            return data.find(needle) >= 0
    except (FileNotFoundError, ValueError):  # no file, or an empty one
        return False
