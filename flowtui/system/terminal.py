"""Notices as escape sequences: which one a terminal understands, and how it gets through tmux.

Everything here is pure but `tmux_answers`, which asks tmux what lies around it.

Sequences, with where they are described:
- OSC 9: iTerm2, "Proprietary Escape Codes". One text. `9;4;...` means progress elsewhere (ConEmu).
- OSC 777: urxvt's notify extension, taken up by others. `777;notify;TITLE;BODY`.
- OSC 99: kitty, "Desktop notifications". Title and body in base64, with an urgency.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from flowtui.core.lazy_dataclass import dataclass
from flowtui.system.desktop import Notice, Severity, plain

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
SCREEN_CHUNK = 480
"""Bytes of one passed-through string; GNU screen drops what is longer than 768."""


class Osc(StrEnum):
    """The sequence that carries a notice."""

    NINE = "9"
    NINETY_NINE = "99"
    SEVEN77 = "777"


class Wrap(StrEnum):
    """What a sequence must be wrapped in to reach the terminal."""

    NONE = "none"
    TMUX = "tmux"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to speak to a terminal."""

    osc: Osc | None
    """None if it shows no notices; then there is the bell."""
    wrap: Wrap = Wrap.NONE
    reason: str = ""
    """Why there is no sequence, for whoever asks."""


@dataclass(frozen=True, slots=True)
class Tmux:
    """What tmux says of itself."""

    term: str
    """TERM of the terminal around it."""
    kind: str
    """What that terminal calls itself (XTVERSION); may be empty."""
    passthrough: str
    """Its option allow-passthrough: "on", "all", "off", or empty before tmux 3.3 (always on)."""
    seen: bool
    """True if the pane's window is in front in an attached session."""


_FORMAT = "\t".join(
    f"#{{{name}}}"
    for name in (
        "client_termname",
        "client_termtype",
        "allow-passthrough",
        "window_active",
        "session_attached",
        "version",
    )
)
_KNOWN: tuple[tuple[str, Osc], ...] = (
    ("kitty", Osc.NINETY_NINE),
    ("ghostty", Osc.SEVEN77),
    ("wezterm", Osc.SEVEN77),
    ("foot", Osc.SEVEN77),
    ("contour", Osc.SEVEN77),
    ("rxvt-unicode", Osc.SEVEN77),
    ("warpterminal", Osc.NINE),
    ("iterm", Osc.NINE),
)
"""Names of terminals, as they occur in TERM, TERM_PROGRAM and XTVERSION, most telling first."""
_MARKS = (
    ("KITTY_WINDOW_ID", "kitty"),
    ("GHOSTTY_RESOURCES_DIR", "ghostty"),
    ("WEZTERM_PANE", "wezterm"),
    ("ITERM_SESSION_ID", "iterm"),
)
"""Variables that only one terminal sets."""


def dialect(env: Mapping[str, str], tmux: Tmux | None = None) -> Dialect:
    """How to send a notice to the terminal that `env` tells of; `tmux` is what tmux answered.

    A terminal that is not known to show notices gets none: it might print them.
    """
    if env.get("TMUX"):
        return _through_tmux(env, tmux)
    if env.get("ZELLIJ"):
        return Dialect(None, reason="zellij lets no notices through")
    osc = _osc(env, (env.get("TERM", ""), env.get("TERM_PROGRAM", ""), env.get("LC_TERMINAL", "")))
    if osc is None:
        return Dialect(None, reason="this terminal is not known to show notices")
    inside_screen = bool(env.get("STY")) or env.get("TERM", "").startswith("screen")
    return Dialect(osc, Wrap.SCREEN if inside_screen else Wrap.NONE)


