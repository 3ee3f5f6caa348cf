"""What stands before the words of a line: the rank of a worker, a time stamp, a logger's name."""

from __future__ import annotations

import re
from datetime import datetime

_RANKS = (
    re.compile(r"\[[A-Za-z_]*(\d+)\]:\s?"),  # torchrun --tee: [default0]:, [rank3]:
    re.compile(r"\[\d+,(\d+)\]<std\w+>:\s?"),  # mpirun --tag-output
    re.compile(r"\[[Rr]ank[ =:]?(\d+)\]:?\s?"),
    re.compile(r"[Rr]ank[ =]?(\d+)[\]:]\s"),
)
_LABEL = re.compile(r"(\d{1,4}): (?=[A-Za-z\[{(|\s])")  # srun --label
_STAMP = re.compile(
    r"\[?(\d{4})[-/](\d\d)[-/](\d\d)[ T_](\d\d:\d\d:\d\d)(?:[.,](\d{1,6})\d*)?"
    r"(Z|[+-]\d\d:?\d\d)?\]?[\s:|>,-]*"
)
_CLOCK = re.compile(r"\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?\s+")
_LEVEL = re.compile(
    r"(?:\[?[\w.\-/]+\]?\s*[:|-]*\s*)?\[?\b(?:INFO|WARNING|WARN|ERROR|DEBUG|CRITICAL)\b[^\]\s>]*\]?[\s:|>-]*"
)


def rank_of(text: str) -> tuple[int | None, str]:
    """The rank that a line begins with, and the line without it."""
    rank = None
    while text and (text[0] in "[Rr" or text[0].isdigit()):
        for pattern in _RANKS:
            found = pattern.match(text)
            if found:
                break
        else:
            found = _LABEL.match(text) if text[0].isdigit() and rank is None else None
        if not found:
            break
        rank, text = int(found[1]), text[found.end() :]
    return rank, text


def stamp_of(text: str) -> tuple[str | None, str]:
    """The time stamp in front (ISO), and the line without it and a logger's words."""
    stamp = None
    if text[:1].isdigit() or text[:1] == "[":
        found = _STAMP.match(text)
        if found:
            year, month, day, clock, part, zone = found.groups()
            stamp = f"{year}-{month}-{day}T{clock}.{(part or '0'):0<6}{zone or ''}"
            text = text[found.end() :]
        elif clock_found := _CLOCK.match(text):
            text = text[clock_found.end() :]
    if "INFO" in text[:80] or "WARN" in text[:80] or "DEBUG" in text[:80] or "ERROR" in text[:80]:
        level = _LEVEL.match(text)
        if level:
            text = text[level.end() :]
            if stamp is None and text[:1].isdigit():
                return stamp_of(text)
    return stamp, text


def instant(stamp: str | None) -> float | None:
    """POSIX seconds of a stamp; without a zone it is this machine's local time."""
    if stamp is None:
        return None
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
