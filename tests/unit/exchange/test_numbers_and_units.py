"""Decimals are decided for a column, units read from its name; what cannot be is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.entry import length_s
from flowtui.core.errors import UsageError
from flowtui.exchange.csv_map import CsvMap
from flowtui.exchange.dates import read_length_s
from flowtui.exchange.numbers import Marks, column_marks, read_number
from flowtui.exchange.units import split_unit
from tests.unit.exchange.make import OPTIONS, plan, table


@pytest.mark.parametrize(
    ("cells", "delimiter", "values"),
    [
        (["0,125", "72,350"], ";", [0.125, 72.35]),
        (["72,350", "80,100"], ";", [72.35, 80.1]),
        (["1,200", "800"], ",", [1200, 800]),
        (["1,200", "7,5"], ",", [1.2, 7.5]),
        (["1.200", "7.5"], ";", [1.2, 7.5]),
        (["1.234,5", "1.200"], ";", [1234.5, 1200]),
        (["1,234.5", "1,200"], ";", [1234.5, 1200]),
        (["1.234.567", "1.200"], ",", [1234567, 1200]),
        (["7.500", "8.250"], ";", [7.5, 8.25]),
        (["1 234,5", "1'000"], ";", [1234.5, 1000]),
        (["-0,5", "+3", "1e3"], ";", [-0.5, 3, 1000]),
        ([".5", "2"], ",", [0.5, 2]),
        (["1234,567", "2"], ",", [1234.567, 2]),
    ],
)
def test_a_column_shows_its_decimals(cells: list[str], delimiter: str, values: list[float]) -> None:
    (marks,) = column_marks([cells], delimiter)

    assert [read_number(cell, marks) for cell in cells] == values


def test_what_a_column_does_not_show_its_neighbours_do() -> None:
    assert column_marks([["7,5"], ["1.200"]], ",")[1] is Marks.COMMA
    assert column_marks([["7.5"], ["1,200"]], ";")[1] is Marks.POINT
    assert column_marks([["7.5"], ["7,5"], ["1,200"]], ";")[2] is Marks.COMMA


def test_a_column_with_both_reads_only_what_can_be_nothing_else() -> None:
    (marks,) = column_marks([["7,5", "7.25", "1,200"]], ",")

    assert [read_number(cell, marks) for cell in ("7,5", "7.25", "12")] == [7.5, 7.25, 12]
    with pytest.raises(UsageError, match="could be two numbers"):
        read_number("1,200", marks)


@pytest.mark.parametrize("text", ["x", "", "1,2,3", "1.2.3", "12,34.5", "7,5,", "1..2", "--1"])
def test_what_is_no_number_is_refused(text: str) -> None:
    for marks in Marks:
        with pytest.raises(UsageError):
            read_number(text, marks)


numbers = st.decimals(-(10**6), 10**6, places=2, allow_nan=False).map(float)


@given(st.lists(numbers, min_size=1, max_size=12), st.booleans())
def test_a_column_written_in_one_way_is_read_in_that_way(values: list[float], comma: bool) -> None:
    cells = [f"{value:.2f}".replace(".", "," if comma else ".") for value in values]
    (marks,) = column_marks([cells], ";" if comma else ",")

    assert [read_number(cell, marks) for cell in cells] == values


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("Sleep (min)", "Sleep", "min"),
        ("Workout (s)", "Workout", "s"),
        ("duration_ms", "duration", "ms"),
        ("Distance [km]", "Distance", "km"),
        ("Schlaf (Stunden)", "Schlaf", "stunden"),
        ("sleep_hours", "sleep", "hours"),
        ("Time asleep in minutes", "Time asleep", "minutes"),
        ("Energy (1-5)", "Energy (1-5)", None),
        ("Steps", "Steps", None),
        ("Bedtime", "Bedtime", None),
    ],
)
def test_the_unit_in_a_columns_name_is_read(header: str, name: str, unit: str | None) -> None:
    bare, found = split_unit(header)

    assert (bare, found.name if found else None) == (name, unit)


def slept(path: Path, **columns: str) -> list[int | None]:
    options = replace(OPTIONS, columns=columns)
    return [length_s(e) for e in plan(path, options=options, name="csv").new]


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Sleep (min)", "450"),
        ("sleep_duration_ms", "27000000"),
        ("Sleep [h]", "7.5"),
        ("Sleep (s)", "27000"),
        ("Schlaf (min)", "450"),
        ("sleep hours", "7.5"),
        ("minutes asleep", "450"),
        ("Sleep", "7:30"),
    ],
)
def test_a_guessed_column_is_read_in_its_unit(header: str, cell: str, tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", f"date,{header}\n2026-03-01,{cell}\n")

    assert slept(path) == [27000]


def test_a_mapped_column_takes_the_unit_that_was_said(tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", "date,X,Y (h)\n2026-03-01,450,8\n")

    assert slept(path, date="date", X="sleep:min") == [27000]
    assert slept(path, **{"date": "date", "Y (h)": "sleep"}) == [8 * 3600]
    assert slept(path, **{"date": "date", "Y (h)": "workout:min"}) == [480]
    with pytest.raises(UsageError, match="'parsec' is no unit"):
        slept(path, date="date", X="sleep:parsec")


@pytest.mark.parametrize(
    ("header", "cells", "why"),
    [
        ("Sleep", ("24", "31"), "of sleep cannot be"),
        ("Sleep", ("450", "420"), "420 h of sleep cannot be"),
        ("Workout", ("1800", "2400"), "of workout cannot be"),
        ("Sleep (min)", ("7.5", "8"), "of sleep cannot be in min"),
        ("Sleep (km)", ("7", "8"), "sleep is a length of time, not km"),
        ("Caffeine (mg)", ("200", "100"), "caffeine is counted in cups, not in mg"),
    ],
)
def test_a_column_that_cannot_be_in_its_unit_is_refused_with_the_reason(
    header: str, cells: tuple[str, str], why: str, tmp_path: Path
) -> None:
    text = f"date,Output,{header}\n2026-03-01,3,{cells[0]}\n2026-03-02,4,{cells[1]}\n"
    path = table(tmp_path / "d.csv", text)
    made = plan(path)

    assert made.counts == {"output": 2}
    (refused,) = made.unread
    assert why in refused.why
    assert any(why in warning for warning in CsvMap().preview(path, OPTIONS).warnings)


def test_a_habits_unit_goes_with_it(tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", "date,Distance [km]\n2026-03-01,5.5\n")
    columns = {"date": "date", "Distance [km]": "habit:distance"}
    made = plan(path, options=replace(OPTIONS, columns=columns), name="csv")

    assert [(e.value, e.unit) for e in made.new] == [(5.5, "km")]
    assert [h.unit for h in made.habits] == ["km"]


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1e308"])
def test_a_number_beyond_all_reckoning_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError, match="too l"):
        read_length_s(text, 3600, lambda cell: read_number(cell, Marks.POINT))
