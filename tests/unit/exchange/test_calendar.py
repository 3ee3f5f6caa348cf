"""Calendars as other programs write them mean what their owners see in them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.plan.calendar_event import CalendarEvent
from flowtui.exchange.calendar.read import Reader, Window
from tests.unit.exchange.calendar_cases import CASES, NOVEMBER, event

BERLIN = ZoneInfo("Europe/Berlin")


def read(components: str, days: tuple[str, str] = NOVEMBER, me: tuple[str, ...] = ()) -> Reader:
    first, last = map(date.fromisoformat, days)
    reader = Reader(Window(first, last, BERLIN, me))
    reader.read(f"BEGIN:VCALENDAR\nVERSION:2.0\n{components}\nEND:VCALENDAR\n".splitlines())
    return reader


def told(event: CalendarEvent, lengths: bool) -> str:
    if event.all_day:
        return f"day {event.start:%d} {(event.end - event.start).days}d"
    if event.floating:
        return f"float {event.start.astimezone(BERLIN):%dT%H:%M}"
    length = f"/{(event.end - event.start) // timedelta(minutes=1)}" if lengths else ""
    return f"{event.start:%dT%H:%M}{length}"


@pytest.mark.parametrize("name", CASES)
def test_an_event_means(name: str) -> None:
    components, days, expected = CASES[name]
    reader = read(components, days)
    lengths = any("/" in text for text in expected)
    events = sorted(reader.events, key=lambda e: e.start)
    found = [told(event, lengths) for event in events]
    assert found + [f"out {item.uid}" for item in reader.left_out] == expected


@pytest.mark.parametrize(
    ("lines", "busy"),
    [
        ("", True),
        ("TRANSP:TRANSPARENT", False),
        ("TRANSP:OPAQUE", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True),
        ("ATTENDEE;PARTSTAT=DECLINED;CN=Me:mailto:Me@example.org", False),
        ('ATTENDEE;CN="You, too";PARTSTAT=DECLINED:MAILTO:you@example.org', True),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:me@example.org", True),
    ],
)
def test_a_meeting_is_busy_unless_it_says_otherwise(lines: str, busy: bool) -> None:
    reader = read(event(f"DTSTART:20261103T100000Z\n{lines}"), me=("me@example.org",))
    assert [one.busy for one in reader.events] == [busy]


@pytest.mark.parametrize(
    ("status", "busy"), [("", False), ("BUSY", True), ("OOF", True), ("FREE", False)]
)
def test_a_whole_day_is_busy_only_where_it_says_so(status: str, busy: bool) -> None:
    reader = read(event(f"DTSTART;VALUE=DATE:20261103\nX-MICROSOFT-CDO-BUSYSTATUS:{status}"))
    assert [one.busy for one in reader.events] == [busy]


def test_what_flowtui_wrote_itself_is_never_busy() -> None:
    reader = read(event("DTSTART:20261103T100000Z", uid="b-1@flowtui"))
    assert [one.busy for one in reader.events] == [False]


def test_a_title_is_one_line_that_no_terminal_obeys() -> None:
    reader = read(
        event("DTSTART:20261103T100000Z\nSUMMARY:stand\\nup\\, \x1b[31mred\x1b[0m \u202eand more")
    )
    assert [one.title for one in reader.events] == ["stand up, red and more"]


def test_a_series_that_takes_too_long_costs_itself_alone() -> None:
    hostile = "DTSTART:19000101T000000Z\nRRULE:FREQ=HOURLY;COUNT=99999999"
    reader = read(event(hostile, "x") + event("DTSTART:20261103T100000Z"))
    assert [item.uid for item in reader.left_out] == ["x"]
    assert len(reader.events) == 1


LINE = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VALARM",
        "UID:q",
        "DTSTART:20261103T100000Z",
        "DTSTART;TZID=Europe/Berlin:20261103T100000",
        "DTSTART:junk",
        "DTSTART;VALUE=DATE:20261103",
        "DTEND:20261103T110000",
        "DTEND;VALUE=DATE:20261101",
        "DURATION:PT1H",
        "DURATION:P",
        "RRULE:FREQ=DAILY",
        "RRULE:FREQ=YEARLY;BYDAY=XX",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=99",
        "RRULE:COUNT=3",
        "RRULE:FREQ=WEEKLY;UNTIL=soon",
        "RDATE:20261105",
        "RDATE;VALUE=PERIOD:20261105T100000Z/",
        "EXDATE:20261103",
        "EXDATE:,",
        "RECURRENCE-ID:20261103T100000Z",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261104",
        "no property",
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "END:VTIMEZONE",
        "X-WR-TIMEZONE:nowhere",
        " folded",
        "ATTENDEE;PARTSTAT=DECLINED",
        "SEQUENCE:x",
        ";",
        ":",
        'SUMMARY;X="a:b\n',
    ]
)


@given(st.lists(LINE | st.text(max_size=30), max_size=40))
def test_no_lines_end_the_reading_and_a_good_event_is_always_there(lines: list[str]) -> None:
    first, last = map(date.fromisoformat, NOVEMBER)
    reader = Reader(Window(first, last, BERLIN))
    good = event("DTSTART:20261110T100000Z", uid="good").splitlines()
    reader.read([*lines, "BEGIN:VCALENDAR", *good, "END:VCALENDAR"])
    assert [e.start for e in reader.events if e.uid == "good"] == [
        datetime.fromisoformat("2026-11-10T10:00:00+00:00")
    ]
    assert all(e.start <= e.end for e in reader.events)


GIVEN = json.loads((Path(__file__).parent / "calendar_windows.json").read_text())["cases"]


@pytest.mark.parametrize("case", GIVEN, ids=lambda case: case["name"])
def test_a_window_holds(case: dict[str, Any]) -> None:
    first, last = (f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in case["window_utc_days"])
    reader = read(case["components"], (first, last))
    expected = case["expected"]
    if expected == ["HOSTILE"]:
        assert [item.uid for item in reader.left_out] == ["a"] and reader.events == []
        return
    lengths = any("/" in text for text in expected)
    found = [told(one, lengths) for one in sorted(reader.events, key=lambda e: e.start)]
    assert found == expected
