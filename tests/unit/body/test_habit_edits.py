"""A habit is renamed, merged, measured anew, archived and deleted; each is one undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import Form, Habit
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.insight.experiment import (
    Declared,
    Design,
    Direction,
    Experiment,
    fingerprint,
    schedule,
)
from flowtui.core.kinds import EXPERIMENTS
from flowtui.services.body.habit_edits import HabitEdits
from flowtui.services.store import Store
from flowtui.settings.config_lines import habit_line
from tests.user import NOON, Person, Shell


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


SETTINGS = """
# what I keep
[body]
stops = [
    "phone in bed",
    "news",
]

[body.habits]
meditate = "yes_no"
"Vitamin D" = {form = "dose", unit = "IU"}

[body.habits.pages]
form = "count"
"""


@pytest.mark.parametrize(
    ("name", "line"),
    [("meditate", 10), ("vitamin-d", 11), ("pages", 13), ("phone-in-bed", 5), ("news", 6)],
)
@pytest.mark.parametrize(
    "change", [["--rename", "other"], ["--delete"], ["--archive"], ["--unit", "g"]]
)
def test_what_the_settings_declare_is_refused_with_its_file_and_line(
    person: Person, flow: Shell, name: str, line: int, change: list[str]
) -> None:
    person.configure(SETTINGS)
    file = person.services.paths.config_file

    said = flow("habit", name, *change)

    assert said.code == 1
    assert f"'{name}' is declared in {file}, line {line}" in said.err
    assert "change it there" in said.err
    assert not person.ledger_bytes()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('body.habits.meditate = "yes_no"\n', 1),
        ('[body]\nhabits = { pages = "count", meditate = "yes_no" }\n', 2),
        ('[body]\nhabits.meditate = "yes_no"\n', 2),
        ('[ body . habits ]\n"Meditate" = "yes_no"\n', 2),
        ('[body.habits]\npages = "count"\n', None),
        ('[other]\nmeditate = "yes_no"\n', None),
    ],
)
def test_the_line_of_a_habit_is_found_however_it_is_written(text: str, line: int | None) -> None:
    assert habit_line(text, "meditate") == line


def test_records_follow_a_name_that_was_changed_in_the_settings(
    person: Person, flow: Shell
) -> None:
    person.configure('[body]\nstops = ["news"]\n[body.habits]\nmeditate = "yes_no"\n')
    flow.ok("note", "meditate, stop news 2")
    person.configure('[body]\nstops = ["papers"]\n[body.habits]\nzazen = "yes_no"\n')

    flow.ok("habit", "meditate", "--merge", "zazen")
    flow.ok("habit", "news", "--merge", "papers")

    every = person.open().body.log.store.every()
    assert {e.name for e in every} == {"zazen", "papers"}
    flow.ok("undo", "2")
    assert {e.name for e in person.open().body.log.store.every()} == {"meditate", "news"}


def test_a_thing_to_stop_is_renamed_merged_and_deleted_too(person: Person, flow: Shell) -> None:
    flow.ok("habit", "news", "--stop")
    flow.ok("habit", "papers", "--stop")
    flow.ok("note", "stop news 3, stop papers 1 yesterday")

    def state() -> tuple[tuple[str, ...], set[str | None]]:
        log = person.open().body.log
        return log.names().stops, {e.name for e in log.store.every()}

    before = state()
    flow.ok("habit", "news", "--rename", "News at Night")
    assert state() == (("news-at-night", "papers"), {"news-at-night", "papers"})
    flow.ok("habit", "papers", "--merge", "news-at-night")
    assert state() == (("news-at-night",), {"news-at-night"})
    flow.ok("habit", "news-at-night", "--delete", "--history")
    assert state() == ((), set())
    flow.ok("undo", "3")
    assert state() == before
    refused = flow("habit", "news", "--unit", "min")
    assert (refused.code, "a thing to stop: it has no unit" in refused.err) == (1, True)


def amounts(person: Person) -> list[tuple[str | None, float | None, str | None]]:
    return sorted(((e.name, e.value, e.unit) for e in records(person)), key=str)


@pytest.fixture
def walks(person: Person, flow: Shell) -> Person:
    """Somebody who walked by minutes, and by hours under another name; the first is deleted."""
    flow.ok("habit", "walk-min", "--new", "dose", "--unit", "min")
    flow.ok("habit", "walk-h", "--new", "dose", "--unit", "h")
    flow.ok("note", "walk-min 30, walk-h 1")
    flow.ok("note", "walk-min no yesterday")
    flow.ok("habit", "walk-min", "--delete")
    return person


def test_what_a_deleted_habit_left_is_merged_only_into_what_counts_the_same(
    walks: Person, flow: Shell
) -> None:
    before = amounts(walks)

    for change in (["walk-min", "--merge", "walk-h"], ["walk-h", "--rename", "walk-min"]):
        refused = flow("habit", *change)
        assert refused.code == 1 and "such as 30 min" in refused.err
    refused = flow("habit", "walk-min", "--new", "count", "--unit", "h")
    assert refused.code == 2 and "such as 30 min" in refused.err
    assert amounts(walks) == before

    flow.ok("habit", "walk-min", "--new", "dose", "--unit", "min")
    flow.ok("habit", "walk-min", "--unit", "h", "--times", "0.0166666667")
    flow.ok("habit", "walk-min", "--merge", "walk-h")
    assert [(n, v and round(v, 3), u) for n, v, u in amounts(walks) if v] == [
        ("walk-h", 0.5, "h"), ("walk-h", 1.0, "h"),
    ]  # fmt: skip


def test_a_value_that_is_in_the_new_unit_already_is_not_multiplied(
    walks: Person, flow: Shell
) -> None:
    store = walks.services.body.log.store
    with store.change("mix, as an older version did") as writer:
        for entry in store.every():
            writer.put(replace(entry, name="walk-h"))

    flow.ok("habit", "walk-h", "--unit", "min", "--times", "60")

    assert sorted(e.value for e in records(walks) if e.value) == [30, 60]
    assert {e.unit for e in records(walks) if e.value} == {"min"}
    refused = flow("habit", "walk-h", "--unit", "min", "--times", "60")
    assert refused.code == 1 and "measured in min already" in refused.err


def test_records_in_a_third_unit_are_not_multiplied_by_the_same_factor(
    walks: Person, flow: Shell
) -> None:
    store = walks.services.body.log.store
    with store.change("mix, as an older version did") as writer:
        for entry in store.every():
            writer.put(replace(entry, name="walk-h"))
    before = amounts(walks)

    refused = flow("habit", "walk-h", "--unit", "s", "--times", "3600")

    assert refused.code == 1 and "records in h, min" in refused.err
    assert amounts(walks) == before


def test_a_scale_is_merged_only_into_the_same_scale(person: Person, flow: Shell) -> None:
    log = person.services.body.log
    log.declare([
        Habit("mood", Form.SCALE, low=0, high=10), Habit("vibe", Form.SCALE),
        Habit("tone", Form.SCALE),
    ])  # fmt: skip
    flow.ok("note", "mood 9, vibe 3, tone 2")

    refused = flow("habit", "mood", "--merge", "vibe")
    assert refused.code == 1
    assert "a scale from 0 to 10, vibe is a scale from 1 to 5" in refused.err
    flow.ok("habit", "mood", "--delete")
    refused = flow("habit", "mood", "--merge", "vibe")
    assert refused.code == 1 and "such as point 9 of a scale" in refused.err
    flow.ok("habit", "tone", "--merge", "vibe")
    assert {e.name for e in records(person)} == {"mood", "vibe"}


def under_way(person: Person, outcome: str, habit: str = "") -> Experiment:
    """An experiment that began two days ago, as it is kept."""
    first = NOON.date() - timedelta(days=2)
    declared = Declared(
        "no phone", outcome, Direction.MORE, Design.PAIRS, first, 12, 60, habit=habit
    )
    slots = schedule(declared.design, declared.first, declared.days, "seed")
    made = Experiment(
        "xabcd", declared, "seed", fingerprint(declared.plain(), slots), NOON - timedelta(days=3)
    )
    keep(person, made)
    return made


def keep(person: Person, experiment: Experiment) -> None:
    store: Store[Experiment] = Store(person.open().store.ledger, EXPERIMENTS)
    with store.change("declare"):
        store.put(experiment)


CHANGES = [["--rename", "other"], ["--merge", "leaves"], ["--delete"], ["--delete", "--history"]]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("outcome", "habit"), [("habit:pages", ""), ("pages", ""), ("energy", "habit:pages")]
)
def test_a_name_that_a_live_experiment_uses_stays_until_that_is_over(
    read: Person, flow: Shell, outcome: str, habit: str, change: list[str]
) -> None:
    made = under_way(read, outcome, habit)
    before = records(read), names(read)

    refused = flow("habit", "pages", *change)

    assert refused.code == 1
    assert "experiment xabcd (no phone) uses pages" in refused.err
    assert "flowtui experiment stop xabcd" in refused.err
    assert (records(read), names(read)) == before
    flow.ok("habit", "leaves", "--rename", "sheets")
    flow.ok("habit", "sheets", "--rename", "leaves")
    keep(read, replace(made, stopped_on=NOON.date()))
    flow.ok("habit", "pages", *change)
