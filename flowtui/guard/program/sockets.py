"""Connections of this machine as the kernel lists them: whose, from where to where. Read only."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

End = tuple[str, int]
"""An address and a port."""
LISTEN, TIME_WAIT, CLOSE = 10, 6, 7
"""States of TCP by their numbers in /proc/net/tcp; of UDP, 7 is a socket without a peer."""
MOST = 65536
"""Lines that are looked at."""


@dataclass(frozen=True)
class Socket:
    """One connection."""

    local: End
    remote: End
    state: int
    uid: int


def opened(uid: int) -> list[Socket]:
    """What `uid` has opened to others by TCP, and by UDP where it has a peer (QUIC).

    What others have opened to a port on which somebody listens here is not among it.
    """
    served = listening()
    return [
        one
        for name in ("tcp", "tcp6", "udp", "udp6")
        for one in _listed(name)
        if one.uid == uid
        and one.remote[1]
        and one.state not in (LISTEN, TIME_WAIT, CLOSE)
        and not (name.startswith("tcp") and one.local[1] in served)
    ]


def listening() -> set[int]:
    """Local TCP ports on which somebody waits for connections."""
    return {
        one.local[1] for name in ("tcp", "tcp6") for one in _listed(name) if one.state == LISTEN
    }


def _listed(name: str) -> Iterator[Socket]:
    try:
        with open(f"/proc/net/{name}", encoding="ascii") as file:
            next(file, None)
            for number, line in enumerate(file):
                words = line.split()
                if number >= MOST:
                    return
                if len(words) > 7:
                    yield Socket(_end(words[1]), _end(words[2]), int(words[3], 16), int(words[7]))
    except (OSError, ValueError):
        return


def _end(text: str) -> End:
    """An end as the kernel prints it: words of the address in the machine's byte order."""
    raw, port = text.rsplit(":", 1)
    packed = b"".join(struct.pack("=I", int(raw[at : at + 8], 16)) for at in range(0, len(raw), 8))
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    address = socket.inet_ntop(family, packed)
    return address[7:] if address.startswith("::ffff:") else address, int(port, 16)
