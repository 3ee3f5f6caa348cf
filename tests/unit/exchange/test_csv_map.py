"""The generic table: guessed, previewed, mapped, and read without confusing missing with no."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flowtui.core.body.entry import length_s
from flowtui.core.body.entry_kinds import Kind, Scope, State
from flowtui.core.body.habits import Form
from flowtui.core.errors import FlowError, UsageError
from flowtui.exchange.csv_map import CsvMap
from flowtui.exchange.registry import format_of
from tests.unit.exchange.make import OPTIONS, plan, table

DAYS = (
    "Date,Energy,Sleep (h),Sleep quality,Coffee,Notes,habit:meditate,Weight\n"
    "2026-03-01,4,7.5,4,2,fine,yes,80\n"
    "2026-03-02,,7:15,,0,,no,\n"
    "2026-03-03,3,,,,,skip,\n"
)


def test_a_table_of_days_is_guessed_from_its_columns(tmp_path: Path) -> None:
    path = table(tmp_path / "days.csv", DAYS)
    shown = CsvMap().preview(path, OPTIONS)

    assert format_of(path).name == "csv"
    assert shown.roles == (
        *("date", "energy", "sleep", "sleep.quality", "caffeine", "note", "habit:meditate", None),
    )
    assert (shown.guessed, len(shown.samples), shown.warnings) == (True, 3, ())


def test_empty_no_and_skipped_cells_are_three_things(tmp_path: Path) -> None:
    made = plan(table(tmp_path / "days.csv", DAYS))
    states = {(e.day.day, e.kind): e.state for e in made.new}

    assert states[(2, Kind.HABIT)] is State.NO
    assert states[(3, Kind.HABIT)] is State.SKIPPED
    assert states[(2, Kind.CAFFEINE)] is State.NO
    assert (3, Kind.CAFFEINE) not in states
    assert (2, Kind.ENERGY) not in states


def test_a_nights_length_and_quality_are_one_entry(tmp_path: Path) -> None:
    made = plan(table(tmp_path / "days.csv", DAYS))
    nights = [e for e in made.new if e.kind is Kind.SLEEP]

    assert [(e.duration_s, e.quality, e.scope) for e in nights] == [
        (27000, 4, Scope.DAY),
        (26100, None, Scope.DAY),
    ]
    assert nights[0].note == "fine"


def test_columns_can_be_mapped_by_name_or_number(tmp_path: Path) -> None:
    path = table(tmp_path / "mine.csv", "Tag,A,B,B\n1.3.2026,3,x,20\n2.3.2026,4,,15\n")
    columns = {"Tag": "date", "A": "output", "B": "habit:Piano", "#4": "habit:pages"}
    made = plan(path, options=replace(OPTIONS, columns=columns), name="csv")

    assert made.counts == {"habit:pages": 2, "habit:piano": 1, "output": 2}
    assert {h.name: h.form for h in made.habits} == {"piano": Form.YES_NO, "pages": Form.COUNT}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"Tag": "date", "Z": "energy"}, "unknown column 'Z'"),
        ({"Tag": "day"}, "cannot mean 'day'"),
        ({"Tag": "date", "A": "energy", "B": "energy"}, "two columns are mapped to 'energy'"),
        ({"Tag": "date", "#9": "energy"}, "unknown column '#9'"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    columns: dict[str, str], message: str, tmp_path: Path
) -> None:
    path = table(tmp_path / "mine.csv", "Tag,A,B\n1.3.2026,3,4\n")

    with pytest.raises(UsageError, match=message):
        plan(path, options=replace(OPTIONS, columns=columns), name="csv")


def test_a_table_without_a_day_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = table(tmp_path / "mine.csv", "Energy,Coffee\n3,4\n")
    shown = CsvMap().preview(path, OPTIONS)

    assert any("no column says which day" in w for w in shown.warnings)
    with pytest.raises(FlowError, match="no column that says which day"):
        plan(path, name="csv")


def test_duplicate_headers_and_another_delimiter_are_warned_of_and_read(tmp_path: Path) -> None:
    path = table(tmp_path / "mine.csv", "Date;Energy;Energy\n2026-03-01;4;2\n")
    shown = CsvMap().preview(path, OPTIONS)

    assert shown.header.keys == ("Date", "Energy", "Energy (2)")
    assert shown.warnings == ("two columns are called 'Energy'", "columns are parted by ';'")
    assert [e.value for e in plan(path, name="csv").new] == [4]
    second = replace(OPTIONS, columns={"Date": "date", "Energy (2)": "energy"})
    assert [e.value for e in plan(path, options=second, name="csv").new] == [2]


@pytest.mark.parametrize(
    ("rows", "order", "expected"),
    [
        (["13/2/2026", "1/3/2026"], None, [date(2026, 2, 13), date(2026, 3, 1)]),
        (["2/13/2026", "3/1/2026"], None, [date(2026, 2, 13), date(2026, 3, 1)]),
        (["1/2/2026"], "dmy", [date(2026, 2, 1)]),
        (["1/2/2026"], "mdy", [date(2026, 1, 2)]),
        (["1.2.2026"], None, [date(2026, 2, 1)]),
        (["3/3/2026"], None, [date(2026, 3, 3)]),
    ],
)
def test_dates_in_two_orders_are_told_apart_by_the_whole_column(
    rows: list[str], order: str | None, expected: list[date], tmp_path: Path
) -> None:
    text = "Date,Output\n" + "".join(f"{row},3\n" for row in rows)
    made = plan(table(tmp_path / "d.csv", text), options=replace(OPTIONS, date_order=order))

    assert [e.day for e in made.new] == expected


def test_dates_that_could_be_two_are_refused_not_guessed(tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", "Date,Output\n1/2/2026,3\n5/6/2026,3\n")

    with pytest.raises(FlowError, match="day or month first cannot be told") as refused:
        plan(path)
    assert "--dates" in (refused.value.hint or "")


def test_rows_with_an_instant_are_single_occasions(tmp_path: Path) -> None:
    text = (
        "timestamp,coffee,energy\n2026-03-01 09:15,1,4\n2026-03-01T14:00:00+01:00,1,\n"
        "2026-03-02 02:00,,2\n"
    )
    made = plan(table(tmp_path / "t.csv", text))

    assert [(e.kind, e.at, e.scope) for e in made.new][:2] == [
        (Kind.CAFFEINE, datetime(2026, 3, 1, 8, 15, tzinfo=UTC), Scope.ONE),
        (Kind.ENERGY, datetime(2026, 3, 1, 8, 15, tzinfo=UTC), Scope.ONE),
    ]
    assert made.new[-1].day == date(2026, 3, 1)


def test_two_times_are_a_night_before_and_a_window_after(tmp_path: Path) -> None:
    text = (
        "date,bedtime,woke,first meal,last meal\n"
        "2026-03-02,23:30,7:00,12:00,20:30\n2026-03-03,0:30,7:00,18:00,1:00\n"
    )
    made = plan(table(tmp_path / "t.csv", text))

    assert [(e.kind, e.day.day, length_s(e)) for e in made.new] == [
        (Kind.SLEEP, 2, 27000),
        (Kind.EATING, 2, 30600),
        (Kind.SLEEP, 3, 23400),
        (Kind.EATING, 3, 25200),
    ]


def test_workouts_have_name_minutes_and_effort(tmp_path: Path) -> None:
    text = "date,sport,workout minutes,rpe\n2026-03-01,Climbing,90,7\n2026-03-02,,0,\n"
    made = plan(table(tmp_path / "w.csv", text))

    assert [(e.name, length_s(e), e.effort, e.state) for e in made.new] == [
        ("climbing", 5400, 7, State.GIVEN),
        (None, 0, None, State.NO),
    ]


def test_cells_that_cannot_be_are_listed_by_line_and_the_rest_is_read(tmp_path: Path) -> None:
    text = (
        "date,energy,sleep\n2026-03-01,9,7\nsometime,3,7\n2026-03-02,x,7\n,3,\n"
        '"2026-03-03\n",3,8\n2026-03-04,3,8,9\n'
    )
    made = plan(table(tmp_path / "d.csv", text))

    assert [(u.line, u.why.split(",")[0]) for u in made.unread] == [
        (2, "energy 9 is not on the scale 1 to 5"),
        (3, "'sometime' is not a date"),
        (4, "'x' is not a number"),
        (5, "names no day"),
        (8, "has 4 columns"),
    ]
    assert made.counts == {"energy": 1, "sleep": 3}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    text = "date,output,note\n2026-03-01,3,schön\n"

    assert plan(table(tmp_path / "d.csv", text, encoding)).new[0].note == "schön"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_is_found(delimiter: str, tmp_path: Path) -> None:
    text = "date,output,caffeine\n2026-03-01,3,2\n".replace(",", delimiter)

    assert plan(table(tmp_path / "d.csv", text)).counts == {"caffeine": 1, "output": 1}


def test_decimal_commas_are_numbers(tmp_path: Path) -> None:
    made = plan(table(tmp_path / "d.csv", "date;sleep\n2026-03-01;7,5\n"))

    assert made.new[0].duration_s == 27000


def test_a_column_of_ids_names_the_rows_whatever_else_changes(tmp_path: Path) -> None:
    first = plan(table(tmp_path / "a.csv", "id,date,output\nr1,2026-03-01,3\n"))
    moved = plan(table(tmp_path / "b.csv", "id,date,output\nr1,2026-03-02,3\n"), first.new)

    assert moved.new == ()
    assert [e.day.day for e in moved.changed] == [2]


def test_a_column_that_is_said_is_added_to_what_is_guessed(tmp_path: Path) -> None:
    path = table(tmp_path / "days.csv", "date,sleep,Zzz\n2026-03-03,7.5,4\n")
    made = plan(path, options=replace(OPTIONS, columns={"Zzz": "energy"}), name="csv")
    assert sorted(e.kind.value for e in made.new) == ["energy", "sleep"]
    left = plan(
        path, options=replace(OPTIONS, columns={"sleep": "ignore", "Zzz": "energy"}), name="csv"
    )
    assert [e.kind.value for e in left.new] == ["energy"]


def test_a_column_said_to_be_what_another_was_guessed_takes_its_place(tmp_path: Path) -> None:
    path = table(tmp_path / "days.csv", "date,sleep,real\n2026-03-03,7.5,6\n")
    made = plan(path, options=replace(OPTIONS, columns={"real": "sleep"}), name="csv")
    assert [e.duration_s for e in made.new] == [6 * 3600]


def test_a_column_said_twice_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "days.csv", "date,x\n2026-03-03,4\n")
    for columns in ({"x": "energy", "#2": "output"}, {"x": "energy", "date": "energy"}):
        with pytest.raises(UsageError):
            plan(path, options=replace(OPTIONS, columns=columns), name="csv")


def test_a_table_of_starts_and_ends_alone_is_read(tmp_path: Path) -> None:
    path = table(
        tmp_path / "nights.csv",
        "Bedtime,Wake time\n2026-03-02 23:10,2026-03-03 06:40\n2026-03-04 00:30,2026-03-04 07:00\n",
    )
    made = plan(path, name="csv")
    assert [(f"{e.day:%d}", e.kind.value) for e in made.new] == [("03", "sleep"), ("04", "sleep")]


def test_a_tall_table_names_the_habit_in_a_column_of_its_own(tmp_path: Path) -> None:
    text = (
        "date,habit,value\n2026-03-01,Pages,12\n2026-03-01,meditate,1\n2026-03-02,meditate,0\n"
        "2026-03-01,sleep,7.5\n2026-03-02,Pages,\n2026-03-02,,3\n"
    )
    made = plan(table(tmp_path / "t.csv", text))

    assert made.counts == {"habit:meditate": 2, "habit:pages": 1, "sleep": 1}
    by_name = {(e.name or e.kind.value, e.state.value): e.value for e in made.new}
    assert by_name[("meditate", "given")] is None and ("meditate", "no") in by_name
    assert by_name[("pages", "given")] == 12
    assert {h.name: h.form.value for h in made.habits} == {"pages": "count", "meditate": "yes_no"}
    assert [row.why for row in made.unread] == ["names no habit"]


def test_a_column_of_ones_and_zeros_is_yes_and_no(tmp_path: Path) -> None:
    text = "date,habit:nap,habit:cups\n2026-03-01,1,1\n2026-03-02,0,3\n2026-03-03,1,0\n"
    made = plan(table(tmp_path / "t.csv", text))

    walks = [e for e in made.new if e.name == "nap"]
    assert [(e.state.value, e.value) for e in walks] == [
        ("given", None), ("no", None), ("given", None),
    ]  # fmt: skip
    assert {h.name: h.form.value for h in made.habits} == {"nap": "yes_no", "cups": "count"}


def test_a_zone_column_says_where_each_row_was_written(tmp_path: Path) -> None:
    text = (
        "at,zone,coffee\n2026-03-01 09:00,Asia/Tokyo,1\n2026-03-01 09:00,,2\n"
        "2026-03-01 09:00,Mars/Olympus,1\n"
    )
    made = plan(table(tmp_path / "t.csv", text))

    found = {e.zone: e.at.hour for e in made.new if e.at}
    assert found == {"Asia/Tokyo": 0, "Europe/Berlin": 8}
    assert len(made.unread) == 1 and "Mars/Olympus" in made.unread[0].why


def test_a_table_without_names_is_read_by_its_numbers(tmp_path: Path) -> None:
    text = "2026-03-01;7,5;4;ja\n2026-03-02;6,25;3;nein\n"
    columns = {"#2": "sleep", "#3": "energy", "#4": "habit:nap"}
    path = table(tmp_path / "d.csv", text)
    shown = CsvMap().preview(path, replace(OPTIONS, columns=columns))
    made = plan(path, options=replace(OPTIONS, columns=columns), name="csv")

    assert format_of(path).name == "csv"
    assert shown.roles == ("date", "sleep", "energy", "habit:nap")
    assert [row.number for row in shown.samples] == [1, 2]
    assert any("values, not names" in warning for warning in shown.warnings)
    assert made.counts == {"energy": 2, "habit:nap": 2, "sleep": 2}
    assert [e.duration_s for e in made.new if e.kind is Kind.SLEEP] == [27000, 22500]
    assert {e.source.line for e in made.new} == {1, 2}


def test_a_table_without_names_of_moments_is_read(tmp_path: Path) -> None:
    for text in ("1772355600,2\n1772359200,1\n", "2026-03-01 09:00,2\n2026-03-01 10:00,1\n"):
        options = replace(OPTIONS, columns={"#2": "caffeine"})
        made = plan(table(tmp_path / "d.csv", text), options=options, name="csv")
        assert [(e.value, e.scope) for e in made.new] == [(2, Scope.ONE), (1, Scope.ONE)]


def test_a_table_without_names_says_that_its_columns_must_be_told(tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", "2026-03-01,7.5\n2026-03-02,6\n")

    with pytest.raises(FlowError, match="does not name its columns") as refused:
        plan(path, name="csv")
    assert "--column" in (refused.value.hint or "")


def test_days_among_the_names_of_columns_are_names(tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", "habit of mine,2026-03-01,2026-03-02\nmeditate,1,0\n")

    with pytest.raises(FlowError, match="no column that says which day"):
        plan(path, name="csv")


@pytest.mark.parametrize(
    "row",
    ['2026-03-01;"x; y";7,5', "01.03.2026|'a'|", '2026-03-01,"a ""b""",x'],
)
def test_a_row_is_told_as_it_stands_in_the_file(row: str, tmp_path: Path) -> None:
    mark = next(m for m in ";|," if m in row)
    path = table(tmp_path / "d.csv", f"date{mark}energy{mark}sleep\n{row}\n")

    assert row in {told.text for told in plan(path, name="csv").unread}


