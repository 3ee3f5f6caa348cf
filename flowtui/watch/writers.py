"""Who writes a log: the process that has it open, or the one whose words a `tee` writes down.

Linux alone tells which files another process has open; elsewhere nobody is found.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from flowtui.watch.adopt import written_by

COPIERS = frozenset({
    "tee", "cat", "ts", "sed", "awk", "gawk", "mawk", "grep", "tail", "head", "less", "script",
    "stdbuf", "unbuffer", "rotatelogs", "multilog", "cronolog", "logger", "systemd-cat",
})  # fmt: skip
"""Programs that write down what another one prints."""


def writer_of(paths: Sequence[Path]) -> int | None:
    """The pid of the process of ours that writes one of the files; None if nobody does.

    Of several that have it open it is the one that started the others. Where that only copies what
    is printed, it is the first of its process group that does not: in a shell a pipe is one group.
    """
    wanted = {inode for path in paths if (inode := _inode(path)) is not None}
    mine = _processes()
    holders = [
        pid
        for pid in mine
        if pid != os.getpid() and any(_inode(path) in wanted for path in written_by(pid))
    ]
    makers = [pid for pid in holders if _name(pid) not in COPIERS]
    if not makers:
        groups = {_group(pid) for pid in holders}
        makers = [pid for pid in mine if _group(pid) in groups and _name(pid) not in COPIERS]
    oldest = [pid for pid in makers if _parent(pid) not in makers]
    return min(oldest, default=None, key=lambda pid: (pid != _group(pid), pid))


def _processes() -> list[int]:
    """Pids of this user's processes; empty where there is no /proc."""
    found: list[int] = []
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - names alone, and many
    except OSError:
        return found
    for name in names:
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == os.getuid():  # noqa: PTH116
                found.append(int(name))
        except OSError:
            continue  # gone between two looks
    return found


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def _stat(pid: int) -> tuple[str, list[str]]:
    """Its name and the fields behind it; format: proc_pid_stat(5)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", []
    head, _, tail = text.rpartition(")")
    return head.partition("(")[2], tail.split()


def _name(pid: int) -> str:
    return _stat(pid)[0]


def _parent(pid: int) -> int:
    fields = _stat(pid)[1]
    return int(fields[1]) if len(fields) > 1 else 0


def _group(pid: int) -> int:
    fields = _stat(pid)[1]
    return int(fields[2]) if len(fields) > 2 else -pid
