"""Importing and exporting: told before it happens, once, wholly, and undone by one command."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flowtui.cli.imports import LARGE_BYTES, Teller, _stoppable
from flowtui.core.errors import FlowError
from tests.exports import health, tables
from tests.user import Person, Shell

TABLE = "date,energy,coffee,meditate\n2026-03-01,4,2,yes\n2026-03-02,,0,no\n2026-03-03,9,1,yes\n"


@pytest.fixture
def loop(person: Person) -> Path:
    path = person.home.parent / "loop.zip"
    tables.loop_zip(path)
    return path


def count(person: Person) -> int:
    return len(person.open().body.log.store.every())


def test_a_dry_run_counts_by_kind_and_writes_nothing(
    flow: Shell, person: Person, loop: Path
) -> None:
    said = flow.ok("import", "loop", str(loop), "--dry-run")

    assert "habit:meditate" in said.out and "would be added" in said.out
    assert "nothing was written" in said.err
    assert person.ledger_bytes() == {}


def test_an_import_is_one_command_and_the_second_adds_nothing(
    flow: Shell, person: Person, loop: Path
) -> None:
    first = flow.ok("import", str(loop), "--json").json
    assert first["written"] == first["new"] == sum(first["counts"].values()) > 0
    before = person.ledger_bytes()

    again = flow.ok("import", "loop", str(loop), "--json").json

    assert (again["new"], again["written"], again["known"]) == (0, 0, first["new"])
    assert person.ledger_bytes() == before
    assert [h["name"] for h in flow.ok("habit", "--json").json["habits"]] == first["habits"]
    flow.ok("undo")
    assert count(person) == 0
    assert flow.ok("habit", "--json").json["habits"] == []


def test_rows_that_cannot_be_understood_are_listed_with_their_lines(
    flow: Shell, person: Person
) -> None:
    path = person.home.parent / "days.csv"
    path.write_text(TABLE)

    said = flow.ok("import", "csv", str(path))

    assert "line 4" in said.err and "9" in said.err
    assert "rows were not understood" in said.err
    assert count(person) > 0


def test_a_csv_is_previewed_with_the_roles_of_its_columns(flow: Shell, person: Person) -> None:
    path = person.home.parent / "days.csv"
    path.write_text(TABLE.replace(",", ";").replace("meditate", "coffee"))

    said = flow.ok("import", "csv", str(path), "--dry-run", "--column", "coffee=ignore",
                   "--column", "energy=energy")  # fmt: skip

    assert "date" in said.out and "not read" in said.out
    assert "columns are parted by ';'" in said.err
    assert "two columns are called 'coffee'" in said.err


def test_an_export_of_flowtui_is_read_back_as_before(flow: Shell, person: Person) -> None:
    flow.ok("note", "coffee")
    file = person.home.parent / "all.json"
    flow.ok("export", str(file))
    flow.ok("undo")

    assert "entries: 1 added" in flow.ok("import", str(file)).err
    assert count(person) == 1
    assert flow("import", str(file), "--column", "a=b").code == 2


def test_tidy_tables_are_written_and_read_back(flow: Shell, person: Person) -> None:
    flow.ok("note", "yoga 30 e6, no coffee, eat 8:00-11:00, sleep 23:40-7:05 q4")
    folder = person.home.parent / "tidy"

    flow.ok("export", "--tidy", str(folder))

    rows = list(csv.DictReader((folder / "entries.csv").read_text().splitlines()))
    assert {row["kind"] for row in rows} == {"workout", "caffeine", "eating", "sleep"}
    (day,) = csv.DictReader((folder / "days.csv").read_text().splitlines())
    assert (day["date"], day["caffeine"], day["caffeine.state"]) == ("2026-03-04", "0", "no")
    assert "workout.load: workout load" in (folder / "dictionary.txt").read_text()
    refused = flow("export", "--tidy", str(folder))
    assert refused.code == 1 and "--force" in refused.err
    flow.ok("undo")
    assert flow.ok("import", str(folder / "entries.csv"), "--json").json["written"] == 4
    assert count(person) == 4


def _half(path: Path) -> None:
    whole = path.with_suffix(".whole")
    health.apple_zip(whole)
    data = whole.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _climbing(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../Habits.csv", tables.LOOP_HABITS)
        archive.writestr("../../Checkmarks.csv", tables.LOOP_ALL)


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Habits.csv", tables.LOOP_HABITS)
        archive.writestr("Checkmarks.csv", b"2026-03-01,YES_MANUAL,\n" * (3 << 20))


def _text(text: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_text(text)

    return make


@pytest.mark.parametrize(
    ("name", "format", "make"),
    [
        ("half.zip", "apple-health", _half),
        ("climbing.zip", "loop", _climbing),
        ("bomb.zip", "loop", _bomb),
        ("empty.csv", "csv", _text("")),
        ("none.csv", "csv", _text("a,b\n1,2\n")),
        ("two.csv", "csv", _text("date,energy\n3/4/2026,4\n")),
        ("what.bin", "", _text("\0\1\2")),
        ("broken.xml", "apple-health", _text("<?xml version='1.0'?><!DOCTYPE x [<!ENTITY")),
        ("half.json", "", _text('{"format": 1, "blocks": [{"id": "a"')),
    ],
)
def test_a_damaged_or_hostile_file_is_one_line_and_nothing_is_imported(
    flow: Shell, person: Person, name: str, format: str, make: Callable[[Path], None]
) -> None:
    path = person.home.parent / name
    make(path)

    said = flow("import", *([format] if format else []), str(path))

    assert said.code == 1, said
    assert 1 <= len(said.err.splitlines()) <= 2 and "Traceback" not in said.err
    assert person.ledger_bytes() == {}


def test_progress_is_told_on_stderr_a_tenth_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(LARGE_BYTES)

    for done in range(0, 101):
        teller.progress(done, 100)

    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"reading: {n} %" for n in range(0, 101, 10)]
    Teller(LARGE_BYTES - 1).progress(50, 100)
    assert capsys.readouterr().err == ""


def test_ctrl_c_while_reading_stops_in_order_and_restores_the_handler() -> None:
    before = signal.getsignal(signal.SIGINT)

    with pytest.raises(FlowError, match="was stopped"), _stoppable(Teller(0)) as teller:
        os.kill(os.getpid(), signal.SIGINT)
        assert teller.cancelled()

    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_ends_a_real_import_with_exit_1_and_nothing_written(person: Person) -> None:
    path = person.home.parent / "big.csv"
    rows = "".join(f"2026-03-{1 + n % 3:02},{n % 5 + 1}\n" for n in range(400_000))
    path.write_text("date,energy\n" + rows)

    process = subprocess.Popen(
        [sys.executable, "-m", "flowtui", "import", "csv", str(path)],
        env={**os.environ, **person.env, "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.startswith("reading:"), line
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1, said
    assert "the import was stopped" in said and "nothing was imported" in said
    assert person.ledger_bytes() == {}


def pages(person: Person, unit: str, days: str) -> str:
    path = person.home.parent / f"{unit}{days}.csv"
    rows = "".join(f"2026-03-0{day},{30 + int(day)}\n" for day in days)
    path.write_text(f"date,habit:pages ({unit})\n{rows}")
    return str(path)


def units(flow: Shell) -> set[tuple[str, str]]:
    days = flow.ok("body", "--since", "2026-03-01", "--json").json["days"]
    return {(entry["name"], entry["unit"]) for day in days for entry in day["entries"]}


@pytest.mark.parametrize("deleted", [True, False])
def test_an_import_never_mixes_units_under_one_name(
    flow: Shell, person: Person, deleted: bool
) -> None:
    """Records that a deleted habit left are as little of another unit as those of a live one."""
    flow.ok("import", pages(person, "pages", "12"))
    if deleted:
        flow.ok("habit", "pages", "--delete")
    other = pages(person, "min", "34")

    told = flow.ok("import", other, "--dry-run")
    assert "habit pages is called pages-min here" in told.err
    assert told.out.count("habit:pages-min") == 1
    flow.ok("import", other)
    assert units(flow) == {("pages", "pages"), ("pages-min", "min")}
    assert flow.ok("import", other, "--json").json["known"] == 2
    flow.ok("undo")
    assert units(flow) == {("pages", "pages")}


def test_an_import_into_a_deleted_name_of_the_same_unit_is_that_habit_again(
    flow: Shell, person: Person
) -> None:
    flow.ok("import", pages(person, "pages", "12"))
    flow.ok("habit", "pages", "--delete")
    assert flow.ok("import", pages(person, "pages", "34"), "--json").json["apart"] == []
    assert units(flow) == {("pages", "pages")}


def test_an_import_after_a_rename_knows_its_records(flow: Shell, person: Person) -> None:
    path = pages(person, "pages", "12")
    flow.ok("import", path)
    flow.ok("habit", "pages", "--rename", "reading")
    told = flow.ok("import", path, "--json").json
    assert (told["known"], told["changed"], told["new"]) == (2, 0, 0)