@pytest.mark.parametrize(
    "head",
    [
        *("sleep (мин)", "minutes_asleep", "Schlaf (Min.)", "sommeil (minutes)", "sueño [minutos]"),
        *("sleep_min", "sömn (minuter)", "sleep (分)", "Sleep, min", "slaap (minuten)"),
    ],
)
def test_a_unit_in_the_name_of_a_column_is_read_in_any_language(head: str, tmp_path: Path) -> None:
    path = table(tmp_path / "d.csv", f'date\t"{head}"\n2026-03-01\t450\n2026-03-02\t400\n')

    assert [e.duration_s for e in plan(path, name="csv").new] == [27000, 24000]


def test_numbers_that_stand_for_missing_are_not_read_and_told_by_column(tmp_path: Path) -> None:
    text = (
        "date,sleep,habit:pages,energy\n2026-03-01,7,10,3\n2026-03-02,-999,-1,9999\n"
        "2026-03-03,8,12,4\n2026-03-04,-1,9999,2\n"
    )
    made = plan(table(tmp_path / "d.csv", text))

    assert [e.duration_s for e in made.new if e.kind is Kind.SLEEP] == [25200, 28800]
    assert [e.value for e in made.new if e.name == "pages"] == [10, 12]
    assert [(u.text, u.why) for u in made.unread] == [
        ("sleep", "2 cells hold -1 and -999, which looks like a code for missing: not read"),
        ("habit:pages", "2 cells hold -1 and 9999, which looks like a code for missing: not read"),
        ("energy", "1 cells hold 9999, which looks like a code for missing: not read"),
    ]


