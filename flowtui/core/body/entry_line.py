"""A record as the quick-log line that would make it, and a record changed by such a line.

So one grammar is enough to write, to show and to correct: whoever can log can edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flowtui.core.body.clock_ranges import over_night
from flowtui.core.body.eating import check_window
from flowtui.core.body.entry import Entry, day_of
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.quick_line import Words, parse
from flowtui.core.body.validation import check
from flowtui.core.body.writer import Pen
from flowtui.core.day import DAY_START, DayRule
from flowtui.core.errors import UsageError
from flowtui.core.wall_time import offset_text
from flowtui.core.zones import zone_or_utc

_ANSWERS = {State.NO: "no", State.SKIPPED: "skip"}
_HEADS = {Kind.EATING: "eat"}
_NAMED = (Kind.WORKOUT, Kind.HABIT, Kind.STOP)


def line_of(entry: Entry, start: time = DAY_START, *, dated: bool = True) -> str:
    """The line that `grammar.parse` reads as `entry`, to the minute.

    With `dated` it ends with the entry's day. Times are those of the clock where it happened.
    """
    parts = [_HEADS.get(entry.kind, entry.kind.value)]
    if entry.kind in _NAMED and entry.name:
        # a "no" to all workouts has no name; one of a habit or a stop always has
        parts.append(entry.name)
    if entry.kind is Kind.CAFFEINE and entry.name and entry.state is State.GIVEN:
        parts = [entry.name]
    if entry.state is State.GIVEN:
        parts += _values(entry)
    else:
        parts.append(_ANSWERS[entry.state])
    free = entry.kind is Kind.WORKED
    if free:
        parts.append(entry.note or "")
    if dated:
        parts.append(day_of(entry, start).isoformat())
    text = " ".join(part for part in parts if part)
    return f"{text} -- {entry.note}" if entry.note and not free else text


def reread(old: Entry, line: str, pen: Pen, words: Words, others: Iterable[Entry] = ()) -> Entry:
    """`old` as `line` says it now: same id, same source, same kind.

    `others` are windows that the new one may not share time with. What the line cannot say
    (seconds, a flight's second zone) is kept where the line did not change it. Raises UsageError
    for a line of another kind, of several entries, or one that cannot be meant.
    """
    there = replace(pen, rule=DayRule(zone_or_utc(old.zone), pen.rule.start))
    others = [e for e in others if e.id != old.id]
    made = parse(line, there, words, others).entries
    if len(made) != 1 or made[0].kind is not old.kind:
        raise UsageError(
            f"this is {'an' if old.kind.value[0] in 'aeiou' else 'a'} {old.kind.value} entry",
            f"change it within its kind: {line_of(old, pen.rule.start)}",
        )
    return corrected(old, made[0], pen, others)


def corrected(old: Entry, new: Entry, pen: Pen, others: Iterable[Entry] = ()) -> Entry:
    """`old` with what `new`, of the same kind, says instead; see `reread`."""
    new = replace(
        new,
        id=old.id,
        recorded_at=old.recorded_at,
        source=old.source,
        at=_kept(old.at, new.at),
        start=_kept(old.start, new.start),
        end=_kept(old.end, new.end),
    )
    if old.scope is Scope.DAY and new.start is None and new.at in (None, old.at):
        new = replace(new, scope=Scope.DAY, at=old.at)
    if new.end is not None and new.end == old.end:
        new = replace(new, end_zone=old.end_zone)
    new = check(replace(new, day=day_of(new, pen.rule.start)), pen.now)
    if new.kind is Kind.EATING and new.state is State.GIVEN:
        check_window(new, others)
    return replace(new, late=old.late or pen.is_late(new.day))


def _values(entry: Entry) -> list[str]:
    zone = zone_or_utc(entry.zone)
    parts: list[str] = []
    if entry.kind is Kind.EATING and entry.start is not None:
        if entry.end is None:
            return ["open", _clock(entry.start, zone)]
        parts.append(_range(entry, zone))
    elif entry.start is not None and entry.end is not None:
        parts.append(_range(entry, zone))
    elif entry.duration_s is not None:
        parts.append(_length(entry.duration_s))
    if entry.value is not None and (entry.kind is not Kind.STOP or entry.value != 1):
        parts.append(f"{entry.value:g}")
        if entry.unit and entry.kind is Kind.HABIT:
            parts.append(entry.unit)
    if entry.quality is not None:
        parts.append(f"q{entry.quality}")
    if entry.effort is not None:
        parts.append(f"e{entry.effort:g}")
    if entry.at is not None and entry.scope is Scope.ONE:
        parts.append(_clock(entry.at, zone))
    return parts


def _range(entry: Entry, zone: ZoneInfo) -> str:
    assert entry.start is not None and entry.end is not None
    # both ends on the clock of the start: the line is read in one zone
    ends = entry.start.astimezone(zone), entry.end.astimezone(zone)
    halves = over_night(*(t.hour * 60 + t.minute for t in ends))
    return f"{_clock(entry.start, zone, halves)}-{_clock(entry.end, zone, halves)}"


def _length(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    if seconds % 60 or not hours:
        return f"{seconds / 60:.6g}m"
    return f"{hours}h{minutes:02}" if minutes else f"{hours}h"


def _clock(instant: datetime, zone: ZoneInfo, halves: bool = False) -> str:
    """`23:05`, or with `halves` `11:05pm`: a long stretch is read only so."""
    local = instant.astimezone(zone)
    shown = f"{local:%H:%M}"
    if halves:
        shown = f"{local.hour % 12 or 12}:{local:%M}{'ap'[local.hour // 12]}m"
    other = local.replace(fold=1 - local.fold)
    if other.utcoffset() != local.utcoffset():
        # the hour that happens twice: say which one
        return f"{shown}{offset_text(local.utcoffset())}"
    return shown


def _kept(old: datetime | None, new: datetime | None) -> datetime | None:
    """The old instant where the new one is the same minute."""
    if old is None or new is None:
        return new
    return old if old.replace(second=0) == new else new
