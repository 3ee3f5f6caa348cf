"""Lengths, instants and days as people type them, over nights when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core import status_file
from flowtui.core.errors import UsageError
from flowtui.core.length_grammar import parse_duration
from flowtui.core.time_grammar import Days, parse_clock, parse_day, parse_instant, parse_weekday

WARSAW = ZoneInfo("Europe/Warsaw")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
ZONES = st.sampled_from([WARSAW, NEW_YORK, LORD_HOWE, ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu")])
NOWS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
NOON = datetime(2026, 11, 20, 12, 0, 0, 700_000, tzinfo=UTC)  # a Friday, 13:00 in Warsaw


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("50m", 3000),
        ("1h30", 5400),
        ("1h30m", 5400),
        ("1:30", 5400),
        ("90", 5400),
        ("45s", 45),
        ("1.5h", 5400),
        ("1,5h", 5400),
        (" 2h  15m ", 8100),
        ("2 H 15 Min", 8100),
        ("1 hour 5 minutes 3 seconds", 3903),
        ("24h", 86400),
        ("1d", 86400),
        ("0.5", 30),
        ("0h 5m", 300),
    ],
)
def test_a_length_is_read_in_the_forms_that_people_write(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m",
        "h",
        "-5m",
        "−5m",
        "0",
        "0m",
        "0.001s",
        "24h1s",
        "25h",
        "99999999999",
        "soon",
        "1h30x",
        "5m 1h",
        "1h 2h",
        "5m5",
        "1:75",
        "1:5",
        "٥m",
        "1e3",
        "inf",
        "nan",
        "1h30m20",
        "5 5",
        "1.5.5h",
        ".5h",
        "+5m",
    ],
)
def test_what_is_no_length_is_refused_by_name_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_duration(text)
    assert repr(text) in refused.value.message
    assert refused.value.hint
    assert refused.value.exit_code == 2


def test_a_caller_may_allow_longer_lengths() -> None:
    assert parse_duration("30h", limit_s=48 * 3600) == 30 * 3600


@given(st.integers(1, 1440))
def test_whole_minutes_survive_being_written_and_read(minutes: int) -> None:
    assert parse_duration(status_file.minutes(minutes * 60)) == minutes * 60
    assert parse_duration(f"{minutes // 60}:{minutes % 60:02}") == minutes * 60
    assert parse_duration(str(minutes)) == minutes * 60


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_order(text: str) -> None:
    try:
        assert 1 <= parse_duration(text) <= 86400
    except UsageError:
        pass
    try:
        assert parse_instant(text, NOON, WARSAW) <= NOON
    except UsageError:
        pass
    try:
        days = parse_day(text, NOON.date())
        assert days.first <= days.last
    except UsageError:
        pass


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc] # the parts of a date


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("now", utc(2026, 11, 20, 12)),
        ("09:15", utc(2026, 11, 20, 8, 15)),
        ("9:15", utc(2026, 11, 20, 8, 15)),
        ("13:00", utc(2026, 11, 20, 12)),
        ("09:15:07", utc(2026, 11, 20, 8, 15, 7)),
        ("20m ago", utc(2026, 11, 20, 11, 40)),
        ("1h30 ago", utc(2026, 11, 20, 10, 30)),
        ("2d ago", utc(2026, 11, 18, 12)),
        ("yesterday 22:30", utc(2026, 11, 19, 21, 30)),
        ("Today 09:15", utc(2026, 11, 20, 8, 15)),
        ("mon 14:00", utc(2026, 11, 16, 13)),
        ("friday 12:59", utc(2026, 11, 20, 11, 59)),
        ("fri 14:00", utc(2026, 11, 13, 13)),
        ("2026-11-20 09:15", utc(2026, 11, 20, 8, 15)),
        ("2026-11-20T09:15:30.123", utc(2026, 11, 20, 8, 15, 30)),
        ("2026-11-20T09:15:30Z", utc(2026, 11, 20, 9, 15, 30)),
        ("2026-11-20 09:15+02:00", utc(2026, 11, 20, 7, 15)),
        ("2026-11-20 09:15 -0500", None),
        ("2026-07-01 09:15", utc(2026, 7, 1, 7, 15)),
    ],
)
def test_an_instant_gone_by_is_read(text: str, instant: datetime | None) -> None:
    if instant is None:
        with pytest.raises(UsageError, match="later than now"):
            parse_instant(text, NOON, WARSAW)
        return
    read = parse_instant(text, NOON, WARSAW)
    assert read == instant
    assert read.tzinfo is UTC
    assert read.microsecond == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25:00",
        "09:60",
        "9",
        "0915",
        "09h15",
        "ago",
        "0m ago",
        "15d ago",
        "soon",
        "mo 14:00",
        "2026-02-30 09:00",
        "2026-11-20",
        "2026-13-01 00:00",
        "0001-01-01 00:00+14:00",
        "tomorrow 08:00",
        "in 5m",
        "2026-11-20 09:15+99:00",
        "mon",
        "yesterday",
        "2026-11-20 9:15:75",
    ],
)
def test_what_is_no_instant_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_instant(text, NOON, WARSAW)
    assert repr(text) in refused.value.message
    assert "yesterday 22:30" in (refused.value.hint or "")


def test_a_time_later_today_is_refused_and_the_way_to_yesterday_is_told() -> None:
    with pytest.raises(UsageError) as refused:
        parse_instant("23:50", utc(2026, 11, 20, 0, 30), ZoneInfo("UTC"))
    assert refused.value.hint == "For the day before, write: yesterday 23:50"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("17:30", utc(2026, 11, 20, 16, 30)),
        ("13:00", utc(2026, 11, 20, 12)),
        ("00:30", utc(2026, 11, 20, 23, 30)),
        ("in 20m", utc(2026, 11, 20, 12, 20)),
        ("tomorrow 08:00", utc(2026, 11, 21, 7)),
        ("mon 14:00", utc(2026, 11, 23, 13)),
        ("fri 14:00", utc(2026, 11, 20, 13)),
        ("fri 12:00", utc(2026, 11, 27, 11)),
        ("2026-12-24 18:00", utc(2026, 12, 24, 17)),
    ],
)
def test_where_the_future_is_allowed_undated_words_mean_the_next_one(
    text: str, instant: datetime
) -> None:
    assert parse_instant(text, NOON, WARSAW, future=True) == instant


def test_a_time_skipped_in_spring_is_read_with_the_offset_from_before() -> None:
    later = utc(2026, 12, 31)
    assert parse_instant("2026-03-29 02:30", later, WARSAW) == utc(2026, 3, 29, 1, 30)
    assert parse_instant("2026-03-08 02:30", later, NEW_YORK) == utc(2026, 3, 8, 7, 30)
    # Lord Howe moves by half an hour: 02:00 to 02:30, from +10:30 to +11:00
    assert parse_instant("2026-10-04 02:15", later, LORD_HOWE) == utc(2026, 10, 3, 15, 45)


def test_a_time_that_came_twice_is_the_last_one_gone_by() -> None:
    between = utc(2026, 10, 25, 0, 40)  # 02:40 in Warsaw, for the first time
    after = utc(2026, 10, 25, 1, 40)  # 02:40 once more
    assert parse_instant("02:30", between, WARSAW) == utc(2026, 10, 25, 0, 30)
    assert parse_instant("02:30", after, WARSAW) == utc(2026, 10, 25, 1, 30)
    assert parse_instant("02:50", after, WARSAW) == utc(2026, 10, 25, 0, 50)
    assert parse_instant("02:30", between, WARSAW, future=True) == utc(2026, 10, 25, 1, 30)
    lord_howe = utc(2026, 4, 4, 15, 20)  # 01:50 for the second time; it goes back by half an hour
    assert parse_instant("01:45", lord_howe, LORD_HOWE) == utc(2026, 4, 4, 15, 15)


@given(NOWS, ZONES, st.integers(0, 7 * 86400))
def test_a_local_time_written_out_is_read_back_within_the_repeated_hour(
    now: datetime, zone: ZoneInfo, back_s: int
) -> None:
    instant = now.replace(microsecond=0) - timedelta(seconds=back_s)
    local = instant.astimezone(zone)
    read = parse_instant(local.strftime("%Y-%m-%d %H:%M:%S"), now, zone)
    assert read.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
    assert instant <= read <= now
    assert parse_instant(local.isoformat(), now, zone) == instant


@given(NOWS, ZONES, st.times())
def test_the_next_time_of_day_is_never_gone_by_and_less_than_two_days_ahead(
    now: datetime, zone: ZoneInfo, clock: time
) -> None:
    read = parse_instant(clock.strftime("%H:%M"), now, zone, future=True)
    assert now.replace(microsecond=0) <= read < now + timedelta(hours=26)


@given(NOWS, ZONES, st.integers(0, 6), st.times())
def test_the_last_weekday_is_gone_by_and_at_most_a_week_back(
    now: datetime, zone: ZoneInfo, weekday: int, clock: time
) -> None:
    name = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][weekday]
    read = parse_instant(f"{name} {clock:%H:%M}", now, zone)
    assert now - timedelta(days=7, hours=2) < read <= now
    following = parse_instant(f"{name} {clock:%H:%M}", now, zone, future=True)
    assert now.replace(microsecond=0) <= following < now + timedelta(days=7, hours=2)


@given(NOWS, ZONES, st.integers(1, 86400))
def test_a_length_ago_is_elapsed_time_whatever_the_clocks_did(
    now: datetime, zone: ZoneInfo, seconds: int
) -> None:
    read = parse_instant(f"{seconds}s ago", now, zone)
    assert now.replace(microsecond=0) - read == timedelta(seconds=seconds)


FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", FRIDAY, FRIDAY),
        ("Yesterday", date(2026, 11, 19), date(2026, 11, 19)),
        ("monday", date(2026, 11, 16), date(2026, 11, 16)),
        ("fri", FRIDAY, FRIDAY),
        ("sat", date(2026, 11, 14), date(2026, 11, 14)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
        ("7d", date(2026, 11, 14), FRIDAY),
        ("1d", FRIDAY, FRIDAY),
        ("2w", date(2026, 11, 7), FRIDAY),
        ("this week", date(2026, 11, 16), date(2026, 11, 22)),
        ("last week", date(2026, 11, 9), date(2026, 11, 15)),
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-w01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("this month", date(2026, 11, 1), date(2026, 11, 30)),
        ("last month", date(2026, 10, 1), date(2026, 10, 31)),
    ],
)
def test_a_day_or_a_stretch_of_days_is_read(text: str, first: date, last: date) -> None:
    assert parse_day(text, FRIDAY) == Days(first, last)


def test_a_week_may_begin_on_sunday() -> None:
    assert parse_day("this week", FRIDAY, first_weekday=6) == Days(
        date(2026, 11, 15), date(2026, 11, 21)
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0d",
        "0w",
        "999999d",
        "999999w",
        "2026-W54",
        "2025-W53",
        "2026-02-30",
        "2026-13",
        "mo",
        "week",
        "-7d",
        "7",
    ],
)
def test_what_is_no_day_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_day(text, FRIDAY)
    assert repr(text) in refused.value.message
    assert "2026-W47" in (refused.value.hint or "")


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
def test_this_week_and_this_month_hold_today(today: date, first_weekday: int) -> None:
    week = parse_day("this week", today, first_weekday=first_weekday)
    assert week.first <= today <= week.last
    assert (week.last - week.first).days == 6
    assert week.first.weekday() == first_weekday
    month = parse_day("this month", today)
    assert month.first <= today <= month.last
    assert (month.last + timedelta(1)).day == 1


def test_weekdays_and_times_of_day_are_read_strictly() -> None:
    assert [parse_weekday(name) for name in ("mon", "Thurs", "sunday")] == [0, 3, 6]
    assert [parse_clock(text) for text in ("04:00", "4pm")] == [time(4), time(16)]
    for text in ("mo", "", "mondays", "пн"):
        with pytest.raises(UsageError, match="weekday"):
            parse_weekday(text)
    for text in ("24:00", "4", "4:0", "", "14:00pm", "06:00+01:00"):
        with pytest.raises(UsageError, match="time of day"):
            parse_clock(text)
