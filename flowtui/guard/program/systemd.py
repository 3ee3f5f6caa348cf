"""Telling the service manager that the guard is ready and alive (sd_notify(3)); else nothing."""

from __future__ import annotations

import os
import socket


def notify(text: str) -> None:
    """Send a state such as READY=1 to where NOTIFY_SOCKET says."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    address = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as link:
            link.sendto(text.encode(), address)
    except OSError:
        return  # without its beats the manager starts a new guard, which is what it is for
