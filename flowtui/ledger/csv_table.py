"""The ledger as one table, and back: a row a record, the kind under "table", then a column a field.

The columns are those of every kind, so that the first line is written before a record is looked at
and a second export has the same ones. What has no column (a field of an earlier version, the keys
of a record of state) stands as one JSON object under "other". Texts, days and numbers stand as they
are, what is missing is empty, true, false, lists and records stand as JSON text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from flowtui.core.errors import LedgerError
from flowtui.core.kinds import KINDS, VERSION_KEY
from flowtui.ledger.lines import text_of

HEAD = ("table", "id", "day")
OTHER = "other"
_CELL_BYTES = 1 << 26
"""A record may have thousands of gaps; they stand in one cell."""


@cache
def columns() -> tuple[str, ...]:
    """The names of all columns, in their order."""
    names = dict.fromkeys(HEAD)
    for kind in KINDS.values():
        names.update(dict.fromkeys(kind.fields()))
    names.pop(VERSION_KEY, None)
    return (*names, OTHER)


class TableWriter:
    """Writes rows, each at once."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._row = io.StringIO()
        self._known = frozenset(columns()) - {OTHER, "table"}
        self._table = csv.DictWriter(self._row, columns(), restval="", lineterminator="\n")
        self._table.writeheader()
        self._flush()

    def put(self, kind: str, record: Mapping[str, Any]) -> None:
        """Write one record, with its version unless that is the first."""
        cells = {key: _cell(value) for key, value in record.items() if key in self._known}
        other = {
            key: value
            for key, value in record.items()
            if value is not None and key not in self._known and (key, value) != (VERSION_KEY, 1)
        }
        if other:
            cells[OTHER] = text_of(other)
        self._table.writerow({**cells, "table": kind})
        self._flush()

    def _flush(self) -> None:
        self._write(self._row.getvalue())
        self._row.seek(0)
        self._row.truncate()


class TableReader:
    """The records of a table that was written so; of any column the order does not matter."""

    exported_at: datetime | None = None
    """A table does not say when it was written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def documents(self) -> Iterator[tuple[str, Any]]:
        """Kind and record, or the LedgerError that says why a row is none.

        Raises LedgerError for a file that cannot be read as a table.
        """
        limit = csv.field_size_limit(_CELL_BYTES)
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                yield from self._rows(file)
        except OSError as error:
            raise LedgerError(f"could not read {self._path}: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise LedgerError(f"{self._path} is not UTF-8 text: {error.reason}") from error
        except csv.Error as error:
            raise LedgerError(f"{self._path} is no table: {error}") from error
        finally:
            csv.field_size_limit(limit)

    def check(self) -> None:
        """The header told that it is ours."""

    def _rows(self, file: TextIO) -> Iterator[tuple[str, Any]]:
        rows = csv.reader(file)
        header = next(rows, [])
        if len(set(header)) != len(header):
            raise LedgerError(f"{self._path} has a column twice", "take one of them away")
        for cells in rows:
            if not cells:
                continue
            row = dict(zip(header, cells, strict=False))
            kind = row.pop("table", "")
            try:
                if len(cells) != len(header):
                    raise LedgerError(f"the row has {len(cells)} cells, the header {len(header)}")
                yield kind, _record(kind, row)
            except LedgerError as error:
                yield kind, error


def is_table(path: Path) -> bool:
    """Whether a file begins as such a table does. Raises nothing."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.readline(40).startswith(",".join(HEAD) + ",")
    except (OSError, UnicodeDecodeError):
        return False  # what it is, or that it is not there, is told by who reads it


def write_rows(
    write: Callable[[str], object], records: Iterable[tuple[str, Mapping[str, Any]]]
) -> int:
    """Write a whole table of (kind, record); returns how many."""
    writer, count = TableWriter(write), 0
    for kind, record in records:
        writer.put(kind, record)
        count += 1
    return count


def _record(kind: str, row: dict[str, str]) -> dict[str, Any]:
    """The record of a row; its empty cells are left out. Raises LedgerError."""
    other = row.pop(OTHER, "")
    record: dict[str, Any] = {}
    known = KINDS.get(kind)
    for name, cell in row.items():
        if cell:
            record[name] = cell if known is None else known.read(row.get("id", ""), name, cell)
    if other:
        try:
            rest = json.loads(other)
        except ValueError:
            rest = None
        if not isinstance(rest, dict):
            raise LedgerError(f"{kind} {row.get('id')}: {OTHER!r} holds no JSON object")
        record |= rest
    return record


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return value if type(value) in (str, int, float) else text_of(value)
