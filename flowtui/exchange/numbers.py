"""How the numbers of one column are written: decided from all its cells, never from one.

`7,5` shows a decimal comma and `1,234,567` a comma that parts thousands; `72,350` could be either.
What a column does not show, the file does: its other columns, then its delimiter, for who parts
columns by `;` writes decimal commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from math import isfinite

from flowtui.core.errors import UsageError
from flowtui.exchange.dates import plain

_NUMBER = re.compile(r"[+-]?\d[\d.,' ]*(?:[eE][+-]?\d+)?|[+-]?[.,]\d+")
_EXPONENT = re.compile(r"[eE][+-]?\d+$")
_GROUPED = {",": re.compile(r"\d{1,3}(,\d{3})+"), ".": re.compile(r"\d{1,3}(\.\d{3})+")}


class Marks(Enum):
    """Which mark stands before the decimals; the other one may part thousands."""

    POINT = "."
    COMMA = ","
    BOTH = ".,"
    """Either, from cell to cell: only what can be nothing else is read."""


def shown_marks(texts: Iterable[str]) -> Marks | None:
    """The decimal mark that the cells show; None where each of them could be read in two ways."""
    found = {mark for text in texts if (mark := _decimal(plain(text))) is not None}
    if len(found) == 2:
        return Marks.BOTH
    return Marks(found.pop()) if found else None


def column_marks(columns: Iterable[list[str]], delimiter: str) -> list[Marks]:
    """The decimal mark of each column of a file whose cells are parted by `delimiter`."""
    cells = list(columns)
    shown = [shown_marks(texts) for texts in cells]
    others = {marks for marks in shown if marks in (Marks.POINT, Marks.COMMA)}
    found = []
    for texts, marks in zip(cells, shown, strict=True):
        commas = delimiter == ";" and any("," in text for text in texts)
        alone = Marks.COMMA if commas else Marks.POINT
        found.append(marks or (next(iter(others)) if len(others) == 1 else alone))
    return found


def read_number(text: str, marks: Marks) -> float:
    """A number as its column writes them. Raises UsageError for anything else."""
    bare = _bare(text)
    if not _NUMBER.fullmatch(bare):
        raise UsageError(f"{text!r} is not a number")
    mark = marks.value
    if marks is Marks.BOTH:
        own = _decimal(bare)
        if own is None and ("," in bare or "." in bare):
            raise UsageError(
                f"{text!r} could be two numbers: its column has both decimal commas and points"
            )
        mark = own or "."
    group = "." if mark == "," else ","
    whole, _, decimals = _EXPONENT.sub("", bare.lstrip("+-")).partition(mark)
    if group in whole:
        if not _GROUPED[group].fullmatch(whole):
            raise UsageError(f"{text!r} is not a number")
        whole = whole.replace(group, "")
    if group in decimals or mark in decimals:
        raise UsageError(f"{text!r} is not a number")
    sign = "-" if bare.startswith("-") else ""
    exponent = _EXPONENT.search(bare)
    value = float(f"{sign}{whole or 0}.{decimals or 0}{exponent.group() if exponent else ''}")
    if not isfinite(value):
        raise UsageError(f"{text!r} is too large a number")
    return value


def _bare(text: str) -> str:
    """A number without what only sets it out: blanks, marks between thousands, a percent sign."""
    bare = plain(text).replace(" ", "").replace("'", "").replace("’", "").replace("−", "-")
    return bare.removesuffix("%")


def _decimal(text: str) -> str | None:
    """The decimal mark that one cell shows beyond doubt."""
    bare = _EXPONENT.sub("", _bare(text).lstrip("+-"))
    if not re.fullmatch(r"[\d.,]+", bare):
        return None
    for mark, other in ((",", "."), (".", ",")):
        if bare.count(mark) != 1:
            continue
        whole, decimals = bare.split(mark)
        if other in decimals:
            continue
        grouped = other in whole
        lone = len(decimals) != 3 or len(whole) > 3 or whole in ("", "0")
        if grouped or lone:
            return mark
    for mark, other in ((",", "."), (".", ",")):
        if bare.count(other) > 1 and mark not in bare and _GROUPED[other].fullmatch(bare):
            return mark
    return None
