"""Times typed for a block: in its zone, on its day, in the hour that was meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Block
from flowtui.core.focus.edit_times import read_end, read_inside, read_on_day, read_times

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")


def block(start: datetime, end: datetime | None, zone: str) -> Block:
    """A block with nothing but its times."""
    return Block("a", start.astimezone(UTC), zone, ended_at=end and end.astimezone(UTC))


@pytest.mark.parametrize("typed", ["10:05", "2026-11-20 10:05", "2026-11-20 10:05:00"])
def test_a_block_from_tokyo_is_edited_in_tokyos_time(typed: str) -> None:
    day = datetime(2026, 11, 20, tzinfo=TOKYO)
    made = block(day.replace(hour=9), day.replace(hour=10), "Asia/Tokyo")

    _, end = read_times(made, None, typed, NOW)

    assert end == day.replace(hour=10, minute=5)


@pytest.mark.parametrize(
    ("start", "end", "began", "ended"),
    [
        ("23:50", None, (20, 23, 50), None),
        (None, "01:30", None, (21, 1, 30)),
        ("00:10", "00:40", (21, 0, 10), (21, 0, 40)),
        (None, "50m", None, (21, 0, 50)),
        ("22:00", "50m", (20, 22, 0), (20, 22, 50)),
    ],
)
def test_a_bare_time_is_one_of_the_blocks_own_night(
    start: str | None,
    end: str | None,
    began: tuple[int, int, int] | None,
    ended: tuple[int, int, int] | None,
) -> None:
    """The block lies at 00:00 to 01:00 on the 21st, which is the night of the 20th."""
    made = block(
        datetime(2026, 11, 21, 0, 0, tzinfo=BERLIN),
        datetime(2026, 11, 21, 1, 0, tzinfo=BERLIN),
        "Europe/Berlin",
    )

    def at(parts: tuple[int, int, int] | None) -> datetime | None:
        return parts and datetime(2026, 11, *parts, tzinfo=BERLIN)

    assert read_times(made, start, end, NOW) == (at(began), at(ended))


@pytest.mark.parametrize(("fold", "hours"), [(0, 0.5), (1, 1.5)])
@pytest.mark.parametrize("typed", ["02:40", "2026-10-25 02:40"])
def test_of_an_hour_that_came_twice_the_one_nearer_to_the_old_value_is_taken(
    typed: str, fold: int, hours: float
) -> None:
    start = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)  # 02:10, the first time
    end = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold)
    _, ended = read_times(block(start, end, "Europe/Berlin"), None, typed, NOW)

    assert ended == start + timedelta(hours=hours)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 1)),
    st.integers(60, 23 * 3600),
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]),
    st.booleans(),
)
def test_what_is_shown_means_what_it_was(
    start: datetime, length_s: int, zone: str, whole: bool
) -> None:
    """A start and an end, typed as they are shown, change nothing; the bare times neither."""
    began = start.replace(microsecond=0, tzinfo=UTC)
    made = block(began, began + timedelta(seconds=length_s), zone)
    assert made.ended_at is not None
    shape = "%Y-%m-%d %H:%M:%S" if whole else "%H:%M:%S"
    shown = [t.astimezone(ZoneInfo(zone)).strftime(shape) for t in (began, made.ended_at)]

    assert read_times(made, shown[0], None, NOW) == (began, None)
    assert read_times(made, None, shown[1], NOW) == (None, made.ended_at)


@pytest.mark.parametrize(
    ("typed", "expected"), [("09:15", (20, 9, 15)), ("01:30", (21, 1, 30)), ("04:00", (20, 4, 0))]
)
def test_a_dialog_on_another_day_reads_bare_times_on_that_day(
    typed: str, expected: tuple[int, int, int]
) -> None:
    read = read_on_day(typed, date(2026, 11, 20), time(4), NOW, BERLIN)

    assert read == datetime(2026, 11, *expected, tzinfo=BERLIN)
    assert read_on_day("09:15", None, time(4), NOW, BERLIN) == NOW.replace(hour=8, minute=15)


def test_an_end_over_midnight_is_that_after_the_start() -> None:
    start = datetime(2026, 11, 20, 23, 30, tzinfo=BERLIN)

    assert read_end("00:20", start, NOW, BERLIN) == start + timedelta(minutes=50)
    assert read_end("50m", start, NOW, BERLIN) == start + timedelta(minutes=50)
    assert read_end("", start, NOW, BERLIN) == NOW
    with pytest.raises(UsageError, match="is not a time"):
        read_end("soon", start, NOW, BERLIN)


def test_a_split_reads_the_time_inside_the_block() -> None:
    made = block(
        datetime(2026, 11, 20, 23, 30, tzinfo=TOKYO),
        datetime(2026, 11, 21, 1, 0, tzinfo=TOKYO),
        "Asia/Tokyo",
    )
    assert read_inside("00:10", made, NOW) == datetime(2026, 11, 21, 0, 10, tzinfo=TOKYO)
    assert read_inside("23:45", made, NOW) == datetime(2026, 11, 20, 23, 45, tzinfo=TOKYO)
