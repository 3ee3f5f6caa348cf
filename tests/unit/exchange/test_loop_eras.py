"""Loop's exports of every era: tables without headers, written objects, databases of 1.x."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError
from flowtui.exchange.plan import ImportPlan, plan_import
from flowtui.exchange.registry import format_of
from tests.unit.exchange.make import OPTIONS

OLD_HABITS = (
    "Position,Name,Description,NumRepetitions,Interval,Color\n"
    "001,Meditate,Did you meditate?,1,1,#AFB42B\n002,Read,,1,1,#AFB42B\n"
)


def plan(path: Path) -> ImportPlan:
    return plan_import(path, format_of(path), OPTIONS, {})


def told(made: ImportPlan) -> list[str]:
    """Each entry as `name day state value`."""
    return sorted(
        f"{e.name} {e.day:%m-%d} {e.state.value}" + (f" {e.value:g}" if e.value is not None else "")
        for e in made.new
    )


def test_tables_without_headers_in_folders_of_habits(tmp_path: Path) -> None:
    folder = tmp_path / "loop"
    for name, text in {
        "001 Meditate": "2026-01-25,2\n2026-01-24,1\n2026-01-23,0\n2026-01-22,-1\n",
        "002 Read": "2026-01-25,2\n",
    }.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "Checkmarks.csv").write_text(text)
    (folder / "Habits.csv").write_text(OLD_HABITS)
    made = plan(folder)
    assert told(made) == [
        "meditate 01-23 no", "meditate 01-25 given", "read 01-25 given",
    ]  # fmt: skip
    assert [(one.what[:14], one.count) for one in made.left_out] == [("days filled in", 1)]
    assert made.unread_count == 0


def test_a_cell_that_is_a_written_object_is_read_by_its_value(tmp_path: Path) -> None:
    folder = tmp_path / "loop"
    folder.mkdir()
    (folder / "Habits.csv").write_text(OLD_HABITS)
    entry = "Entry(timestamp=Timestamp(unixTime=14220288000{}), value={}{})"
    cells = [
        f"2026-01-25,{entry.format('00', 2, '')},{entry.format('00', 0, ', notes=')},",
        f"2026-01-24,{entry.format('01', -1, '')},{entry.format('01', 3, ', notes=ill')},",
    ]
    (folder / "Checkmarks.csv").write_text("Date,Meditate,Read,\n" + "\n".join(cells) + "\n")
    assert told(plan(folder)) == ["meditate 01-25 given", "read 01-24 skipped", "read 01-25 no"]


def test_amounts_without_a_type_are_amounts(tmp_path: Path) -> None:
    folder = tmp_path / "loop"
    (folder / "001 Read").mkdir(parents=True)
    (folder / "001 Read" / "Checkmarks.csv").write_text("2026-01-25,12500\n2026-01-24,2000\n")
    (folder / "Habits.csv").write_text("Position,Name\n001,Read\n")
    assert told(plan(folder)) == ["read 01-24 given 2", "read 01-25 given 12.5"]


def test_a_lone_table_of_all_habits_names_them_itself(tmp_path: Path) -> None:
    file = tmp_path / "Checkmarks.csv"
    file.write_text("Date,Meditate,Pages,\n2026-01-25,YES_MANUAL,12500,\n2026-01-24,SKIP,3000,\n")
    made = plan(file)
    assert made.format == "loop"
    assert told(made) == [
        "meditate 01-24 skipped", "meditate 01-25 given", "pages 01-24 given 3",
        "pages 01-25 given 12.5",
    ]  # fmt: skip


def test_a_lone_table_of_one_habit_has_its_name_from_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "003 Wake up early"
    folder.mkdir()
    (folder / "Checkmarks.csv").write_text("Date,Value,Notes\n2026-01-25,YES_MANUAL,cold\n")
    assert told(plan(folder / "Checkmarks.csv")) == ["wake-up-early 01-25 given"]
    other = tmp_path / "Checkmarks.csv"
    other.write_text("2026-01-25,2\n")
    with pytest.raises(FlowError, match="which habit"):
        plan(other)


def test_folders_of_habits_are_read_without_their_list(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    (folder / "002 Read").mkdir(parents=True)
    (folder / "002 Read" / "Checkmarks.csv").write_text("Date,Value\n2026-01-25,2\n")
    assert told(plan(folder)) == ["read 01-25 given"]


@pytest.mark.parametrize("value", [True, False])
def test_a_database_of_1_x_is_read_with_and_without_values(tmp_path: Path, value: bool) -> None:
    path = tmp_path / "Loop Habits Backup.db"
    connection = sqlite3.connect(path)
    column, given = (", value INTEGER", ",2") if value else ("", "")
    connection.executescript(
        "CREATE TABLE Habits (Id INTEGER PRIMARY KEY, archived INTEGER, name TEXT);"
        "CREATE TABLE Repetitions (Id INTEGER PRIMARY KEY, habit INTEGER,"
        f" timestamp INTEGER{column});"
        "INSERT INTO Habits VALUES (1, 0, 'Meditate');"
    )
    stamp = int(datetime(2026, 1, 25, tzinfo=UTC).timestamp() * 1000)
    connection.execute(f"INSERT INTO Repetitions VALUES (1, 1, {stamp}{given})")
    connection.execute(f"INSERT INTO Repetitions VALUES (2, 1, '{stamp + 86_400_000}'{given})")
    connection.execute(f"INSERT INTO Repetitions VALUES (3, 9, {stamp}{given})")
    connection.commit()
    connection.close()
    made = plan(path)
    assert told(made) == ["meditate 01-25 given", "meditate 01-26 given"]
    assert made.unread_count == 1
