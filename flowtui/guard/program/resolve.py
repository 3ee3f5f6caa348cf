"""Where blocked names lead at this moment, asked before they lead nowhere. Bounded in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable

from . import clock
from .firewall import WEB, may_be_cut

MOST = 256
"""Names asked for; what is open already is among the best known."""
THREADS = 32


def targets(names: Iterable[str], seconds: float) -> list[tuple[str, int]]:
    """Public addresses behind `names`, with the ports of the web.

    As far as the resolver answers within `seconds`; names that lead into a private network, or to
    this machine, lead to nothing that is cut.
    """
    asked = list(names)[:MOST]
    found: set[str] = set()
    queue = iter(asked)
    lock = threading.Lock()
    end = clock.monotonic() + seconds

    def work() -> None:
        while clock.monotonic() < end:
            with lock:
                name = next(queue, None)
            if name is None:
                return
            try:
                answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError):
                continue
            with lock:
                found.update(str(answer[4][0]).split("%")[0] for answer in answers)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(THREADS, len(asked)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - clock.monotonic()))
    with lock:
        cut = {address for address in found if may_be_cut(address)}
    return sorted((address, port) for address in cut for port in WEB)[:4096]
