"""A week's deep hours laid into its free stretches: a proposal, to be taken, moved or left.

The day with the least on it comes first, and in it the earliest stretch with room; so hours spread
over the week and mornings are used before afternoons. Nothing is proposed over a meeting, over what
is planned, on rest days, or beyond what makes a day long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.span import Span, subtract

LEAST_S = 45 * 60
"""A shorter stretch is a fragment: no block is proposed in it."""
REST = timedelta(minutes=15)
"""Between a block and what lies beside it."""
STEP_S = 5 * 60
GRID = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class DayRoom:
    """What one day has room for."""

    day: date
    hours: Span
    """Between which instants blocks may lie."""
    busy: tuple[Span, ...] = ()
    """Meetings, and what is planned already."""
    planned_s: int = 0
    """Planned focus that it has already."""
    reserve: bool = False
    """Only where the other days have no room left: a weekend that was not called rest."""


@dataclass(frozen=True, slots=True, order=True)
class Proposed:
    """A block that is proposed."""

    start: datetime
    seconds: int

    @property
    def span(self) -> Span:
        """From its start to its end."""
        return Span(self.start, self.start + timedelta(seconds=self.seconds))


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """A proposal for a week."""

    blocks: tuple[Proposed, ...]
    meant_s: int
    """Focus meant for the week."""
    planned_s: int
    """What of it was planned or done already."""
    left_s: int
    """What found no room."""


def propose(
    rooms: Sequence[DayRoom], missing_s: int, length_s: int, most_s: int | None = None
) -> tuple[list[Proposed], int]:
    """Blocks of `length_s` that make up `missing_s`, by start, and the seconds without room.

    The last one may be shorter, and so may one in a stretch that is too short for a whole one; none
    is under three quarters of an hour. No day gets more than `most_s` in all.
    """
    length_s = max(LEAST_S, length_s)
    blocks: list[Proposed] = []
    sums = {room.day: room.planned_s for room in rooms}
    open_rooms = list(rooms)
    while missing_s > 0 and open_rooms:
        room = min(open_rooms, key=lambda one: (one.reserve, sums[one.day], one.day))
        wanted = min(length_s, max(LEAST_S, -(-missing_s // STEP_S) * STEP_S))
        if most_s is not None:
            wanted = min(wanted, most_s - sums[room.day])
        block = _first_fit(room, blocks, wanted)
        if block is None:
            open_rooms.remove(room)
            continue
        blocks.append(block)
        sums[room.day] += block.seconds
        missing_s -= block.seconds
    return sorted(blocks), max(0, missing_s)


def move(
    rooms: Sequence[DayRoom], blocks: Sequence[Proposed], index: int, steps: int = 1
) -> list[Proposed]:
    """`blocks` with the one at `index` at its next place (or the one before it), by start.

    Places are half hours apart within free stretches, day after day, and begin anew at the end.
    The same blocks where there is no other place.
    """
    block = blocks[index]
    others = [one for at, one in enumerate(blocks) if at != index]
    places = [start for room in rooms for start in _places(room, others, block.seconds)]
    if steps > 0:
        after = [start for start in places if start > block.start] or places
        start = after[0] if after else block.start
    else:
        before = [start for start in places if start < block.start] or places
        start = before[-1] if before else block.start
    return sorted([*others, Proposed(start, block.seconds)])


def _free(room: DayRoom, blocks: Sequence[Proposed]) -> list[Span]:
    """What is free of a day, with rest beside all that is not."""
    taken = [*room.busy, *(block.span for block in blocks)]
    return subtract([room.hours], [Span(span.start - REST, span.end + REST) for span in taken])


def _first_fit(room: DayRoom, blocks: Sequence[Proposed], seconds: int) -> Proposed | None:
    """In the earliest stretch with room for all of it, else in the longest that is no fragment."""
    if seconds < LEAST_S:
        return None
    spans = [Span(_on_grid(span.start), span.end) for span in _free(room, blocks) if _fits(span)]
    for span in spans:
        if span.seconds >= seconds:
            return Proposed(span.start, seconds)
    longest = max(spans, key=lambda span: span.seconds, default=None)
    if longest is None or longest.seconds < LEAST_S:
        return None
    return Proposed(longest.start, longest.seconds // STEP_S * STEP_S)


def _fits(span: Span) -> bool:
    return _on_grid(span.start) < span.end


def _places(room: DayRoom, blocks: Sequence[Proposed], seconds: int) -> Iterator[datetime]:
    for span in _free(room, blocks):
        start = _on_grid(span.start)
        while start + timedelta(seconds=seconds) <= span.end:
            yield start
            start += GRID


def _on_grid(at: datetime) -> datetime:
    """The next quarter of an hour."""
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at if not past else at - past + timedelta(minutes=15)