def encode(notice: Notice, how: Dialect) -> str:
    """The characters to write for `notice`; empty if the dialect has no sequence.

    Control characters are gone and the text is cut to 80 and 240 characters.
    """
    title, body = plain(notice.title, 80), plain(notice.body, 240)
    if how.osc is None:
        return ""
    if how.osc is Osc.NINETY_NINE:
        sequence = _kitty(title, body, notice.severity)
    elif how.osc is Osc.SEVEN77:
        sequence = f"{ESC}]777;notify;{title.replace(';', ',')};{body.replace(';', ',')}{BEL}"
    else:
        text = ": ".join(part for part in (title, body) if part)
        # a number and a semicolon in front would be read as a command, such as progress
        text = re.sub(r"^([0-9]+);", r"\1,", text)
        sequence = f"{ESC}]9;{text}{BEL}"
    return wrapped(sequence, how.wrap)


def wrapped(sequence: str, wrap: Wrap) -> str:
    """`sequence` so that a multiplexer hands it on to the terminal around it."""
    if wrap is Wrap.TMUX:
        return f"{ESC}Ptmux;{sequence.replace(ESC, ESC * 2)}{ST}"
    if wrap is Wrap.SCREEN:
        return "".join(f"{ESC}P{part}{ST}" for part in _chunks(sequence))
    return sequence


def tmux_answers(env: Mapping[str, str], run: Callable[[Sequence[str]], str | None]) -> Tmux | None:
    """Ask tmux what lies around the pane of this process; None if it does not answer.

    `run` executes a command and gives its output, or None if it failed.
    """
    target = ["-t", env["TMUX_PANE"]] if env.get("TMUX_PANE") else []
    said = run(["tmux", "display-message", "-p", *target, _FORMAT])
    parts = (said or "").rstrip("\n").split("\t")
    if len(parts) != 6:
        return None
    term, kind, passthrough, active, attached, version = parts
    if not passthrough and _since_3_3(version):
        passthrough = "off"
    return Tmux(term, kind, passthrough, active == "1" and attached not in ("", "0"))


def _through_tmux(env: Mapping[str, str], tmux: Tmux | None) -> Dialect:
    if tmux is None:
        return Dialect(None, reason="tmux did not say which terminal is around it")
    if tmux.passthrough in ("off", "0"):
        return Dialect(
            None, reason="tmux drops notices; put `set -g allow-passthrough on` in its file"
        )
    if tmux.passthrough in ("on", "1") and not tmux.seen:
        return Dialect(None, reason="tmux drops notices of a window that is not in front")
    # the pane's own TERM names tmux; other variables may tell of a terminal that is long gone
    osc = _osc({}, (tmux.kind, tmux.term)) or _osc(env, ())
    if osc is None:
        return Dialect(None, reason="the terminal around tmux is not known to show notices")
    return Dialect(osc, Wrap.TMUX)


def _osc(env: Mapping[str, str], names: Sequence[str]) -> Osc | None:
    words = [name.lower() for name in names]
    words += [terminal for variable, terminal in _MARKS if env.get(variable)]
    for known, osc in _KNOWN:
        if any(known in word for word in words):
            return osc
    return None


def _kitty(title: str, body: str, severity: Severity) -> str:
    """Title, then body, joined by an id; base64 (e=1) keeps every character as it is."""
    id = f"flowtui-{zlib.crc32(f'{title};{body}'.encode()):08x}"
    urgency = {Severity.QUIET: 0, Severity.NORMAL: 1, Severity.SERIOUS: 2}[severity]
    first = f"{ESC}]99;i={id}:u={urgency}:d={0 if body else 1}:e=1:p=title;{_base64(title)}{BEL}"
    return first + (f"{ESC}]99;i={id}:d=1:e=1:p=body;{_base64(body)}{BEL}" if body else "")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _chunks(sequence: str) -> list[str]:
    """Parts of at most `SCREEN_CHUNK` bytes, none ending inside a character."""
    parts, size = [""], 0
    for char in sequence:
        width = len(char.encode())
        if size + width > SCREEN_CHUNK:
            parts.append("")
            size = 0
        parts[-1] += char
        size += width
    return parts


def _since_3_3(version: str) -> bool:
    found = re.match(r"(?:next-)?([0-9]+)\.([0-9]+)", version)
    return found is None or (int(found[1]), int(found[2])) >= (3, 3)
