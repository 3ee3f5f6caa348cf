"""What a notice says, and which program of the desktop shows it, with which arguments."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.search_path import absolute_only
from flowtui.core.text import plain as _plain


class Severity(StrEnum):
    """How much a notice may disturb."""

    QUIET = "quiet"
    NORMAL = "normal"
    SERIOUS = "serious"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell."""

    title: str
    body: str = ""
    severity: Severity = Severity.NORMAL
    keys: str = ""
    """What an open app says in place of the body: its keys rather than commands."""
    about: str = ""
    """What its buttons are about; empty for a notice without."""
    buttons: tuple[tuple[str, str], ...] = ()
    """The word that comes back, and what stands on the button."""


def plain(text: str, limit: int) -> str:
    """One line of at most `limit` characters; the end is cut with an ellipsis.

    Blanks of every kind become single spaces, and so does what a terminal would obey: it could end
    an escape sequence, or turn the direction of what follows.
    """
    kept = " ".join(_plain(text).split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


_URGENCY = {Severity.QUIET: "low", Severity.NORMAL: "normal", Severity.SERIOUS: "critical"}
_LEVEL = {Severity.QUIET: 0, Severity.NORMAL: 1, Severity.SERIOUS: 2}
_DEST = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
CAPABILITIES = (
    *("gdbus", "call", "--session", "--timeout=4", "--dest", _DEST, "--object-path", _PATH),
    *("--method", f"{_DEST}.GetCapabilities"),
)
"""Asks the server what it can show."""
_OSASCRIPT = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)


def commands(
    notice: Notice, platform: str, env: Mapping[str, str], has: Callable[[str], bool]
) -> list[list[str]]:
    """The commands that would show `notice` here, best first; empty if there is no desktop.

    `platform` is `sys.platform`; `has` tells whether a program is on the path. Linux follows the
    Desktop Notifications Specification 1.2: `notify-send`, else the same call by `gdbus`, `busctl`.
    """
    title, body = plain(notice.title, 80), plain(notice.body, 240)
    if platform == "darwin":
        script = [word for line in _OSASCRIPT for word in ("-e", line)]
        return [["osascript", *script, _no_dash(title), _no_dash(body)]]
    if not has_bus(env):
        return []
    marked = body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    makers = {
        "notify-send": _notify_send(title, marked, notice.severity),
        "gdbus": _gdbus(title, marked, notice.severity),
        "busctl": _busctl(title, marked, notice.severity),
    }
    return [command for program, command in makers.items() if has(program)]


def asking(notice: Notice) -> list[str]:
    """The command that shows `notice` with its buttons and prints the word of the one pressed."""
    shown = _notify_send(plain(notice.title, 80), "", notice.severity)
    at = shown.index("--")
    buttons = [f"--action={word}={plain(text, 30)}" for word, text in notice.buttons]
    return [*shown[:at], "--wait", *buttons, *shown[at:]]


def can_reach_desktop(env: Mapping[str, str]) -> bool:
    """Whether a notice of the desktop could be shown from here."""

    def has(program: str) -> bool:
        return shutil.which(program, path=absolute_only(env.get("PATH"))) is not None

    return bool(commands(Notice("", ""), sys.platform, env, has))


def has_bus(env: Mapping[str, str]) -> bool:
    """True if there is a session bus; without one, asking would start a bus that nobody watches."""
    if env.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = env.get("XDG_RUNTIME_DIR", "")
    return runtime.startswith("/") and (Path(runtime) / "bus").exists()


def _notify_send(title: str, body: str, severity: Severity) -> list[str]:
    options = ["--app-name=flowtui", f"--urgency={_URGENCY[severity]}"]
    # notify-send reads backslash escapes in the body (g_strcompress), not in the title
    return ["notify-send", *options, "--", title, body.replace("\\", "\\\\")]


def _gdbus(title: str, body: str, severity: Severity) -> list[str]:
    call = ["gdbus", "call", "--session", "--timeout=4", "--dest", _DEST, "--object-path", _PATH]
    arguments = [
        _variant("flowtui"),
        "uint32 0",
        _variant(""),
        _variant(title),
        _variant(body),
        "@as []",
        f"{{'urgency': <byte {_LEVEL[severity]}>}}",
        "int32 -1",
    ]
    return [*call, "--method", f"{_DEST}.Notify", *arguments]


def _busctl(title: str, body: str, severity: Severity) -> list[str]:
    call = ["busctl", "--user", "--timeout=4", "call", "--", _DEST, _PATH, _DEST, "Notify"]
    hints = ["1", "urgency", "y", str(_LEVEL[severity])]
    return [*call, "susssasa{sv}i", "flowtui", "0", "", title, body, "0", *hints, "-1"]


def _variant(text: str) -> str:
    """A text in GVariant's own notation, which is how gdbus reads every argument."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _no_dash(text: str) -> str:
    """osascript would take a leading dash for an option."""
    return "–" + text[1:] if text.startswith("-") else text
