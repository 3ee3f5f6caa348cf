"""Hooks of commands that have ended: handed over in files, run one after the other behind them.

`hand_over` keeps the events in a folder beside the log, numbered in their order, and starts
`python -m flowtui.system.hooks_behind FOLDER LOG` with the person's environment. Whichever of these
processes has the turn runs all that waits, so that hooks hear of events in the order in which they
happened, however quickly commands follow each other.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from flowtui.system import interpreter
from flowtui.system.clock import SystemClock

MODULE = "flowtui.system.hooks_behind"
Events = Iterable[tuple[str, str]]
"""Each a name and the JSON that its hooks read."""


def hand_over(folder: Path, log: Path, env: Mapping[str, str], events: Events) -> None:
    """Have the hooks in `folder` run for `events`; returns at once. Raises OSError."""
    waiting = _waiting(log)
    waiting.mkdir(parents=True, exist_ok=True, mode=0o700)
    _keep(waiting, json.dumps(list(events)))
    quiet = interpreter.QUIET
    process = interpreter.start(
        MODULE, str(folder), str(log), env=env, stdin=quiet, stdout=quiet, stderr=quiet
    )
    process.returncode = 0  # it outlives this one, and nobody waits for it


def _waiting(log: Path) -> Path:
    return log.with_name("hooks.waiting")


def _keep(waiting: Path, text: str) -> None:
    """Write `text` under the next number; complete before it has its name."""
    part = waiting / f".{os.getpid()}"
    part.write_text(text, encoding="utf-8")
    last = max((int(path.name) for path in waiting.glob("[0-9]*")), default=0)
    for number in itertools.count(last + 1):
        with contextlib.suppress(FileExistsError):
            os.link(part, waiting / f"{number:09}")
            break
    part.unlink()


def main(folder: str, log: str) -> int:
    """Run all that waits; the log tells how it went."""
    from flowtui.system.hooks import run_hooks

    with contextlib.suppress(OSError):
        os.setsid()
    waiting, clock = _waiting(Path(log)), SystemClock()
    with (waiting / ".turn").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        while names := sorted(waiting.glob("[0-9]*")):
            text = names[0].read_text(encoding="utf-8")
            names[0].unlink()
            for event, payload in json.loads(text):
                body, env = payload.encode(), dict(os.environ)
                run_hooks(Path(folder), event, body, env, Path(log), clock)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
