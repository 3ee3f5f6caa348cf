"""Texts a person types: one line, without control characters, of a bounded length."""

from __future__ import annotations

from flowtui.core.errors import UsageError

LINE_LIMIT = 300


def one_line(text: str, what: str, limit: int = LINE_LIMIT) -> str:
    """`text` on one line, blanks collapsed. Raises UsageError naming `what` if it is too long.

    Characters that a terminal would obey (escape, bell, direction overrides) become blanks.
    """
    kept = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(kept.split())
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
