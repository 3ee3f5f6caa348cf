"""From a process to what it writes: its folder, its command and the logs it has open.

Linux alone tells which files another process has open for writing, by /proc; elsewhere the folder
has to do.
"""

from __future__ import annotations

import os
from pathlib import Path

from flowtui.core.lazy_dataclass import dataclass
from flowtui.watch.process import Portrait, descendants, portrait

NO_LOGS = (".so", ".py", ".pyc", ".pt", ".pth", ".ckpt", ".safetensors", ".bin", ".npy", ".lock")
"""Endings of files that programs write and that tell nothing in words."""
MOST_FILES = 4096


@dataclass(frozen=True, slots=True)
class Writing:
    """A process and where it writes."""

    portrait: Portrait
    folder: Path
    logs: tuple[Path, ...]
    """Files that it or its descendants have open for writing, standard output first."""


def look_at(pid: int) -> Writing | None:
    """What the process with `pid` is and writes; None if there is none that we may see."""
    seen = portrait(pid)
    if seen is None:
        return None
    logs: dict[Path, None] = {}
    for each in descendants(seen.identity):
        logs.update(dict.fromkeys(written_by(each)))
    return Writing(seen, Path(seen.folder or "/"), tuple(logs))


def written_by(pid: int) -> list[Path]:
    """Regular files that a process has open for writing, by the number of its descriptors."""
    found: list[Path] = []
    try:
        numbers = sorted(map(int, os.listdir(f"/proc/{pid}/fd")))[:MOST_FILES]  # noqa: PTH208
    except (OSError, ValueError):
        return found
    for number in numbers:
        try:
            path = Path(f"/proc/{pid}/fd/{number}").readlink()
            if _writes(pid, number) and path.is_file() and path.suffix not in NO_LOGS:
                found.append(path)
        except (OSError, ValueError):
            continue  # closed between two looks
    return list(dict.fromkeys(found))


def printed_by(pid: int) -> list[Path]:
    """Regular files that are a process's standard output or standard error."""
    found: list[Path] = []
    for number in (1, 2):
        try:
            path = Path(f"/proc/{pid}/fd/{number}").readlink()
            if path.is_file() and _writes(pid, number):
                found.append(path)
        except (OSError, ValueError):
            continue
    return list(dict.fromkeys(found))


def _writes(pid: int, number: int) -> bool:
    """Format of fdinfo: proc_pid_fdinfo(5); the flags are octal."""
    for line in Path(f"/proc/{pid}/fdinfo/{number}").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "flags":
            return int(value, 8) & os.O_ACCMODE != os.O_RDONLY
    return False
