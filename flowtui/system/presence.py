"""How an open app lets a background process know that it is there: a named pipe held open.

The kernel closes the app's end however the app ends, so nobody is taken for present who is gone.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


class Presence:
    """The app's end: held open as long as the app is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def announce(self) -> bool:
        """Say that an app is here; False where no background process listens."""
        if self._fd is not None:
            return True
        try:
            if not stat.S_ISFIFO(self._path.lstat().st_mode):
                return False
            fd = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            os.write(fd, b"1")
        except OSError:
            return False  # no pipe, or nobody at its other end
        self._fd = fd
        return True

    def leave(self) -> None:
        """The app goes."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


class Listening:
    """The background process's end; readable when an app comes, and when the last one has gone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.fd: int | None = None

    def open(self) -> int | None:
        """Make the pipe where needed and listen; its descriptor, None where it cannot be made."""
        self.close()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(FileExistsError):
                os.mkfifo(self._path, 0o600)
            if not stat.S_ISFIFO(self._path.lstat().st_mode):
                return None
            self.fd = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        return self.fd

    def app_came(self) -> bool:
        """Read what made it readable: True if an app came, False if the last one has gone."""
        assert self.fd is not None
        try:
            return bool(os.read(self.fd, 64))
        except BlockingIOError:
            return True

    def close(self) -> None:
        """Listen no more."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None
