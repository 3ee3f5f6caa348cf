"""Who starts the guard anew after a reboot where systemd does not: one file, for the init there is.

Each is a script of a folder that the init runs at boot by itself; no file of others is touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .units import CRON_TEXT, LAUNCHER

SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
CRON = "etc/cron.d/flowtui-guard"
TEXT = f"""\
#!/bin/sh
# flowtui guard: put back what an ended lease has left, and keep a lease that is on
{LAUNCHER} boot </dev/null >/dev/null 2>&1 &
"""


@dataclass(frozen=True)
class Hook:
    """A file that is run at boot, or regularly."""

    below: str
    """Its path below the root."""
    text: str
    mode: int
    by: str
    """Who runs it, in words."""


def of(root: Path) -> list[Hook]:
    """The hooks that this machine runs; empty where there is none, or only systemd's."""
    hooks = [
        Hook(below, TEXT, mode, by) for below, mode, by, needs in _INITS if _there(root, needs)
    ][:1]
    daemons = ("cron", "crond")  # anacron by itself reads no cron.d
    if any(shutil.which(name, path=SYSTEM_PATH) for name in daemons) and _there(root, _CRON_NEEDS):
        hooks.append(Hook(CRON, CRON_TEXT, 0o644, "cron"))
    return hooks


_CRON_NEEDS = ("etc/cron.d/",)
# path of the hook, its mode, the init, and what has to be there
_INITS: Sequence[tuple[str, int, str, Sequence[str]]] = (
    ("etc/local.d/flowtui-guard.start", 0o755, "OpenRC",
     ("etc/local.d/", "etc/runlevels/*/local")),
    ("etc/runit/core-services/99-flowtui-guard.sh", 0o644, "runit", ("etc/runit/core-services/",)),
    ("etc/cont-init.d/99-flowtui-guard", 0o755, "s6", ("etc/cont-init.d/",)),
    ("etc/rcS.d/S99flowtui-guard", 0o755, "sysvinit", ("etc/inittab", "etc/rcS.d/")),
)  # fmt: skip


def _there(root: Path, needs: Sequence[str]) -> bool:
    for need in needs:
        found = list(root.glob(need.rstrip("/")))
        if not found or (need.endswith("/") and (not found[0].is_dir() or found[0].is_symlink())):
            return False
    return True
