"""Somebody follows the runs already: no test starts a watcher by chance."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from flowtui.services.runs.runs_service import LOCK


def hold_lock(run_dir: Path) -> int:
    """Hold the lock of the watcher until the descriptor that is returned is closed."""
    run_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(run_dir / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor
