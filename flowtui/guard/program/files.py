"""Files as root must handle them: no link at the end of a path is followed, no write is half."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_BYTES = 64 << 20
"""A larger hosts file or policy is left alone."""


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Meta:
    """What of a file a restore has to bring back beside its bytes."""

    ino: int
    dev: int
    mode: int
    uid: int
    gid: int
    atime_ns: int
    mtime_ns: int
    xattrs: tuple[tuple[str, str], ...]
    """Name and value, the latter in base64."""

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return dict(self.__dict__, xattrs=[list(pair) for pair in self.xattrs])

    @staticmethod
    def from_plain(raw: dict[str, Any]) -> Meta:
        """What `plain` gave."""
        return Meta(**dict(raw, xattrs=tuple((n, v) for n, v in raw["xattrs"])))


def open_plain(path: Path, writing: bool) -> int:
    """A descriptor of a regular file, its last part no link. Raises OSError."""
    flags = (os.O_RDWR if writing else os.O_RDONLY) | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    fd = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "is not a regular file", str(path))
    return fd


def read_fd(fd: int) -> bytes:
    """All bytes, from the beginning. Raises OSError (EFBIG) above `MAX_BYTES`."""
    parts: list[bytes] = []
    at = 0
    while True:
        part = os.pread(fd, 1 << 20, at)
        if not part:
            return b"".join(parts)
        parts.append(part)
        at += len(part)
        if at > MAX_BYTES:
            raise OSError(errno.EFBIG, "is too large")


def read(path: Path) -> bytes | None:
    """The bytes of a regular file; None if there is none. Raises OSError."""
    try:
        fd = open_plain(path, writing=False)
    except FileNotFoundError:
        return None
    try:
        return read_fd(fd)
    finally:
        os.close(fd)


def meta(fd: int) -> Meta:
    """Owner, mode, times and extended attributes."""
    seen = os.fstat(fd)
    pairs: list[tuple[str, str]] = []
    if hasattr(os, "listxattr"):
        try:
            pairs = [
                (name, base64.b64encode(os.getxattr(fd, name)).decode())
                for name in sorted(os.listxattr(fd))
            ]
        except OSError:
            pairs = []  # a file system without them
    return Meta(
        seen.st_ino,
        seen.st_dev,
        stat.S_IMODE(seen.st_mode),
        seen.st_uid,
        seen.st_gid,
        seen.st_atime_ns,
        seen.st_mtime_ns,
        tuple(pairs),
    )


def write_all(fd: int, data: bytes, at: int) -> None:
    """Write `data` at `at`; one call where the disk takes it whole. Raises OSError."""
    view = memoryview(data)
    while view:
        done = os.pwrite(fd, view, at)
        if done <= 0:
            raise OSError(errno.ENOSPC, "the disk takes no more")
        view = view[done:]
        at += done


def sync_dir(folder: Path) -> None:
    """Make names in `folder` last through a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def replace(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put `data` in the place of `path`, on disk before the name changes. Raises OSError."""
    beside = path.with_name(f".{path.name}.new")
    _unlink(beside)
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        try:
            os.fchmod(fd, mode)
            write_all(fd, data, 0)
            os.fsync(fd)
        finally:
            os.close(fd)
        os.rename(beside, path)
    except BaseException:
        _unlink(beside)
        raise
    sync_dir(path.parent)


def remove(path: Path) -> None:
    """Remove a file, if it is there, for good."""
    if _unlink(path):
        sync_dir(path.parent)


def _unlink(path: Path) -> bool:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True
