"""Freezing whole control groups (cgroup v2), which nobody but root can undo.

Only a group in which nothing but the app runs is frozen, where it is: moving processes out of the
groups that systemd made for them would make it believe that they have ended.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from .procs import Process

MOUNTS = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")


def mount() -> str | None:
    """Where cgroup v2 is mounted, or None."""
    return next((at for at in MOUNTS if os.path.exists(f"{at}/cgroup.controllers")), None)


def of(pid: int) -> str | None:
    """The v2 group of a process as a folder; None for the root group or if there is none."""
    base = mount()
    if base is None:
        return None
    try:
        with open(f"/proc/{pid}/cgroup", encoding="utf-8") as file:
            below = next((line[3:].strip() for line in file if line.startswith("0::")), "/")
    except OSError:
        return None
    if below in ("", "/") or ".." in below.split("/"):
        return None
    folder = base + below
    return folder if os.path.exists(f"{folder}/cgroup.freeze") else None


def whole(ours: set[int], fresh: Iterable[Process]) -> dict[int, str]:
    """The group to freeze by pid, for those whose group holds none but `ours`."""
    found: dict[int, str] = {}
    fits: dict[str, bool] = {}
    for process in fresh:
        group = of(process.pid)
        if group is None:
            continue
        if group not in fits:
            inside = _members(group)
            fits[group] = bool(inside) and set(inside) <= ours
        if fits[group]:
            found[process.pid] = group
    return found


def set_frozen(group: str, frozen: bool) -> bool:
    """Freeze or thaw a group; False if it is gone or will not."""
    try:
        with open(f"{group}/cgroup.freeze", "w", encoding="ascii") as file:
            file.write("1" if frozen else "0")
    except OSError:
        return False
    return True


def _members(group: str) -> list[int]:
    """All processes in `group` and below it."""
    found: list[int] = []
    for folder, _, names in os.walk(group):
        if "cgroup.procs" in names:
            try:
                with open(f"{folder}/cgroup.procs", encoding="ascii") as file:
                    found += [int(line) for line in file]
            except (OSError, ValueError):
                return []  # threaded groups and such: left alone
    return found
