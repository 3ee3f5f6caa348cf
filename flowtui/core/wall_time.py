"""From a time on the wall to an instant: hours that happen twice, hours that do not happen.

A skipped time is read with the offset from before the change (RFC 5545, 3.3.5), and of a repeated
one the later of those gone by is meant. `place` tells of the choice in a remark; it can be made in
the text (`02:30+01:00`, `02:30utc-05:00`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Placed:
    """An instant found for a time on the wall."""

    instant: datetime
    """Aware, in UTC."""
    remark: str | None = None
    """How a skipped or repeated hour was read; None for all other hours."""


def occurrences(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants, in UTC and ascending, at which `zone`'s clocks showed `clock` on `day`.

    None for an hour skipped in spring, two for one repeated in autumn.
    """
    found = []
    for fold in (0, 1):
        wall = datetime.combine(day, clock.replace(fold=fold), zone)
        instant = wall.astimezone(UTC)
        back = instant.astimezone(zone)
        if back.replace(tzinfo=None) == wall.replace(tzinfo=None) and instant not in found:
            found.append(instant)
    return tuple(sorted(found))


def skipped(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, meant by a time that did not happen: by the offset before the change."""
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)


def place(day: date, clock: time, zone: ZoneInfo, not_after: datetime | None = None) -> Placed:
    """The instant of `clock` on `day`, with a remark where the clocks were changed.

    Of two, the last one up to `not_after`; the first where there is none or no bound is given.
    """
    found = occurrences(day, clock, zone)
    if not found:
        moved = skipped(day, clock, zone)
        read = moved.astimezone(zone)
        return Placed(
            moved, f"{clock:%H:%M} did not happen on {day} in {zone.key}; read as {read:%H:%M}"
        )
    if len(found) == 1:
        return Placed(found[0])
    past = [i for i in found if not_after is not None and i <= not_after]
    taken = past[-1] if past else found[0]
    other = found[1 - found.index(taken)].astimezone(zone)
    which = "first" if taken == found[0] else "second"
    return Placed(
        taken,
        f"{clock:%H:%M} happened twice on {day}; the {which} was taken, "
        f"write {clock:%H:%M}{offset_text(other.utcoffset())} for the other",
    )


def offset_text(offset: timedelta | None) -> str:
    """A UTC offset as it may follow a time of day: `+02:00`, `utc-05:00`."""
    minutes = round((offset or timedelta(0)).total_seconds() / 60)
    sign = "utc-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
