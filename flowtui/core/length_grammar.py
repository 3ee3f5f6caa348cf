"""Lengths of time and plain numbers as people type them; one grammar for every door."""

from __future__ import annotations

import re
from typing import NoReturn

from flowtui.core.errors import UsageError
from flowtui.core.status_file import minutes

DAY_S = 24 * 3600
"""Seconds; the longest length that `parse_duration` accepts by default."""
DURATION_FORMS = "50m, 1h30, 1:30, 1.5h, 45s, or 50 for minutes"

NUMBER = r"\d+(?:[.,]\d+)?"
"""A plain number; a comma is a decimal comma, as much of the world writes it."""
_NUMBER = re.compile(NUMBER)
_UNIT_S = {"d": DAY_S, "h": 3600, "m": 60, "s": 1}
_PART = re.compile(
    r"([0-9]{1,6})(?:[.,]([0-9]{1,6}))?\s*"
    r"(days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)?\s*"
)


def parse_number(text: str) -> float | None:
    """The value of a plain number, `7.5` or `7,5`; None if `text` is not one."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def parse_duration(text: str, *, limit_s: int = DAY_S) -> int:
    """Read a length such as `50m`, `1h30`, `2h 15m`, `1:30` (hours), `1.5h`, `45s`, `90` (minutes).

    Returns whole seconds, from 1 to `limit_s`; a fraction is rounded to the nearest second.

    Raises:
        UsageError: negative, zero, longer than `limit_s`, or not a length.
    """
    words = " ".join(text.split()).lower()
    if words.startswith(("-", "−")):
        refuse(text, "is negative", f"Write a length such as {DURATION_FORMS}.")
    seconds = length_s(words)
    if seconds is None:
        refuse(text, "is not a length of time", f"Write it as {DURATION_FORMS}.")
    if seconds < 1:
        refuse(text, "must be at least one second", f"Write a length such as {DURATION_FORMS}.")
    if seconds > limit_s:
        hours = limit_s // 3600 if limit_s % 3600 == 0 else 0
        limit = f"{hours} hours" if hours > 1 else minutes(limit_s)
        refuse(text, f"is longer than {limit}", "Write a shorter length.")
    return seconds


def length_s(words: str) -> int | None:
    """Whole seconds of a length in lower case; None if it is none.

    A bare number is minutes, after hours too.
    """
    clock = re.fullmatch(r"([0-9]{1,3}):([0-5][0-9])", words)
    if clock:
        return int(clock[1]) * 3600 + int(clock[2]) * 60
    total, position, last = 0.0, 0, "x"
    order = "xdhms"
    while position < len(words):
        part = _PART.match(words, position)
        if part is None:
            return None
        unit = part[3][0] if part[3] else {"x": "m", "h": "m", "m": "s"}.get(last, "?")
        bare_after_minutes = not part[3] and last == "m"
        if unit == "?" or bare_after_minutes or order.index(unit) <= order.index(last):
            return None
        total += float(f"{part[1]}.{part[2] or 0}") * _UNIT_S[unit]
        position, last = part.end(), unit
    return None if last == "x" else round(total)


def refuse(text: str, what: str, hint: str) -> NoReturn:
    """Raise the UsageError that names `text`, at most 40 characters of it."""
    shown = text if len(text) <= 40 else text[:40] + "…"
    raise UsageError(f"{shown!r} {what}", hint)
