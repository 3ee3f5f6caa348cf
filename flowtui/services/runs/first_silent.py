"""Whether files answer, for a process that is to end soon: a child asks, and may be left."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from flowtui.system import interpreter

CHILD_S = 8.0
"""With the time that a loaded machine takes to start a child."""
_LEFT: list[subprocess.Popen[bytes]] = []
"""Children that hang: they end when the server is back, or with the machine."""


def first_silent(paths: Sequence[Path], patience_s: float = CHILD_S) -> Path | None:
    """The first of `paths` that does not answer in `patience_s`; None if all do."""
    try:
        child = interpreter.start(
            "flowtui.watch.reach", *map(str, paths), env=os.environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None  # no process can be started: it will be seen by other means
    assert child.stdout is not None
    with child.stdout as out:
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            child.kill()
            _LEFT.append(child)
            os.set_blocking(out.fileno(), False)
            done = len(out.read() or b"")
            return paths[min(done, len(paths) - 1)]
    return None
