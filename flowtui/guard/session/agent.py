"""The process that keeps a session quiet for one block, and puts it back whoever else is gone.

Started by the block, apart from terminal and app. It ends when its time is over, when the file
that says until when is gone, or when it is told to.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from flowtui.guard.program import clock, deadline, files, lock
from flowtui.guard.program.deadline import Countdown
from flowtui.guard.program.errors import Damaged, GuardError
from flowtui.guard.session.keeper import Keeper

LOOK_S = 1.0
SCAN_S = 3.0


def wish_file(folder: Path) -> Path:
    """Where the block says what it wants and until when."""
    return folder / "wish.json"


def write_wish(folder: Path, quiet: bool, apps: tuple[str, ...], seconds: float) -> None:
    """Ask the agent of `folder` for quiet, for `seconds` from now. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = deadline.begin(seconds, clock.read())
    body = {"quiet": quiet, "apps": list(apps), "count": deadline.encode(count)}
    files.replace(wish_file(folder), json.dumps(body).encode())


def read_wish(folder: Path) -> tuple[bool, tuple[str, ...], Countdown] | None:
    """What is wanted now; None if nothing is, or what is written cannot be read."""
    try:
        data = files.read(wish_file(folder))
        raw = json.loads(data) if data is not None else None
        if raw is None:
            return None
        count = deadline.advance(deadline.decode(raw["count"]), clock.read(), strict=False)
        return bool(raw["quiet"]), tuple(raw["apps"]), count
    except (OSError, ValueError, KeyError, TypeError, Damaged):
        return None


def main(arguments: list[str], env: Mapping[str, str]) -> int:
    """Keep the session of `arguments[0]`, a folder, as its wish says; then put it back."""
    folder = Path(arguments[0])
    try:
        held = lock.take(folder / "agent.lock", wait_s=3.0)
    except (GuardError, OSError):
        return 0  # another agent does it already: it reads the same wish
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, frame: stopping.append(got))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    keeper = Keeper(folder / "journal", env)
    keeper.back()  # what an agent that was killed has left
    try:
        _keep(folder, keeper, stopping)
    finally:
        left = keeper.back()
        for line in left:
            sys.stderr.write(f"{line}\n")
        lock.free(held)
    return 1 if left else 0


def _keep(folder: Path, keeper: Keeper, stopping: list[int]) -> None:
    quiet, scanned = False, 0.0
    while not stopping:
        wish = read_wish(folder)
        if wish is None or wish[2].over:
            return
        wants_quiet, names, count = wish
        if wants_quiet and not quiet:
            keeper.quiet()
            quiet = True
        if names and clock.monotonic() - scanned >= SCAN_S:
            keeper.freeze(names)
            scanned = clock.monotonic()
        time.sleep(min(LOOK_S, max(0.01, count.left_s)))


def recover(folder: Path, env: Mapping[str, str]) -> list[str]:
    """Put back what an agent that is gone has left; nothing while one is alive."""
    keeper = Keeper(folder / "journal", env)
    if not folder.is_dir() or not keeper.pending:
        return []
    try:
        held = lock.take(folder / "agent.lock")
    except (GuardError, OSError):
        return []
    try:
        wish = read_wish(folder)
        if wish is not None and not wish[2].over:
            return []
        return keeper.back()
    finally:
        lock.free(held)


if __name__ == "__main__":
    # apart from whoever started it: no terminal, no parent that would have to wait for it
    if os.fork():
        os._exit(0)
    os.setsid()
    sys.exit(main(sys.argv[1:], os.environ))
