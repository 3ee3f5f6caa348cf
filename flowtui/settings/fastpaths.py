"""Where flowtui's folders are, as plain strings, for the status line that has ten milliseconds.

Imports `os` alone, which every Python has loaded already: `pathlib` and `dataclasses` together
would cost more than the rest of `flowtui status`. Everything else uses `flowtui.settings.paths`.
Nothing here looks at the disk or makes a folder.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # the name alone is what type checkers know; importing typing costs time
if TYPE_CHECKING:
    from collections.abc import Mapping

STATUS_NAME = "status"
HEARTBEAT_NAME = "heartbeat"


def roots(env: Mapping[str, str], home: str | None = None) -> tuple[str, str, str]:
    """Give the configuration, data and state folders, absolute, in this order.

    `home` (the option `--home`) or else `FLOWTUI_HOME` keeps the three together under one folder;
    a relative one is taken from the working folder, a leading `~/` from `HOME`. Otherwise the XDG
    base directory specification 0.8 holds, on every system: `XDG_CONFIG_HOME`, `XDG_DATA_HOME` and
    `XDG_STATE_HOME` with their defaults under `HOME`; an empty or relative value is ignored.
    """
    together = home or env.get("FLOWTUI_HOME")
    if together:
        if together == "~" or together.startswith("~/"):
            together = _user_home(env) + together[1:]
        base = os.path.abspath(together)  # noqa: PTH100 - no pathlib here, see the module's text
        return base + "/config", base + "/data", base + "/state"
    return (
        _xdg(env, "XDG_CONFIG_HOME", "/.config"),
        _xdg(env, "XDG_DATA_HOME", "/.local/share"),
        _xdg(env, "XDG_STATE_HOME", "/.local/state"),
    )


def status_file(env: Mapping[str, str], home: str | None = None) -> str:
    """The one small file from which `flowtui status` answers."""
    return roots(env, home)[2] + "/" + STATUS_NAME


def heartbeat_file(env: Mapping[str, str], home: str | None = None) -> str:
    """The file that a running block touches every few seconds."""
    return roots(env, home)[2] + "/" + HEARTBEAT_NAME


def _xdg(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name, "")
    base = value.rstrip("/") if value.startswith("/") else _user_home(env) + default
    return base + "/flowtui"


def _user_home(env: Mapping[str, str]) -> str:
    # A service may run without HOME; the password database knows it then.
    home = env.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 - see the module's text
    return home.rstrip("/")
