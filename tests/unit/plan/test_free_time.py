"""What meetings leave of a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.core.plan.free_time import busy_spans, clash, free_stretches, next_gap, next_meeting

NINE = datetime(2026, 3, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def meeting(start: float, end: float, busy: bool = True, all_day: bool = False) -> CalendarEvent:
    return CalendarEvent(NINE + start * HOUR, NINE + end * HOUR, all_day, False, busy, "u", "talk")


MEETINGS = st.lists(
    st.tuples(st.integers(-200, 900), st.integers(0, 200), st.booleans()).map(
        lambda t: CalendarEvent(
            NINE + timedelta(minutes=t[0]), NINE + timedelta(minutes=t[0] + t[1]), False, False,
            t[2], "u", "t",
        )
    ),
    max_size=8,
)  # fmt: skip


@given(MEETINGS)
def test_free_and_busy_time_make_up_the_day(events: list[CalendarEvent]) -> None:
    end = NINE + 8 * HOUR
    free = free_stretches(events, NINE, end)
    inside = [span.clip(type(span)(NINE, end)) for span in busy_spans(events)]
    busy = sum((span.end - span.start for span in inside if span), timedelta())
    assert sum((stretch.length for stretch in free), timedelta()) + busy == 8 * HOUR
    assert all(
        clash(one.start, one.end, events) is None or one.length == timedelta() for one in free
    )


def test_a_stretch_under_an_hour_is_a_fragment() -> None:
    free = free_stretches([meeting(0.5, 1), meeting(2, 3)], NINE, NINE + 4 * HOUR)
    assert [(s.length / HOUR, s.fragment) for s in free] == [(0.5, True), (1, False), (1, False)]


def test_a_clash_is_the_first_busy_meeting_and_the_gap_comes_after_it() -> None:
    events = [meeting(1, 2), meeting(2.5, 3), meeting(0, 1, busy=False)]
    assert clash(NINE, NINE + HOUR, events) is None
    found = clash(NINE + HOUR / 2, NINE + 2 * HOUR, events)
    assert found is not None and found.start == NINE + HOUR
    assert next_gap(NINE + HOUR / 2, HOUR, events, NINE + 9 * HOUR) == NINE + 3 * HOUR
    assert next_gap(NINE, 9 * HOUR, events, NINE + 9 * HOUR) is None


def test_the_next_meeting_leaves_room_for_a_block_before_it() -> None:
    events = [meeting(0.1, 1), meeting(2, 3), meeting(1, 9, all_day=True)]
    found = next_meeting(NINE, events)
    assert found is not None and found.start == NINE + 2 * HOUR
