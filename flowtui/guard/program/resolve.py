"""Where blocked names lead at this moment, asked before they lead nowhere. Bounded in time."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterable

from . import clock
from .firewall import may_be_cut

MOST = 256
"""Names asked for; what is open already is among the best known."""
THREADS = 32
PORTS = (80, 443)


def targets(names: Iterable[str], seconds: float) -> list[tuple[str, int]]:
    """Addresses and ports behind `names`, as far as the resolver answers within `seconds`."""
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
    open_ports = connected()
    pairs = {(address, port) for address in cut for port in PORTS}
    pairs |= {(a, port) for a in cut for port in open_ports.get(a, ())}
    return sorted(pairs)[:4096]


def connected() -> dict[str, set[int]]:
    """Remote addresses and ports to which this machine has a TCP connection."""
    found: dict[str, set[int]] = {}
    for name, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        try:
            with open(f"/proc/net/{name}", encoding="ascii") as file:
                lines = file.readlines()[1:]
        except OSError:
            continue
        for line in lines:
            remote = line.split()[2]
            raw, port = remote.rsplit(":", 1)
            words = bytes.fromhex(raw)
            packed = b"".join(
                struct.pack("=I", int.from_bytes(words[n : n + 4], "big"))
                for n in range(0, len(words), 4)
            )
            address = socket.inet_ntop(family, packed)
            if address.startswith("::ffff:"):
                address = address[7:]
            if int(port, 16):
                found.setdefault(address, set()).add(int(port, 16))
    return found
