"""What of a machine bears on the guard, looked at from the user's side. Nothing is changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError
from flowtui.guard import archive, browsers
from flowtui.guard.client import Client, NoGuard, as_root
from flowtui.guard.program import installation

Line = tuple[bool, str]
MANAGERS = (
    ("vagrant-hostsupdater", "/etc/hosts.vagrant"), ("hostctl", "/usr/local/bin/hostctl"),
    ("hBlock", "/usr/local/bin/hblock"), ("gas mask", "/Applications/Gas Mask.app"),
)  # fmt: skip
"""Programs that write the hosts file too."""


def look(root: Path, env: Mapping[str, str], client: Client) -> list[Line]:
    """What holds (True) and what does not, each in one line."""
    lines = [*_program(root, client)]
    answer: dict[str, Any] | None = None
    try:
        answer = client.ask("doctor")
    except NoGuard as error:
        lines.append((False, f"{error.message}: {error.hint}"))
    except FlowError as error:
        lines.append((False, error.message))
    if answer is not None:
        lines += _machine(answer)
    home = Path(env["HOME"]) if env.get("HOME") else Path.home()
    lines += _browsers(browsers.installed(home), answer)
    lines += _roundabout(root)
    if sys.platform == "darwin":
        lines.append((False, "macOS: hosts file and pf are used, but were never tested there"))
    return lines


def _program(root: Path, client: Client) -> list[Line]:
    if not installation.installed(root):
        return [(False, "no guard is installed here")]
    found: list[Line] = [(False, said) for said in installation.changed(root)]
    if installation.program_hash(root) not in (None, archive.digest(archive.build())):
        found.append((False, f"the installed guard is another version: {as_root('install')}"))
    return found or [(True, "the guard is installed, and as it was installed")]


def _machine(answer: Mapping[str, Any]) -> list[Line]:
    synced = bool(answer["clock_synced"])
    clock = "is synchronised" if synced else "is not: time off at a reboot will not count"
    hosts = {
        "file": (True, "/etc/hosts is a file and can be changed"),
        "link": (False, "/etc/hosts is a link, looked after by something else: not touched"),
        "none": (False, "there is no /etc/hosts"),
    }[answer["hosts"]]
    nft = bool(answer["nft"])
    cut = "nft is here: what is open is cut" if nft else "nft is missing: open pages stay open"
    counted = bool(answer["attempts"])
    found: list[Line] = [
        (True, f"the guard answers, under Python {answer['python']}"),
        hosts,
        (nft, cut),
        (counted, "attempts are counted" if counted else "attempts cannot be counted here"),
        (synced, f"the clock {clock}"),
    ]
    found += [(False, problem) for problem in answer["problems"]]
    return found


def _browsers(found: list[browsers.Browser], answer: Mapping[str, Any] | None) -> list[Line]:
    policies = (answer or {}).get("policies", {})
    lines: list[Line] = []
    for browser in found:
        label = f"{browser.name} ({browser.boxed})" if browser.boxed else browser.name
        if browser.ignores_hosts:
            lines.append((False, f"{label}: network.trr.exclude-etc-hosts is false in a profile"))
        elif browser.name in policies and not browser.boxed:
            lines.append((True, f"{label}: policy, hosts file and cut"))
        elif browser.name == "Firefox":
            lines.append((True, f"{label}: hosts file and cut; opens again within 60 s of the end"))
        else:
            lines.append((True, f"{label}: hosts file and cut, no paths"))
    return lines


def _roundabout(root: Path) -> list[Line]:
    """Ways past the guard that are open on this machine."""
    lines: list[Line] = []
    folder = root / "sys/class/net"
    tunnels = [p.name for p in folder.iterdir()] if folder.is_dir() else []
    tunnels = [name for name in tunnels if name.startswith(("tun", "wg", "ppp", "utun"))]
    if tunnels:
        lines.append((False, f"{', '.join(tunnels)} is up: what goes through it is not cut"))
    try:
        allowed = int((root / "proc/sys/user/max_user_namespaces").read_text())
    except (OSError, ValueError):
        allowed = 0
    if allowed:
        said = "user namespaces are allowed: a shell in one may have a hosts file of its own"
        lines.append((False, said))
    for name, path in MANAGERS:
        if (root / path.lstrip("/")).exists():
            lines.append((False, f"{name} writes the hosts file too; its lines are kept"))
    if shutil.which("firewalld") or shutil.which("ufw"):
        lines.append((True, "a firewall manager is here: flushed rules of ours are put back"))
    return lines
