"""The log of hooks: one line for each, what it printed below, and never too long."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

MAX_LOG = 512 * 1024
"""Bytes after which the log is begun anew; the one before is kept beside it."""


def write_log(log: Path, now: datetime, entries: Sequence[tuple[str, str]]) -> None:
    """Append `entries`, each a line and what was printed; a log that cannot be written is let go.

    Control characters are written as their escapes, so that the log can be read with `less`.
    """
    text = "".join(
        f"{now.isoformat(timespec='seconds')} {_shown(line)}\n"
        + "".join(f"    {_shown(printed)}\n" for printed in output.splitlines())
        for line, output in entries
    )
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if log.exists() and log.stat().st_size > MAX_LOG:
            log.replace(log.with_name(log.name + ".1"))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(log, flags, 0o600)
        try:
            os.write(descriptor, text.encode(errors="replace"))
        finally:
            os.close(descriptor)
    except OSError:
        pass  # the results are given back all the same; a full disk must not end a block


def _shown(text: str) -> str:
    return "".join(
        char if char.isprintable() or char == "\t" else ascii(char)[1:-1] for char in text
    )
