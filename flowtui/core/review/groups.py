"""Focus by tag, context, mode, hour, day or week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from flowtui.core.day import week_of
from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import focus_of, focus_spans
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.zones import zone_or_utc

NONE = ""
"""The key of blocks without a tag or a mode."""


class By(StrEnum):
    """What is summed by."""

    TAG = "tag"
    CONTEXT = "context"
    MODE = "mode"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Group:
    """One sum."""

    key: str
    """A tag, context, mode; `HH` of the wall's hour; a day; a week by its first day."""
    focus_s: int
    blocks: int
    """Blocks that have a part in it."""


def grouped(
    blocks: Iterable[Block],
    by: By,
    now: datetime,
    day_of: Callable[[Block], date],
    first_weekday: int = 0,
    known: Mapping[str, int] | None = None,
) -> list[Group]:
    """The sums: hours, days and weeks in their order, all others the largest first.

    `known` are seconds of focus by the id of their block, where they were counted already.

    A block with several tags counts in each of them, so that sums by tag can be more than the
    whole; an hour is that of the wall where the block was, and has its part of a block alone; all
    else has a block whole.
    """
    seconds: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for block in blocks:
        for key, part in _parts(block, by, now, day_of, first_weekday, known or {}):
            seconds[key] += part
            counts[key] += 1
    groups = [Group(key, seconds[key], counts[key]) for key in counts]
    if by in (By.HOUR, By.DAY, By.WEEK):
        return sorted(groups, key=lambda group: group.key)
    return sorted(groups, key=lambda group: (-group.focus_s, group.key))


def _parts(
    block: Block,
    by: By,
    now: datetime,
    day_of: Callable[[Block], date],
    first_weekday: int,
    known: Mapping[str, int],
) -> Iterable[tuple[str, int]]:
    if by is By.HOUR:
        return _hours(block, now).items()
    whole = known[block.id] if block.id in known else focus_of(block, now)
    if by is By.TAG:
        return [(tag, whole) for tag in block.tags or (NONE,)]
    if by is By.CONTEXT:
        return [(block.context, whole)]
    if by is By.MODE:
        return [(block.mode.value if block.mode else NONE, whole)]
    day = day_of(block)
    if by is By.WEEK:
        day = week_of(day, first_weekday)[0]
    return [(day.isoformat(), whole)]


def _hours(block: Block, now: datetime) -> Counter[str]:
    """Focus seconds by the hour of the wall; of an hour that came twice both."""
    zone = zone_or_utc(block.zone)
    found: Counter[str] = Counter()
    for span in focus_spans(block, now):
        at = span.start
        while at < span.end:
            local = at.astimezone(zone)
            into = timedelta(minutes=local.minute, seconds=local.second)
            end = min(span.end, at + timedelta(hours=1) - into)
            found[f"{local:%H}"] += int((end - at).total_seconds())
            at = end
    return found
