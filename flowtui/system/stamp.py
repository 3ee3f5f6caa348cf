"""Whether the ledger's files are as they were: sizes and inodes, without reading them."""

from __future__ import annotations

import os


def stamp(folder: str, year: int) -> str:
    """A word for the present state of `folder/state.jsonl` and `folder/YEAR.jsonl`.

    A journal only grows, or is replaced by a compacted one, so size and inode tell every change.
    """
    words = []
    for name in ("state", str(year)):
        try:
            seen = os.stat(f"{folder}/{name}.jsonl")  # noqa: PTH116
            words.append(f"{seen.st_size}.{seen.st_ino}")
        except OSError:
            words.append("-")
    return "/".join(words)
