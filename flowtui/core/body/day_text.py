"""Values of a day in the words screens and the command line share. Missing stays None."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flowtui.core.body.entry import Entry, length_s
from flowtui.core.body.entry_days import DayValue, Variable
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.core.body.scales import ENERGY, OUTPUT, QUALITY, SUGAR, Scale
from flowtui.core.body.validation import hours
from flowtui.core.zones import elsewhere, zone_or_utc

_SCALED: dict[tuple[Kind, str | None], Scale] = {
    (Kind.ENERGY, None): ENERGY,
    (Kind.OUTPUT, None): OUTPUT,
    (Kind.SLEEP, "quality"): QUALITY,
    (Kind.SUGAR, None): SUGAR,
}


def scale_of(variable: Variable) -> Scale | None:
    """The shipped scale a variable is rated on; None for amounts and free habits."""
    return _SCALED.get((variable.kind, variable.part))


def value_text(
    value: DayValue, variable: Variable, zone: ZoneInfo, scale: Scale | None = None
) -> str | None:
    """A day's value as a person reads it: `4 good`, `7 h 25 min`, `2 cups, last 15:10`, `no`.

    None when nothing was recorded. `zone` is the one that instants are shown in.
    """
    if value.state is None:
        return None
    if value.state is not State.GIVEN:
        return value.state.value
    if value.value is None:
        if variable.kind is Kind.EATING and value.last_at is not None:
            return f"open since {value.last_at.astimezone(zone):%H:%M}"
        return "recorded"
    text = _amount_text(value, variable, scale or scale_of(variable))
    if variable.kind is Kind.CAFFEINE and value.last_at is not None:
        return f"{text}, last {value.last_at.astimezone(zone):%H:%M}"
    return text


def entry_text(entry: Entry, here: ZoneInfo | None = None, timed: bool = True) -> str:
    """One entry in a few words, as confirmations and lists show it.

    Without `timed` the clock that stands beside it already is left out; with `here` its zone is
    said where it is another one.
    """
    zone = zone_or_utc(entry.zone)
    what = entry.name if entry.name and entry.kind in _BY_NAME else entry.kind.value
    if entry.state is not State.GIVEN:
        return f"{what} {entry.state.value}"
    parts = [what]
    seconds = length_s(entry)
    if entry.kind is Kind.EATING and entry.start is not None and entry.end is None:
        parts.append(f"open since {entry.start.astimezone(zone):%H:%M}")
    elif entry.start is not None:
        ends = f"{entry.start.astimezone(zone):%H:%M}-"
        if entry.end is not None:
            ends += f"{entry.end.astimezone(zone_or_utc(entry.end_zone or entry.zone)):%H:%M}"
        parts.append(ends)
    if seconds is not None:
        parts.append(hours(seconds))
    if entry.value is not None:
        parts.append(f"{entry.value:g}{' ' + entry.unit if entry.unit else ''}")
    if entry.quality is not None:
        parts.append(f"quality {entry.quality}")
    if entry.effort is not None:
        parts.append(f"effort {entry.effort:g}")
    if entry.at is not None and timed:
        parts.append(f"at {entry.at.astimezone(zone):%H:%M}")
    moment = entry.start or entry.at
    if here is not None and moment is not None:
        parts += filter(None, [elsewhere(entry.zone, moment, here)])
    return " ".join(parts)


_BY_NAME = (Kind.WORKOUT, Kind.CAFFEINE, Kind.HABIT, Kind.STOP)


def _amount_text(value: DayValue, variable: Variable, scale: Scale | None) -> str:
    number = value.value or 0.0
    if variable.part is None and variable.kind in (Kind.SLEEP, Kind.EATING):
        return hours(round(number * 3600))
    if variable.part is None and variable.kind is Kind.WORKOUT:
        return hours(round(number * 60))
    if scale is not None:
        word = scale.word(number)
        return f"{number:.3g} {word}" if word else f"{number:.3g}"
    if variable.kind is Kind.CAFFEINE:
        return f"{number:g} {'cup' if number == 1 else 'cups'}"
    if variable.kind is Kind.STOP:
        return f"{number:g} {'time' if number == 1 else 'times'}"
    if variable.kind is Kind.WORKED or (variable.kind is Kind.HABIT and value.unit is None):
        return "yes" if number == 1 else f"{number:g}"
    return f"{number:g} {value.unit}" if value.unit else f"{number:g}"
