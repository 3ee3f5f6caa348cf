"""Where everything lies that the guard reads or changes; root alone says it, on starting it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

POLICIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Chromium", "etc/chromium/policies/managed", ("chromium", "ungoogled-chromium")),
    ("Chromium (Ubuntu)", "etc/chromium-browser/policies/managed", ("chromium-browser",)),
    ("Chrome", "etc/opt/chrome/policies/managed",
     ("google-chrome", "google-chrome-stable", "google-chrome-beta", "google-chrome-unstable")),
    ("Brave", "etc/brave/policies/managed",
     ("brave-browser", "brave", "brave-browser-beta", "brave-browser-nightly")),
    ("Edge", "etc/opt/edge/policies/managed",
     ("microsoft-edge", "microsoft-edge-stable", "microsoft-edge-beta", "microsoft-edge-dev")),
    ("Vivaldi", "etc/opt/vivaldi/policies/managed",
     ("vivaldi", "vivaldi-stable", "vivaldi-snapshot")),
)  # fmt: skip
"""Browser, its folder of managed policies below the root, and the programs that start it."""


@dataclass(frozen=True)
class Roots:
    """All paths below one root folder, `/` for the real thing."""

    root: Path = Path("/")

    @property
    def state(self) -> Path:
        """Lease, journal, log: only root may enter."""
        return self.root / "var/lib/flowtui"

    @property
    def run(self) -> Path:
        """Socket and locks; gone at a reboot."""
        return self.root / ("var/run/flowtui" if sys.platform == "darwin" else "run/flowtui")

    def open_run(self) -> None:
        """Make the folder of the socket, which everybody may enter and root alone may change."""
        self.run.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.run.chmod(0o755)

    @property
    def socket(self) -> Path:
        """Where clients ask."""
        return self.run / "guard.sock"

    @property
    def config(self) -> Path:
        """Who may ask; written at the installation."""
        return self.root / "etc/flowtui/guard.json"

    @property
    def hosts(self) -> Path:
        """The names that this machine knows."""
        return self.root / "etc/hosts"

    @property
    def policies(self) -> dict[str, Path]:
        """Folders of managed policies that are there, by browser."""
        found = {name: self.root / below for name, below, _ in POLICIES}
        return {
            name: folder
            for name, folder in found.items()
            if folder.is_dir() and not folder.is_symlink()
        }
