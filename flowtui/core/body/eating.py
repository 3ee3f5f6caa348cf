"""The eating window: opening, closing, editing, and which two windows cannot both be true.

Lengths are elapsed time between instants, so a night with a clock change or a flight counts
what really passed. The words stay neutral: a window is noted, never judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from flowtui.core.body.entry import Entry, day_of
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.validation import check
from flowtui.core.body.writer import Pen, whole
from flowtui.core.errors import UsageError
from flowtui.core.zones import zone_or_utc


def windows(entries: Iterable[Entry]) -> list[Entry]:
    """The eating windows among `entries`, by opening."""
    found = [e for e in entries if e.kind is Kind.EATING and e.state is State.GIVEN and e.start]
    return sorted(found, key=_opened)


def open_one(entries: Iterable[Entry]) -> Entry | None:
    """The window that is open; the latest if a merge of two logs left several."""
    still = [w for w in windows(entries) if w.end is None]
    return still[-1] if still else None


def open_window(entries: Iterable[Entry], at: datetime, pen: Pen) -> Entry:
    """A new window opened at `at`. Raises UsageError while one is open, or inside another."""
    entries = list(entries)
    current = open_one(entries)
    if current is not None:
        raise UsageError(
            f"an eating window is open since {local(_opened(current), current.zone)}",
            "close it first: flowtui eat close --at TIME",
        )
    later = [w for w in windows(entries) if w.start is not None and w.start > at]
    if later:
        wall = at.astimezone(pen.rule.zone)
        since = local(_opened(later[0]), later[0].zone)
        raise UsageError(
            f"a later window opened {since}: say when this closed",
            f'flowtui note "eat {wall:%H:%M}-HH:MM {pen.rule.day_of(at)}"',
        )
    return check_window(pen.write(Kind.EATING, start=at), entries)


def close_window(entries: Iterable[Entry], at: datetime, pen: Pen) -> Entry:
    """The open window, closed at `at`. Raises UsageError if none is open or `at` is before it."""
    entries = list(entries)
    current = open_one(entries)
    if current is None:
        wall = at.astimezone(pen.rule.zone)
        raise UsageError(
            "no eating window is open",
            "open one: flowtui eat open --at TIME, or both ends: "
            f'flowtui note "eat HH:MM-{wall:%H:%M} {pen.rule.day_of(at)}"',
        )
    return edit_window(entries, current.id, pen, closed=at)


def edit_window(
    entries: Iterable[Entry],
    window_id: str,
    pen: Pen,
    *,
    opened: datetime | None = None,
    closed: datetime | None = None,
    reopen: bool = False,
) -> Entry:
    """The window `window_id` with one or both ends moved; `reopen` takes its end away.

    Raises UsageError if it would end before it starts, lie in the future, be longer than 24 hours
    or share time with another window.
    """
    entries = list(entries)
    old = next((w for w in windows(entries) if w.id == window_id), None)
    if old is None:
        raise UsageError(f"unknown eating window {window_id!r}", "see: flowtui body")
    new = old
    if opened is not None:
        new = replace(new, start=whole(opened))
    if reopen:
        new = replace(new, end=None, end_zone=None)
    elif closed is not None:
        here = pen.rule.zone.key
        new = replace(new, end=whole(closed), end_zone=here if here != old.zone else None)
    new = replace(new, day=day_of(new, pen.rule.start))
    return check_window(check(new, pen.now), entries)


def check_window(new: Entry, others: Iterable[Entry]) -> Entry:
    """`new` if it shares no time with `others`. Raises UsageError naming the other one.

    Two windows that touch are allowed; of two that are open only one can be.
    """
    for other in windows(others):
        if other.id == new.id:
            continue
        if new.end is None and other.end is None:
            raise UsageError(
                f"an eating window is open since {local(_opened(other), other.zone)}",
                "close it first: flowtui eat close --at TIME",
            )
        if _shares_time(new, other):
            raise UsageError(
                f"the window from {between(new)} shares time with the one from {between(other)}",
                "change one of the two: flowtui eat edit ID",
            )
    return new


def between(window: Entry) -> str:
    """Both ends in the local time of each, as `2026-03-28 18:00 to 01:30`."""
    start = local(_opened(window), window.zone)
    if window.end is None:
        return f"{start} on"
    end = local(window.end, window.end_zone or window.zone)
    return f"{start} to {end[11:] if end[:10] == start[:10] else end}"


def local(instant: datetime, zone: str) -> str:
    """An instant as the clock of `zone` shows it, to the minute."""
    return f"{instant.astimezone(zone_or_utc(zone)):%Y-%m-%d %H:%M}"


def _opened(window: Entry) -> datetime:
    if window.start is None:
        raise UsageError(f"eating window {window.id} has no opening", "edit or delete it")
    return window.start


def _shares_time(a: Entry, b: Entry) -> bool:
    first, second = sorted((a, b), key=_opened)
    if first.end is None:
        # an open window has no end yet, so anything that opens after it is inside
        return True
    return first.end > _opened(second)
