"""Which browsers are here, and what of the guard reaches each of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import plain
from flowtui.guard import ways_past
from flowtui.guard.program.roots import POLICIES

PROGRAMS: Sequence[tuple[str, Sequence[str]]] = (
    *((name, programs) for name, _, programs in POLICIES),
    ("Firefox", ("firefox", "firefox-esr", "firefox-beta", "firefox-nightly", "floorp")),
    ("LibreWolf", ("librewolf",)),
    ("Waterfox", ("waterfox",)),
    ("Zen", ("zen", "zen-browser")),
    ("Mullvad Browser", ("mullvad-browser",)),
    ("Tor Browser", ("tor-browser", "torbrowser-launcher", "start-tor-browser")),
    ("Opera", ("opera", "opera-stable", "opera-beta", "opera-developer")),
    ("Falkon", ("falkon",)),
    ("Epiphany", ("epiphany-browser", "epiphany")),
    ("qutebrowser", ("qutebrowser",)),
)
GECKO = ("Firefox", "LibreWolf", "Waterfox", "Zen", "Mullvad Browser")
TOR = "Tor looks names up"
EXCLUDES = "network.trr.exclude-etc-hosts is false"
PROFILES = tuple(
    f"{folder}/*/{name}"
    for folder in (
        ".mozilla/firefox", ".config/mozilla/firefox", ".librewolf", ".waterfox", ".zen",
        "snap/firefox/common/.mozilla/firefox", ".var/app/org.mozilla.firefox/.mozilla/firefox",
        ".var/app/org.mozilla.firefox/config/mozilla/firefox",
    )
    for name in ("prefs.js", "user.js")
)  # fmt: skip
"""Where the settings of Firefox and its kin lie below a home."""
BUNDLES = (
    ("Chromium", "org.chromium.Chromium"), ("Chrome", "com.google.Chrome"),
    ("Brave", "com.brave.Browser"), ("Edge", "com.microsoft.Edge"),
    ("Firefox", "org.mozilla.firefox"), ("LibreWolf", "io.gitlab.librewolf-community"),
)  # fmt: skip
"""Flatpaks; these do not see policies in /etc."""
MAC = (
    ("Chrome", "Google Chrome.app"), ("Chromium", "Chromium.app"), ("Brave", "Brave Browser.app"),
    ("Edge", "Microsoft Edge.app"), ("Firefox", "Firefox.app"), ("Safari", "Safari.app"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that is installed."""

    name: str
    boxed: str = ""
    """"flatpak" or "snap" where it lives in a sandbox; else empty."""
    ignores_hosts: bool = False
    """True if its own resolver is told to pass the hosts file by."""
    way_past: str = field(default="", compare=False)
    """By what it does, in words."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What holds for one browser."""

    browser: str
    covered: bool
    why: str


def installed(
    home: Path,
    has: Callable[[str], str | None] = shutil.which,
    root: Path = Path("/"),
    env: Mapping[str, str] = MappingProxyType({}),
) -> list[Browser]:
    """Browsers on the path and among the flatpaks, each once by name and box.

    `env` is the environment of the session: browsers take a proxy from there.
    """
    session = ways_past.session(home, env, root)
    general = next((one.where for one in session if not one.chromium_alone), "")
    flags = next((one.where for one in session), "")
    past = _way_past_hosts(home) or general
    found: list[Browser] = []
    for name, programs in PROGRAMS:
        place = next((path for path in map(has, programs) if path), None)
        if place is not None:
            boxed = "snap" if place.startswith("/snap/") else ""
            way = TOR if name == "Tor Browser" else past if name in GECKO else flags or general
            found.append(Browser(name, boxed, bool(way), way))
    for name, bundle in BUNDLES:
        folders = (root / "var/lib/flatpak/app", home / ".local/share/flatpak/app")
        if any((folder / bundle).is_dir() for folder in folders):
            way = past if name in GECKO else flags
            found.append(Browser(name, "flatpak", bool(way), way))
    for name, bundle in MAC:
        if (root / "Applications" / bundle).is_dir():
            found.append(Browser(name))
    return found


def coverage(
    browsers: Sequence[Browser], layers: Mapping[str, Any] | None, only: bool, paths: int = 0
) -> list[Coverage]:
    """What the layers, as the guard has just looked at them, mean for each browser.

    `only` is True where everything but a few sites is blocked, which policies alone can do; so it
    is with parts of sites, of which `paths` are to be kept away.
    """
    seen = layers or {}
    hosts = seen.get("hosts") or {}
    in_hosts = bool(hosts.get("intact")) and bool(hosts.get("works"))
    policies = seen.get("policies") or {}
    found: list[Coverage] = []
    for browser in browsers:
        policy = policies.get(browser.name) if not browser.boxed else None
        other = str((policy or {}).get("overridden") or "")
        by_policy = bool(policy and policy.get("intact")) and not other
        by_hosts = in_hosts and not browser.ignores_hosts and not only
        how = [word for word, on in (("policy", by_policy), ("hosts", by_hosts)) if on]
        if how:
            why = " and ".join(how)
            if not by_policy and paths:
                why += f"; {paths} part{'s' if paths > 1 else ''} of sites stay reachable"
            elif paths:
                # seen in Chromium: its patterns see neither pushState nor /%69nbox as /inbox
                why += (
                    "; parts of sites stay reachable from an open page of them, or spelled with %"
                )
            if other:
                why += f"; its policy is overridden by {plain(other, 80)}"
        elif other:
            why = f"its policy is overridden by {plain(other, 80)}"
        elif only:
            why = "blocking all but a few needs a policy, which it has not"
        elif browser.ignores_hosts:
            why = f"{browser.way_past or EXCLUDES}: it passes the hosts file by"
        else:
            why = "nothing holds"
        label = f"{browser.name} ({browser.boxed})" if browser.boxed else browser.name
        found.append(Coverage(label, bool(how), why))
    return found


def _way_past_hosts(home: Path) -> str:
    """What in a Firefox profile passes the hosts file by; profiles are few and small."""
    for pattern in PROFILES:
        for path in list(home.glob(pattern))[:20]:
            try:
                text = path.read_text("utf-8", "replace")
            except OSError:
                continue
            if 'user_pref("network.trr.exclude-etc-hosts", false)' in text:
                return EXCLUDES
            manual = 'user_pref("network.proxy.type", 1)' in text
            if manual and re.search(r'user_pref\("network\.proxy\.(socks|http|ssl)", "[^"]', text):
                return "a proxy of a profile looks names up"
    return ""
