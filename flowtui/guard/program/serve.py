"""The guard's loop: serve the socket, keep the lease, tell the watchdog. Ends on SIGTERM alone."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from typing import Any

from . import attempts, clock, lock, systemd
from .engine import Engine
from .requests import SHORTEST_S
from .roots import Roots
from .server import Server
from .verbs import Verbs, owners

TICK_S = 1.0
IDLE_S = 2.0


def run(roots: Roots, beat: Callable[[], None], shortest_s: int = SHORTEST_S) -> int:
    """Serve until told to end; `beat` is called every two seconds or more often.

    A lease outlives this process: what is blocked stays so until its time, or `recover` ends it.
    Raises GuardError, OSError if it cannot begin.
    """
    who = owners(roots)
    os.umask(0o077)
    roots.open_run()
    held = lock.take(roots.run / "guard.lock", wait_s=5.0)
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.append(number))
    signal.signal(signal.SIGINT, lambda number, frame: stopping.append(number))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    engine = Engine(roots, clock.read)
    engine.open()
    verbs = Verbs(engine, clock.read, who, shortest_s)
    server = Server(roots.socket, verbs.answer, verbs.may)
    server.open()
    beat()
    tap: socket.socket | None = None
    try:
        while not stopping:
            tap = _tap(engine, server, tap)
            knocks = server.run_once(_wait(engine))
            for address in knocks:
                engine.tally.saw(address, clock.monotonic())
            engine.tick()
            verbs.tick()
            systemd.refuse_stop(engine.lease is not None and engine.lease.strict)
            beat()
    finally:
        server.close()
        lock.free(held)
    return 0


def _wait(engine: Engine) -> float:
    """How long the loop may sleep: to the next second of a lease, never past its end."""
    if engine.lease is None:
        return IDLE_S
    left = engine.lease.count.left_s
    return max(0.02, min(TICK_S, left + 0.005))


def _tap(engine: Engine, server: Server, tap: socket.socket | None) -> Any:
    """Listen for attempts exactly while there is a lease."""
    if engine.lease is not None and tap is None:
        tap = attempts.listen()
        if tap is not None:
            server.watch(tap)
    elif engine.lease is None and tap is not None:
        server.watch(None)
        tap.close()
        tap = None
    return tap
