"""Figures as logs write them: numbers with nan and inf, lengths of time, scaled counts."""

from __future__ import annotations

import re
from collections.abc import Iterable

NUMBER = r"[-+]?(?:\d[\d,]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|(?i:nan|inf(?:inity)?)\b)"
"""A number as a regular expression: 1,000, 1., .5, 1e-3, nan, -inf."""

_SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s*(days?|d|h|min|m|ms|us|µs|s)\b")
_UNITS = {
    "d": 86_400.0, "day": 86_400.0, "days": 86_400.0, "h": 3600.0, "min": 60.0, "m": 60.0,
    "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6,
}  # fmt: skip


def number(text: str) -> float | None:
    """The number that `text` is; None if it is none."""
    try:
        return float(text)
    except ValueError:
        pass
    if "," in text:
        try:
            return float(text.replace(",", ""))
        except ValueError:
            return None
    return None


def scaled(text: str) -> float | None:
    """A count such as 12, 1.23k or 56.8M."""
    text = text.strip()
    if text and text[-1] in _SCALES:
        plain = number(text[:-1])
        return None if plain is None else plain * _SCALES[text[-1]]
    return number(text)


def clock_s(text: str) -> float | None:
    """Seconds of "01:02", "1:02:03", "26:03:04" or "1 day, 2:03:04"; None for anything else."""
    text = text.strip()
    days = 0.0
    if "day" in text:
        left, _, text = text.partition(", ") if ", " in text else text.partition("days ")
        words = left.split()
        if not words or (count := number(words[0])) is None:
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
    found = _WORDS.findall(re.sub(r"(?<=[a-z])(?=\d)", " ", text))
    return sum(float(value) * _UNITS[unit] for value, unit in found) if found else None


def pairs(items: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Names and numbers; what is no number is left out."""
    found = {}
    for name, text in items:
        value = number(text)
        if value is not None:
            found[name.strip()] = value
    return found
