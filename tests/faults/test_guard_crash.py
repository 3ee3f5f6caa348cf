"""The guard killed, or refused by the disk, at system calls of arming and restoring (a sample)."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.guard.cell import need_root


def test_wherever_the_guard_is_killed_everything_comes_back_as_it_was() -> None:
    """Each kind of call at least once; the figures of all of them are in tests/faults/README.md."""
    need_root("strace", "nft", "unshare")

    command = [sys.executable, "-m", "tests.faults.guard_crash", "--every", "80"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=170)

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert figures["bad"] == 0 and figures["tried"] >= 80, figures
    assert {"arm kill", "arm ENOSPC", "arm EIO", "restore kill"} <= set(figures["by kind"])
