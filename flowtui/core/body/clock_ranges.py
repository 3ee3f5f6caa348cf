"""Stretches of clock time as people write them, brought to one form: `18:00-18:30`.

`7 - 7:30`, `from 7:00 to 7:30`, `7-8pm` and `11pm-7` say what they mean by what stands beside; two
bare numbers, such as `6-8`, could be anything and are left as they are.
"""

from __future__ import annotations

import re

_CLOCK = r"(\d{1,2})(?::(\d\d))?(?:\s?([ap])\.?m\.?)?"
_RANGE = re.compile(
    rf"(?<!\S)(?:from\s+|@)?{_CLOCK}(?:\s?[-–—]\s?|\s+(?:to|until|till|bis)\s+){_CLOCK}(?!\S)",
    re.IGNORECASE,
)
DAY_MIN = 24 * 60
HALF_MIN = DAY_MIN // 2


def plain_ranges(text: str, bare: bool = False) -> str:
    """`text` with every stretch as `H:MM-H:MM`.

    With `bare` two bare hours are a stretch too: what is about times alone.
    """

    def plain(match: re.Match[str]) -> str:
        first, second = match.group(1, 2, 3), match.group(4, 5, 6)
        shown = any((*first[1:], *second[1:]))
        made = _stretch(first, second) if shown or bare else None
        return made or match[0]

    return _RANGE.sub(plain, text)


Parts = tuple[str | None, ...]
"""Hour, minutes, and `a` or `p`."""


def _stretch(first: Parts, second: Parts) -> str | None:
    """The two ends; where one of them has no half of the day, the shortest stretch that fits."""
    starts, ends = _minutes(first), _minutes(second)
    if not starts or not ends:
        return None
    if not (first[2] or second[2]):
        starts, ends = starts[:1], ends[:1]
    start, end = min(
        ((s, e) for s in starts for e in ends), key=lambda both: (both[1] - both[0] - 1) % DAY_MIN
    )
    return f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}"


def _minutes(parts: Parts) -> list[int]:
    """Minutes of the day that a clock may mean: as written, then in the other half of the day."""
    hour, minute = int(parts[0] or 0), int(parts[1] or 0)
    half = (parts[2] or "").lower()
    if minute > 59 or hour > (12 if half else 23) or (half and hour == 0):
        return []
    if half:
        return [(hour % 12 + (12 if half == "p" else 0)) * 60 + minute]
    written = hour * 60 + minute
    return [written, written + HALF_MIN] if 1 <= hour < 12 else [written]
