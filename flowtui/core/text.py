"""Texts of one line: what a person types, and what came from outside, safe to show.

Text from outside is what a file, another program, another machine or another user says: names of
runs, lines of logs, messages of git, entries of lists, errors of the system. A terminal obeys some
characters, others turn the order of what is read; `plain` and `plain_lines` leave none of them.
"""

from __future__ import annotations

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
    line = "".join(map(_shown, _SEQUENCE.sub("", text))).strip()
    if limit is not None and len(line) > limit:
        return line[: max(0, limit - 1)].rstrip() + "…"
    return line


def plain_lines(text: str) -> str:
    """`text` from outside with its line ends and indentation, each line as `plain` leaves it."""
    if text.replace("\n", "").isprintable():
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(map(_shown, _SEQUENCE.sub("", line))).rstrip() for line in lines)


def _shown(char: str) -> str:
    return char if char.isprintable() or char in _JOINERS else " "


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
    """`text` in at most `width` characters, cut in the middle so that its end stays visible."""
    if len(text) <= width:
        return text
    if width < 5:
        return text[:width]
    tail = (width - 1) // 2
    return text[: width - 1 - tail] + "…" + text[-tail:]
