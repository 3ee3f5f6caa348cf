"""Texts of one line: what a person types, and what came from outside, safe to show.

Text from outside is what a file, another program, another machine or another user says: names of
runs, lines of logs, messages of git, entries of lists, errors of the system. A terminal obeys some
characters, others turn the order of what is read; `plain` and `plain_lines` leave none of them.
"""

from __future__ import annotations

import json
import re

from flowtui.core.errors import UsageError

LINE_LIMIT = 300
_SEQUENCE = re.compile(
    # ECMA-48: CSI with its parameters; OSC, DCS, SOS, PM, APC to their end (or that of the text);
    # any other escape; the same by their eight-bit names
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c|$)"
    "|\x1b[ -/]*[0-~]"
)
_JOINERS = "\u200c\u200d"
"""Invisible, but part of how Persian, Hindi and emoji are written; they turn nothing round."""


def plain(text: str, limit: int | None = None) -> str:
    """`text` from outside as one line that a terminal shows and never obeys.

    Escape sequences go whole; every other control character, line end, direction mark and
    character without a shape becomes a blank; blanks at the ends go. With `limit`, at most so many
    characters, the last of a cut text being an ellipsis. Never raises.
    """
    # what is printable holds nothing to take away; that is nearly all there is
    line = text if text.isprintable() else "".join(map(_shown, _SEQUENCE.sub("", text)))
    line = line.strip()
    if limit is not None and len(line) > limit:
        return line[: max(0, limit - 1)].rstrip() + "…"
    return line


def plain_lines(text: str) -> str:
    """`text` from outside with its line ends and indentation, each line as `plain` leaves it."""
    if text.replace("\n", "").isprintable():
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(map(_shown, _SEQUENCE.sub("", line))).rstrip() for line in lines)


def json_shown(text: str) -> str:
    """JSON text in which what a terminal would obey stands as an escape; it means the same."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        char if char == "\n" or is_shown(char) else json.dumps(char)[1:-1] for char in text
    )


def is_shown(char: str) -> bool:
    """Whether a terminal shows `char` and does not obey it.

    Characters that this Python's table does not know yet, such as next year's emoji, are shown, and
    so are those of private use, which fonts give their own signs.
    """
    if char.isprintable() or char in _JOINERS:
        return True
    if char < "\u0378":
        return False
    import unicodedata

    known = unicodedata.category(char)
    nothing = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF  # no characters at all
    return known == "Co" or (known == "Cn" and not nothing)


def _shown(char: str) -> str:
    return char if is_shown(char) else " "


def cell_count(text: str) -> int:
    """How many cells of a terminal `text` takes: marks and joiners none, wide characters two."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(char: str) -> int:
    if char.isascii():
        return 1
    import unicodedata

    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    new_emoji = "\U0001f000" <= char <= "\U0001fbff" and unicodedata.category(char) == "Cn"
    return 2 if new_emoji or unicodedata.east_asian_width(char) in "WF" else 1


def padded(text: str, width: int, right: bool = False) -> str:
    """`text` with blanks to `width` cells, before it if `right`."""
    blanks = " " * max(0, width - cell_count(text))
    return blanks + text if right else text + blanks


def one_line(text: str, what: str, limit: int = LINE_LIMIT) -> str:
    """`text` on one line, blanks collapsed. Raises UsageError naming `what` if it is too long.

    Characters that a terminal would obey (escape, bell, direction overrides) become blanks.
    """
    line = " ".join("".join(map(_shown, text)).split())
    if len(line) > limit:
        raise UsageError(
            f"the {what} has {len(line)} characters; {limit} are the most",
            "shorten it, or park the rest as a thought",
        )
    return line


def middle_cut(text: str, width: int) -> str:
    """`text` in at most `width` cells, cut in the middle so that its end stays visible."""
    if cell_count(text) <= width:
        return text
    if width < 5:
        return _within(text, max(0, width - 1)) + "…" if width > 1 else "…"[:width]
    room = width - 1
    tail = _within(text[::-1], room // 2)[::-1].lstrip(_ZERO_FIRST)
    return _within(text, room - cell_count(tail)) + "…" + tail


def end_cut(text: str, width: int) -> str:
    """`text` in at most `width` cells; the last of a cut text is an ellipsis."""
    if cell_count(text) <= width:
        return text
    return _within(text, max(0, width - 1)) + "…" if width > 0 else ""


_ZERO_FIRST = "\u200d\u200c\ufe0e\ufe0f"
"""Characters that belong to the one before them, which was cut off."""


def _within(text: str, width: int) -> str:
    """As many characters of `text`, from the first, as fit into `width` cells."""
    if text.isascii():
        return text[:width]
    taken = 0
    for place, char in enumerate(text):
        taken += _cells(char)
        if taken > width:
            return text[:place]
    return text


def fitting(parts: list[str], width: int) -> str:
    """As many of `parts`, from the first, as fit into `width` cells; at least the first."""
    line = ""
    for part in parts:
        longer = f"{line}   {part}" if line else part
        if line and cell_count(longer) > width:
            break
        line = longer
    return line
