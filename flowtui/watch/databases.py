"""Opening another program's sqlite database to read it and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

WAIT_S = 0.2
"""How long a lock is waited for; then it is the next poll's turn."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write.

    A database in WAL mode that nobody has open would get files beside it even so, or could not be
    opened at all; it is then opened as one that nobody changes. Raises sqlite3.Error and OSError.
    """
    with path.open("rb") as file:
        in_wal_mode = file.read(20)[18:19] == b"\x02"
    still = in_wal_mode and not path.with_name(f"{path.name}-wal").exists()
    quoted = str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    try:
        connection = _open(f"file:{quoted}?mode=ro{'&immutable=1' if still else ''}")
    except sqlite3.OperationalError as error:
        if "unable to open" not in str(error):
            raise
        connection = _open(f"file:{quoted}?mode=ro&immutable=1")
    with closing(connection):
        yield connection


def _open(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None)
    try:
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def why(error: Exception) -> str:
    """What went wrong, in words."""
    if isinstance(error, FileNotFoundError):
        return "it is gone"
    if isinstance(error, PermissionError):
        return "there is no permission to read it"
    text = str(error)
    if "locked" in text or "busy" in text:
        return "another program has locked it; it is tried again"
    if "not a database" in text or "malformed" in text:
        return "it is no database, or a damaged one"
    return text or "it cannot be read"


def is_sqlite(head: bytes) -> bool:
    """True for the first bytes of a sqlite database."""
    return head.startswith(b"SQLite format 3\x00")
