"""A record as a line and back: what can be logged can be shown, and corrected, as it was typed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Scope
from flowtui.core.body.entry_line import line_of, reread
from flowtui.core.body.habits import Form, Habit
from flowtui.core.body.quick_line import Words, parse
from flowtui.core.body.writer import Pen
from flowtui.core.day import DayRule
from flowtui.core.errors import UsageError

WORDS = Words((Habit("meditate"), Habit("iron", Form.DOSE, unit="mg")), ("phone-in-bed",))


def pen(now: datetime = datetime(2026, 3, 4, 20, 30, tzinfo=UTC), zone: str = "UTC") -> Pen:
    numbers = itertools.count()
    return Pen(now, DayRule(ZoneInfo(zone)), lambda: f"id{next(numbers)}")


def one(line: str, by: Pen | None = None) -> Entry:
    return parse(line, by or pen(), WORDS).entries[0]


LINES = [
    "energy 4",
    "energy skip",
    "output 3 yesterday",
    "sleep 7.5",
    "sleep 7h25 q4",
    "sleep 23:40-7:05 q4",
    "sleep q3 yesterday",
    "coffee",
    "2 coffees 15:30",
    "no coffee",
    "sugar 2",
    "sugar none",
    "yoga 30 e6",
    "yoga 45.5m",
    "run 18:00-18:45 e4.5",
    "workout no",
    "eat open 12:00",
    "eat 18:00-01:30 yesterday",
    "eat no",
    "meditate",
    "meditate no",
    "iron 20 mg",
    "phone-in-bed 2",
    "phone-in-bed no",
    "worked phone away, on friday",
    "worked skip",
    "yoga 30 -- knee, a little",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Europe/Warsaw"])
def test_a_record_read_from_its_own_line_is_the_same(line: str, zone: str) -> None:
    entry = one(line, pen(zone=zone))

    again = one(line_of(entry), pen(zone=zone))

    assert replace(again, id=entry.id) == entry
    assert reread(entry, line_of(entry), pen(zone=zone), WORDS) == entry


@given(
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30)),
    st.sampled_from(LINES),
    st.sampled_from(["Europe/Warsaw", "America/New_York", "Australia/Lord_Howe"]),
)
def test_the_round_trip_holds_at_any_minute_of_a_year_with_clock_changes(
    moment: datetime, line: str, zone: str
) -> None:
    by = pen(moment.replace(tzinfo=UTC, second=0, microsecond=0), zone)
    try:
        entry = one(line, by)
    except UsageError:
        return  # a time of the day that is still to come
    # days later every time of the line has gone by; which day it was is said by the line
    later = replace(by, now=datetime(2026, 12, 15, 12, tzinfo=UTC))

    again = reread(entry, line_of(entry), later, WORDS)

    assert replace(again, late=entry.late) == entry


def test_correcting_a_length_keeps_id_source_and_the_instant_it_was_written() -> None:
    entry = one("yoga 30 e6")
    later = pen(datetime(2026, 3, 4, 22, 0, tzinfo=UTC))

    new = reread(entry, "yoga 45 e7", later, WORDS)

    assert (new.id, new.recorded_at, new.source) == (entry.id, entry.recorded_at, entry.source)
    assert (new.duration_s, new.effort, new.late) == (2700, 7.0, False)


def test_a_correction_after_the_day_is_over_is_marked_late() -> None:
    entry = one("output 3")

    new = reread(entry, "output 4 2026-03-04", pen(datetime(2026, 3, 6, 9, tzinfo=UTC)), WORDS)

    assert (new.value, new.late) == (4.0, True)


def test_seconds_and_the_second_zone_of_a_flight_stay_where_the_line_does_not_change_them() -> None:
    entry = replace(
        one("sleep 23:40-7:05 q4"),
        start=datetime(2026, 3, 3, 23, 40, 12, tzinfo=UTC),
        end=datetime(2026, 3, 4, 7, 5, 40, tzinfo=UTC),
        end_zone="Europe/Warsaw",
    )

    new = reread(entry, "sleep 23:40-7:05 q5 2026-03-04", pen(), WORDS)

    assert (new.start, new.end, new.end_zone) == (entry.start, entry.end, "Europe/Warsaw")
    assert new.quality == 5


def test_a_whole_day_amount_stays_one() -> None:
    entry = replace(one("caffeine 3 2026-03-04"), scope=Scope.DAY, at=None)

    new = reread(entry, "caffeine 2 2026-03-03", pen(), WORDS)

    assert (new.value, new.scope) == (2.0, Scope.DAY)


@pytest.mark.parametrize("line", ["coffee", "energy 4, energy 5", "energy 9", "energy"])
def test_a_line_of_another_kind_several_entries_or_a_bad_value_is_refused(line: str) -> None:
    with pytest.raises(UsageError):
        reread(one("energy 3"), line, pen(), WORDS)


def test_a_window_moved_into_another_is_refused_but_not_for_itself() -> None:
    by = pen()
    first, second = one("eat 8:00-10:00", by), one("eat 12:00-20:00", by)

    moved = reread(second, "eat 11:00-19:00 2026-03-04", pen(), WORDS, [first, second])
    assert moved.start == datetime(2026, 3, 4, 11, tzinfo=UTC)
    with pytest.raises(UsageError, match="shares time"):
        reread(second, "eat 9:00-19:00 2026-03-04", pen(), WORDS, [first, second])


def test_a_stretch_of_more_than_sixteen_hours_is_kept_only_where_am_and_pm_say_so() -> None:
    """A clock of twelve hours was read as one of 24: nights of 19 hours."""
    for line, hours in (
        ("slept 12-7am", 7), ("slept 10:30 to 6:45", 8.25), ("slept 11:30-7", 7.5),
        ("yesterday slept 12:30-8:00", 7.5), ("eat 12-8 yesterday", 8),
        ("hike 10:30-6:30 yesterday", 8), ("eat 6:00-23:00 yesterday", 17),
    ):  # fmt: skip
        made = one(line)
        assert made.start and made.end
        assert (made.end - made.start).total_seconds() == hours * 3600, line
    for line in ("sleep 13:00-7:00", "slept 22:00-21:00", "hike 15:00-14:00 yesterday"):
        with pytest.raises(UsageError, match="16 h or more over midnight") as caught:
            one(line)
        assert "am" in (caught.value.hint or "") and "pm" in (caught.value.hint or "")
    long = one("eat 11am-7am yesterday")
    line = line_of(long, pen().rule.start)
    assert line == "eat 11:00am-7:00am 2026-03-03"
    assert reread(long, line, pen(), WORDS) == long
