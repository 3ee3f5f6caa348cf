"""Dates, times and numbers as exports write them, read without any locale of this machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from zoneinfo import ZoneInfo

from flowtui.core.errors import UsageError
from flowtui.core.wall_time import place
from flowtui.exchange.units import unit_named

FIRST_YEAR, LAST_YEAR = 1900, 2200
APART = 20
"""So many times closer together days must lie in one order of their parts than in any other."""
MANY_DAYS = 100 * 366
_MONTHS = (
    "jan jän gen ene", "feb fév fev", "mar mär mrz mrt maa", "apr avr abr", "may mai maj mag mei",
    "jun giu", "jul lug", "aug aoû ago", "sep set", "oct okt ott out", "nov",
    "dec dez déc dic",
)  # fmt: skip
"""First letters of the months in English, German, French, Spanish, Italian, Portuguese, Dutch."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YMD = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_COMPACT = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)(?!\d)")
_NUMBERS = re.compile(r"(\d{1,2})[/.-] ?(\d{1,2})[/.-] ?(\d{4}|\d{2})(?!\d)")
_SHORT = re.compile(r"\d\d-\d\d-\d\d(?!\d)")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:\.|st|nd|rd|th)?[\s-]+(?:de )?)?([^\W\d_]{3,})\.?(?: de)?[\s-]*"
    r"(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?,?\s*(\d{4}|\d{2}(?![\d:]))"
)
_WEEKDAY = re.compile(r"[^\W\d_]{2,}\.?,?\s+")
_EPOCH = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?\s?m\.?)?", re.IGNORECASE)
_AT = re.compile(r"[ ,]*(?:à|um|at|alle|alle ore|a las|às|om|o|kl\.?)$", re.IGNORECASE)
"""The word between a day and a time of day."""
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_PART = re.compile(r"(\d[\d.,]*)\s*([^\W\d_]+\.?)?[\s,]*")
"""One part of a length: a number and its unit; the last one may lack it, as in `7h30`."""


def plain(text: str) -> str:
    """`text` with every run of blanks (narrow and unbreakable ones too) as one blank."""
    return _SPACES.sub(" ", text).strip()


def date_order(texts: Iterable[str]) -> str | None:
    """`dmy` or `mdy`, if one of the dates shows it; None while all could be either.

    `ymd` of dates such as 26-03-01, where days then lie together and else lie years apart.
    """
    texts = [plain(text) for text in texts if text]
    if _years_first(texts):
        return "ymd"
    for text in texts:
        match = _NUMBERS.match(plain(text))
        if match and int(match[1]) > 12:
            return "dmy"
        if match and int(match[2]) > 12:
            return "mdy"
    return None


def _years_first(texts: list[str]) -> bool:
    """Whether two-digit years stand first, as only dashes have it."""
    if len(texts) < 2 or not all(_SHORT.match(text) for text in texts):
        return False
    spans = {}
    for order in ("ymd", "dmy", "mdy"):
        days = [_date(text, order) for text in texts]
        known = [day for day in days if day is not None]
        spans[order] = (max(known) - min(known)).days if len(known) == len(days) else None
    others = [span for order, span in spans.items() if order != "ymd" and span is not None]
    own = spans["ymd"]
    return own is not None and own < min(others, default=MANY_DAYS) / APART


def is_ambiguous(text: str) -> bool:
    """Whether a date such as 3/4/2026 needs an order to be read."""
    match = _NUMBERS.match(plain(text))
    return match is not None and "." not in text and match[1] != match[2]


def read_date(text: str, order: str | None = None) -> date:
    """A date: `2026-03-04`, `4.3.2026`, `3/4/26` by `order`, `Jul 1, 2025`, `1 Jul 2025`.

    A weekday before it is passed over. Raises UsageError for what is not a date, and for slashes
    without an order.
    """
    text = plain(text)
    found = _date(text, order)
    if found is None and (match := _WEEKDAY.match(text)):
        found = _date(text[match.end() :], order)
    if found is None:
        raise UsageError(f"{text!r} is not a date", "2026-03-04 is always understood")
    return found


def _date(text: str, order: str | None) -> date | None:
    try:
        if match := _ISO.match(text) or _YMD.match(text):
            return _near(date(int(match[1]), int(match[2]), int(match[3])))
        if match := _COMPACT.match(text):
            return _near(date(int(match[1]), int(match[2]), int(match[3])))
        if match := _NUMBERS.match(text):
            return _near(_numbers(match, text, order))
        if match := _NAMED.match(text):
            day = match[1] or match[3]
            month = _month(match[2])
            if day and month:
                year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
                return _near(date(year, month, int(day)))
    except ValueError:
        return None  # told like every text that is not a date
    return None


def epoch(text: str) -> datetime | None:
    """The instant of seconds or milliseconds since 1970; None for any other text."""
    match = _EPOCH.fullmatch(plain(text))
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _month(word: str) -> int | None:
    """The number of a month from its first letters; `jui` of French is June only as `juin`."""
    word = word.casefold()
    if word.startswith("jui"):
        return 7 if word.startswith("juil") else 6
    starts = (names.split() for names in _MONTHS)
    return next((n for n, names in enumerate(starts, 1) if word[:3] in names), None)


