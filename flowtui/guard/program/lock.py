"""One guard at a time: an advisory lock that the kernel frees however its holder ends."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from . import clock
from .errors import GuardError

held: list[int] = []
"""Locks of this process. Programs that it starts to change things hold them too: whoever comes
after a guard that was killed waits until such a program has ended as well."""


def take(path: Path, wait_s: float = 0.0) -> int:
    """Hold the lock; a descriptor for `free`. Raises GuardError if another process keeps it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    end = clock.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held.append(fd)
            return fd
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES) or clock.monotonic() >= end:
                os.close(fd)
                raise GuardError("lock", "another guard runs already") from None
        time.sleep(0.05)


def free(fd: int) -> None:
    """Let another have it."""
    held.remove(fd)
    os.close(fd)