def test_negative_and_large_numbers_among_their_like_are_values(tmp_path: Path) -> None:
    text = "date,habit:balance,habit:steps\n" + "".join(
        f"2026-03-0{day},{a},{b}\n" for day, a, b in ((1, -1, 9999), (2, -3, 8200), (3, 4, 12000))
    )
    made = plan(table(tmp_path / "d.csv", text))

    assert [e.value for e in made.new if e.name == "steps"] == [9999, 8200, 12000]
    assert [e.value for e in made.new if e.name == "balance"] == [-1, -3, 4]


@pytest.mark.parametrize("word", ["#N/A", "<NA>", "NaN", "null", "?", "#VALUE!"])
def test_words_for_missing_are_empty_cells(word: str, tmp_path: Path) -> None:
    text = f"date,energy,sleep\n2026-03-01,{word},7\n2026-03-02,3,{word}\n"
    made = plan(table(tmp_path / "d.csv", text))

    assert (made.counts, made.unread_count) == ({"energy": 1, "sleep": 1}, 0)


@pytest.mark.parametrize(
    ("cell", "day", "hour"),
    [
        *(("1772355600", 1, 9), ("1772355600000", 1, 9), ("1772323200", 1, None)),
        ("1772323200000", 1, None),
    ],
)
def test_a_column_of_dates_may_hold_seconds_or_milliseconds(
    cell: str, day: int, hour: int | None, tmp_path: Path
) -> None:
    (entry,) = plan(table(tmp_path / "d.csv", f"date,energy\n{cell},3\n")).new

    assert entry.day == date(2026, 3, day)
    assert (entry.at.hour if entry.at else None) == hour


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *(("Ja", "given"), ("sim", "given"), ("да", "given"), ("✅", "given"), ("是", "given")),
        *(("Nein", "no"), ("não", "no"), ("нет", "no"), ("✗", "no"), ("否", "no")),
    ],
)
def test_yes_and_no_are_understood_in_other_languages(
    word: str, state: str, tmp_path: Path
) -> None:
    (entry,) = plan(table(tmp_path / "d.csv", f"date,habit:nap\n2026-03-01,{word}\n")).new

    assert entry.state.value == state


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_marks_inside_names_do_not_part_columns(mark: str, tmp_path: Path) -> None:
    head = mark.join(("date", '"sleep, min; night|asleep"', '"energy, of the day, 1-5"'))
    text = head + "\n" + "".join(mark.join((f"2026-03-0{d}", "450", "3")) + "\n" for d in (1, 2))
    options = replace(OPTIONS, columns={"#2": "sleep:min", "#3": "energy"})
    made = plan(table(tmp_path / "d.csv", text), options=options, name="csv")

    assert made.counts == {"energy": 2, "sleep": 2}


