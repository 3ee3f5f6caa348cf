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
_TEST = re.compile(r"(?:FAIL|ERROR): test\w* \(|Exception ignored in:|_{4,} .*test\w* _{4,}$")
_CHAIN = ("During handling of the above", "The above exception was")
_OOM = re.compile(
    r"OutOfMemoryError|out of memory|\bMemoryError\b|can't allocate memory|RESOURCE_EXHAUSTED"
)


def announces_test(text: str, before: int) -> int:
    """How many lines ago a unit test's failure was announced, with this line; 0 if none was.

    unittest writes `FAIL: test_x (module.Case)`, a line of dashes, then the test's traceback: that
    is no end of a run.
    """
    if _TEST.match(text):
        return 1
    return before + 1 if 0 < before < 4 else 0


def gather(raw: str, text: str, rank: int | None, place: Place) -> tuple[bool, list[Notice]]:
    """Whether the line belongs to a traceback, and the notices of one that is over with it.

    `raw` is the line with its indentation, without the rank.
    """
    key = "" if rank is None else str(rank)
    if BEGIN in text:
        if place.testing or text.startswith("Exception ignored"):
            place.testing = 0
            return True, []
        lines = place.errors.get(key, [])
        place.errors[key] = [*lines[-MAX_LINES:], raw]
        return True, []
    text_so_far = place.errors.get(key)
    if text_so_far is None:
        return False, []
    if raw[:1] in (" ", "\t", "│", "╭", "╰", "|") or text.startswith(_CHAIN):
        if len(text_so_far) < MAX_LINES:
            text_so_far.append(raw)
        return True, []
    del place.errors[key]
    if not _NAMED.match(text) and not (_ERROR.match(text) and len(text) < 300):
        return False, []  # cut off: something else follows
    text_so_far.append(text[:2000])
    return True, _notices(text_so_far, text, rank, place)


def _notices(lines: list[str], error: str, rank: int | None, place: Place) -> list[Notice]:
    whole = "\n".join(lines)
    kind = NoticeKind.TRACEBACK
    if error.startswith("KeyboardInterrupt"):
        kind = NoticeKind.INTERRUPTED
    notices = [Notice(kind, whole[-8000:], rank, step=place.step)]
    if _OOM.search(error):
        notices.append(Notice(NoticeKind.OOM, error[:500], rank, step=place.step))
    return notices
