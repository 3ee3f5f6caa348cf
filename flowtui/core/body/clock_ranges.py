"""Stretches of clock time as people write them, brought to one form: `18:00-18:30`.

`7 - 7:30`, `from 7:00 to 7:30`, `7-8pm` and `11pm-7` say what they mean by what stands beside; two
bare numbers, such as `6-8`, could be anything and are left as they are. A stretch over midnight
that would be as long as `NIGHT`, such as `10:30-6:45`, is of a clock of twelve hours, and so is one
of more than `LIKELY` whose hours are written without a zero in front: `eat 12-3`, `slept 10-1`.
"""

from __future__ import annotations

import re

from flowtui.core.time_grammar import NIGHT

_CLOCK = r"(\d{1,2})(?::(\d\d))?(?:\s?([ap])\.?m\.?)?"
_RANGE = re.compile(
    rf"(?<!\S)(?:from\s+|@)?{_CLOCK}(?:\s?[-–—]\s?|\s+(?:to|until|till|bis)\s+){_CLOCK}(?!\S)",
    re.IGNORECASE,
)
DAY_MIN = 24 * 60
HALF_MIN = DAY_MIN // 2
NIGHT_MIN = int(NIGHT.total_seconds()) // 60
LIKELY_MIN = 12 * 60
"""Minutes: over midnight, with hours that both halves of a day have, nothing longer is likely."""


def plain_ranges(
    text: str, bare: bool = False, asleep: bool = False, guesses: list[str] | None = None
) -> str:
    """`text` with every stretch as `H:MM-H:MM`, or `H:MMam-H:MMpm` where only that is clear.

    With `bare` two bare hours are a stretch too: what is about times alone. `asleep`: where the
    half of the day is not said, a long stretch is a night (`11:30-7`), else a day (`12:00-8`);
    what that comes to is added to `guesses`.
    """

    def plain(match: re.Match[str]) -> str:
        first, second = match.group(1, 2, 3), match.group(4, 5, 6)
        shown = any((*first[1:], *second[1:]))
        made = _stretch(first, second, asleep) if shown or bare else None
        if made is not None and guesses is not None and _is_guess(first, second, made):
            guesses.append(made)
        return made or match[0]

    return _RANGE.sub(plain, text)


Parts = tuple[str | None, ...]
"""Hour, minutes, and `a` or `p`."""


def over_night(start: int, end: int) -> bool:
    """Whether a stretch between two minutes of the day is over midnight and `NIGHT` or longer."""
    return end <= start and _length(start, end) >= NIGHT_MIN


def _stretch(first: Parts, second: Parts, asleep: bool) -> str | None:
    """The two ends; where one of them has no half of the day, the shortest stretch that fits."""
    starts, ends = _minutes(first), _minutes(second)
    if not starts or not ends:
        return None
    if not (first[2] or second[2]):
        zero = any((hour or "").startswith("0") for hour in (first[0], second[0]))
        start, end = _unsaid(starts, ends, asleep, NIGHT_MIN if zero else LIKELY_MIN + 1)
    else:
        start, end = min(((s, e) for s in starts for e in ends), key=lambda both: _length(*both))
    if first[2] and second[2] and over_night(start, end):
        # said in so many words: without them it would be read as a slip
        return f"{_said(first)}-{_said(second)}"
    return f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}"


def _is_guess(first: Parts, second: Parts, made: str) -> bool:
    """Whether an end was put in the other half of the day, without a word that says so."""
    written = "-".join(f"{int(h or 0)}:{m or '00'}" for h, m, _ in (first, second))
    return not (first[2] or second[2]) and made != written


def _unsaid(starts: list[int], ends: list[int], asleep: bool, limit: int) -> tuple[int, int]:
    """Ends of which neither says its half of the day: as written unless that is `limit` or longer.

    An hour of 0, or from 13 on, says that the clock has 24 hours: then nothing is guessed.
    """
    start, end = starts[0], ends[0]
    short = end > start or _length(start, end) < limit
    if short or len(starts) < 2 or len(ends) < 2:
        return start, end
    return (starts[1], end) if asleep else (start, ends[1])


def _length(start: int, end: int) -> int:
    """Minutes from 1 to a whole day."""
    return (end - start - 1) % DAY_MIN + 1


def _said(parts: Parts) -> str:
    return f"{int(parts[0] or 0)}:{parts[1] or '00'}{(parts[2] or '').lower()}m"


def _minutes(parts: Parts) -> list[int]:
    """Minutes of the day that a clock may mean: as written, then in the other half of the day."""
    hour, minute = int(parts[0] or 0), int(parts[1] or 0)
    half = (parts[2] or "").lower()
    if minute > 59 or hour > (12 if half else 23) or (half and hour == 0):
        return []
    if half:
        return [(hour % 12 + (12 if half == "p" else 0)) * 60 + minute]
    written = hour * 60 + minute
    return [written, (written + HALF_MIN) % DAY_MIN] if 1 <= hour <= 12 else [written]
