"""A habit is renamed, merged, measured anew, archived and deleted; each is one undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.errors import FlowError, UsageError
from flowtui.services.body.habit_edits import HabitEdits
from tests.user import Person, Shell


def edits(person: Person) -> HabitEdits:
    return person.open().body.habits


def records(person: Person) -> list[Entry]:
    every = person.open().body.log.store.every()
    return sorted((e for e in every if e.kind is Kind.HABIT), key=lambda e: (e.day, e.id))


def names(person: Person) -> list[str]:
    return [h.name for h in person.open().body.log.names().habits]


@pytest.fixture
def read(person: Person, flow: Shell) -> Person:
    """Somebody who counts pages, and once called them leaves."""
    flow.ok("habit", "pages", "--new", "count", "--unit", "pages")
    flow.ok("habit", "leaves", "--new", "count", "--unit", "pages")
    flow.ok("note", "pages 30, leaves 4 yesterday")
    flow.ok("note", "pages 12 yesterday")
    return person


def undone(person: Person, before: tuple[list[Entry], list[str]]) -> bool:
    person.open().history.undo()
    return (records(person), names(person)) == before


def test_a_renamed_habit_takes_its_records_along(read: Person) -> None:
    before = (records(read), names(read))

    assert edits(read).rename("pages", "Book Pages") == 2
    assert names(read) == ["book-pages", "leaves"]
    assert [e.name for e in records(read)].count("book-pages") == 2
    read.open().body.log.write("book pages 5")
    read.open().history.undo()
    assert undone(read, before)


def test_merged_habits_are_one(read: Person) -> None:
    before = (records(read), names(read))

    assert edits(read).merge("leaves", "pages") == 1
    assert {e.name for e in records(read)} == {"pages"}
    assert names(read) == ["pages"]
    assert undone(read, before)


def test_habits_that_count_otherwise_are_not_merged(read: Person, flow: Shell) -> None:
    flow.ok("habit", "stretching-at-noon", "--new", "yes_no")

    with pytest.raises(FlowError, match="they do not count the same"):
        edits(read).merge("stretching-at-noon", "pages")
    with pytest.raises(FlowError, match="no other habit 'pages'"):
        edits(read).merge("pages", "pages")


@pytest.mark.parametrize(("history", "left"), [(False, 3), (True, 1)])
def test_a_deleted_habit_leaves_its_records_or_takes_them(
    read: Person, history: bool, left: int
) -> None:
    before = (records(read), names(read))

    edits(read).delete("pages", history)
    assert len(records(read)) == left
    assert names(read) == ["leaves"]
    assert undone(read, before)


def test_another_unit_changes_every_value(read: Person) -> None:
    before = (records(read), names(read))

    assert edits(read).measure("pages", "sheets", 0.5) == 2
    assert sorted((e.value, e.unit) for e in records(read) if e.name == "pages") == [
        (6, "sheets"), (15, "sheets"),
    ]  # fmt: skip
    assert undone(read, before)


def test_an_archived_habit_says_so_and_comes_back(read: Person, flow: Shell) -> None:
    flow.ok("habit", "pages", "--archive")
    refused = flow("note", "pages 3")
    assert "'pages' is archived" in refused.err
    assert "did you mean 'pages'" not in refused.err
    flow.ok("habit", "pages", "--unarchive")
    flow.ok("note", "pages 3")


@pytest.mark.parametrize("name", ["sleep", "yoga", "energy", "run", "coffee"])
def test_no_name_shadows_the_quick_line(person: Person, flow: Shell, name: str) -> None:
    said = flow.ok("habit", name, "--new", "yes_no").err

    assert f"declared {name}-habit ({name} is a word of the quick line)" in said
    flow.ok("habit", name, "yes")
    assert [e.name for e in records(person)] == [f"{name}-habit"]
    flow.ok("note", "sleep 7.5, energy 4, coffee, yoga 30, run 20")
    assert len(records(person)) == 1
    with pytest.raises(UsageError, match="is a word of the quick line"):
        edits(person).rename(f"{name}-habit", name)


def test_a_name_of_the_settings_shadows_nothing_either(person: Person, flow: Shell) -> None:
    person.configure('[body.habits]\nsleep = "yes_no"\n')

    flow.ok("note", "sleep 7.5")
    assert records(person) == []
    flow.ok("habit", "sleep", "yes")
    flow.ok("note", "habit sleep no yesterday")
    assert [e.name for e in records(person)] == ["sleep", "sleep"]


def test_an_imported_name_gets_another_one_and_it_is_told(
    person: Person, flow: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "d.csv"
    file.write_text("date,habit:Sleep,habit:pages\n2026-03-01,1,3\n2026-03-02,0,4\n")

    said = flow.ok("import", "csv", str(file)).err
    assert "habit sleep is called sleep-habit here" in said
    assert set(names(person)) == {"sleep-habit", "pages"}
    again = flow.ok("import", "csv", str(file)).err
    assert "4 there already" in again
    assert "changed in the file" not in again
    assert {e.name for e in records(person)} == {"sleep-habit", "pages"}


def test_a_habit_that_could_not_be_read_back_is_refused_and_hides_no_other(flow: Shell) -> None:
    """A unit longer than a name may be was stored once, and then no habit was known any more."""
    flow.ok("habit", "tea-leaves", "--new", "count", "--unit", "grams")
    refused = flow("habit", "pages", "--new", "count", "--unit", "a" * 61)

    assert refused.code == 2 and "unit" in refused.err
    assert "tea-leaves" in flow.ok("habit").out
    flow.ok("habit", "tea-leaves", "3")
