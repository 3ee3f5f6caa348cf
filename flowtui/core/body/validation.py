"""What no record may say: a rating off its scale, an end before its start, tomorrow."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import SPECS, Kind, Scope, State
from flowtui.core.body.scales import EFFORT, ENERGY, OUTPUT, QUALITY, SUGAR, Scale
from flowtui.core.errors import UsageError

GRACE = timedelta(seconds=60)
"""Clocks of two machines differ by this much without anybody noticing."""
FIRST_YEAR = 1900
_RATED: dict[Kind, Scale] = {Kind.ENERGY: ENERGY, Kind.OUTPUT: OUTPUT, Kind.SUGAR: SUGAR}


def check(entry: Entry, now: datetime) -> Entry:
    """`entry` if it can be true at `now`. Raises UsageError naming kind, field and limits."""
    spec = SPECS[entry.kind]
    zone_of(entry.zone)
    if entry.end_zone is not None:
        zone_of(entry.end_zone)
    if entry.state not in spec.states:
        raise UsageError(
            f"{spec.label} cannot be answered with {entry.state.value!r}",
            f"give a value from {spec.low:g} to {spec.high:g}, or skip it"
            if spec.low is not None and spec.high is not None
            else "give it, or skip it",
        )
    _past(entry, now)
    _named(entry)
    _order(entry)
    if entry.state is State.GIVEN:
        _given(entry)
    elif entry.value is not None or entry.start is not None or entry.duration_s is not None:
        raise UsageError(f"{spec.label} has a value although it is {entry.state.value!r}")
    return entry


def zone_of(name: str) -> ZoneInfo:
    """The zone called `name`. Raises UsageError for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"unknown time zone {name!r}", "use an IANA name such as Europe/Berlin"
        ) from None


def long_ago(year: int) -> bool:
    """Whether a year is before any log of this sort: a wrong date, and unsafe to reckon with."""
    return year < FIRST_YEAR


def _past(entry: Entry, now: datetime) -> None:
    for field in ("at", "start", "end"):
        instant: datetime | None = getattr(entry, field)
        if instant is None:
            continue
        if instant.tzinfo is None:
            raise UsageError(f"{entry.kind.value}: {field} has no time zone")
        if long_ago(instant.year):
            raise UsageError(f"{_what(entry)} in the year {instant.year}", "check the date")
        if instant > now + GRACE:
            raise UsageError(
                f"{_what(entry)} at {_local(instant, entry.zone)} lies in the future",
                f"it is {_local(now, entry.zone)} now; log it when it has happened",
            )
    if long_ago(entry.day.year):
        raise UsageError(f"{_what(entry)} in the year {entry.day.year}", "check the date")
    latest = max(
        now.astimezone(zone_of(z)).date() for z in (entry.zone, entry.end_zone or entry.zone)
    )
    if entry.day > latest:
        raise UsageError(
            f"{_what(entry)} is filed under {entry.day}, a day that has not begun",
            "log it when it has happened",
        )


def _named(entry: Entry) -> None:
    spec = SPECS[entry.kind]
    if spec.named and not entry.name and entry.state is State.GIVEN:
        raise UsageError(
            f"{spec.label} needs a name", f"write it after the word: {spec.label} NAME"
        )
    if entry.kind is Kind.WORKED and entry.state is State.GIVEN and not entry.note:
        raise UsageError("what worked needs a line of text", "write one, or skip it")


def _order(entry: Entry) -> None:
    spec = SPECS[entry.kind]
    if (entry.start or entry.end) and not spec.spans:
        raise UsageError(f"{spec.label} has one instant, not a start and an end")
    if entry.end is not None and entry.start is None:
        raise UsageError(f"{_what(entry)} has an end but no start", "give both: 12:00-20:00")
    if entry.start is not None and entry.end is not None and entry.end < entry.start:
        raise UsageError(
            f"{_what(entry)} would end at {_local(entry.end, entry.end_zone or entry.zone)}, "
            f"before it starts at {_local(entry.start, entry.zone)}",
            "check the two times, and the day of each",
        )
    seconds = entry.duration_s
    if entry.start is not None and entry.end is not None:
        whole = int((entry.end - entry.start).total_seconds())
        if seconds is not None and seconds > whole:
            raise UsageError(
                f"{_what(entry)} lasts {hours(seconds)} but fits into {hours(whole)}",
                "check the length, or the two times",
            )
        _believable(entry, whole)
    if seconds is not None:
        _believable(entry, seconds)


def _believable(entry: Entry, seconds: int) -> None:
    limit = SPECS[entry.kind].max_s
    if seconds < 0:
        raise UsageError(f"{_what(entry)} has a length below zero")
    if limit is not None and seconds > limit:
        raise UsageError(
            f"{_what(entry)} of {hours(seconds)} is longer than {hours(limit)}",
            "check the two times, and the day of each",
        )


def _given(entry: Entry) -> None:
    spec = SPECS[entry.kind]
    if entry.value is not None:
        if not math.isfinite(entry.value):
            raise UsageError(f"{spec.label} cannot be {entry.value}")
        if entry.kind in _RATED:
            _RATED[entry.kind].check(entry.value, spec.label)
        if spec.low is not None and not spec.low <= entry.value <= (spec.high or math.inf):
            raise UsageError(
                f"{spec.label} {entry.value:g} is not between {spec.low:g} and {spec.high:g}",
                "check the number" if State.NO not in spec.states else "for none at all, say no",
            )
    elif spec.low is not None:
        raise UsageError(f"{spec.label} needs a number", f"from {spec.low:g} to {spec.high:g}")
    if entry.kind is Kind.STOP and entry.value is not None and entry.value < 1:
        raise UsageError(f"stop doing {entry.name!r} {entry.value:g} times", "for none, say no")
    if entry.quality is not None:
        QUALITY.check(entry.quality, "quality of sleep")
    if entry.effort is not None:
        EFFORT.check(entry.effort, "effort")
    unknown = entry.duration_s is None and entry.end is None and entry.quality is None
    if entry.kind is Kind.SLEEP and unknown:
        raise UsageError("sleep needs a length or two times", "write: sleep 7.5, or 23:40-7:05")
    if entry.kind is Kind.EATING and entry.start is None:
        raise UsageError("an eating window needs the time it opened", "write: eat open 12:00")
    if entry.kind is Kind.EATING and entry.scope is Scope.DAY:
        raise UsageError("an eating window is a stretch of time, not an amount of the day")


def _what(entry: Entry) -> str:
    label = SPECS[entry.kind].label
    return f"{label} {entry.name!r}" if entry.name else label


def _local(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def hours(seconds: int) -> str:
    """Seconds as people say them: `45 min`, `7 h`, `7 h 25 min`."""
    full, rest = divmod(round(seconds / 60), 60)
    if not full:
        return f"{rest} min"
    return f"{full} h {rest} min" if rest else f"{full} h"
