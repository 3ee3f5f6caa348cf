"""Where a log's earlier part lies after it was rotated: renamed, or copied and cut.

Names differ (`train.log.1`, `train.log-20261127`, `train.1.log.gz`), so the file beside it is known
by what it is: the one that was followed, or one that begins with the same bytes.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import re
import zlib
from pathlib import Path
from typing import BinaryIO

MOST = 200
"""Files beside it that are looked at."""
SHORT = 16
"""Fewer first bytes than this tell nothing."""


def rest_of(path: Path, known: tuple[int, int], first: bytes, offset: int) -> BinaryIO | None:
    """The former file of `path`, at `offset`; None if it is not beside it, or has no more.

    `known` are device and inode of what was followed, `first` its first bytes. The caller closes.
    """
    for beside in _beside(path):
        with contextlib.suppress(OSError, EOFError, zlib.error):
            found = _opened(beside, known, first, offset)
            if found is not None:
                return found
    return None


def _beside(path: Path) -> list[Path]:
    """Files that are named as a rotated `path` would be, the newest first."""
    number = r"[-._](?:\d[\d._T:-]*|old|bak|prev)"
    name = re.compile(
        rf"{re.escape(path.name)}{number}(?:\.gz)?"
        rf"|{re.escape(path.stem)}{number}{re.escape(path.suffix)}(?:\.gz)?"
    )
    try:
        with os.scandir(path.parent) as listed:
            found = [
                (entry.stat().st_mtime, path.parent / entry.name)
                for entry in listed
                if name.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
            ]
    except OSError:
        return []
    return [each for _, each in sorted(found, reverse=True)[:MOST]]


def _opened(path: Path, known: tuple[int, int], first: bytes, offset: int) -> BinaryIO | None:
    file: BinaryIO = path.open("rb", buffering=0)
    seen = os.fstat(file.fileno())
    if path.suffix == ".gz":
        with file, gzip.open(file) as packed:
            if len(first) < SHORT or packed.read(len(first)) != first:
                return None
            packed.seek(offset)
            left = packed.read()
        return io.BytesIO(left) if left else None
    is_it = (seen.st_dev, seen.st_ino) == known
    alike = len(first) >= SHORT and os.pread(file.fileno(), len(first), 0) == first
    if (is_it or alike) and seen.st_size > offset:
        file.seek(offset)
        return file
    file.close()
    return None
