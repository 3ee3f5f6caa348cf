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


def folder_stamp(*folders: str) -> tuple[tuple[str, int, int, int], ...]:
    """What is told of every file in `folders` by its name, size, inode and time of change.

    Two of the same mean that no file was written; a folder that is not there has none.
    """
    entries: list[tuple[str, int, int, int]] = []
    for folder in folders:
        try:
            with os.scandir(folder) as files:
                for file in files:
                    seen = file.stat()
                    entries.append((file.path, seen.st_size, seen.st_ino, seen.st_mtime_ns))
        except OSError:
            continue
    return tuple(sorted(entries))


def settings_stamp(folder: str) -> str:
    """A word for the present state of the settings file in the configuration folder."""
    try:
        seen = os.stat(f"{folder}/config.toml")  # noqa: PTH116
    except OSError:
        return "-"
    return f"{seen.st_size}.{seen.st_ino}.{seen.st_mtime_ns}"
