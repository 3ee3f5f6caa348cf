"""What of a machine bears on the guard, looked at from the user's side. Nothing is changed."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from flowtui.core.errors import FlowError
from flowtui.core.text import plain
from flowtui.guard import archive, browsers, ways_past
from flowtui.guard.client import Client, NoGuard, as_root
from flowtui.guard.program import installation


class Line(NamedTuple):
    """One thing that was looked at."""

    ok: bool
    what: str
    id: str
    """A word for scripts that stays."""
    fault: bool = False
    """True for what keeps the guard from its work, or was left behind; else it is a limit."""


MANAGERS = (
    ("vagrant-hostsupdater", "/etc/hosts.vagrant"), ("hostctl", "/usr/local/bin/hostctl"),
    ("hBlock", "/usr/local/bin/hblock"), ("gas mask", "/Applications/Gas Mask.app"),
)  # fmt: skip
"""Programs that write the hosts file too."""


def look(root: Path, env: Mapping[str, str], client: Client) -> list[Line]:
    """What holds and what does not, each in one line, as the machine is now."""
    lines = [*_program(root, client)]
    answer: dict[str, Any] | None = None
    there = installation.installed(root)
    try:
        answer = client.ask("doctor")
    except NoGuard as error:
        lines.append(Line(False, f"{error.message}: {error.hint}", "answers", there))
    except FlowError as error:
        lines.append(Line(False, error.message, "answers", there))
    if answer is not None:
        lines += _machine(answer)
    lines += left_behind(root, client)
    home = Path(env["HOME"]) if env.get("HOME") else Path.home()
    lines += _browsers(browsers.installed(home, root=root, env=env), answer)
    lines += _roundabout(root, env)
    if sys.platform == "darwin":
        said = "macOS: hosts file and pf are used, but were never tested there"
        lines.append(Line(False, said, "platform"))
    return lines


def _program(root: Path, client: Client) -> list[Line]:
    if not installation.installed(root):
        return [Line(False, "no guard is installed here", "installed")]
    found = [Line(False, said, "program", True) for said in installation.changed(root)]
    if installation.program_hash(root) not in (None, archive.digest(archive.build())):
        said = f"the installed guard is another version: {as_root('install')}"
        found.append(Line(False, said, "version"))
    good = Line(True, "the guard is installed, and as it was installed", "program")
    return found or [good]


def left_behind(root: Path, client: Client) -> list[Line]:
    """Lines of ours in the hosts file while no lease is on: looked for there, not remembered."""
    try:
        text = (root / "etc/hosts").read_bytes()
    except OSError:
        return []
    if not re.search(rb"(?m)^# flowtui [0-9a-f]{16}: ", text):
        return []
    try:
        if client.ask("status")["lease"] is not None:
            return []
        said = "and no lease is on"
    except FlowError:
        said = "and no guard answers that would take them out"
    way = f"put all back: {as_root('rescue')}"
    return [Line(False, f"/etc/hosts holds lines of ours, {said}; {way}", "left-behind", True)]


def _machine(answer: Mapping[str, Any]) -> list[Line]:
    synced = bool(answer["clock_synced"])
    clock = "is synchronised" if synced else "is not: time off at a reboot will not count"
    linked = "/etc/hosts is a link, looked after by something else: not touched"
    hosts = {
        "file": Line(True, "/etc/hosts is a file and can be changed", "hosts"),
        "link": Line(False, linked, "hosts", True),
        "none": Line(False, "there is no /etc/hosts", "hosts", True),
    }[answer["hosts"]]
    nft = bool(answer["nft"])
    cut = "nft is here: what is open is cut" if nft else "nft is missing: open pages stay open"
    counted = bool(answer["attempts"])
    attempts = "attempts are counted" if counted else "attempts cannot be counted here"
    return [
        Line(True, f"the guard answers, under Python {answer['python']}", "answers"),
        hosts,
        Line(nft, cut, "cut"),
        Line(counted, attempts, "attempts"),
        Line(synced, f"the clock {clock}", "clock"),
        *(Line(False, plain(problem), "problem", True) for problem in answer["problems"]),
    ]


def _browsers(found: list[browsers.Browser], answer: Mapping[str, Any] | None) -> list[Line]:
    policies = (answer or {}).get("policies", {})
    lines: list[Line] = []
    for browser in found:
        label = f"{browser.name} ({browser.boxed})" if browser.boxed else browser.name
        id = f"browser-{browser.name.lower()}"
        if answer is None:
            lines.append(Line(False, f"{label}: nothing holds without a guard that answers", id))
        elif browser.ignores_hosts:
            said = f"{browser.way_past or browsers.EXCLUDES}: it passes the hosts file by"
            policy = "; its policy holds" if _has_policy(browser, policies) else ""
            lines.append(Line(bool(policy), f"{label}: {said}{policy}", id))
        elif _has_policy(browser, policies):
            lines.append(Line(True, f"{label}: policy, hosts file and cut", id))
        elif browser.name == "Firefox":
            said = "hosts file and cut; opens again within 60 s of the end"
            lines.append(Line(True, f"{label}: {said}; paths and wildcards are not held", id))
        else:
            said = "hosts file and cut; paths and wildcards are not held"
            lines.append(Line(True, f"{label}: {said}", id))
    return lines


def _has_policy(browser: browsers.Browser, policies: Mapping[str, Any]) -> bool:
    return browser.name in policies and not browser.boxed


TUNNELS = ("tun", "tap", "wg", "ppp", "utun", "tailscale", "nordlynx", "proton", "mullvad", "zt")


def _roundabout(root: Path, env: Mapping[str, str]) -> list[Line]:
    """Ways past the guard that are open on this machine."""
    lines: list[Line] = []
    folder = root / "sys/class/net"
    tunnels = [p.name for p in folder.iterdir()] if folder.is_dir() else []
    tunnels = sorted(name for name in tunnels if name.startswith(TUNNELS))
    if tunnels:
        said = f"{', '.join(tunnels)} is up: what goes through it is not cut"
        lines.append(Line(False, said, "tunnel"))
    home = Path(env["HOME"]) if env.get("HOME") else Path.home()
    past = [*ways_past.session(home, env, root), *ways_past.gnome(env)]
    past += ways_past.started(os.getuid(), root / "proc")
    lines += [Line(False, plain(one.sentence), "proxy") for one in past]
    lines += [Line(False, said, id) for id, said in ways_past.boxes(root)]
    try:
        allowed = int((root / "proc/sys/user/max_user_namespaces").read_text())
    except (OSError, ValueError):
        allowed = 0
    if allowed:
        said = "user namespaces are allowed: a shell in one may have a hosts file of its own"
        lines.append(Line(False, said, "namespaces"))
    for name, path in MANAGERS:
        if (root / path.lstrip("/")).exists():
            said = f"{name} writes the hosts file too; its lines are kept"
            lines.append(Line(False, said, "hosts-manager"))
    if shutil.which("firewalld") or shutil.which("ufw"):
        said = "a firewall manager is here: flushed rules of ours are put back"
        lines.append(Line(True, said, "firewall-manager"))
    return lines
