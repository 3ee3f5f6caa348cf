"""What Review tells below a view: the facts in words, and by what the time went.

By context, tag, mode and hour; as bars in two columns where a terminal has the room.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import zip_longest

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.review.long_days import beside_next_day
from flowtui.core.review.picture import ReviewPicture
from flowtui.core.review.render import facts
from flowtui.core.review.summary import Summary
from flowtui.core.status_file import minutes
from flowtui.core.text import cell_count, fitting, middle_cut, padded

RUNS_TOLD = 4
TWO_COLUMNS = 110
"""From so many cells on, where the time went is drawn in two columns of bars, if they have room."""
BETWEEN = 4
"""Cells between the columns."""


class By(StrEnum):
    """By what the time is told below a view."""

    ALL = "all"
    CONTEXT = "context"
    TAG = "tag"
    MODE = "mode"
    HOUR = "hour"


class Tone(StrEnum):
    """What a line is, for its colour."""

    PLAIN = ""
    QUIET = "quiet"
    HERE = "here"
    CHART = "chart"


@dataclass(frozen=True, slots=True)
class Row:
    """One line."""

    text: str
    tone: Tone = Tone.PLAIN
    beside: Row | None = None
    """What stands in the second column, directly behind `text`."""


def told(picture: ReviewPicture, width: int, room: int, plain: bool = False) -> list[Row]:
    """The facts in words, floors, long days, then where the time went; as much as has room."""
    summary = picture.summary
    said = [f"{name} {value}" for name, value in facts(summary)[1:]]
    kept = [
        f"{one.context} {minutes(one.focus_s)}, floor {minutes(one.floor_s)}"
        + (f" kept in {one.kept} of {one.weeks} weeks" if one.weeks > 1 else "")
        + (" kept" if one.weeks == 1 and one.kept else "")
        for one in picture.floors
    ]
    sums = (("", "", summary.contexts), ("", "no mode", summary.modes), ("#", "", summary.tags))
    where = [
        [
            f"{sign if key else ''}{key or none} {minutes(seconds)}"
            for key, seconds in part.items()
            if key or none
        ]
        for sign, none, part in sums
        if any(part)
    ]
    rows = [Row(fitting(parts, width)) for parts in (said, kept) if parts]
    rows += [Row(text) for text in beside_next_day(summary.days)]
    rows += [Row(f"run   {text}") for text in summary.ended[-RUNS_TOLD:]]
    rows += [Row(f"parked, then taken up   {text}") for text in summary.taken_up[-RUNS_TOLD:]]
    drawn = _columns(picture, width) if width >= TWO_COLUMNS and not plain else []
    if drawn and len(rows) + 1 + len(drawn) <= room:
        return [*rows, Row(""), *drawn]
    return [*rows, *(Row(fitting(parts, width), Tone.QUIET) for parts in where)]


def _columns(picture: ReviewPicture, width: int) -> list[Row]:
    """Where the time went by all four, in two columns of about the same height."""
    half = (width - BETWEEN) // 2
    every = [by for by in By if by is not By.ALL and _has_names(picture, by)]
    if not every:
        return []
    # all bars of a column begin in one cell
    name_cells = max(_widest(_names(picture, by)) for by in every)
    parts = [bars(picture, by, half, name_cells) for by in every]
    columns: tuple[list[Row], list[Row]] = ([], [])
    for rows in sorted(parts, key=len, reverse=True):
        shorter = min(columns, key=len)
        shorter += [*([Row("")] if shorter else []), *rows]
    left, right = columns
    together = zip_longest(left, right, fillvalue=Row(""))
    return [Row(padded(one.text, half + BETWEEN), one.tone, two) for one, two in together]


def _has_names(picture: ReviewPicture, by: By) -> bool:
    """Whether there is a name to tell; time without one alone needs no bar."""
    return any(name and seconds for name, seconds in _sums(picture, by).items())


def bars(
    picture: ReviewPicture, by: By, width: int, name_cells: int = 0, plain: bool = False
) -> list[Row]:
    """Where the time went by one of the four, a bar each, behind names of `name_cells` at least."""
    sums = _sums(picture, by)
    if not any(sums.values()):
        return [Row(f"nothing to tell by {by.value}", Tone.QUIET)]
    most = max(sums.values())
    names = _names(picture, by)
    name_cells = max(name_cells, _widest(names))
    room = max(4, min(60, width - name_cells - 16))
    rows = [Row(f"by {by.value}", Tone.QUIET)]
    for key, seconds in sums.items():
        name = padded(middle_cut(names[key], name_cells), name_cells)
        bar = "" if plain else "━" * round(seconds / most * room)
        rows.append(Row(f"{name}  {minutes(seconds):>8}  {bar}".rstrip()))
    return rows


def _names(picture: ReviewPicture, by: By) -> dict[str, str]:
    return {key: key or f"no {by.value}" for key in _sums(picture, by)}


def _widest(names: Mapping[str, str]) -> int:
    return min(24, max(cell_count(name) for name in names.values()))


def _sums(picture: ReviewPicture, by: By) -> Mapping[str, int]:
    summary: Summary = picture.summary
    return {
        By.CONTEXT: summary.contexts,
        By.TAG: summary.tags,
        By.MODE: summary.modes,
        By.HOUR: picture.hours,
    }[by]
