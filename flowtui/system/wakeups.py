"""What wakes a process that has nothing to do but wait: a clock that is set, a file that changes.

Linux tells of both by a descriptor, without polling: a timer on the wall clock that is cancelled
when the clock is set or the machine wakes (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET), and watches
on folders (inotify(7)). Elsewhere both give None, and whoever waits looks now and then.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_REALTIME = 0
_NONBLOCK_CLOEXEC = os.O_NONBLOCK | os.O_CLOEXEC
_ABSOLUTE, _CANCEL_ON_SET = 1, 2
_FAR = (1 << 40, 0)
"""Seconds and nanoseconds of an instant that does not come."""
_IN_CHANGED = 0x2 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800
"""Modified, closed after writing, moved from and to, made, deleted, the folder itself gone."""


class ClockAlarm:
    """Readable when the wall clock was set, or the machine has slept."""

    def __init__(self) -> None:
        self.fd: int | None = None
        """None where the system has no such timer."""
        libc = _libc()
        if libc is None or not hasattr(libc, "timerfd_create"):
            return
        fd = libc.timerfd_create(_REALTIME, _NONBLOCK_CLOEXEC)
        if fd >= 0:
            self.fd = fd
            self.arm()

    def arm(self) -> None:
        """Wait for the next change; called after each."""
        libc = _libc()
        if self.fd is None or libc is None:
            return
        with contextlib.suppress(OSError):  # ECANCELED is how the change is told
            os.read(self.fd, 8)
        when = (ctypes.c_long * 4)(0, 0, *_FAR)
        libc.timerfd_settime(self.fd, _ABSOLUTE | _CANCEL_ON_SET, when, None)

    def close(self) -> None:
        """Give the descriptor back."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


class FolderAlarm:
    """Readable when something in one of several folders was written, made or removed.

    Of a folder that is not there, the nearest one above it is watched until it is.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self.fd: int | None = None
        libc = _libc()
        if libc is None or not hasattr(libc, "inotify_init1"):
            return
        fd = libc.inotify_init1(_NONBLOCK_CLOEXEC)
        if fd >= 0:
            self.fd = fd
            self._watch()

    def drain(self) -> bool:
        """Take what was told, and watch folders that are new; whether there was anything."""
        if self.fd is None:
            return False
        told = False
        with contextlib.suppress(BlockingIOError):
            while os.read(self.fd, 1 << 16):
                told = True
        self._watch()
        return told

    def close(self) -> None:
        """Give the descriptor back."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None

    def _watch(self) -> None:
        libc = _libc()
        assert libc is not None
        for folder in self._folders:
            there = folder
            while not there.is_dir() and there != there.parent:
                there = there.parent
            libc.inotify_add_watch(self.fd, os.fsencode(there), _IN_CHANGED)


def _libc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    return ctypes.CDLL(None, use_errno=True)
