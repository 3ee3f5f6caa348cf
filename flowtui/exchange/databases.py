"""SQLite files of other programs, opened so that they can neither be changed nor do anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flowtui.core.errors import FlowError

FAR_MS = 253_370_764_800_000
"""The year 9999 in milliseconds since 1970; what lies beyond cannot be reckoned with."""


def lossy(text: bytes) -> str:
    """Text of a database, with marks for bytes that are none."""
    return text.decode("utf-8", "replace")


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection with rows by name, closed afterwards.

    Raises FlowError if the file is no database, or damaged, now or while it is read.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(uri, uri=True)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.row_factory = sqlite3.Row
            connection.text_factory = lossy
            check = connection.execute("PRAGMA quick_check(1)").fetchone()
            if check is None or check[0] != "ok":
                found = str(check[0]).splitlines()[-1] if check else "no answer"
                raise FlowError(
                    f"{path.name} is damaged: {found}",
                    "export it again; nothing was imported",
                )
            yield connection
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise FlowError(
            f"{path.name} is damaged or no database: {error}",
            "export it again; nothing was imported",
        ) from None
