"""Charts as text: missing, no and passed over are told apart by their shapes."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from flowtui.core.body.day_series import HeatCell
from flowtui.core.body.entry_days import DayValue
from flowtui.core.body.entry_kinds import State
from flowtui.core.body.fasting import Bar, WindowDay
from flowtui.tui.widgets import charts

H = 3600
TODAY = date(2026, 3, 4)


def plain(lines: list[Content]) -> list[str]:
    return [line.plain for line in lines]


def test_bars_stand_as_high_as_their_values_and_what_is_not_known_is_marked() -> None:
    values = [8.0, 4.0, 0.5, 0.0, None, None]
    states = [State.GIVEN, State.GIVEN, State.GIVEN, State.NO, None, State.SKIPPED]

    lines = plain(charts.columns(values, states, 2, 0, 8))

    assert lines == ["█     ", "██▁–·~"]


def test_a_small_value_is_never_drawn_as_nothing() -> None:
    assert plain(charts.columns([0.001], [State.GIVEN], 3, 0, 100)) == [" ", " ", "▁"]


def test_a_year_has_a_row_a_weekday_and_a_mark_for_every_day_up_to_today() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    cells = [HeatCell(day, DayValue(None), None) for day in days]
    cells[0] = HeatCell(days[0], DayValue(State.GIVEN, 5.0), 4)
    cells[1] = HeatCell(days[1], DayValue(State.NO, 0.0), 0)
    cells[2] = HeatCell(days[2], DayValue(State.SKIPPED), None)

    lines = plain(charts.heat(cells, 74, 0, TODAY))

    assert lines[0].split() == list(charts.MONTHS)
    rows = [line[4:] for line in lines[1:]]
    # 1 January 2026 is a Thursday; 63 days are over, 60 of them not recorded
    assert [rows[n][0] for n in range(7)] == [" ", " ", " ", "█", "–", "~", "·"]
    assert sum(row.count("·") for row in rows) == 60
    assert rows[2][9] == "·" and rows[3][9:].strip() == ""


def test_a_narrow_year_shows_the_weeks_up_to_now() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    cells = [HeatCell(day, DayValue(None), None) for day in days]

    lines = plain(charts.heat(cells, 24, 0, date(2026, 12, 1)))

    assert all(len(line.rstrip()) <= 24 for line in lines)
    assert sum(line[4:].count("·") for line in lines[1:]) == 19 * 7 + 2


def window(*bars: Bar, state: State | None = State.GIVEN) -> WindowDay:
    return WindowDay(TODAY, state, bars, None, None, None)


def test_a_window_is_a_bar_over_the_clock_that_may_pass_the_days_end() -> None:
    assert charts.window_bar(window(Bar(8 * H, 16 * H, False)), 24).plain == (
        "────────━━━━━━━━────────"
    )
    assert charts.window_bar(window(Bar(20 * H, 26 * H, False)), 24).plain[-5:] == "─━━━›"
    assert charts.window_bar(window(Bar(8 * H, 9 * H, True)), 24).plain[7:10] == "─╸─"


def test_a_day_without_a_window_says_which_of_the_three_it_was() -> None:
    assert charts.window_bar(window(state=None), 24).plain.strip() == "not logged"
    assert charts.window_bar(window(state=State.NO), 24).plain.strip() == "ate nothing"
    assert charts.window_bar(window(state=State.SKIPPED), 24).plain.strip() == "passed over"


def test_the_clock_above_begins_with_the_day() -> None:
    assert charts.hour_scale(time(4), 48).plain.split() == ["04", "08", "12", "16", "20", "00"]
    assert charts.hour_scale(time(0), 24).plain.split() == ["00", "08", "16"]


@given(
    st.integers(12, 120),
    st.lists(st.tuples(st.integers(-4 * H, 30 * H), st.integers(0, 30 * H), st.booleans())),
)
def test_a_bar_is_as_wide_as_its_place_whatever_the_windows(
    width: int, bars: list[tuple[int, int, bool]]
) -> None:
    row = window(*(Bar(start, start + length, open) for start, length, open in bars))

    assert charts.window_bar(row, width).cell_length == width
