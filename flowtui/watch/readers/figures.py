"""Figures as logs write them: numbers with nan and inf, lengths of time, scaled counts."""

from __future__ import annotations

import re
from collections.abc import Iterable

NUMBER = (
    r"[-+]?(?:\d[\d,]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?"
    r"|(?i:nan|inf(?:inity)?)(?:\.0?)?(?!\w))"
)
"""A number as a regular expression: 1,000, 1., .5, 1e-3, nan, -inf, nan.0 (Lightning pads)."""

_SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_LENGTH = re.compile(
    r"(\d+(?:\.\d+)?)\s*(days?|d|hours?|hrs?|h|minutes?|mins?|min|m|seconds?|secs?|ms|us|µs|s)\b"
)
_UNITS = {
    "d": 86_400.0, "day": 86_400.0, "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "min": 60.0,
    "minute": 60.0, "m": 60.0, "s": 1.0, "sec": 1.0, "second": 1.0, "ms": 1e-3, "us": 1e-6,
    "µs": 1e-6,
}  # fmt: skip
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$")
_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?$")


def number(text: str) -> float | None:
    """The number that `text` is; None if it is none.

    A comma before groups of three digits groups them ("2,997"); any other is a decimal comma
    ("0,53").
    """
    try:
        return float(text)
    except ValueError:
        pass
    if "," in text:
        if _GROUPED.match(text):
            return float(text.replace(",", ""))
        return float(text.replace(",", ".")) if _COMMA.match(text) else None
    if text.endswith((".", ".0")):
        low = text.rstrip("0").rstrip(".").lower()
        if low.lstrip("+-") in ("nan", "inf", "infinity"):
            return float(low)
    return None


def scaled(text: str) -> float | None:
    """A count such as 12, 1.23k or 56.8M."""
    text = text.strip()
    if text and text[-1] in _SCALES:
        plain = number(text[:-1])
        return None if plain is None else plain * _SCALES[text[-1]]
    return number(text)


def whole(text: str) -> int | None:
    """A count of steps such as "2997", "2,997" or "2_997"; None for anything else."""
    digits = text.replace(",", "").replace("_", "")
    return int(digits) if digits.isdecimal() and len(digits) < 18 else None


def clock_s(text: str) -> float | None:
    """Seconds of "01:02", "1:02:03", "26:03:04" or "1 day, 2:03:04"; None for anything else."""
    text = text.strip()
    days = 0.0
    if "day" in text:
        count_text, _, text = re.split(r"\s*(days?),?\s*", text, maxsplit=1)
        count = number(count_text)
        if count is None:
            return None
        days = count
    parts = text.split(":")
    if not 2 <= len(parts) <= 3:
        return None
    total = 0.0
    for part in parts:
        value = number(part)
        if value is None:
            return None
        total = total * 60 + value
    return days * 86_400 + total


def length_s(text: str) -> float | None:
    """Seconds of "12s", "43ms", "3.2 min", "1h2m3s" or "1:02"; None for anything else."""
    if ":" in text:
        return clock_s(text)
    parts = _LENGTH.findall(re.sub(r"(?<=[a-z])(?=\d)", " ", text))
    if not parts:
        return None
    return sum(float(value) * _unit_s(unit) for value, unit in parts)


def _unit_s(unit: str) -> float:
    return _UNITS[unit] if unit in _UNITS else _UNITS[unit[:-1]]


def pairs(items: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Names and numbers; what is no number is left out."""
    figures = {}
    for name, text in items:
        value = number(text)
        if value is not None:
            figures[name.strip()] = value
    return figures
