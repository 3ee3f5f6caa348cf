"""Any file is a table of days or a reason in words; what is a table reads as it was written."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flowtui.core.errors import FlowError
from flowtui.core.insight.refusal import Why
from flowtui.services.insight.tables import foreign_table, number

FIRST = date(2026, 1, 1)
sloppy = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
cells = st.one_of(
    st.sampled_from(["", "1", "0", "2.5", "-3", "yes", "NA", "inf", "nan", "x", '"', "1e400"]),
    st.text(max_size=6),
)


@sloppy
@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_reason(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "d.csv"
    file.write_bytes(data)

    try:
        foreign_table(file)
    except FlowError as error:
        assert error.message


@sloppy
@example([("2026-01-01", "x"), ("2026-01-02", "1e400")])
@given(st.lists(st.tuples(st.sampled_from(["2026-01-01", "2026-01-02", "x", ""]), cells)))
def test_any_rows_are_a_table_or_a_reason(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    file = tmp_path / "d.csv"
    out = io.StringIO()
    csv.writer(out).writerows([("date", "a"), *rows])
    file.write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))

    try:
        found = foreign_table(file)
    except FlowError as error:
        assert error.message
        return
    # a column is read whole or refused whole
    assert len(found.table.columns) + len(found.unread) == 1


@sloppy
@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=2, max_size=20))
def test_numbers_and_holes_come_back_as_they_were(
    tmp_path: Path, values: list[float | None]
) -> None:
    file = tmp_path / "d.csv"
    rows = [f"{FIRST + timedelta(k)},{'' if v is None else repr(v)}" for k, v in enumerate(values)]
    file.write_text("\n".join(["date,v", *reversed(rows)]))

    table = foreign_table(file).table

    assert list(table.column("v").values) == values
    assert table.days == tuple(FIRST + timedelta(k) for k in range(len(values)))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_other_separators_and_a_byte_order_mark_are_read(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "d.csv"
    lines = ["Date{0}a{0}b", "2026-01-01{0}1{0}yes", "2026-01-02{0}{0}no"]
    file.write_text("\n".join(lines).format(mark), encoding="utf-8-sig")

    table = foreign_table(file).table

    assert table.column("a").values == (1.0, None)
    assert list(table.column("b").values) == [1.0, 0.0]


def test_a_table_is_read_as_import_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_bytes(
        "date;schlaf;gewicht;schritte;x\n"
        "01.06.2024;7,5;72,350;1.200;#N/A\n02.06.2024;8;0,125;12.000;<NA>\n"
        "03.06.2024;?;71,5;800;–\n".encode("cp1252")
    )

    table = foreign_table(file).table

    assert table.days == (date(2024, 6, 1), date(2024, 6, 2), date(2024, 6, 3))
    assert table.column("schlaf").values == (7.5, 8.0, None)
    assert table.column("gewicht").values == (72.35, 0.125, 71.5)
    assert table.column("schritte").values == (1200.0, 12000.0, 800.0)
    assert table.column("x").values == (None, None, None)


@pytest.mark.parametrize("cell", ["2024/06/01", "2024-6-1", "1 Jun 2024", "2024-06-01T22:10"])
def test_dates_are_read_as_people_write_them(tmp_path: Path, cell: str) -> None:
    file = tmp_path / "d.csv"
    file.write_text(f"date,v\n{cell},1\n")

    assert foreign_table(file).table.days == (date(2024, 6, 1),)


def test_dates_that_could_be_two_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("date,v\n3/4/2024,1\n")
    with pytest.raises(FlowError, match="row 2: '3/4/2024' could be two dates"):
        foreign_table(file)
    file.write_text("date,v\n3/4/2024,1\n13/4/2024,2\n")
    assert foreign_table(file).table.days[0] == date(2024, 4, 3)


def test_a_column_of_words_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text('date,note,v\n2026-01-01,"rain,\nthen sun",1\n2026-01-02,,2\n')

    found = foreign_table(file)

    assert [c.name for c in found.table.columns] == ["v"]
    assert [(r.factor, r.why) for r in found.unread] == [("note", Why.WORDS)]


@pytest.mark.parametrize(
    ("cell", "value"),
    [(" 3 ", 3.0), ("N/A", None), ("True", 1.0), ("n", 0.0), ("1e-3", 0.001), ("3 h", "3 h")],
)
def test_a_cell_is_a_number_missing_or_words(cell: str, value: float | str | None) -> None:
    assert number(cell) == value


@pytest.mark.parametrize(
    ("name", "cells", "values"),
    [
        ("sleep", ["7:30", "6:45", "#N/A"], [7.5, 6.75, None]),
        ("sleep (min)", ["7:30", "1h 15m", "90 min"], [450.0, 75.0, 90.0]),
        ("sleep", ["7h 30m", "7,5 h", "450 min"], [7.5, 7.5, 7.5]),
        ("share", ["5%", "12,5 %", "?"], [5.0, 12.5, None]),
        ("weight", ["72,3 kg", "71,9 kg", "–"], [72.3, 71.9, None]),
        ("yoga", ["ja", "nein", "<NA>"], [1.0, 0.0, None]),
        ("yoga", ["да", "нет", "да"], [1.0, 0.0, 1.0]),
    ],
)
def test_cells_with_units_lengths_and_words_of_any_language_are_numbers(
    tmp_path: Path, name: str, cells: list[str], values: list[float | None]
) -> None:
    file = tmp_path / "d.csv"
    rows = [f"2026-01-0{at};{cell}" for at, cell in enumerate(cells, 1)]
    file.write_text("\n".join([f"date;{name}", *rows]))

    assert list(foreign_table(file).table.column(name).values) == values


def test_cells_with_different_units_are_words(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("date,v\n2026-01-01,72 kg\n2026-01-02,150 lb\n")

    assert [r.why for r in foreign_table(file).unread] == [Why.WORDS]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        *(
            ("full_date", "2026-03-01"),
            ("timestamp", "2026-03-01T09:00:00"),
            ("Jour", "01/03/2026"),
        ),
        *(("date", "1772355600"), ("date", "1772355600000"), ("Дата", "01.03.2026")),
        *(("day", "Sunday, 1 March 2026"), ("Datum", "1. März 2026")),
    ],
)
def test_days_are_found_by_their_columns_name_as_import_finds_them(
    tmp_path: Path, name: str, cell: str
) -> None:
    file = tmp_path / "d.csv"
    file.write_text(f'{name};v\n"{cell}";1\n31.03.2026;2\n')
    if "/" in cell:
        file.write_text(f'{name};v\n"{cell}";1\n31/03/2026;2\n')

    assert foreign_table(file).table.days[0] == date(2026, 3, 1)


def test_sleep_is_of_the_night_in_other_languages(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("date;Schlaf;sommeil;yoga\n2026-01-01;7;8;1\n2026-01-02;6;7;0\n")

    table = foreign_table(file).table
    timings = {c.name: c.factor.timing.value for c in table.columns if c.factor is not None}
    assert timings == {"Schlaf": "night", "sommeil": "night", "yoga": "day"}
