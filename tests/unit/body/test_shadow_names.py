"""Habits that an older version let be called like a word of the quick line get another name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import DeclaredHabits, Form, Habit, table_from
from flowtui.core.errors import FlowError
from flowtui.services.body.entry_store import EntryStore
from flowtui.services.body.habit_catalog import DECLARED
from tests.unit.body.test_habit_edits import keep, under_way
from tests.user import NOON, Person, Shell

NAMES = ["sleep", "yoga", "energy", "run", "coffee"]
THEN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def kept_by_an_older_version(person: Person, *habits: Habit) -> None:
    """Habits and two records of each, put down without any check, as it was once done."""
    store = person.services.body.log.store
    with store.change("import old") as writer:
        writer.state.put(DeclaredHabits(table_from(habits)), id=DECLARED)
        for habit in habits:
            for back in (0, 1):
                at = THEN - timedelta(days=back)
                scale = f"habit:{habit.name}@1" if habit.form is Form.SCALE else None
                entry = Entry(f"{habit.name[:6]}{back}", Kind.HABIT, at.date(), "UTC", at,
                              name=habit.name, value=1.0 + back, scale=scale)  # fmt: skip
                writer.put(entry)


def state(person: Person) -> tuple[list[str], list[tuple[str | None, float | None, str | None]]]:
    log = person.open().body.log
    entries = sorted(log.store.every(), key=lambda e: e.id)
    return (
        [h.name for h in log.declared.names().habits],
        [(e.name, e.value, e.scale) for e in entries if e.kind is Kind.HABIT],
    )


@pytest.mark.parametrize("name", NAMES)
def test_such_a_habit_gets_another_name_with_its_records_is_told_once_and_undone(
    person: Person, flow: Shell, name: str
) -> None:
    kept_by_an_older_version(person, Habit(name), Habit("pages", Form.COUNT))
    before = state(person)

    said = flow.ok("habit")

    assert f"{name}-habit" in said.out
    assert (
        f"{name} is a word of the quick line: the habit of that name is called {name}-habit now "
        "(2 records)" in said.err
    )
    habits, records = state(person)
    assert habits == [f"{name}-habit", "pages"]
    assert sorted(n or "" for n, _, _ in records) == sorted([f"{name}-habit"] * 2 + ["pages"] * 2)
    assert flow.ok("habit").err == ""
    flow.ok("undo")
    assert state(person) == before
    # who takes it back means it
    assert flow.ok("habit").err == ""
    assert state(person) == before


def test_the_doctor_names_it_and_mends_it_again_where_it_was_taken_back(
    person: Person, flow: Shell
) -> None:
    kept_by_an_older_version(person, Habit("yoga"))
    flow.ok("habit")
    flow.ok("undo")

    assert "habit yoga is called like a word of the quick line" in flow("doctor").out
    flow("doctor", "--repair")
    assert state(person)[0] == ["yoga-habit"]
    assert "yoga" not in flow("doctor").out


def test_a_quick_line_mends_it_first_and_means_the_word(person: Person, flow: Shell) -> None:
    kept_by_an_older_version(person, Habit("sleep", Form.SCALE))

    said = flow.ok("note", "sleep 7.5, sleep-habit 4")

    assert "is called sleep-habit now" in said.err
    log = person.open().body.log
    assert {e.kind for e in log.store.every()} == {Kind.HABIT, Kind.SLEEP}
    assert {(n, s) for n, _, s in state(person)[1]} == {("sleep-habit", "habit:sleep-habit@1")}


def test_a_free_name_that_is_taken_gets_a_number(person: Person, flow: Shell) -> None:
    kept_by_an_older_version(person, Habit("run"), Habit("run-habit"))

    flow.ok("habit")

    assert state(person)[0] == ["run-habit-2", "run-habit"]
    assert len(state(person)[1]) == 4


def test_a_habit_of_the_settings_keeps_its_name_and_nothing_is_written(
    person: Person, flow: Shell
) -> None:
    kept_by_an_older_version(person, Habit("sleep"))
    person.configure('[body.habits]\nsleep = "yes_no"\n')
    before = person.ledger_bytes()

    assert flow.ok("habit").err == ""
    assert person.ledger_bytes() == before


@pytest.mark.parametrize("failing", ["note", "rename"])
def test_it_is_not_done_again_after_undo_whichever_write_fails(
    person: Person, flow: Shell, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    kept_by_an_older_version(person, Habit("yoga"))
    before = state(person)
    change = EntryStore.change

    def full(self: EntryStore, label: str, background: bool = False, group: str | None = None):  # type: ignore[no-untyped-def]
        if label.startswith(failing):
            raise FlowError("the disk is full")
        return change(self, label, background, group)

    with monkeypatch.context() as patch:
        patch.setattr(EntryStore, "change", full)
        assert person.open().body.log.renamed() == []
        assert [h.name for h in person.open().body.log.names().habits] == ["yoga"]
    assert state(person) == before

    assert "is called yoga-habit now" in flow.ok("habit").err
    flow.ok("undo")
    assert flow.ok("habit").err == ""
    assert state(person) == before


def test_a_name_that_a_live_experiment_uses_is_left_and_the_doctor_names_it(
    person: Person, flow: Shell
) -> None:
    kept_by_an_older_version(person, Habit("yoga"), Habit("run"))
    made = under_way(person, "energy", "habit:yoga")

    said = flow.ok("habit").err

    assert "run-habit" in said and "yoga-habit" not in said
    assert state(person)[0] == ["yoga", "run-habit"]
    found = flow("doctor").out
    assert "habit yoga is called like a word of the quick line" in found
    assert "experiment xabcd (no phone) uses it" in found
    flow("doctor", "--repair")
    assert state(person)[0] == ["yoga", "run-habit"]
    keep(person, replace(made, stopped_on=NOON.date()))
    assert "is called yoga-habit now" in flow.ok("habit").err


def test_an_experiment_on_sleep_is_not_one_on_a_habit_called_sleep(
    person: Person, flow: Shell
) -> None:
    kept_by_an_older_version(person, Habit("sleep"))
    under_way(person, "sleep")

    assert "is called sleep-habit now" in flow.ok("habit").err
