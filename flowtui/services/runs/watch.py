"""`python -m flowtui.services.runs.watch`: the one process that follows a person's runs.

It goes to the background at once, holds a lock so that there is one, and ends by itself when there
is nothing to follow any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowtui.services.runs.watcher import Watcher


def main(env: Mapping[str, str]) -> None:
    """Follow runs until nobody needs it or a signal asks for the end."""
    from flowtui.core.runs.findings.judge import judge
    from flowtui.services.runs.log_look import log_of, opened_by
    from flowtui.services.runs.origin_kinds import TOKENS, OriginKinds
    from flowtui.services.runs.origins import Origins
    from flowtui.services.runs.runs_service import LOCK
    from flowtui.services.runs.watcher import Watcher
    from flowtui.services.wiring import build
    from flowtui.watch.gpu.background import GpuThread
    from flowtui.watch.gpu.gpus import Gpus
    from flowtui.watch.gpu.xid import XidWatch

    services = build(env)
    lock_path = services.paths.run_dir / LOCK
    lock = _lock(lock_path)
    if lock is None:
        return
    clock, desk = services.clock, services.runs
    gpus = GpuThread(Gpus(clock), XidWatch(clock), clock)
    log_file = services.paths.log_file

    def complain(text: str) -> None:
        # nobody sees our standard error: doctor shows where this went
        with contextlib.suppress(OSError), log_file.open("a", encoding="utf-8") as log:
            log.write(f"{clock.now():%Y-%m-%dT%H:%M:%SZ} watcher: {text}\n")
            if sys.exc_info()[0] is not None:
                traceback.print_exc(file=log)

    kinds = OriginKinds(clock, env, services.paths.config_dir / TOKENS, services.config.sources)
    origins = Origins(kinds, clock, services.paths.watch_dir)
    pid = os.getpid()
    watcher = Watcher(
        desk.book, desk.board, clock, gpus, log_of, opened_by, judge, pid, complain,
        desk.teller, services.zone, origins,
    )  # fmt: skip
    try:
        _follow(watcher, lambda: _is_at(lock, lock_path))
    except Exception as error:
        complain(f"it ended: {error!r}")
    if _is_at(lock, lock_path):
        watcher.keep()
    gpus.end()
    origins.end()
    os.close(lock)


def _follow(watcher: Watcher, is_ours: Callable[[], bool]) -> None:
    enough = threading.Event()

    def ended(number: int, frame: FrameType | None) -> None:
        enough.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, ended)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.nice(5)  # what is watched comes first
    while not enough.is_set() and is_ours():
        wait_s = watcher.step()
        if wait_s is None:
            break
        enough.wait(wait_s)


def _lock(path: Path) -> int | None:
    """The lock, held until the process ends; None if another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _is_at(lock: int, path: Path) -> bool:
    """Whether the lock still lies where it did: a home that was deleted needs no watcher."""
    try:
        return path.stat().st_ino == os.fstat(lock).st_ino
    except OSError:
        return False


def _to_background() -> None:
    """Nobody's child, without a terminal; whoever started us waits for the first process alone."""
    if os.fork():
        os._exit(0)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


if __name__ == "__main__":
    _to_background()
    main(os.environ)
    sys.exit(0)
