"""Python's tracebacks in a log, gathered rank by rank, though the lines of ranks interleave."""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Notice, NoticeKind
from flowtui.watch.readers.place import Place

MAX_LINES = 120
BEGIN = "Traceback (most recent call last)"

_ERROR = re.compile(r"(?:[A-Za-z_][\w.]*\.)?[A-Za-z_]\w*(?:: .*|:)?$")
_NAMED = re.compile(
    r"^[\w.]*(?:Error|Exception|Interrupt|Exit|Warning|Failure|Timeout|Fault|OOM\w*)\b"
)
_CHAIN = ("During handling of the above", "The above exception was")
_OOM = re.compile(
    r"OutOfMemoryError|out of memory|\bMemoryError\b|can't allocate memory|RESOURCE_EXHAUSTED"
)


def gather(raw: str, text: str, rank: int | None, place: Place) -> tuple[bool, list[Notice]]:
    """Whether the line belongs to a traceback, and the notices of one that is over with it.

    `raw` is the line with its indentation, without the rank.
    """
    key = "" if rank is None else str(rank)
    if BEGIN in text:
        lines = place.errors.get(key, [])
        place.errors[key] = [*lines[-MAX_LINES:], raw]
        return True, []
    lines_known = place.errors.get(key)
    if lines_known is None:
        return False, []
    if raw[:1] in (" ", "\t", "│", "╭", "╰", "|") or text.startswith(_CHAIN):
        if len(lines_known) < MAX_LINES:
            lines_known.append(raw)
        return True, []
    del place.errors[key]
    if not _NAMED.match(text) and not (_ERROR.match(text) and len(text) < 300):
        return False, []  # cut off: something else follows
    lines_known.append(text[:2000])
    return True, _notices(lines_known, text, rank, place)


def _notices(lines: list[str], error: str, rank: int | None, place: Place) -> list[Notice]:
    whole = "\n".join(lines)
    kind = NoticeKind.TRACEBACK
    if error.startswith("KeyboardInterrupt"):
        kind = NoticeKind.INTERRUPTED
    found = [Notice(kind, whole[-8000:], rank, step=place.step)]
    if _OOM.search(error):
        found.append(Notice(NoticeKind.OOM, error[:500], rank, step=place.step))
    return found
