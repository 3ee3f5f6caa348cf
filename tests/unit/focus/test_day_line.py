"""A day as one line of cells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.ascii_text import to_ascii
from flowtui.core.focus.block import Block, Cause, Gap, Interruption, Source
from flowtui.core.focus.day_line import FOCUS, GAP, MEANING, NOTED, NOW, day_line

ZONE = ZoneInfo("UTC")
NINE = datetime(2026, 3, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def block(start: datetime, end: datetime | None, **fields: object) -> Block:
    return Block("b1", start, "UTC", "x", ended_at=end, **fields)  # type: ignore[arg-type]


def test_a_gap_and_an_interruption_stand_where_they_were() -> None:
    one = block(
        NINE,
        NINE + 3 * HOUR,
        gaps=(Gap(NINE + HOUR, NINE + 2 * HOUR, Cause.PAUSE),),
        interruptions=(Interruption(NINE + 2.5 * HOUR, Source.EXTERNAL),),
    )

    line = day_line([one], [], NINE + 5 * HOUR, ZONE, 100)

    assert line is not None  # 08 to 18: ten cells an hour
    assert line.cells[10:20] == FOCUS * 10
    assert line.cells[20:30] == GAP * 10
    assert line.cells[35] == NOTED
    assert line.cells[60] == NOW
    assert line.scale.startswith("08        09")


def test_a_block_of_no_length_at_the_very_end_is_drawn() -> None:
    evening = NINE.replace(hour=19)
    line = day_line([block(evening, evening)], [], evening, ZONE, 20)
    assert line is not None and line.cells.strip() != ""


def test_a_day_with_nothing_has_no_line() -> None:
    assert day_line([], [], NINE, ZONE, 80) is None


def test_every_sign_has_a_meaning_and_a_form_in_ascii() -> None:
    assert len({to_ascii(sign) for sign in (FOCUS, GAP, NOTED, NOW)}) == 4
    assert all(sign in MEANING for sign in (FOCUS, GAP, NOTED, NOW))


@given(
    start_min=st.integers(0, 24 * 60),
    length_min=st.integers(0, 24 * 60),
    later_min=st.integers(0, 600),
    width=st.integers(20, 200),
    zone=st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Auckland"]),
)
def test_the_line_is_as_wide_as_asked_and_holds_every_block(
    start_min: int, length_min: int, later_min: int, width: int, zone: str
) -> None:
    start = NINE.replace(hour=0) + timedelta(minutes=start_min)
    end = start + timedelta(minutes=length_min)
    line = day_line(
        [block(start, end)], [], end + timedelta(minutes=later_min), ZoneInfo(zone), width
    )

    assert line is not None
    assert len(line.cells) == len(line.scale) == width
    assert FOCUS in line.cells or NOW in line.cells or GAP in line.cells
