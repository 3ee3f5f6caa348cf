"""Which browsers are here, and what of the guard reaches each of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.guard.program.roots import POLICIES

PROGRAMS: Sequence[tuple[str, Sequence[str]]] = (
    *((name, programs) for name, _, programs in POLICIES),
    ("Firefox", ("firefox", "firefox-esr", "librewolf", "floorp")),
    ("Falkon", ("falkon",)),
    ("Epiphany", ("epiphany-browser", "epiphany")),
    ("qutebrowser", ("qutebrowser",)),
)
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
) -> list[Browser]:
    """Browsers on the path and among the flatpaks, each once by name and box."""
    past = _passes_hosts_by(home)
    found: list[Browser] = []
    for name, programs in PROGRAMS:
        place = next((path for path in map(has, programs) if path), None)
        if place is not None:
            boxed = "snap" if place.startswith("/snap/") else ""
            found.append(Browser(name, boxed, name == "Firefox" and past))
    for name, bundle in BUNDLES:
        folders = (root / "var/lib/flatpak/app", home / ".local/share/flatpak/app")
        if any((folder / bundle).is_dir() for folder in folders):
            found.append(Browser(name, "flatpak"))
    for name, bundle in MAC:
        if (root / "Applications" / bundle).is_dir():
            found.append(Browser(name))
    return found


def coverage(
    browsers: Sequence[Browser], layers: Mapping[str, Any] | None, only: bool
) -> list[Coverage]:
    """What the layers, as the guard has just looked at them, mean for each browser.

    `only` is True where everything but a few sites is blocked, which policies alone can do.
    """
    seen = layers or {}
    hosts = seen.get("hosts") or {}
    in_hosts = bool(hosts.get("intact")) and bool(hosts.get("works"))
    policies = seen.get("policies") or {}
    found: list[Coverage] = []
    for browser in browsers:
        policy = policies.get(browser.name) if not browser.boxed else None
        by_policy = bool(policy and policy.get("intact"))
        by_hosts = in_hosts and not browser.ignores_hosts and not only
        how = [word for word, on in (("policy", by_policy), ("hosts", by_hosts)) if on]
        if how:
            why = " and ".join(how)
        elif only:
            why = "blocking all but a few needs a policy, which it has not"
        elif browser.ignores_hosts:
            why = "network.trr.exclude-etc-hosts is false: it passes the hosts file by"
        else:
            why = "nothing holds"
        label = f"{browser.name} ({browser.boxed})" if browser.boxed else browser.name
        found.append(Coverage(label, bool(how), why))
    return found


def _passes_hosts_by(home: Path) -> bool:
    """True if a Firefox profile says so; profiles are few and small."""
    for pattern in (".mozilla/firefox/*/prefs.js", ".mozilla/firefox/*/user.js"):
        for path in list(home.glob(pattern))[:20]:
            try:
                text = path.read_text("utf-8", "replace")
            except OSError:
                continue
            if 'user_pref("network.trr.exclude-etc-hosts", false)' in text:
                return True
    return False
