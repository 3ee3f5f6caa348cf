"""What a session stands on, told by what a process holds rather than by its name.

Frozen, it would take the screen, the keyboard, every terminal, the keys or the network with it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from . import procs
from .procs import Process

DEVICES = (
    (re.compile(r"/dev/ptmx|/dev/pts/ptmx"), "it holds terminals"),
    (re.compile(r"/dev/(dri/card|fb|tty)\d+"), "it holds the display or the seat"),
    (re.compile(r"/dev/input/(event|mice)\d*"), "it holds keyboard and mouse"),
    (re.compile(r"/dev/net/tun|/dev/ppp"), "it holds a tunnel of the network"),
    (re.compile(r"/dev/(fuse|uinput|kvm|uhid)"), "it holds a device that others stand on"),
)
SOCKETS = (
    (re.compile(r"@?/tmp/\.X11-unix/X\d+|.*/wayland-\d+|.*/gamescope-\d+"), "it is the display"),
    (re.compile(r".*(agent|keyring|kwallet|keepass|S\.scdaemon).*"), "it keeps keys"),
    (re.compile(r".*/(bus|system_bus_socket|at-spi/bus.*)|@/tmp/dbus-.*"), "it is the message bus"),
    (re.compile(r".*/(pulse/native|pipewire-\d+|tmux-\d+/.*|screens?/.*)"), "it serves a session"),
)
LISTENING = "00010000"
"""Flag of /proc/net/unix for a socket that waits for others (SO_ACCEPTCON)."""
MOST = 4096
"""Descriptors of a process that are looked at."""


def reason(process: Process) -> str:
    """Why `process` must never be frozen, in words; an empty text for an app like any other.

    A process that is gone, or whose number another one has now, is no reason.
    """
    if _leads_terminal(process):
        return "it leads the session of a terminal"
    held = _held(process.pid)
    now = procs.one(process.pid)
    if now is None or now.start != process.start:
        return ""
    for pattern, why in DEVICES:
        if any(pattern.fullmatch(target) for target in held):
            return why
    inodes = {target[8:-1] for target in held if target.startswith("socket:[")}
    for path in _served(inodes) if inodes else ():
        for pattern, why in SOCKETS:
            if pattern.fullmatch(path):
                return why
    return ""


def _leads_terminal(process: Process) -> bool:
    """True for the leader of a session with a terminal: a shell, or what took its place."""
    try:
        with open(f"/proc/{process.pid}/stat", "rb") as file:
            words = file.read().rpartition(b")")[2].split()
        start, session, terminal = int(words[19]), int(words[3]), int(words[4])
    except (OSError, ValueError, IndexError):
        return False
    return start == process.start and session == process.pid and terminal != 0


def _held(pid: int) -> list[str]:
    """What the descriptors of a process lead to."""
    found: list[str] = []
    try:
        names = os.listdir(f"/proc/{pid}/fd")[:MOST]
    except OSError:
        return found
    for name in names:
        try:
            found.append(os.readlink(f"/proc/{pid}/fd/{name}"))
        except OSError:
            continue
    return found


def _served(inodes: Iterable[str]) -> list[str]:
    """Paths of the sockets among `inodes` on which others are waited for."""
    wanted = set(inodes)
    found: list[str] = []
    try:
        with open("/proc/net/unix", encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.rstrip("\n").split(None, 7)
                if len(words) == 8 and words[3] == LISTENING and words[6] in wanted:
                    found.append(words[7])
    except OSError:
        return found
    return found
