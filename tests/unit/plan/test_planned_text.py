"""What is planned beside the meetings of a day, in lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.focus.day_line import FOCUS, MEETING, PLANNED, day_line
from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.core.plan.planned_block import Occurrence, PlannedBlock, Standing
from flowtui.core.plan.planned_text import meeting_lines, planned_lines, room_for
from flowtui.core.plan.schedule import Schedule
from flowtui.core.text import cell_count

NINE = datetime(2026, 3, 4, 9, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
HOUR = timedelta(hours=1)


def meeting(start: float, end: float, title: str = "stand-up", busy: bool = True) -> CalendarEvent:
    return CalendarEvent(NINE + start * HOUR, NINE + end * HOUR, False, False, busy, title, title)


def plan(start: float, minutes: int | None = 90, id: str = "p") -> Occurrence:
    at = NINE + start * HOUR
    one = PlannedBlock(id, Schedule(at.hour * 60, on=at.date()), minutes and minutes * 60, "fuse")
    return Occurrence(one, at.date(), at, Standing.PLANNED)


def test_a_plan_that_meets_a_meeting_says_so_and_where_there_is_room() -> None:
    meetings = [meeting(2, 3), meeting(4, 5, "talk")]
    (line,) = planned_lines([plan(1.5)], NINE, ZONE, 100, meetings)
    assert line.endswith("fuse  meets stand-up, room at 14:00: M")
    assert room_for(plan(1.5), [], meetings) == NINE + 5 * HOUR
    assert room_for(plan(1.5), [plan(5, 60, "q")], meetings) == NINE + 6 * HOUR
    assert room_for(plan(0), [], meetings) is None
    assert room_for(plan(2, None), [], meetings) is None
    assert "meets" not in planned_lines([plan(0)], NINE, ZONE, 100, meetings)[0]


def test_what_is_free_between_meetings_is_told_and_short_stretches_are_fragments() -> None:
    meetings = [meeting(0.5, 1), meeting(1.5, 3, "talk"), meeting(6, 7, "free", busy=False)]
    told, free = meeting_lines(meetings, NINE, NINE + 5 * HOUR, ZONE, 100)
    assert told == "09:30 stand-up · 10:30 talk"
    assert free == "free 2 h 00 from 12:00, 1 h 00 in fragments"
    assert meeting_lines([], NINE, NINE + HOUR, ZONE, 100) == []
    assert meeting_lines([meeting(-2, -1)], NINE, NINE + HOUR, ZONE, 100) == []


@given(st.integers(8, 120), st.lists(st.text(max_size=30), max_size=5))
def test_no_line_is_wider_than_the_room(width: int, titles: list[str]) -> None:
    meetings = [meeting(n + 0.5, n + 1, title) for n, title in enumerate(titles)]
    for line in meeting_lines(meetings, NINE, NINE + 9 * HOUR, ZONE, width):
        assert cell_count(line) <= width


def test_meetings_stand_in_the_line_of_the_day_below_plans() -> None:
    line = day_line([], [plan(3, 60)], NINE, ZONE, 100, True, [meeting(2, 3), meeting(3.5, 5)])
    assert line is not None  # 08 to 18: ten cells an hour
    assert line.cells[30:40] == MEETING * 10
    assert line.cells[40:50] == PLANNED * 10 and line.cells[50:60] == MEETING * 10
    assert FOCUS not in line.used
    alone = day_line([], [], NINE, ZONE, 100, True, [meeting(2, 3)])
    assert alone is not None and day_line([], [], NINE, ZONE, 100, True, []) is None


def test_the_words_of_a_plan_have_the_room_that_the_columns_leave() -> None:
    plans = [plan(1, 50), plan(26, 90, "q")]
    assert planned_lines(plans, NINE, ZONE, 60) == [
        "today 10:00  50 min  fuse",
        "Thu   11:00  1 h 30  fuse",
    ]


def test_a_wide_title_of_a_meeting_pushes_no_plan_out_of_the_room() -> None:
    meetings = [meeting(1, 3, "週次の打ち合わせ" * 3)]
    (line,) = planned_lines([plan(1.5)], NINE, ZONE, 90, meetings)
    assert cell_count(line) <= 90
