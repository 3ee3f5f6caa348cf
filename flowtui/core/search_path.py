"""Where programs are looked for by name: never in the current folder. Pure."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import PurePath

NOWHERE = "/nonexistent"
"""The folder that no system has: an empty `PATH` would mean the current one."""


def absolute_only(path: str | None) -> str:
    """A `PATH` without relative entries, such as `.` or an empty one, which mean wherever one is.

    A folder that was cloned or unpacked may hold a `git` of its own. None, where nothing is set,
    is the system's default; where no entry is left, nothing is found anywhere.
    """
    listed = (os.defpath if path is None else path).split(os.pathsep)
    return os.pathsep.join(entry for entry in listed if PurePath(entry).is_absolute()) or NOWHERE


def with_safe_path(env: Mapping[str, str]) -> dict[str, str]:
    """`env` with such a `PATH`, for a program of others that we start."""
    return {**env, "PATH": absolute_only(env.get("PATH"))}
