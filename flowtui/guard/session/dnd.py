"""Do-not-disturb of the desktops: how each says what it is, is set, and is put back.

Nothing is changed that was not read first; what cannot be read (macOS) is switched by a pair of
Shortcuts that the person has made.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.search_path import absolute_only, with_safe_path

WAIT_S = 5.0
UNSET = "unset"
Run = Callable[[Sequence[str]], "str | None"]
"""Runs a command; its output, or None if it failed."""


@dataclass(frozen=True, slots=True)
class Way:
    """One desktop's do-not-disturb."""

    name: str
    needs: tuple[str, ...]
    """Programs that have to be there."""
    read: Callable[[Run], str | None]
    """The state as a text to be given back to `back`; None if this is not the desktop here."""
    on: Callable[[Run], bool]
    """Switch it on; False if that failed."""
    back: Callable[[Run, str], bool]
    """Bring the former state back; False if that failed."""


def run(command: Sequence[str]) -> str | None:
    """Run a command, bounded; its output, or None."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=WAIT_S, stdin=subprocess.DEVNULL,
            env=with_safe_path(os.environ),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


_GNOME = ("org.gnome.desktop.notifications", "show-banners")


def _gnome_read(run: Run) -> str | None:
    shown = run(["gsettings", "get", *_GNOME])
    if shown is None:
        return None
    # "true" as a default and "true" as a person's choice are two states: only one is in dconf
    path = "/org/gnome/desktop/notifications/show-banners"
    kept = run(["dconf", "read", path])
    return UNSET if kept == "" else shown


def _gnome_back(run: Run, former: str) -> bool:
    if former == UNSET:
        return run(["gsettings", "reset", *_GNOME]) is not None
    return run(["gsettings", "set", *_GNOME, former]) is not None


def _dunst_read(run: Run) -> str | None:
    said = run(["dunstctl", "is-paused"])
    return said if said in ("true", "false") else None


def _mako_read(run: Run) -> str | None:
    modes = run(["makoctl", "mode"])
    return None if modes is None else json.dumps(modes.split())


def _mako_back(run: Run, former: str) -> bool:
    if "do-not-disturb" in json.loads(former):
        return True
    return run(["makoctl", "mode", "-r", "do-not-disturb"]) is not None


def _swaync_read(run: Run) -> str | None:
    said = run(["swaync-client", "--get-dnd", "--skip-wait"])
    return said if said in ("true", "false") else None


def _swaync_back(run: Run, former: str) -> bool:
    flag = "--dnd-on" if former == "true" else "--dnd-off"
    return run(["swaync-client", flag, "--skip-wait"]) is not None


_KDE = ("plasmanotifyrc", "DoNotDisturb", "Until")
_FAR = "2099,1,1,0,0,0"


def _kde_read(run: Run) -> str | None:
    config = ["--file", _KDE[0], "--group", _KDE[1], "--key", _KDE[2]]
    said = run(["kreadconfig5", *config])
    said = run(["kreadconfig6", *config]) if said is None else said
    return None if said is None else (said or UNSET)


def _kde_set(run: Run, value: str | None) -> bool:
    """Write the time until which Plasma keeps still, and tell it (a KConfig of its own)."""
    config = ["--notify", "--file", _KDE[0], "--group", _KDE[1], "--key", _KDE[2]]
    rest = ["--delete"] if value is None else [value]
    return any(run([f"kwriteconfig{n}", *config, *rest]) is not None for n in (6, 5))


WAYS: tuple[Way, ...] = (
    Way(
        "GNOME", ("gsettings", "dconf"), _gnome_read,
        lambda run: run(["gsettings", "set", *_GNOME, "false"]) is not None, _gnome_back,
    ),
    Way(
        "KDE", (), _kde_read,
        lambda run: _kde_set(run, _FAR),
        lambda run, former: _kde_set(run, None if former == UNSET else former),
    ),
    Way(
        "dunst", ("dunstctl",), _dunst_read,
        lambda run: run(["dunstctl", "set-paused", "true"]) is not None,
        lambda run, former: run(["dunstctl", "set-paused", former]) is not None,
    ),
    Way(
        "mako", ("makoctl",), _mako_read,
        lambda run: run(["makoctl", "mode", "-a", "do-not-disturb"]) is not None, _mako_back,
    ),
    Way(
        "swaync", ("swaync-client",), _swaync_read,
        lambda run: run(["swaync-client", "--dnd-on", "--skip-wait"]) is not None, _swaync_back,
    ),
    Way(
        "macOS", ("shortcuts",),
        lambda run: "off" if "flowtui on" in (run(["shortcuts", "list"]) or "") else None,
        lambda run: run(["shortcuts", "run", "flowtui on"]) is not None,
        lambda run, former: run(["shortcuts", "run", "flowtui off"]) is not None,
    ),
)  # fmt: skip


def here(
    env: Mapping[str, str], run: Run = run, has: Callable[[str], str | None] | None = None
) -> list[Way]:
    """The ways that may work in this session; a desktop that is not running is not asked."""
    has = has or partial(shutil.which, path=absolute_only(os.environ.get("PATH")))
    desktop = env.get("XDG_CURRENT_DESKTOP", "").lower()
    found = []
    for way in WAYS:
        if way.name == "GNOME" and not any(d in desktop for d in ("gnome", "unity", "budgie")):
            continue
        if way.name == "KDE" and "kde" not in desktop:
            continue
        if all(has(program) for program in way.needs):
            found.append(way)
    return found


def by_name(name: str) -> Way | None:
    """The way with this name."""
    return next((way for way in WAYS if way.name == name), None)
