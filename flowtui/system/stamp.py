"""Whether files are as they were, told without reading them."""

from __future__ import annotations

import os


def stamp(folder: str, names: str) -> str:
    """A word for the present state of the journals `names` ("state 2026") in `folder`.

    A journal only grows, or is replaced by a compacted one, so size and inode tell every change.
    """
    words = []
    for name in names.split():
        try:
            seen = os.stat(f"{folder}/{name}.jsonl")  # noqa: PTH116
            words.append(f"{seen.st_size}.{seen.st_ino}")
        except OSError:
            words.append("-")
    return "/".join(words)


def settings_stamp(folder: str) -> str:
    """A word for the present state of the settings file in the configuration folder."""
    try:
        seen = os.stat(f"{folder}/config.toml")  # noqa: PTH116
    except OSError:
        return "-"
    return f"{seen.st_size}.{seen.st_ino}.{seen.st_mtime_ns}"
