"""Schedules in words: what they mean, day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import UsageError
from flowtui.core.plan.schedule import ORDINALS, Schedule, parse_schedule

TODAY = date(2026, 11, 27)
"""A Friday."""


def days(words: str, first: str = "2026-11-27", last: str = "2026-12-31") -> list[str]:
    schedule = parse_schedule(words, TODAY)
    found = schedule.days(date.fromisoformat(first), date.fromisoformat(last))
    return [f"{day:%m-%d}" for day in found]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("weekdays 09:00 until 2026-12-03", ["11-27", "11-30", "12-01", "12-02", "12-03"]),
        ("mon,thu 14:00 until 2026-12-10", ["11-30", "12-03", "12-07", "12-10"]),
        ("mon, thu 14:00 until 2026-12-05", ["11-30", "12-03"]),
        ("mondays 9:00 until 2026-12-08", ["11-30", "12-07"]),
        ("every 2 weeks fri 16:00", ["11-27", "12-11", "12-25"]),
        ("every other friday 16:00 from 2026-12-04", ["12-04", "12-18"]),
        ("every friday at 4pm until 2026-12-05", ["11-27", "12-04"]),
        ("first mon 10:00", ["12-07"]),
        ("last friday 15:00", ["11-27", "12-25"]),
        ("the second tue of every month 8:00", ["12-08"]),
        ("daily 8:30 until 2026-11-29", ["11-27", "11-28", "11-29"]),
        ("weekends 10:00 until 2026-12-01", ["11-28", "11-29"]),
        ("2026-12-01 09:00", ["12-01"]),
        ("tomorrow 9:00", ["11-28"]),
        ("in 3 days 9:00", ["11-30"]),
        ("9:00 tomorrow", ["11-28"]),
        ("17:00", ["11-27"]),
        ("weekdays 9:00 until 2026-12-02 except 2026-12-01", ["11-27", "11-30", "12-02"]),
        ("weekdays 9:00 except 2026-12-01, 2026-11-30 until 2026-12-02", ["11-27", "12-02"]),
    ],
)
def test_words_name_days(words: str, expected: list[str]) -> None:
    assert days(words) == expected


@pytest.mark.parametrize(
    "words",
    [
        "", "weekdays", "9:00 9:30 xx", "soonish 9:00", "every 0 weeks fri 9:00", "fifth mon 9:00",
        "2026-02-30 9:00", "mon,foo 9:00", "weekdays 25:00", "weekdays 9:00 until",
        "every 99 weeks fri 9:00", "weekdays 9:00 from 2026-12-02 until 2026-12-01",
        "tomorrow 9:00 until 2027-01-01", "weekdays 9:00 except never",
    ],
)  # fmt: skip
def test_other_words_are_refused_in_one_line(words: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_schedule(words, TODAY)
    assert "\n" not in str(refused.value)
    assert refused.value.hint


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(sorted).map(tuple)
SCHEDULES = st.one_of(
    st.builds(Schedule, minute=st.integers(0, 1439), on=DAYS),
    st.builds(
        Schedule,
        minute=st.integers(0, 1439),
        weekdays=WEEKDAYS,
        first=st.none() | DAYS,
        skip=st.sets(DAYS, max_size=3).map(sorted).map(tuple),
    ),
    st.builds(
        Schedule,
        minute=st.integers(0, 1439),
        weekdays=WEEKDAYS,
        weeks=st.integers(2, 52),
        first=DAYS,
    ),
    st.builds(
        Schedule,
        minute=st.integers(0, 1439),
        weekdays=st.integers(0, 6).map(lambda day: (day,)),
        nth=st.sampled_from(sorted(ORDINALS.values())),
        last=st.none() | DAYS,
    ),
)


@given(SCHEDULES)
def test_a_schedule_s_words_are_read_as_itself(schedule: Schedule) -> None:
    schedule.check_stored()
    assert parse_schedule(schedule.text(), TODAY) == schedule


@given(SCHEDULES, DAYS)
def test_days_are_those_that_another_library_finds(schedule: Schedule, begin: date) -> None:
    """dateutil's rules (RFC 5545) as the oracle, over two years."""
    end = begin + timedelta(days=730)
    if schedule.on is not None:
        expected = [schedule.on] if begin <= schedule.on <= end else []
    else:
        start = max(begin, schedule.first) if schedule.first else begin
        anchor = schedule.first or begin
        nth = schedule.nth
        rule = rrule.rrule(
            rrule.MONTHLY if nth else rrule.WEEKLY,
            interval=schedule.weeks,
            wkst=rrule.MO,
            byweekday=[
                rrule.weekday(day, nth) if nth else rrule.weekday(day) for day in schedule.weekdays
            ],
            dtstart=datetime.combine(anchor, time()),
            until=datetime.combine(min(end, schedule.last or end), time()),
        )
        expected = [day.date() for day in rule if start <= day.date()]
    assert list(schedule.days(begin, end)) == [d for d in expected if d not in schedule.skip]
