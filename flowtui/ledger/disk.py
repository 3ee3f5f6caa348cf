"""What makes bytes last: the system calls of the ledger, and what their failures say."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from flowtui.core.errors import LedgerError

BESIDE = ".new"
"""What a file that is being rewritten is called, after its name, until it takes its place."""
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


def failed(what: str, path: Path, error: OSError) -> LedgerError:
    """The error a person sees for `error`, met when doing `what` to `path`."""
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        hint = "make room on that disk and do it again"
    elif error.errno in _FORBIDDEN:
        hint = f"make {path.parent} writable, or name another home with --home DIR"
    elif error.errno == errno.EIO:
        hint = f"the disk itself failed: copy {path.parent} to another disk now"
    else:
        hint = "look at it with: flowtui doctor"
    return LedgerError(f"could not {what} {path}: {reason}; nothing was changed", hint)


def sync_data(descriptor: int) -> None:
    """Wait until the file's bytes and its length are on the disk. Raises OSError."""
    if hasattr(fcntl, "F_FULLFSYNC"):  # macOS, where fsync stops at the drive's cache
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    elif hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder_of(path: Path) -> None:
    """`sync_folder` of the folder that `path` is in. Raises LedgerError."""
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise failed("sync", path.parent, error) from error


def make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, for its owner alone, lastingly.

    Raises LedgerError.
    """
    if folder.is_dir():
        return
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        for path in reversed(missing):
            path.mkdir(mode=0o700, exist_ok=True)
            sync_folder(path.parent)
    except OSError as error:
        raise failed("make the folder", folder, error) from error


@contextmanager
def replacing(path: Path, check: Callable[[Path], None] | None = None) -> Iterator[BinaryIO]:
    """A file to write that takes the place of `path`: beside, fsync, rename, fsync of the folder.

    The old content or the new one is there whatever happens. `check` looks at the new file before
    it takes the place of the old one, and raises to keep the old one. Raises OSError.
    """
    beside = path.with_name(path.name + BESIDE)
    try:
        with _private(beside, os.O_TRUNC) as file:
            yield file
            file.flush()
            sync_data(file.fileno())
        if check is not None:
            check(beside)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def append_aside(path: Path, data: bytes) -> None:
    """Add `data` to a file of set-aside lines, lastingly. Raises OSError."""
    with _private(path, os.O_APPEND) as file:
        file.write(data)
        file.flush()
        sync_data(file.fileno())
    sync_folder(path.parent)


def _private(path: Path, how: int) -> BinaryIO:
    """The file at `path`, to be written, for its owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o600), "wb")
