"""Whether somebody sits here, as the system says: logind's hints, or else the lock screen.

One call by gdbus or busctl, as for notices. Nothing is asked where there is no bus. logind(5),
org.freedesktop.login1(5): `IdleHint`, `IdleSinceHint` (microseconds of the wall clock: when the
hint changed last; for a terminal, when a key came last), `LockedHint`.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.search_path import absolute_only
from flowtui.system.desktop import has_bus
from flowtui.system.notices import run_command

Run = Callable[[Sequence[str]], "str | None"]
SYSTEM_BUS = Path("/run/dbus/system_bus_socket")
_LOGIN, _SESSION = "org.freedesktop.login1", "/org/freedesktop/login1/session/auto"
_INTERFACE = f"{_LOGIN}.Session"
_SAVER, _SAVER_PATH = "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"
LOGIND = {
    "gdbus": (
        *("gdbus", "call", "--system", "--timeout=4", "--dest", _LOGIN, "--object-path", _SESSION),
        *("--method", "org.freedesktop.DBus.Properties.GetAll", _INTERFACE),
    ),
    "busctl": (
        *("busctl", "--system", "--timeout=4", "--json=short", "call", _LOGIN, _SESSION),
        *("org.freedesktop.DBus.Properties", "GetAll", "s", _INTERFACE),
    ),
}
SAVER = {
    "gdbus": (
        *("gdbus", "call", "--session", "--timeout=4", "--dest", _SAVER),
        *("--object-path", _SAVER_PATH, "--method", f"{_SAVER}.GetActive"),
    ),
    "busctl": (
        *("busctl", "--user", "--timeout=4", "--json=short", "call", _SAVER, _SAVER_PATH),
        *(_SAVER, "GetActive"),
    ),
}


_NAMES = ("IdleHint", "IdleSinceHint", "LockedHint")
_PROPERTY = re.compile(rf"'({'|'.join(_NAMES)})': <(?:uint64 )?(true|false|\d{{1,20}})>")

_NUMBER = re.compile("[0-9]{1,20}")
"""An unsigned number of 64 bits, as both write it."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What was answered."""

    idle: bool
    locked: bool
    since_us: int | None
    """When `idle` changed last, in microseconds since 1970; None where that is not told."""


def ask(env: Mapping[str, str], run: Run | None = None) -> Hints | None:
    """What the system says now; None where nothing can say it. May take some seconds."""
    run = run or (lambda command: run_command(command, env))
    path = absolute_only(env.get("PATH"))
    program = next((name for name in LOGIND if shutil.which(name, path=path)), None)
    if program is None:
        return None
    if has_system_bus(env):
        hints = read_session(run(LOGIND[program]) or "")
        if hints is not None:
            return hints
    if has_bus(env):
        locked = read_active(run(SAVER[program]) or "")
        return None if locked is None else Hints(False, locked, None)
    return None


def can_ask(env: Mapping[str, str]) -> bool:
    """Whether there is a bus, and a program, to ask by; not whether it answers."""
    path = absolute_only(env.get("PATH"))
    if not any(shutil.which(name, path=path) for name in LOGIND):
        return False
    return has_system_bus(env) or has_bus(env)


def has_system_bus(env: Mapping[str, str]) -> bool:
    """Whether there is a system bus to ask."""
    return bool(env.get("DBUS_SYSTEM_BUS_ADDRESS")) or SYSTEM_BUS.exists()


def read_session(text: str) -> Hints | None:
    """The properties of a session, as gdbus or busctl prints them.

    None where there are none, or they are not what such properties can be.
    """
    told = _from_json(text) if text.startswith("{") else dict(_PROPERTY.findall(text))
    since = told.get("IdleSinceHint", "0")
    if told.get("IdleHint") not in ("true", "false") or not _NUMBER.fullmatch(since):
        return None
    locked = told.get("LockedHint") == "true"
    return Hints(told["IdleHint"] == "true", locked, int(since) if since.strip("0") else None)


def read_active(text: str) -> bool | None:
    """Whether the lock screen stands, as gdbus or busctl prints it; None where neither is said."""
    words = re.findall(r"\b(true|false)\b", text)
    return words[0] == "true" if len(words) == 1 else None


def _from_json(text: str) -> dict[str, str]:
    """The same out of `{"type":"a{sv}","data":[{"IdleHint":{"type":"b","data":false}}]}`."""
    try:
        [properties] = json.loads(text)["data"]
        told = {name: properties[name]["data"] for name in _NAMES if name in properties}
    except (ValueError, LookupError, TypeError):
        return {}
    return {name: str(value).lower() for name, value in told.items()}