@pytest.mark.parametrize(
    "head", ["start_time,end_time,sleep_duration (min)", "Beginn,Ende,Schlafdauer (Min.)"]
)
def test_bare_starts_and_ends_are_those_of_the_one_kind_with_a_length(
    head: str, tmp_path: Path
) -> None:
    text = f"{head}\n2026-03-01 23:10,2026-03-02 06:40,420\n"
    (entry,) = plan(table(tmp_path / "n.csv", text)).new

    assert (entry.kind, entry.day.day, entry.duration_s) == (Kind.SLEEP, 2, 25200)
    assert entry.start == datetime(2026, 3, 1, 22, 10, tzinfo=UTC)


def test_names_of_columns_in_other_languages_are_known(tmp_path: Path) -> None:
    text = "Datum;Energie;Kaffee\n01.03.2026;3;2\n02.03.2026;4;0\n"
    tall = "Fecha;Hábito;Valor\n01/03/2026;leer;1\n31/03/2025;leer;0\n"

    assert plan(table(tmp_path / "d.csv", text)).counts == {"caffeine": 2, "energy": 2}
    assert plan(table(tmp_path / "t.csv", tall)).counts == {"habit:leer": 2}


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_line_that_tells_excel_the_separator_is_passed_over(mark: str, tmp_path: Path) -> None:
    text = f"sep={mark}\r\ndate{mark}energy\r\n2026-03-01{mark}3\r\n"

    assert plan(table(tmp_path / "d.csv", text)).counts == {"energy": 1}


