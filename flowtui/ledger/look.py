"""What a look at the folder tells without opening a file: which there are, and their state."""

from __future__ import annotations

import os
import re
from pathlib import Path

from flowtui.ledger.disk import failed

FILE_NAME = re.compile(r"(state|[0-9]{4})\.jsonl")


Signature = tuple[int, int, int]
"""What of a file changes when its content does: size in bytes, last change in ns, inode."""


def look(folder: Path) -> dict[str, Signature]:
    """The files of the ledger in `folder` by name ("state", "2026"); empty if there is no folder.

    Raises LedgerError if it cannot be read.
    """
    found = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if match := FILE_NAME.fullmatch(entry.name):
                    found[match[1]] = _signature(entry.stat())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise failed("read", folder, error) from error
    return found


def look_at(path: Path) -> Signature | None:
    """The signature of one file; None if it is not there."""
    try:
        return _signature(path.stat())
    except FileNotFoundError:
        return None


def _signature(found: os.stat_result) -> Signature:
    return (found.st_size, found.st_mtime_ns, found.st_ino)
