"""Dates, times, lengths and numbers in the many ways that exports write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import UsageError
from flowtui.exchange.dates import (
    date_order,
    read_date,
    read_length_s,
    read_moment,
    read_time,
    zone_at,
)
from flowtui.exchange.numbers import Marks, read_number
from tests.unit.exchange.make import BERLIN

either = partial(read_number, marks=Marks.BOTH)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-04", "2026/3/4", "2026.03.04", "4.3.2026", "04.03.26", "Mar 4, 2026"),
        *("4 Mar 2026", "4 March 2026", "March 4, 2026", " Mar\u00a04,\u202f2026 "),
        *("20260304", "4-Mar-26", "4-Mar-2026", "04. 03. 2026", "4. März 2026", "4 mars 2026"),
        *("4 de marzo de 2026", "4. Mrz. 2026", "March 4th, 2026"),
    ],
)
def test_one_date_in_many_ways(text: str) -> None:
    assert read_date(text) == date(2026, 3, 4)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-04", "30.2.2026", "Foo 4, 2026", "0001-01-01", "9999-12-31", "3/4/2026"],
)
def test_what_is_no_date_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_date(text)


def test_the_order_shows_in_any_date_with_a_day_after_the_twelfth() -> None:
    assert date_order(["3/4/2026", "13/4/2026"]) == "dmy"
    assert date_order(["3/4/2026", "4/13/2026"]) == "mdy"
    assert date_order(["3/4/2026"]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:05 pm", time(21, 5)),
        ("9:05\u202fPM", time(21, 5)),
        ("12:05 am", time(0, 5)),
        ("12:05 p.m.", time(12, 5)),
        ("0:05 am", time(0, 5)),
        ("0:05 pm", time(12, 5)),
        ("21:35", time(21, 35)),
        ("7:05:09", time(7, 5, 9)),
    ],
)
def test_times_with_twelve_and_twenty_four_hours(text: str, expected: time) -> None:
    assert read_time(text) == expected


@pytest.mark.parametrize("text", ["", "25:00", "13:00 pm", "12:60", "evening", "7"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a time of day"):
        read_time(text)


def test_instants_with_an_offset_keep_it_and_others_are_local() -> None:
    assert read_moment("2026-03-04T12:00:00+05:30", BERLIN) == (
        datetime.fromisoformat("2026-03-04T12:00:00+05:30"),
        True,
    )
    assert read_moment("2026-03-04 12:00:00 +0530", BERLIN)[1]
    assert read_moment("Mar 4, 2026, 1:00:00 PM", BERLIN) == (
        datetime(2026, 3, 4, 12, tzinfo=UTC),
        False,
    )


@pytest.mark.parametrize("text", ["2026-03-04", "noon", "0001-01-01T00:00:00+14:00", ""])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_moment(text, BERLIN)


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "1.2.3", "--1", "0x10"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a number"):
        read_number(text, Marks.POINT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("7.5", 27000), ("7:30", 27000), ("7h 30m", 27000), ("7h", 25200), ("450m", 27000)),
        *(("7h30", 27000), ("7.5 hours", 27000), ("7,5 h", 27000), ("7 Std. 30 Min.", 27000)),
        *(("7 hours, 30 minutes", 27000), ("450 мин", 27000), ("1h 2m 3s", 3723), ("90s", 90)),
        ("7時間30分", 27000),
    ],
)
def test_lengths_say_their_unit_or_have_the_usual_one(text: str, expected: int) -> None:
    assert read_length_s(text, 3600, either) == expected


@pytest.mark.parametrize("text", ["30m 7h", "7h 8h", "7 km", "h", "7 x", "1h 2", "7h 30 40"])
def test_a_length_in_no_order_or_unit_is_refused_or_what_it_plainly_says(text: str) -> None:
    if text == "1h 2":
        assert read_length_s(text, 3600, either) == 3720
        return
    with pytest.raises(UsageError):
        read_length_s(text, 3600, either)


@given(st.text(max_size=25))
def test_any_text_is_a_length_or_refused(text: str) -> None:
    try:
        read_length_s(text, 3600, either)
    except UsageError as error:
        assert error.message


@pytest.mark.parametrize(
    "text",
    ["Sat, 7 Mar 2026", "Saturday 7 March 2026", "Samstag, 7. März 2026", "sáb. 07/03/2026"],
)
def test_a_weekday_before_a_date_is_passed_over(text: str) -> None:
    assert read_date(text, "dmy") == date(2026, 3, 7)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["dmy", "mdy"]))
def test_every_date_is_read_back_in_the_order_it_was_written(day: date, order: str) -> None:
    parts = (day.day, day.month) if order == "dmy" else (day.month, day.day)
    text = f"{parts[0]}/{parts[1]}/{day.year}"

    assert read_date(text, order) == day
    assert read_date(day.isoformat()) == day


@given(st.text(max_size=25))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    for read in (read_date, read_time, either):
        try:
            read(text)
        except UsageError as error:
            assert error.message


@given(st.integers(-12 * 4, 14 * 4), st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)))
def test_a_zone_found_for_an_offset_has_that_offset_or_is_home(
    quarters: int, moment: datetime
) -> None:
    instant, offset = moment.replace(tzinfo=UTC), timedelta(minutes=15 * quarters)
    name = zone_at(instant, offset, BERLIN)

    if name != BERLIN.key:
        assert instant.astimezone(ZoneInfo(name)).utcoffset() == offset


@pytest.mark.parametrize(
    ("minutes", "name"),
    [
        *((120, "Europe/Berlin"), (0, "Etc/UTC"), (-480, "Etc/GMT+8"), (60, "Etc/GMT-1")),
        *((330, "Asia/Kolkata"), (345, "Asia/Kathmandu"), (840, "Etc/GMT-14")),
    ],
)
def test_home_comes_first_then_a_fixed_zone(minutes: int, name: str) -> None:
    assert zone_at(NOON, timedelta(minutes=minutes), BERLIN) == name


def test_no_offset_and_an_offset_of_no_place_are_home() -> None:
    assert zone_at(NOON, None, BERLIN) == "Europe/Berlin"
    assert zone_at(NOON, timedelta(minutes=17), BERLIN) == "Europe/Berlin"
