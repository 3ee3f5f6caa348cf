"""Starts a program of others that is talked with over its pipes, such as ssh.

In the folder `/`, with no relative entry in `PATH`, in a session of its own, without a terminal:
nothing it asks can appear behind the app, and no file of the current folder runs.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence

from flowtui.core.search_path import absolute_only, with_safe_path

FOLDER = os.sep
END_S = 2.0
"""Seconds that a child has between being asked to end and being ended."""


def start_child(
    command: Sequence[str], env: Mapping[str, str], unset: tuple[str, ...] = ()
) -> subprocess.Popen[bytes]:
    """Start `command`, whose first word is looked for in `PATH`. Raises OSError.

    `unset` are beginnings of names of variables that it does not get.
    """
    program = shutil.which(command[0], path=absolute_only(env.get("PATH")))
    if program is None:
        raise FileNotFoundError(2, "there is no such program", command[0])
    kept = {name: value for name, value in env.items() if not name.startswith(unset or ("\0",))}
    return subprocess.Popen(
        [program, *command[1:]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=with_safe_path(kept),
        cwd=FOLDER,
        start_new_session=True,
        bufsize=0,
    )


def end_child(child: subprocess.Popen[bytes]) -> None:
    """Close its pipes and end it with all that it started. Never raises."""
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(OSError):
            os.killpg(child.pid, number)
        try:
            child.wait(END_S)
            return
        except subprocess.TimeoutExpired:
            continue
