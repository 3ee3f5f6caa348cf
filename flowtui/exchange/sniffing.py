"""The first look at a file, which raises nothing: is this table, database or archive ours?"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from flowtui.core.errors import FlowError
from flowtui.exchange.csvs import HEAD, Header, Line, encoding_of, header_of
from flowtui.exchange.databases import lossy
from flowtui.exchange.sources import open_source

SQLITE_MAGIC = b"SQLite format 3\x00"


def head_of(path: Path, size: int = HEAD) -> bytes:
    """The first bytes of a file; empty for what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def table_header(path: Path) -> Header | None:
    """The header of a file that looks like a table."""
    head = head_of(path) if path.is_file() else b""
    if not head or head.startswith((b"PK\x03\x04", SQLITE_MAGIC)):
        return None
    return header_of(head)


def looks_like(path: Path) -> str:
    """In a few words what a file is that no format knows."""
    if path.is_dir():
        return "a folder of files"
    head = head_of(path, 2_000)
    if not head:
        return "an empty file"
    if head.startswith((b"PK\x03\x04", SQLITE_MAGIC)):
        return "an archive" if head.startswith(b"PK") else "a database of another program"
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n")
    if text[:1] in ("{", "["):
        names = dict.fromkeys(re.findall(r'"([^"\\\n]{1,30})"\s*:', text))
        told = f" with {', '.join(repr(name) for name in list(names)[:4])}" if names else ""
        return f"JSON of another program{told}"
    if text[:1] == "<":
        return "XML or a web page"
    header = table_header(path)
    if header is not None and len(header.names) > 1:
        return f"a table with the columns {', '.join(header.names[:6])}"
    return "plain text" if header is not None else "no text at all"


def first_row(path: Path) -> Line | None:
    """The first row below the header of a file that looks like a table."""
    return next(iter(head_rows(path, 8)), None)


def head_rows(path: Path, limit: int = 200) -> list[Line]:
    """Rows below the header among the first `limit` of a file that looks like a table."""
    header = table_header(path)
    if header is None:
        return []
    text = io.StringIO(head_of(path).decode(header.encoding, "replace"), newline="")
    try:
        rows = [
            row for row in islice(csv.reader(text, delimiter=header.delimiter), limit) if any(row)
        ]
    except csv.Error:
        return []
    return [Line(number, tuple(row)) for number, row in enumerate(rows[1:], 2)]


def has_columns(header: Header | None, names: Sequence[str]) -> bool:
    """Whether a table has all these columns."""
    return header is not None and all(header.at(name) is not None for name in names)


def holds(path: Path, wanted: Callable[[list[str]], bool]) -> bool:
    """Whether a folder or archive has file names that please `wanted`."""
    try:
        with open_source(path) as source:
            return wanted(source.names())
    except FlowError:
        return False


def has_tables(path: Path, tables: Sequence[str]) -> bool:
    """Whether a file is an SQLite database with all these tables. It is opened read-only."""
    if not head_of(path, 16).startswith(SQLITE_MAGIC):
        return False
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        return False
    try:
        connection.text_factory = lossy
        return set(tables) <= tables_of(connection)
    except (sqlite3.Error, UnicodeDecodeError):
        return False
    finally:
        connection.close()


def tables_of(connection: sqlite3.Connection) -> set[str]:
    """Names of the real tables; views, which could compute anything, are left out."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {str(row[0]) for row in rows}


def columns_of(connection: sqlite3.Connection, table: str) -> set[str]:
    """Names of a table's columns."""
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return {str(row[0]) for row in rows}