def test_two_digit_years_before_months_are_told_by_days_that_lie_together(tmp_path: Path) -> None:
    first = "date,energy\n" + "".join(f"26-03-{day:02},3\n" for day in (1, 2, 15))
    last = "date,energy\n" + "".join(f"{day:02}-03-26,3\n" for day in (1, 2, 15))
    wanted = [date(2026, 3, day) for day in (1, 2, 15)]

    assert [e.day for e in plan(table(tmp_path / "a.csv", first)).new] == wanted
    assert [e.day for e in plan(table(tmp_path / "b.csv", last)).new] == wanted


def test_a_minus_of_type_and_a_percent_sign_belong_to_the_number(tmp_path: Path) -> None:
    text = "date;habit:t\n2026-03-01;−5\n2026-03-02;12,5 %\n2026-03-03;1’234,5\n2026-03-04;-3\n"

    assert [e.value for e in plan(table(tmp_path / "d.csv", text)).new] == [-5, 12.5, 1234.5, -3]


WIDE = (
    "Day,Meditated,No sugar?,Ran,Workout,Weekday,Version\n"
    "2026-03-01,yes,x,1,1,Sunday,1\n2026-03-02,no,,0,0,Monday,1\n2026-03-03,skip,x,1,1,Tuesday,1\n"
)


