"""One question to a guard, to see whether it answers; what a client does more, flowtui does."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from . import VERSION

WAIT_S = 2.0


def answers(path: Path) -> bool:
    """True if a guard at `path` says anything that is an answer."""
    line = json.dumps({"v": VERSION, "id": 1, "verb": "hello"}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(WAIT_S)
            link.connect(str(path))
            link.sendall(line)
            return link.recv(4096).startswith(b"{")
    except OSError:
        return False
