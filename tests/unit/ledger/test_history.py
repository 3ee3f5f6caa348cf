"""Undo and redo: a property of the ledger, over restarts, processes and files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from flowtui.core.errors import LedgerError
from flowtui.ledger.ledger import Ledger
from tests.fakes import FakeClock
from tests.unit.ledger.helpers import (
    ALWAYS,
    block,
    bytes_in,
    everything,
    find,
    get,
    open_ledger,
    put,
    save,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


def value(ledger: Ledger, id: str = "b1") -> object:
    """The "n" of a block as the disk has it now; None if there is no such block."""
    ledger.refresh()
    record = get(ledger, "blocks", id)
    return None if record is None else record["n"]


def set_to(folder: Path, n: int, *, background: bool = False, id: str = "b1") -> None:
    """One command, by a process of its own."""
    ledger = open_ledger(folder)
    with ledger.transaction(f"set {n}", background=background):
        save(ledger, "blocks", block(id, n=n))


def test_undo_takes_back_and_redo_does_again_command_by_command(folder: Path) -> None:
    for n in (1, 2, 3):
        set_to(folder, n)

    seen = []
    for turn in ("undo", "undo", "undo", "undo", "redo", "redo", "undo", "redo", "redo", "redo"):
        labels = [change.label for change in getattr(open_ledger(folder), turn)()]
        seen.append((turn, labels, value(open_ledger(folder))))

    assert seen == [
        ("undo", ["set 3"], 2),
        ("undo", ["set 2"], 1),
        ("undo", ["set 1"], None),
        ("undo", [], None),
        ("redo", ["set 1"], 1),
        ("redo", ["set 2"], 2),
        ("undo", ["set 2"], 1),
        ("redo", ["set 2"], 2),
        ("redo", ["set 3"], 3),
        ("redo", [], 3),
    ]


def test_several_steps_are_taken_at_once_and_told_newest_first(folder: Path) -> None:
    for n in (1, 2, 3):
        set_to(folder, n)
    ledger = open_ledger(folder)

    assert [change.label for change in ledger.undo(2)] == ["set 3", "set 2"]
    assert value(ledger) == 1
    assert [change.label for change in ledger.redo(9)] == ["set 2", "set 3"]
    assert value(ledger) == 3
    assert [change.label for change in ledger.undo(9)] == ["set 3", "set 2", "set 1"]


def test_a_new_command_ends_what_can_be_redone(folder: Path) -> None:
    for n in (1, 2, 3):
        set_to(folder, n)
    open_ledger(folder).undo(2)

    set_to(folder, 9)

    assert open_ledger(folder).redo() == []
    assert [change.label for change in open_ledger(folder).undo(9)] == ["set 9", "set 1"]
    assert [change.label for change in open_ledger(folder).redo(9)] == ["set 1", "set 9"]


def test_what_was_undone_before_a_new_command_stays_undone(folder: Path) -> None:
    set_to(folder, 1)
    set_to(folder, 2)
    open_ledger(folder).undo()
    set_to(folder, 3)
    open_ledger(folder).undo()

    assert value(open_ledger(folder)) == 1
    assert [change.label for change in open_ledger(folder).redo(9)] == ["set 3"]


def test_a_change_tells_its_label_its_time_and_the_records_before_and_after(folder: Path) -> None:
    clock = FakeClock(datetime(2026, 11, 23, 3, 38, 4, 999_999, tzinfo=UTC))
    ledger = Ledger(folder, clock)
    put(ledger, block("b1", n=1))
    with ledger.transaction("stop block"):
        save(ledger, "blocks", block("b1", n=2))
        save(ledger, "blocks", block("b2", n=1))
        save(ledger, "state", {"id": "running", "block": "b2"})
        ledger.table("blocks").remove(doc_ids=["b1"])

    [change] = ledger.undo()

    assert (change.label, change.seq) == ("stop block", 2)
    assert change.at == datetime(2026, 11, 23, 3, 38, 4, tzinfo=UTC)
    assert {(t.kind, t.id): (t.before, t.after) for t in change.touched} == {
        ("blocks", "b1"): (block("b1", n=1), None),
        ("blocks", "b2"): (None, block("b2", n=1)),
        ("state", "running"): (None, {"id": "running", "block": "b2"}),
    }


def test_a_command_over_several_files_is_undone_as_one(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b1", "2026-01-01", n=1), block("b2", "2025-06-01", n=1))
    before = everything(ledger)
    with ledger.transaction("over New Year"):
        save(ledger, "blocks", block("b1", "2025-12-31", n=2))
        ledger.table("blocks").remove(doc_ids=["b2"])
        save(ledger, "entries", block("e1", "2024-01-01"))
        save(ledger, "state", {"id": "running"})
    after = everything(ledger)

    open_ledger(folder).undo()
    assert everything(open_ledger(folder)) == before
    open_ledger(folder).redo()
    assert everything(open_ledger(folder)) == after


def test_undo_passes_over_what_no_command_caused(folder: Path) -> None:
    set_to(folder, 1)
    set_to(folder, 2)
    set_to(folder, 7, background=True, id="other")

    [change] = open_ledger(folder).undo()

    assert change.label == "set 2" and value(open_ledger(folder)) == 1
    set_to(folder, 8, background=True, id="other")
    assert [change.label for change in open_ledger(folder).redo()] == ["set 2"]
    assert value(open_ledger(folder), "other") == 8


def test_undo_refuses_and_names_who_changed_the_record_since(folder: Path) -> None:
    set_to(folder, 1)
    set_to(folder, 2)
    set_to(folder, 3, background=True)
    before = bytes_in(folder)

    for steps in (1, 2):
        with pytest.raises(LedgerError) as caught:
            open_ledger(folder).undo(steps)
        assert caught.value.message == (
            "cannot undo 'set 2': blocks b1 was changed since by 'set 3'; nothing was changed"
        )
    assert bytes_in(folder) == before


def test_redo_refuses_when_a_record_is_no_longer_as_undo_left_it(folder: Path) -> None:
    set_to(folder, 1)
    set_to(folder, 2)
    open_ledger(folder).undo()
    set_to(folder, 5, background=True)

    with pytest.raises(LedgerError, match="cannot redo 'set 2': blocks b1 was changed since"):
        open_ledger(folder).redo()
    assert value(open_ledger(folder)) == 5


def test_several_steps_are_taken_all_or_none(folder: Path) -> None:
    set_to(folder, 1, id="x")
    set_to(folder, 9, background=True, id="x")
    set_to(folder, 1)
    before = bytes_in(folder)

    with pytest.raises(LedgerError, match="cannot undo 'set 1': blocks x"):
        open_ledger(folder).undo(2)

    assert bytes_in(folder) == before and value(open_ledger(folder)) == 1


def test_the_history_names_what_was_done_newest_first(folder: Path) -> None:
    set_to(folder, 1)
    set_to(folder, 2, background=True)
    ledger = open_ledger(folder)
    with ledger.transaction("far"):
        save(ledger, "blocks", block("b3", "2020-01-01"))
        save(ledger, "plans", {"id": "p"})
    open_ledger(folder).undo()

    history = open_ledger(folder).history(10)

    told = [(e.seq, e.label, e.undone, e.background, e.undoes, e.redoes) for e in history]
    assert told == [
        (4, "undo far", False, False, 3, None),
        (3, "far", True, False, None, None),
        (2, "set 2", False, True, None, None),
        (1, "set 1", False, False, None, None),
    ]
    assert set(history[1].records) == {("blocks", "b3"), ("plans", "p")}
    assert [entry.seq for entry in open_ledger(folder).history(2)] == [4, 3]


def test_only_the_newest_transactions_can_be_undone(folder: Path) -> None:
    ledger = open_ledger(folder, keep=5)
    for n in range(9):
        put(ledger, block(f"b{n}"), label=f"put {n}")

    undone = ledger.undo(99)

    assert [change.label for change in undone] == [f"put {n}" for n in (8, 7, 6, 5, 4)]
    assert [record["id"] for record in find(ledger, "blocks", *ALWAYS)] == ["b0", "b1", "b2", "b3"]


def test_an_undone_deletion_brings_the_record_back_to_its_year(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b1", "2019-05-05", n=1))
    with ledger.transaction("delete"):
        ledger.table("blocks").remove(doc_ids=["b1"])
    assert get(open_ledger(folder), "blocks", "b1") is None

    open_ledger(folder).undo()

    assert find(open_ledger(folder), "blocks", *ALWAYS) == [block("b1", "2019-05-05", n=1)]


def test_redo_leaves_out_no_command_that_has_left_the_window(folder: Path) -> None:
    """Doing the second again without the first would make a ledger that never was."""
    ledger = open_ledger(folder, keep=4)
    put(ledger, block("b1"), label="first")
    put(ledger, block("b2"), label="second")
    ledger.undo(2)
    with ledger.transaction("meanwhile", background=True):
        save(ledger, "blocks", block("b3"))

    assert ledger.redo(2) == []


def test_a_group_is_one_command_whatever_lies_between_its_parts(folder: Path) -> None:
    ledger = open_ledger(folder)

    def step(label: str, n: int, id: str, **how: object) -> None:
        with ledger.transaction(label, **how):  # type: ignore[arg-type] # group or background
            save(ledger, "blocks", block(id, n=n))

    step("before", 1, "b1")
    step("answer", 2, "b1", group="evening")
    step("noted", 1, "b9", background=True)
    step("other", 7, "b2")
    step("answer", 3, "b1", group="evening")
    step("answer", 1, "b3", group="evening")

    (change,) = ledger.undo()
    assert change.label == "answer"
    assert [t.id for t in change.touched] == ["b3", "b1", "b1"]
    assert (value(ledger), value(ledger, "b2"), value(ledger, "b3")) == (1, 7, None)
    assert [c.label for c in ledger.undo(2)] == ["other", "before"]
    assert [c.label for c in ledger.redo(2)] == ["before", "other"]
    assert [c.label for c in ledger.redo(5)] == ["answer"]
    assert (value(ledger), value(ledger, "b3"), value(ledger, "b9")) == (3, 1, 1)
    assert [c.label for c in ledger.undo(2)] == ["answer", "other"]
    assert (value(ledger), value(ledger, "b2")) == (1, None)
