"""Disks that fail: one loses power at any system call, on another a call gives an error.

POSIX promises little: bytes last once their file was synced, a name once its folder was. Everything
else may be gone after a power cut, so that is what `after_power_cut` gives back.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CALLS = ("open", "write", "ftruncate", "fdatasync", "fsync", "replace", "unlink")


class Stopped(BaseException):
    """The machine stopped here; no code of the program runs any more."""


class Disk:
    """Watches this process's system calls on files in `folder`, and can stop at one of them."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.calls = 0
        self.stop_at: int | None = None
        """The number of the call (from 0) that is not made any more; half of a write is made."""
        self._names: dict[str, int] = {}
        self._bytes: dict[int, bytes] = {}
        self._real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in CALLS}
        for name in CALLS:
            patch.setattr(os, name, self._watched(name))

    def after_power_cut(self, target: Path) -> Path:
        """Make the folder `target` hold what is sure to be there after a power cut now."""
        target.mkdir(parents=True)
        for name, inode in self._names.items():
            (target / name).write_bytes(self._bytes.get(inode, b""))
        return target

    def after_crash(self, target: Path) -> Path:
        """Make the folder `target` hold what the next process finds if this one dies now."""
        target.mkdir(parents=True)
        for path in self.folder.iterdir() if self.folder.exists() else ():
            if not path.is_file():
                continue
            (target / path.name).write_bytes(path.read_bytes())
        return target

    def _watched(self, name: str) -> Callable[..., Any]:
        real = self._real[name]

        def call(first: Any, *rest: Any, **more: Any) -> Any:
            path = self._path_of(first)
            reading = name == "open" and not rest[0] & os.O_CREAT
            if path is None or path.name.startswith(".") or reading:  # no lock, no list of ids
                return real(first, *rest, **more)
            if self.stop_at is not None and self.calls >= self.stop_at:
                if name == "write" and self.calls == self.stop_at:
                    real(first, rest[0][: len(rest[0]) // 2])
                self.calls += 1
                raise Stopped
            self.calls += 1
            result = real(first, *rest, **more)
            if name in ("fdatasync", "fsync"):
                self._note_sync(first, path)
            return result

        return call

    def _path_of(self, first: Any) -> Path | None:
        """The file in the folder, or the folder itself, that a call is about."""
        try:
            is_number = isinstance(first, int)
            path = Path(f"/proc/self/fd/{first}").readlink() if is_number else Path(first)
        except OSError:
            return None
        return path if self.folder in (path, path.parent) else None

    def _note_sync(self, descriptor: int, path: Path) -> None:
        if path == self.folder:
            self._names = {p.name: p.stat().st_ino for p in path.iterdir() if p.is_file()}
        elif path.is_file():
            self._bytes[os.fstat(descriptor).st_ino] = path.read_bytes()


class Failing:
    """Lets a system call fail from the `after`-th time on, on files with a certain ending."""

    def __init__(
        self, patch: pytest.MonkeyPatch, name: str, number: int, *, after: int = 0, ending: str = ""
    ) -> None:
        self.calls = 0
        real: Callable[..., Any] = getattr(os, name)

        def call(first: Any, *rest: Any, **more: Any) -> Any:
            path = str(first)
            if isinstance(first, int):
                path = str(Path(f"/proc/self/fd/{first}").readlink())
            if path.endswith(ending):
                self.calls += 1
                if self.calls > after:
                    raise OSError(number, os.strerror(number))
            return real(first, *rest, **more)

        patch.setattr(os, name, call)
