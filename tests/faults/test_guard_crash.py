"""The guard killed, or refused by the disk, at system calls of arming and restoring (a sample)."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.guard.namespace import need_root


def test_wherever_the_guard_is_killed_everything_comes_back_as_it_was() -> None:
    """A sample spread over all points; the figures of all of them are in tests/faults/README.md."""
    need_root("strace", "nft", "unshare")

    command = [sys.executable, "-m", "tests.faults.guard_crash", "--points", "48"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=170)

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert figures["bad"] == 0 and figures["tried"] == 48, figures
    assert {"arm kill", "arm ENOSPC", "arm EIO", "restore kill"} <= set(figures["by kind"])
