"""Whether another process wrote something, told by a few calls of stat."""

from __future__ import annotations

from pathlib import Path

from flowtui.system.stamp import folder_stamp


class WrittenFiles:
    """Watches the files of folders: of the ledger, of the watcher of runs."""

    def __init__(self, *folders: Path) -> None:
        self._folders = tuple(map(str, folders))
        self._before: object = None

    def changed(self) -> bool:
        """True at the first look, and whenever a file is not as it was at the last one."""
        now = folder_stamp(*self._folders)
        different = now != self._before
        self._before = now
        return different
