"""Attempts to reach a blocked site, seen as packets to its loopback address; nothing is decoded.

A browser tries several times over (two protocols, two address families): what comes within two
seconds of the last is the same attempt.
"""

from __future__ import annotations

import array
import socket
import struct

SAME_S = 2.0
ETH_P_IP = 0x0800
SO_ATTACH_FILTER = 26
PREFIX = 0x7F42
"""127.66, the first half of the addresses that blocked names are sent to."""

# struct sock_filter: accept IPv4 to 127.66/16 that is UDP to port 443 or TCP with SYN and no ACK.
# With SOCK_DGRAM the filter sees the packet from its IP header on.
FILTER: list[tuple[int, int, int, int]] = [
    (0x28, 0, 0, 16),  # 0  ldh [16]: first half of the destination
    (0x15, 0, 11, PREFIX),  # 1  else drop
    (0x30, 0, 0, 9),  # 2  ldb [9]: protocol
    (0x15, 1, 0, socket.IPPROTO_UDP),  # 3  to 5
    (0x15, 3, 8, socket.IPPROTO_TCP),  # 4  to 8, else drop
    (0xB1, 0, 0, 0),  # 5  ldx 4*([0]&0xf): length of the IP header
    (0x48, 0, 0, 2),  # 6  ldh [x+2]: destination port
    (0x15, 4, 5, 443),  # 7  accept, else drop
    (0xB1, 0, 0, 0),  # 8
    (0x50, 0, 0, 13),  # 9  ldb [x+13]: TCP flags
    (0x54, 0, 0, 0x12),  # 10 of these SYN and ACK
    (0x15, 0, 1, 0x02),  # 11 SYN alone: accept, else drop
    (0x06, 0, 0, 64),  # 12 accept
    (0x06, 0, 0, 0),  # 13 drop
]


class Tally:
    """Counts by address. Pure but for what `saw` is told."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._last: dict[str, float] = {}

    def saw(self, address: str, at: float) -> bool:
        """A packet to `address` at `at` (any steady clock); True if it is a new attempt."""
        last = self._last.get(address)
        self._last[address] = at
        if last is not None and at - last < SAME_S:
            return False
        self.counts[address] = self.counts.get(address, 0) + 1
        return True


def listen() -> socket.socket | None:
    """A socket that yields one packet for each knock; None where this is not to be had."""
    if not hasattr(socket, "AF_PACKET"):
        return None
    try:
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    except OSError:
        return None
    try:
        _attach(tap)
        tap.setblocking(False)
        tap.bind(("lo", ETH_P_IP))
    except OSError:
        tap.close()
        return None
    return tap


def drain(tap: socket.socket) -> list[str]:
    """The destinations of the packets that wait, each packet once."""
    found: list[str] = []
    for _ in range(1024):
        try:
            data = tap.recv(64)
        except (BlockingIOError, InterruptedError):
            break
        except OSError:
            break
        # bound to one protocol, a tap sees what comes in alone: over loopback each packet once
        if len(data) >= 20:
            found.append(socket.inet_ntoa(data[16:20]))
    return found


def _attach(tap: socket.socket) -> None:
    code = array.array("B", b"".join(struct.pack("HBBI", *line) for line in FILTER))
    program = struct.pack("HL", len(code) // 8, code.buffer_info()[0])
    tap.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
