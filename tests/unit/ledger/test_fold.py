"""Compaction gives up history, never a record, and never at a bad moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowtui.ledger.fold import Compacted
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.storage import MOST_PART_BYTES
from tests.unit.ledger.helpers import (
    ALWAYS,
    block,
    bytes_in,
    check,
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


def busy_ledger(folder: Path, keep: int = 5) -> Ledger:
    """Many commands on a few records of two years and a plan; one record stays as it is."""
    ledger = open_ledger(folder, keep=keep)
    put(ledger, block("old", "2025-02-02"))
    for n in range(20):
        with ledger.transaction(f"turn {n}"):
            save(ledger, "blocks", block("b1", f"{2025 + n % 2}-06-01", n=n))
            save(ledger, "blocks", block(f"c{n % 3}", n=n))
            if n % 4 == 0:
                save(ledger, "plans", {"id": "p", "n": n})
    with ledger.transaction("delete"):
        ledger.table("blocks").remove(doc_ids=["c0"])
    return ledger


def test_compaction_keeps_every_record_and_shortens_the_files(folder: Path) -> None:
    ledger = busy_ledger(folder)
    before = everything(ledger)
    sizes = {name: len(data) for name, data in bytes_in(folder).items()}

    done = ledger.fold()

    assert [each.file for each in done] == ["2025", "2026", "state"]
    for each in done:
        path = folder / f"{each.file}.jsonl"
        assert each == Compacted(each.file, sizes[path.name], path.stat().st_size)
        assert each.bytes_after < each.bytes_before
    assert everything(ledger) == everything(open_ledger(folder)) == before
    assert check(folder) == []


def test_the_newest_transactions_can_be_undone_after_compaction_and_no_others(
    folder: Path,
) -> None:
    one, other = busy_ledger(folder / "a"), busy_ledger(folder / "b")
    one.fold()

    undone = open_ledger(folder / "a", keep=5).undo(99)

    assert (
        [change.label for change in undone]
        == [change.label for change in other.undo(5)]
        == ["delete", "turn 19", "turn 18", "turn 17", "turn 16"]
    )
    assert everything(open_ledger(folder / "a")) == everything(open_ledger(folder / "b"))


def test_what_others_have_open_notices_a_compaction(folder: Path) -> None:
    other = open_ledger(folder, keep=5)
    busy_ledger(folder)
    before = everything(other)

    open_ledger(folder, keep=5).fold()

    other.refresh()
    assert everything(other) == before
    put(other, block("new"))
    assert set(everything(open_ledger(folder))["blocks"]) == {*before["blocks"], "new"}
    assert check(folder) == []


def test_numbers_go_on_rising_after_everything_was_deleted_and_folded(folder: Path) -> None:
    ledger = open_ledger(folder, keep=0)
    put(ledger, block("b1"))
    with ledger.transaction("delete"):
        ledger.table("blocks").remove(doc_ids=["b1"])
    ledger.fold()

    put(open_ledger(folder), block("b2"))

    assert [entry.seq for entry in open_ledger(folder).history(9)] == [3]
    assert find(open_ledger(folder), "blocks", *ALWAYS) == [block("b2")]


def test_compacting_twice_changes_nothing_more(folder: Path) -> None:
    ledger = busy_ledger(folder)
    ledger.fold()
    before = bytes_in(folder)

    ledger.fold()

    assert bytes_in(folder) == before


def test_a_file_of_present_records_alone_is_left_alone(folder: Path) -> None:
    ledger = open_ledger(folder, keep=0)
    put(ledger, block("b1"), block("b2"))
    before = bytes_in(folder)

    assert ledger.fold() == [] and bytes_in(folder) == before


def test_it_happens_by_itself_when_more_than_half_is_history(folder: Path) -> None:
    ledger = open_ledger(folder, keep=10)
    longest = 0
    for n in range(200):
        put(ledger, block("b1", n=n))
        longest = max(longest, (folder / "2026.jsonl").read_bytes().count(b"\n"))

    assert longest <= 2 * (1 + 10) + 4
    assert get(open_ledger(folder), "blocks", "b1") == block("b1", n=199)
    assert len(ledger.undo(99)) == 10


def test_it_does_not_happen_again_and_again_where_it_cannot_help(folder: Path) -> None:
    """A kept transaction that changed much makes the file long however often it is rewritten."""
    ledger = open_ledger(folder, keep=10)
    for n in range(9):
        put(ledger, *(block(f"b{i}", n=n) for i in range(20)))
    inodes = set()
    for n in range(10):
        put(ledger, *(block(f"b{i}", n=n, m=1) for i in range(20)))
        inodes.add((folder / "2026.jsonl").stat().st_ino)

    assert len(inodes) <= 2
    assert len(find(open_ledger(folder), "blocks", *ALWAYS)) == 20


def test_state_does_not_carry_what_years_hold_for_long(folder: Path) -> None:
    ledger = open_ledger(folder)
    text = "x" * 1000
    with ledger.transaction("import"):
        for n in range(400):
            save(ledger, "blocks", block(f"b{n}", f"{2024 + n % 3}-01-01", text=text))

    assert MOST_PART_BYTES < 400 * 1000
    assert (folder / "state.jsonl").stat().st_size < 1000
    assert len(find(open_ledger(folder), "blocks", *ALWAYS)) == 400
    assert [change.label for change in open_ledger(folder).undo()] == ["import"]
    assert find(open_ledger(folder), "blocks", *ALWAYS) == []
    open_ledger(folder).redo()
    assert len(find(open_ledger(folder), "blocks", *ALWAYS)) == 400
    assert check(folder) == []


def test_an_import_is_taken_apart_when_it_can_no_longer_be_undone(folder: Path) -> None:
    """As one line it would be lost as one to a single flipped bit, and be slow to open."""
    ledger = open_ledger(folder, keep=5)
    put(ledger, *(block(f"b{n:03}", n=n) for n in range(150)), label="import")
    for n in range(4):
        put(ledger, block("x", n=n))
    lines = (folder / "2026.jsonl").read_bytes().count(b"\n")
    assert lines == 6 and len(ledger.undo()) == 1

    put(ledger, block("y"))

    assert (folder / "2026.jsonl").read_bytes().count(b"\n") == 150 + 2 + 6
    assert len(find(open_ledger(folder), "blocks", *ALWAYS)) == 152
    assert check(folder) == []


def test_a_compaction_that_would_lose_something_does_not_take_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flowtui.core.errors import LedgerError

    ledger = busy_ledger(folder)
    before = bytes_in(folder)
    monkeypatch.setattr("flowtui.ledger.fold._fold", lambda tables, change: None)

    with pytest.raises(LedgerError, match="did not read back the same"):
        ledger.fold()

    assert bytes_in(folder) == before


def test_a_transaction_stands_although_the_compaction_after_it_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger(folder, keep=5)
    monkeypatch.setattr("flowtui.ledger.fold._fold", lambda tables, change: None)
    put(ledger, block("old"))
    for n in range(30):
        put(ledger, block("b1", n=n))

    assert get(open_ledger(folder), "blocks", "b1") == block("b1", n=29)
    [report] = ledger.reports()
    assert "was not compacted" in report.what and not report.lost