def test_a_table_of_answers_names_no_roles(tmp_path: Path) -> None:
    path = table(tmp_path / "habits.csv", WIDE)
    assert format_of(path).name == "csv"
    made = plan(path)

    assert made.counts == {
        "habit:meditated": 3, "habit:no-sugar": 2, "habit:ran": 3, "habit:workout-habit": 3,
    }  # fmt: skip
    states = [e.state for e in made.new if e.name == "meditated"]
    assert states == [State.GIVEN, State.NO, State.SKIPPED]
    assert {h.form for h in made.habits} == {Form.YES_NO}
    assert [left.what for left in made.left_out] == [
        "columns that are not understood: Weekday, Version"
    ]


@pytest.mark.parametrize(
    "column", ["habit:x (pages)", "Habit: x [pages]", "habit:x, pages", "habit:x_pages"]
)
def test_a_unit_in_a_habits_heading_is_no_part_of_its_name(tmp_path: Path, column: str) -> None:
    made = plan(table(tmp_path / "x.csv", f'date,"{column}"\n2026-03-01,12\n2026-03-02,30\n'))
    assert [(e.name, e.value, e.unit) for e in made.new] == [("x", 12, "pages"), ("x", 30, "pages")]
    assert [(h.name, h.unit) for h in made.habits] == [("x", "pages")]


