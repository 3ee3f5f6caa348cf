"""Processes by what cannot be forged: executable, owner and start; from /proc alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import clock

DELETED = " (deleted)"


@dataclass(frozen=True)
class Process:
    """One process as it was seen."""

    pid: int
    start: int
    """Clock ticks after boot; with the pid it names one process in one boot."""
    parent: int
    uid: int
    state: str
    """The letter of /proc/PID/stat; T is stopped."""
    exe: str
    """Path of the executable; empty for kernel threads and what may not be seen."""

    @property
    def program(self) -> str:
        """The executable's name, in lower case."""
        return os.path.basename(self.exe).lower()


def snapshot(proc: str = "/proc") -> dict[int, Process]:
    """All processes by pid."""
    found: dict[int, Process] = {}
    for name in os.listdir(proc):
        if name.isdigit():
            seen = one(int(name), proc)
            if seen is not None:
                found[seen.pid] = seen
    return found


_last: tuple[float, dict[int, Process]] = (-1e9, {})


def recent(age_s: float = 2.0) -> dict[int, Process]:
    """All processes as they were at most so long ago: for whoever asks again and again."""
    global _last
    now = clock.monotonic()
    if not 0 <= now - _last[0] <= age_s:
        _last = (now, snapshot())
    return _last[1]


def one(pid: int, proc: str = "/proc") -> Process | None:
    """A process, or None if it is gone."""
    try:
        with open(f"{proc}/{pid}/stat", "rb") as file:
            head, _, rest = file.read().rpartition(b")")
        uid = os.stat(f"{proc}/{pid}").st_uid
    except (OSError, ValueError):
        return None
    words = rest.split()
    if not head or len(words) < 20:
        return None
    try:
        exe = os.readlink(f"{proc}/{pid}/exe")
    except OSError:
        exe = ""
    exe = exe[: -len(DELETED)] if exe.endswith(DELETED) else exe
    return Process(pid, int(words[19]), int(words[1]), uid, words[0].decode(), exe)


def ancestors(pid: int, seen: dict[int, Process]) -> set[int]:
    """`pid` and all that it descends from."""
    found: set[int] = set()
    while pid in seen and pid not in found:
        found.add(pid)
        pid = seen[pid].parent
    return found


def with_children(
    heads: Iterable[int], seen: dict[int, Process], stop: Callable[[Process], bool]
) -> list[int]:
    """`heads` and what descends from them, parents first; nothing at or below a `stop`."""
    below: dict[int, list[int]] = {}
    for process in seen.values():
        below.setdefault(process.parent, []).append(process.pid)
    found: dict[int, None] = {}
    queue = list(heads)
    while queue:
        pid = queue.pop(0)
        if pid in seen and pid not in found and not stop(seen[pid]):
            found[pid] = None
            queue += below.get(pid, [])
    return list(found)