def read_time(text: str) -> time:
    """A time of day: `21:35`, `9:35 pm`. Raises UsageError for anything else."""
    text = plain(text)
    match = _CLOCK.fullmatch(text)
    if match:
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        half = (match[4] or "").casefold()[:1]
        if half and hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour < 24 and minute < 60 and second < 60 and (not half or int(match[1]) <= 12):
            return time(hour, minute, second)
    raise UsageError(f"{text!r} is not a time of day", "write it as 21:35")


def read_moment(text: str, zone: ZoneInfo, order: str | None = None) -> tuple[datetime, bool]:
    """An instant, and whether the text named its own offset; else it is local to `zone`.

    Raises UsageError for what is not a date with a time.
    """
    text = plain(text)
    if (moment := epoch(text)) is not None:
        return moment, True
    try:
        moment = datetime.fromisoformat(re.sub(r" ([+-]\d\d:?\d\d)$", r"\1", text))
        if moment.tzinfo is not None:
            _near(moment.date())
            return moment, True
    except ValueError:
        pass  # other ways of writing follow
    match = re.search(_CLOCK.pattern + "$", text, re.IGNORECASE)
    if match is None:
        raise UsageError(f"{text!r} has no time of day", "write it as 2026-03-04 21:35")
    day = read_date(_AT.sub("", text[: match.start()].rstrip(" ,T")), order)
    return place(day, read_time(match.group()), zone).instant, False


def read_length_s(text: str, unit_s: float, number: Callable[[str], float]) -> int:
    """A length in seconds: `7:30` and `7h 30m` say their units, a plain number counts `unit_s`.

    `number` reads one as its column writes them. Raises UsageError for anything else.
    """
    text = plain(text)
    if match := re.fullmatch(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", text):
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    parts = _parts(text)
    if parts is not None:
        seconds = sum(_decimal(amount, number) * unit for amount, unit in parts)
    else:
        seconds = number(text) * unit_s
    if not isfinite(seconds):
        raise UsageError(f"{text!r} is too long a time")
    return round(seconds)


def _parts(text: str) -> list[tuple[str, float]] | None:
    """Numbers with the seconds of their units, largest first; None where no unit is said."""
    found: list[tuple[str, float]] = []
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None:
            return None
        at = match.end()
        unit = unit_named(match[2]) if match[2] else None
        seconds = unit.seconds if unit is not None else None
        if match[2] is None and found and at == len(text):
            seconds = {3600.0: 60.0, 60.0: 1.0}.get(found[-1][1])
        if seconds is None or (found and seconds >= found[-1][1]):
            return None
        found.append((match[1], seconds))
    return found or None


def _decimal(text: str, number: Callable[[str], float]) -> float:
    """A number beside its unit: as its column writes them, else with a decimal comma."""
    try:
        return number(text)
    except UsageError:
        return number(text.replace(",", "."))


def _near(day: date) -> date:
    """`day`, unless it is so far away that it is wrong, and unsafe to reckon with."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day.year} is too far away")
    return day


def _numbers(match: re.Match[str], text: str, order: str | None) -> date:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    year += 2000 if year < 100 else 0
    if order is None:
        # dots are written day first wherever they are written
        order = "dmy" if "." in text else date_order([text])
    if order is None and first != second:
        raise UsageError(
            f"{text!r} could be two dates", "say which comes first: --dates dmy or --dates mdy"
        )
    if order == "ymd":
        return date(2000 + first, second, int(match[3]))
    day, month = (second, first) if order == "mdy" else (first, second)
    return date(year, month, day)


_ODD = {
    210: "Asia/Tehran",
    270: "Asia/Kabul",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    390: "Asia/Yangon",
    525: "Australia/Eucla",
    570: "Australia/Darwin",
    630: "Australia/Adelaide",
    765: "Pacific/Chatham",
    825: "Pacific/Chatham",
    -150: "America/St_Johns",
    -210: "America/St_Johns",
    -570: "Pacific/Marquesas",
}
"""Places with offsets of less than an hour, by minutes."""


def zone_at(instant: datetime, offset: timedelta | None, home: ZoneInfo) -> str:
    """The name of a zone with `offset` at `instant`: `home` if it fits, else a fixed one.

    A file that says +0200 does not say where; the fixed zone keeps the clock right, which is all
    that a day needs. None, or an offset no zone has: `home`.
    """
    if offset is None or instant.astimezone(home).utcoffset() == offset:
        return home.key
    minutes = round(offset.total_seconds() / 60)
    if minutes == 0:
        return "Etc/UTC"
    if minutes % 60 == 0 and -12 <= minutes // 60 <= 14:
        # in these names the sign is the other way round (POSIX)
        return f"Etc/GMT{-minutes // 60:+d}"
    odd = _ODD.get(minutes)
    if odd is not None and instant.astimezone(ZoneInfo(odd)).utcoffset() == offset:
        return odd
    return home.key
