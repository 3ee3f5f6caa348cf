"""A week's hours laid into its free stretches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.plan.week_plan import LEAST_S, REST, DayRoom, Proposed, move, propose
from flowtui.core.span import Span
from tests.user import Person, Shell

MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SPANS = st.lists(
    st.tuples(st.integers(0, 500), st.integers(5, 180)).map(
        lambda t: (timedelta(minutes=t[0]), timedelta(minutes=t[0] + t[1]))
    ),
    max_size=5,
)


def room(day: int, *busy: tuple[timedelta, timedelta], planned: int = 0) -> DayRoom:
    start = MONDAY + day * DAY
    spans = tuple(Span(start + first, start + last) for first, last in busy)
    return DayRoom(start.date(), Span(start, start + 9 * HOUR), spans, planned)


@given(
    st.lists(SPANS, min_size=1, max_size=6),
    st.integers(0, 200_000),
    st.integers(60, 8 * 3600),
    st.one_of(st.none(), st.integers(3600, 40_000)),
)
def test_no_block_lies_on_a_meeting_or_another_block_or_outside_the_hours(
    week: list[list[tuple[timedelta, timedelta]]], missing: int, length: int, most: int | None
) -> None:
    rooms = [room(day, *busy) for day, busy in enumerate(week)]
    blocks, left = propose(rooms, missing, length, most)
    for block in blocks:
        mine = next(r for r in rooms if r.day == block.start.date())
        assert mine.hours.start <= block.start and block.span.end <= mine.hours.end
        assert all(
            block.span.end + REST <= busy.start or busy.end + REST <= block.start
            for busy in mine.busy
        )
        assert LEAST_S <= block.seconds <= max(LEAST_S, length)
    assert all(a.span.end + REST <= b.start for a, b in pairwise(blocks))
    assert left >= missing - sum(b.seconds for b in blocks)
    if most is not None:
        for one in rooms:
            assert sum(b.seconds for b in blocks if b.start.date() == one.day) <= most


@given(st.lists(SPANS, min_size=1, max_size=3), st.integers(-3, 3))
def test_a_moved_block_lies_where_there_is_room(
    week: list[list[tuple[timedelta, timedelta]]], step: int
) -> None:
    rooms = [room(day, *busy) for day, busy in enumerate(week)]
    blocks, _left = propose(rooms, 20_000, 5400)
    if not blocks:
        return
    moved = move(rooms, blocks, 0, step)
    assert sorted(b.seconds for b in moved) == sorted(b.seconds for b in blocks)
    for block in moved:
        mine = next(r for r in rooms if r.day == block.start.date())
        assert not any(block.span.overlaps(busy) for busy in mine.busy)
    assert not any(a.span.overlaps(b.span) for a, b in pairwise(moved))


def test_hours_spread_over_the_days_and_mornings_come_first() -> None:
    rooms = [room(0), room(1, (timedelta(0), 2 * HOUR)), room(2, planned=5400)]
    blocks, left = propose(rooms, 3 * 5400, 5400)
    assert left == 0
    assert [(b.start - MONDAY) / HOUR for b in blocks] == [0, 1.75, 26.25]


def test_a_block_goes_to_the_next_place_and_back() -> None:
    rooms = [room(0, (2 * HOUR, 8 * HOUR)), room(1)]
    blocks = [Proposed(MONDAY, 5400)]
    after = move(rooms, blocks, 0)
    assert after == [Proposed(MONDAY + DAY, 5400)]
    assert move(rooms, after, 0, -1) == blocks


MEETINGS = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:all-hands
SUMMARY:all hands
DTSTART:20260309T090000Z
DTEND:20260309T180000Z
END:VEVENT
END:VCALENDAR
"""


def test_a_week_is_proposed_around_meetings_taken_and_taken_back(
    flow: Shell, person: Person, tmp_path: Path
) -> None:
    file = tmp_path / "work.ics"
    file.write_text(MEETINGS)
    flow.ok("config", "--set", "plan.calendars", f"['{file}']")
    told = flow.ok("plan", "week", "--hours", "6", "--for", "90m", "--json").json
    assert (told["first"], told["meant_s"], told["no_room_s"]) == ("2026-03-09", 21600, 0)
    days = [block["start"][:10] for block in told["blocks"]]
    assert days == ["2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"]
    assert told["plans"] == [] and flow.ok("plan", "list", "--json").json["plans"] == []

    taken = flow.ok("plan", "week", "--hours", "6", "--for", "90m", "--take", "--json").json
    assert len(taken["plans"]) == 4
    again = flow.ok("plan", "week", "--hours", "6", "--json").json
    assert (again["planned_s"], again["blocks"]) == (21600, [])
    flow.ok("undo")
    assert flow.ok("plan", "list", "--json").json["plans"] == []


def test_a_week_that_is_over_and_one_without_hours_are_refused_in_a_line(flow: Shell) -> None:
    assert "is over" in flow("plan", "week", "2026-W02", "--hours", "12").err
    flow.ok("config", "--set", "goals.week_h", "none")
    assert "--hours 12" in flow("plan", "week").err
    flow.ok("add", "read", "--start", "2026-02-24 09:00", "--for", "5h")
    assert flow.ok("plan", "week", "--json").json["meant_s"] == 5 * 3600
    assert "is not a week" in flow("plan", "week", "soon").err
