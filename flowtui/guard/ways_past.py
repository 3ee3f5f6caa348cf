"""Settings of a session by which names are looked up elsewhere than in the hosts file.

A proxy looks names up itself; what it fetches passes the hosts file by. Browsers take one from the
environment, the desktop, their own profile or the flags that they are started with.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from flowtui.core.lazy_dataclass import dataclass

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "socks_proxy")
FLAGS = re.compile(
    r"--(?:proxy-server|proxy-pac-url|host-resolver-rules|host-rules)(?:=|\s+)[\"']?([^\s\"']+)"
)
"""Flags of Chromium and its kin that send names elsewhere."""
FLAG_FILES = (
    ".config/*-flags.conf", ".local/share/applications/*.desktop", ".var/app/*/config/*-flags.conf",
)  # fmt: skip
SYSTEM_FLAGS = ("etc/chromium.d/*", "etc/chromium-browser/*", "etc/chromium/*.conf")
MOST_FILES = 200
KDE = {"1": "a proxy", "2": "a proxy script", "3": "a proxy found by itself", "4": "a proxy"}
"""ProxyType of kioslaverc; 0 is none."""


@dataclass(frozen=True, slots=True)
class WayPast:
    """One setting that passes the hosts file by."""

    where: str
    """In words: a variable, a desktop, a file."""
    chromium_alone: bool = False
    """True for what only Chromium and its kin read."""

    @property
    def sentence(self) -> str:
        """What to say of it."""
        return f"{self.where}: names are looked up elsewhere, past the hosts file"


def session(home: Path, env: Mapping[str, str], root: Path = Path("/")) -> list[WayPast]:
    """What of the session passes the hosts file by; only files are read."""
    listed = [WayPast(f"{name} is set") for name in sorted(env) if _proxy(name, env[name])]
    for text in _texts([home / ".config/kioslaverc"]):
        match = re.search(r"(?m)^ProxyType\s*=\s*(\d)", text)
        if match and match[1] in KDE:
            listed.append(WayPast(f"KDE uses {KDE[match[1]]}"))
    paths = [path for pattern in FLAG_FILES for path in sorted(home.glob(pattern))]
    paths += [path for pattern in SYSTEM_FLAGS for path in sorted(root.glob(pattern))]
    listed += [
        WayPast(f"{path} starts a browser with a proxy or rules", True)
        for path in paths[:MOST_FILES]
        if any(_has_flag(text) for text in _texts([path]))
    ]
    return listed


def gnome(env: Mapping[str, str]) -> list[WayPast]:
    """The proxy of GNOME, asked of it; slow, for a doctor."""
    program = shutil.which("gsettings", path="/usr/local/bin:/usr/bin:/bin")
    if program is None:
        return []
    command = [program, "get", "org.gnome.system.proxy", "mode"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=2, env=dict(env), cwd=os.sep
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    mode = done.stdout.strip().strip("'")
    return [WayPast(f"GNOME uses a proxy ({mode})")] if mode in ("manual", "auto") else []


def started(uid: int, proc: Path = Path("/proc")) -> list[WayPast]:
    """Browsers of a user that run with such a flag now."""
    listed: dict[str, None] = {}
    for path in proc.glob("[0-9]*/cmdline"):
        try:
            if path.stat().st_uid != uid:
                continue
            words = path.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        # each process of a browser has the flags; a shell that names them is none
        if any(FLAGS.match(word) for word in words[1:]):
            listed[Path(words[0]).name] = None
    return [WayPast(f"{name} runs with a proxy or rules of names", True) for name in listed]


PODMAN = """podman: a container that is started during a lease copies our lines of the hosts file
and keeps them; one from before has none of them"""
DOCKER = """docker: containers have a hosts file of their own and ask the DNS: sites stay reachable
in them"""
WSL = """WSL: browsers of Windows are not reached, and each start may write the hosts file anew
(generateHosts in /etc/wsl.conf)"""


def boxes(root: Path) -> Iterator[tuple[str, str]]:
    """What of this machine lives in a world of its own: an id for scripts, and a sentence."""
    if any((root / path).exists() for path in ("usr/bin/podman", "usr/local/bin/podman")):
        yield "containers", " ".join(PODMAN.split())
    if any((root / path).exists() for path in ("run/docker.sock", "var/run/docker.sock")):
        yield "containers", " ".join(DOCKER.split())
    if any("microsoft" in text.lower() for text in _texts([root / "proc/version"])):
        yield "wsl", " ".join(WSL.split())


def _proxy(name: str, value: str) -> bool:
    return name.lower() in PROXIES and bool(value.strip())


def _has_flag(text: str) -> bool:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return any(FLAGS.search(line) for line in lines)


def _texts(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        try:
            if path.is_file() and path.stat().st_size < 1 << 20:
                yield path.read_text("utf-8", "replace")
        except OSError:
            continue
