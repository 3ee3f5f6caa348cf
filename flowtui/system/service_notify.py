"""What a service tells systemd about itself (sd_notify(3)): ready, what it waits for, alive."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping


class ServiceNotify:
    """Tells the manager that started this process; says nothing where none did."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._address = env.get("NOTIFY_SOCKET", "")
        text = env.get("WATCHDOG_USEC", "")
        self.alive_every_s: float | None = int(text) / 2e6 if text.isdecimal() else None
        """How often it wants to hear that this process is alive; None if it does not."""

    def ready(self) -> None:
        """It has started."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """What it does, in a few words."""
        self._send(f"STATUS={' '.join(text.split())}")

    def alive(self) -> None:
        """It is alive."""
        self._send("WATCHDOG=1")

    def _send(self, text: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as pipe,
        ):
            pipe.sendto(text.encode(), address)
