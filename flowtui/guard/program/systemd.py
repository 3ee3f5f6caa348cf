"""Talking to the service manager, where there is one: sd_notify(3), and when not to stop us."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

DROP_IN_FOLDER = "/run/systemd/system/flowtui-guard.service.d"
DROP_IN = f"{DROP_IN_FOLDER}/strict.conf"
TEXT = "[Unit]\nRefuseManualStop=yes\n"
WAIT_S = 4.0


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


def refuse_stop(refuse: bool) -> None:
    """While a firm or hard lease runs, `systemctl stop` refuses; a reboot forgets that by itself.

    Only under systemd, which says so by NOTIFY_SOCKET; best effort.
    """
    path = Path(DROP_IN)
    if not os.environ.get("NOTIFY_SOCKET") or path.exists() == refuse:
        return
    try:
        if refuse:
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            path.write_text(TEXT, encoding="ascii")
        else:
            path.unlink()
        subprocess.run(
            ["systemctl", "daemon-reload"], timeout=WAIT_S, check=False,
            env={"PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return
