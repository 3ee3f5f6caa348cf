"""One grammar at every door: `--at`, `--for` and `--until` agree with the quick line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.quick_line import parse
from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Block
from flowtui.core.focus.edit_times import read_end, read_inside, read_on_day, read_times
from flowtui.core.length_grammar import parse_duration, parse_number
from flowtui.core.time_grammar import parse_day, parse_instant
from flowtui.services.focus.begin import PlanRequest
from tests.unit.body.entries import BERLIN, pen

NOW = datetime(2026, 6, 10, 18, 30, tzinfo=UTC)  # a Wednesday, 20:30 in Berlin


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("9:15", "2026-06-10 09:15"),
        ("09:15", "2026-06-10 09:15"),
        ("7pm", "2026-06-10 19:00"),
        ("7:05am", "2026-06-10 07:05"),
        ("12am", "2026-06-10 00:00"),
        ("12:30pm", "2026-06-10 12:30"),
        ("mon 9:00", "2026-06-08 09:00"),
        ("monday 9:00", "2026-06-08 09:00"),
        ("mon 5pm", "2026-06-08 17:00"),
        ("yesterday 22:30", "2026-06-09 22:30"),
        ("yesterday 7pm", "2026-06-09 19:00"),
        ("2026-06-01 06:30", "2026-06-01 06:30"),
        ("20m ago", "2026-06-10 20:10"),
        ("20 min ago", "2026-06-10 20:10"),
        ("1h30 ago", "2026-06-10 19:00"),
        ("1,5 h ago", "2026-06-10 19:00"),
        ("2 hours ago", "2026-06-10 18:30"),
        ("15:00+01:00", "2026-06-10 16:00"),
        ("11:00utc-05:00", "2026-06-10 18:00"),
    ],
)
def test_an_instant_means_the_same_in_an_option_and_in_the_quick_line(
    text: str, local: str
) -> None:
    by_option = parse_instant(text, NOW, BERLIN)
    by_line = parse(f"coffee {text}", pen(NOW)).entries[0].at

    assert f"{by_option.astimezone(BERLIN):%Y-%m-%d %H:%M}" == local
    # four in the morning begins a day: midnight on a quick line belongs to the evening before
    assert by_line == by_option or (text == "12am" and by_line is not None)


@pytest.mark.parametrize(
    "text", ["45m", "1h30", "1h 30m", "1,5h", "1.5h", "90 min", "2 hours", "20 minutes", "50"]
)
def test_a_length_means_the_same_in_an_option_and_in_the_quick_line(text: str) -> None:
    entry = parse(f"yoga {text} e6", pen(NOW)).entries[0]

    assert entry.duration_s == parse_duration(text)
    assert entry.effort == 6


@pytest.mark.parametrize("text", ["5pm", "17:00", "until 5pm", "until 17:00", "5:00pm"])
def test_a_plan_until_a_time_is_read_in_every_form(text: str) -> None:
    request = PlanRequest.from_text(text)

    assert request.until is not None
    until = parse_instant(request.until, NOW, BERLIN, future=True)
    assert f"{until.astimezone(BERLIN):%H:%M}" == "17:00"


@given(st.integers(0, 999), st.integers(0, 999))
def test_a_decimal_comma_is_a_decimal_point_everywhere(whole: int, part: int) -> None:
    with_point, with_comma = f"{whole}.{part}", f"{whole},{part}"

    assert parse_number(with_point) == parse_number(with_comma) == float(with_point)
    assert _length(f"{with_point}h") == _length(f"{with_comma}h")


def _length(text: str) -> int | None:
    try:
        return parse_duration(text)
    except UsageError:
        return None


def test_a_decimal_comma_does_not_part_a_quick_line() -> None:
    sleep, energy, coffee = parse("sleep 7,5, energy 4,coffee", pen(NOW)).entries

    assert sleep.duration_s == 7.5 * 3600
    assert (energy.value, coffee.value) == (4, 1)


@pytest.mark.parametrize("line", ["coffee 06:00-08:00", "energy 4 01:00-02:00"])
def test_a_stretch_of_time_is_no_offset_of_a_time(line: str) -> None:
    with pytest.raises(UsageError, match="stretch of time"):
        parse(line, pen(NOW))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("run 400m", "may be metres"),
        ("run 5km", "is a distance"),
        ("swim 1,5km", "is a distance"),
        ("row 2000m", "may be metres"),
    ],
)
def test_a_distance_is_no_length_of_time(line: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse(line, pen(NOW))


def test_a_long_workout_can_still_be_logged_in_minutes() -> None:
    assert parse("hike 400min", pen(NOW)).entries[0].duration_s == 400 * 60


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("energy 3 yesterday 12:00", "2026-06-09 12:00"),
        ("yesterday energy 3 12:00", "2026-06-09 12:00"),
        ("coffee monday 9:00", "2026-06-08 09:00"),
        ("coffee mon 9:00", "2026-06-08 09:00"),
        ("coffee 9:00 mon", "2026-06-08 09:00"),
    ],
)
def test_a_day_may_stand_anywhere_in_the_line(line: str, local: str) -> None:
    at = parse(line, pen(NOW)).entries[0].at

    assert at is not None and f"{at.astimezone(BERLIN):%Y-%m-%d %H:%M}" == local


def test_a_window_of_another_day_may_name_it_before_the_times() -> None:
    window = parse("eat yesterday 12:00-20:00", pen(NOW)).entries[0]

    assert window.start is not None and window.end is not None
    assert f"{window.start.astimezone(BERLIN):%Y-%m-%d %H:%M}" == "2026-06-09 12:00"
    assert window.end - window.start == timedelta(hours=8)


def test_free_text_keeps_all_of_its_words() -> None:
    line = "worked no news before noon, yesterday 20 min ago -- phone in the hall, off"

    assert parse(line, pen(NOW)).entries[0].note == line.removeprefix("worked ")


def test_a_note_keeps_its_commas_and_dashes() -> None:
    entries = parse("coffee, energy 4 -- after lunch, slow -- but fine", pen(NOW)).entries

    assert entries[1].note == "after lunch, slow -- but fine"


BLOCK = Block(
    "b", NOW - timedelta(hours=9), "Europe/Berlin", "x", ended_at=NOW - timedelta(minutes=1)
)
DOORS: dict[str, Callable[[str], datetime | None]] = {
    "--at, --start, --until": lambda text: parse_instant(text, NOW, BERLIN),
    "the quick line": lambda text: parse(f"coffee {text}", pen(NOW)).entries[0].at,
    "to, in the form of a block": lambda text: read_times(BLOCK, None, text, NOW)[1],
    "from, in the form of a block": lambda text: read_times(BLOCK, text, None, NOW)[0],
    "split at": lambda text: read_inside(text, BLOCK, NOW),
    "from, in the form of a past block": lambda text: read_on_day(text, None, time(4), NOW, BERLIN),
}


@st.composite
def times_gone_by(draw: st.DrawFn) -> str:
    """A time of the last two days in any of the forms that people write."""
    hour, minute = draw(st.integers(4, 20)), draw(st.integers(0, 29))
    clock = draw(
        st.sampled_from(
            [
                f"{hour}:{minute:02}",
                f"{hour:02}:{minute:02}",
                f"{(hour - 1) % 12 + 1}:{minute:02}{'pm' if hour >= 12 else 'am'}",
                f"{(hour - 1) % 12 + 1}:{minute:02} {'pm' if hour >= 12 else 'AM'}",
                f"{(hour - 1) % 12 + 1} {'pm' if hour >= 12 else 'am'}",
            ]
        )
    )
    length = draw(st.sampled_from(["20m", "20 min", "1h30", "1 h 30 min", "1,5h", "1.5 hours"]))
    return draw(
        st.sampled_from(
            [
                clock, f"today {clock}", f"yesterday {clock}", f"{clock} yesterday",
                f"mon {clock}", f"Monday {clock}", f"{clock} monday", f"2026-06-09 {clock}",
                f"2026-06-09T{hour:02}:{minute:02}", f"{clock} 2026-06-09", f"{length} ago", "now",
            ]
        )
    )  # fmt: skip


@given(times_gone_by())
def test_every_door_reads_a_time_alike(text: str) -> None:
    read = {}
    for door, call in DOORS.items():
        try:
            read[door] = call(text)
        except UsageError as error:
            read[door] = None
            assert "know" not in str(error) and "understood" not in str(error), (door, text)
    meant = {instant for instant in read.values() if instant is not None}
    assert len(meant) == 1, read


@pytest.mark.parametrize(
    "text", ["today", "yesterday", "mon", "monday", "2026-06-01", "3 days ago"]
)
def test_a_day_means_the_same_in_an_option_in_a_dialog_and_in_the_quick_line(text: str) -> None:
    day = parse_day(text, NOW.date()).first
    assert day.isoformat() in {"2026-06-10", "2026-06-09", "2026-06-08", "2026-06-01", "2026-06-07"}
    entry = parse(f"sleep 7.5 {text}", pen(NOW)).entries[0]
    assert entry.day == day


@pytest.mark.parametrize("text", ["45m", "45 min", "1h30", "1h 30m", "1 h 30 min", "1,5h", "90"])
def test_every_door_reads_a_length_alike(text: str) -> None:
    seconds = parse_duration(text)
    assert PlanRequest.from_text(text).length == text.lower()
    assert read_end(text, BLOCK.started_at, NOW, BERLIN) == BLOCK.started_at + timedelta(
        seconds=seconds
    )
    assert parse(f"yoga {text}", pen(NOW)).entries[0].duration_s == seconds