def test_a_unit_in_the_role_that_was_said_is_no_part_of_the_name(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", "date,A\n2026-03-01,12\n")
    options = replace(OPTIONS, columns={"A": "habit:x (pages)"})
    assert [(e.name, e.unit) for e in plan(path, options=options, name="csv").new] == [
        ("x", "pages")
    ]


def test_the_time_in_a_column_of_days_is_used(tmp_path: Path) -> None:
    text = "date,energy\n2026-03-01 08:15,4\n2026-03-02T02:30:00,2\n2026-03-03,3\n"
    made = plan(table(tmp_path / "x.csv", text))
    assert [(e.day.day, e.at and f"{e.at:%d %H:%M}") for e in made.new] == [
        (1, "01 07:15"), (1, "02 01:30"), (3, None),
    ]  # fmt: skip


@pytest.mark.parametrize("midnight", ["2026-03-02 00:00", "2026-03-02T00:00:00Z", "3/2/26 0:00"])
def test_midnight_in_every_row_is_how_programs_write_a_day(tmp_path: Path, midnight: str) -> None:
    path = table(tmp_path / "x.csv", f"date,energy\n{midnight},4\n")
    made = plan(path, options=replace(OPTIONS, date_order="mdy"))
    assert [(e.day.day, e.at) for e in made.new] == [(2, None)]


def test_an_odd_word_among_many_answers_is_listed_and_costs_no_column(tmp_path: Path) -> None:
    cells = ["ja", "nein", "ja", "x", "nein", "vielleicht"]
    rows = "".join(f"{day}.1.2016;{cell}\n" for day, cell in enumerate(cells, 1))
    made = plan(table(tmp_path / "habits.csv", "Datum;Meditiert\n" + rows), name="csv")
    assert made.counts == {"habit:meditiert": 5}
    assert [row.line for row in made.unread] == [7]


def test_words_that_are_mostly_no_answers_are_no_habit(tmp_path: Path) -> None:
    text = "date,energy,Mood\n2016-01-01,3,x\n2016-01-02,3,fine\n2016-01-03,3,tired\n"
    assert plan(table(tmp_path / "x.csv", text)).counts == {"energy": 3}


def test_what_people_count_is_a_unit_in_brackets_alone(tmp_path: Path) -> None:
    text = "date,habit:water (glasses),habit:kind_words,habit:pause (evening)\n2026-03-01,8,2,1\n"
    made = plan(table(tmp_path / "x.csv", text))
    assert {(e.name, e.unit) for e in made.new} == {
        ("water", "glasses"), ("kind_words", None), ("pause-evening", None),
    }  # fmt: skip


def test_a_habit_with_a_column_a_unit_is_a_habit_a_unit(tmp_path: Path) -> None:
    text = "date,habit:x (pages),habit:x (min)\n2026-03-01,12,30\n"
    made = plan(table(tmp_path / "x.csv", text))
    assert {(e.name, e.value, e.unit) for e in made.new} == {
        ("x", 12, "pages"), ("x-min", 30, "min"),
    }  # fmt: skip


def test_a_huge_cell_costs_no_other_row(tmp_path: Path) -> None:
    text = f"Date,Meditate,Diary\n2026-03-01,yes,{'x' * 200_000}\n2026-03-02,no,\n"
    made = plan(table(tmp_path / "days.csv", text))

    assert made.counts == {"habit:meditate": 2}
