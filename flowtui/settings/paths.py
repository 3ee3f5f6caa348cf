"""Where everything of flowtui lies; computed from the environment, never created here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flowtui.core.lazy_dataclass import dataclass
from flowtui.settings import fastpaths


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one user's flowtui, all absolute.

    Three roots decide all the rest. Whoever writes makes the folder then; reading makes nothing.
    """

    config_dir: Path
    """What the user writes: settings, themes, hooks."""
    data_dir: Path
    """What cannot be had again: the ledger and the output of training runs."""
    state_dir: Path
    """What may be lost without harm: status, heartbeat, logs, caches, locks."""

    @property
    def config_file(self) -> Path:
        """The settings, TOML; may be missing."""
        return self.config_dir / "config.toml"

    @property
    def themes_dir(self) -> Path:
        """The user's own themes, one TOML file each."""
        return self.config_dir / "themes"

    @property
    def lists_dir(self) -> Path:
        """The user's own lists of what distracts."""
        return self.config_dir / "lists"

    @property
    def session_dir(self) -> Path:
        """What was switched in the user's session, to be put back."""
        return self.state_dir / "session"

    @property
    def guard_dir(self) -> Path:
        """What the guard is about to do, as it was last heard."""
        return self.state_dir / "guard"

    @property
    def hooks_dir(self) -> Path:
        """Executables named by the event that starts them."""
        return self.config_dir / "hooks"

    @property
    def ledger_dir(self) -> Path:
        """The journal files of the ledger, one a year."""
        return self.data_dir / "ledger"

    @property
    def runs_dir(self) -> Path:
        """The output of the training runs that flowtui started, one folder each."""
        return self.data_dir / "runs"

    @property
    def watch_dir(self) -> Path:
        """What the watcher of training runs sees; there only once something was watched."""
        return self.state_dir / "watch"

    @property
    def run_dir(self) -> Path:
        """Locks and sockets of running processes.

        In the state folder rather than `XDG_RUNTIME_DIR`: a login without that variable (cron, su)
        would look elsewhere, find no lock, and ring every bell a second time.
        """
        return self.state_dir / "run"

    @property
    def cache_dir(self) -> Path:
        """Results that can be computed again."""
        return self.state_dir / "cache"

    @property
    def status_file(self) -> Path:
        """The one small file from which `flowtui status` answers."""
        return self.state_dir / fastpaths.STATUS_NAME

    @property
    def heartbeat_file(self) -> Path:
        """The file that a running block touches every few seconds."""
        return self.state_dir / fastpaths.HEARTBEAT_NAME

    @property
    def log_file(self) -> Path:
        """flowtui's own log."""
        return self.state_dir / "flowtui.log"

    @property
    def hooks_log(self) -> Path:
        """What each hook printed and how it ended."""
        return self.state_dir / "hooks.log"

    def named(self) -> dict[str, Path]:
        """Every place by its name, in the order in which `flowtui paths` prints them."""
        names = (
            ("config_dir", self.config_dir),
            ("config_file", self.config_file),
            ("themes_dir", self.themes_dir),
            ("hooks_dir", self.hooks_dir),
            ("lists_dir", self.lists_dir),
            ("data_dir", self.data_dir),
            ("ledger_dir", self.ledger_dir),
            ("runs_dir", self.runs_dir),
            ("state_dir", self.state_dir),
            ("run_dir", self.run_dir),
            ("cache_dir", self.cache_dir),
            ("status_file", self.status_file),
            ("heartbeat_file", self.heartbeat_file),
            ("log_file", self.log_file),
            ("hooks_log", self.hooks_log),
        )
        return dict(names)


def resolve(env: Mapping[str, str], home: Path | None = None) -> Paths:
    """Compute all places from the environment; `home` is what `--home` was given.

    The rules are those of `flowtui.settings.fastpaths.roots`. Nothing on the disk is looked at.
    """
    config, data, state = fastpaths.roots(env, None if home is None else str(home))
    return Paths(config_dir=Path(config), data_dir=Path(data), state_dir=Path(state))
