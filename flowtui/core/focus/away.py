"""Time away from the keyboard, as the system tells it: a stretch to be offered, never assumed.

A look may come seconds after what it tells; where the system says since when, that is taken.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flowtui.core.focus.block import Block, Gap
from flowtui.core.focus.block_json import iso
from flowtui.core.focus.measure import whole
from flowtui.core.focus.recovery import Reading, lapse
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.status_file import minutes

MOST = timedelta(hours=24)
"""A hint older than this tells of a clock that was set, not of somebody who is away."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the system says of the person at an instant."""

    away: bool
    """Nobody has touched anything for a while, or the screen is locked."""
    since: datetime | None = None
    """Since when it is so; None where that is not told."""


@dataclass(frozen=True, slots=True)
class Away:
    """A stretch in which nobody seems to have been there."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """How long it was."""
        return int((self.end - self.start).total_seconds())

    def moved(self, stepped_s: int) -> Away:
        """The same stretch by a clock that was set ahead by `stepped_s` (negative: back) since."""
        step = timedelta(seconds=stepped_s)
        return Away(self.start + step, self.end + step)

    def words(self, zone: ZoneInfo) -> str:
        """As it is offered: "14:02 to 14:31, 29 min"."""
        start, end = (at.astimezone(zone) for at in (self.start, self.end))
        return f"{start:%H:%M} to {end:%H:%M}, {minutes(self.seconds)}"

    def view(self, zone: str) -> dict[str, object]:
        """As JSON."""
        return {"start": iso(self.start, zone), "end": iso(self.end, zone), "seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class Watched:
    """What was noticed so far."""

    since: datetime | None = None
    """Since when somebody is away; None while they are here."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A stretch to offer, and the clocks by which its instants hold."""

    away: Away
    seen: Reading

    def by(self, now: Reading) -> Offer:
        """The same by the clocks of `now`: it moves with a wall clock that was set since."""
        stepped_s = lapse(self.seen, now).stepped_s
        return Offer(self.away.moved(stepped_s), now) if stepped_s else self


def look(
    watched: Watched, sight: Sight, block: Block, now: datetime, least_s: int, stepped_s: int = 0
) -> tuple[Watched, Away | None]:
    """Compare `sight` with what was noticed; the stretch to offer, if somebody is back from one.

    It lies in the running `block`, outside of its gaps, and lasts `least_s` seconds at least.
    `stepped_s` is by how many seconds the clock was set ahead (negative: back) since the last look.
    """
    if stepped_s:
        if watched.since is not None:
            watched = Watched(watched.since + timedelta(seconds=stepped_s))
        sight = Sight(sight.away)  # nobody can say by which of the two clocks its time was told
    at = _told(sight, now)
    if sight.away:
        return (watched if watched.since is not None else Watched(at)), None
    if watched.since is None:
        return watched, None
    back = at if at > watched.since else now  # the hint of a lock tells no time
    left = remaining(Away(watched.since, max(watched.since, back)), block, now)
    return Watched(), left if left is not None and left.seconds >= least_s else None


def remaining(away: Away, block: Block, now: datetime) -> Away | None:
    """The longest part of `away` that lies in `block` and in none of its gaps; None without one."""
    if block.ended_at is not None:
        return None
    parts = [(max(whole(away.start), block.started_at), min(whole(away.end), whole(now)))]
    for gap in block.gaps:
        parts = [piece for part in parts for piece in _without(part, gap, now)]
    parts = [part for part in parts if part[0] < part[1]]
    if not parts:
        return None
    return Away(*max(parts, key=lambda part: part[1] - part[0]))


def _told(sight: Sight, now: datetime) -> datetime:
    if sight.since is None or not now - MOST <= sight.since <= now:
        return now
    return sight.since


def _without(
    part: tuple[datetime, datetime], gap: Gap, now: datetime
) -> list[tuple[datetime, datetime]]:
    start, end = part
    gap_end = gap.end or now
    if gap_end <= start or end <= gap.start:
        return [part]
    return [(start, gap.start), (gap_end, end)]
