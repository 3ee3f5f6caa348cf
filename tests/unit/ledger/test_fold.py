"""A fold gives up history, never a record, and never at a bad moment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowtui.core.errors import LedgerError
from flowtui.ledger import records
from flowtui.ledger.disk import replacing
from flowtui.ledger.fold import Folded
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.lines import record_text
from flowtui.ledger.migrate import Migrations
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


def test_folding_keeps_every_record_and_shortens_the_journal(folder: Path) -> None:
    ledger = busy_ledger(folder)
    before = everything(ledger)
    size = len(bytes_in(folder)["journal.jsonl"])

    done = ledger.fold()

    assert [each.file for each in done] == ["2025", "2026", "state", "journal"]
    for each in done:
        path = folder / f"{each.file}.jsonl"
        before_bytes = size if each.file == "journal" else 0
        assert each == Folded(each.file, before_bytes, path.stat().st_size)
    assert done[-1].bytes_after < size
    assert everything(ledger) == everything(open_ledger(folder)) == before
    assert check(folder) == []


def test_a_year_is_a_record_a_line_for_whoever_reads_it(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b1", n=1), block("b2", "2025-12-31", note="ü"))
    put(ledger, block("b1", n=2))
    ledger.fold()

    header, *lines = (folder / "2025.jsonl").read_text().splitlines()

    assert json.loads(header[9:]) == [{"format": 2, "ledger": "2025", "seq": 2}]
    assert [json.loads(line[9:]) for line in lines] == [
        ["blocks", "b2", {"id": "b2", "day": "2025-12-31", "note": "ü", "v": 1}]
    ]
    journal = (folder / "journal.jsonl").read_text().splitlines()
    changed = json.loads(journal[2][9:])[1]
    assert (changed[2]["n"], changed[3]["n"]) == (2, 1)


def test_the_newest_transactions_can_be_undone_after_a_fold_and_no_others(
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


def test_what_others_have_open_notices_a_fold(folder: Path) -> None:
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


def test_folding_twice_changes_nothing_more(folder: Path) -> None:
    ledger = busy_ledger(folder)
    ledger.fold()
    before = bytes_in(folder)

    assert ledger.fold() == [] and bytes_in(folder) == before
    assert open_ledger(folder / "none").fold() == []


def test_it_happens_by_itself_when_the_journal_has_grown(folder: Path) -> None:
    ledger = open_ledger(folder, keep=10, fold_bytes=5000)
    longest = 0
    for n in range(200):
        put(ledger, block("b1", n=n))
        longest = max(longest, (folder / "journal.jsonl").stat().st_size)

    assert longest < 5000 + 10 * 200 + 200
    assert get(open_ledger(folder), "blocks", "b1") == block("b1", n=199)
    assert len(ledger.undo(99)) == 10


def test_it_waits_until_the_journal_weighs_against_what_is_rewritten(folder: Path) -> None:
    ledger = open_ledger(folder, keep=1, fold_bytes=1000)
    put(ledger, *(block(f"b{n}", text="x" * 1000) for n in range(100)))
    inode = (folder / "2026.jsonl").stat().st_ino

    for n in range(20):
        put(ledger, block("b1", text="y" * 1000, n=n))

    assert (folder / "2026.jsonl").stat().st_ino == inode
    assert get(open_ledger(folder), "blocks", "b1") == block("b1", text="y" * 1000, n=19)


def test_an_import_does_not_stay_in_the_journals_way(folder: Path) -> None:
    ledger = open_ledger(folder, fold_bytes=100_000)
    text = "x" * 1000
    with ledger.transaction("import"):
        for n in range(400):
            save(ledger, "blocks", block(f"b{n}", f"{2024 + n % 3}-01-01", text=text))

    assert open_ledger(folder).storage.journal.fresh_bytes == 0
    assert len(find(open_ledger(folder), "blocks", *ALWAYS)) == 400
    assert [change.label for change in open_ledger(folder).undo()] == ["import"]
    assert find(open_ledger(folder), "blocks", *ALWAYS) == []
    open_ledger(folder).redo()
    assert len(find(open_ledger(folder), "blocks", *ALWAYS)) == 400
    assert check(folder) == []


def test_a_fold_that_would_lose_something_does_not_take_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = busy_ledger(folder)
    before, journal = everything(ledger), bytes_in(folder)
    monkeypatch.setattr(
        records, "record_text", lambda table, key, text: record_text(table, "k", text)
    )

    with pytest.raises(LedgerError, match="did not read back the same"):
        ledger.fold()

    assert bytes_in(folder) == journal and everything(ledger) == before


def test_a_transaction_stands_although_the_fold_after_it_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger(folder, keep=5, fold_bytes=1000)

    def full(path: Path, check: object = None) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(records, "replacing", full)
    for n in range(30):
        put(ledger, block("b1", n=n))
    monkeypatch.setattr(records, "replacing", replacing)

    assert get(open_ledger(folder), "blocks", "b1") == block("b1", n=29)
    [report] = ledger.reports()
    assert "could not fold" in report.what and not report.lost


def test_records_of_a_former_version_are_folded_in_the_present_one(folder: Path) -> None:
    put(open_ledger(folder), block("b1", n=1))
    newer = Migrations({"blocks": (lambda record: {**record, "n": record["n"] + 10},)})

    ledger = open_ledger(folder, migrations=newer)
    ledger.fold()

    assert b'"n":11,"v":2}' in (folder / "2026.jsonl").read_bytes()
    assert get(open_ledger(folder, migrations=newer), "blocks", "b1") == block("b1", n=11)
    assert [change.label for change in ledger.undo()] == ["put"]


def test_lists_of_ids_that_are_gone_or_do_not_fit_are_written_anew_by_a_writer(
    folder: Path,
) -> None:
    for year in (2023, 2024, 2025, 2026):
        put(open_ledger(folder), block(f"b{year}", f"{year}-06-01"))
    open_ledger(folder).fold()
    before = {path.name: path.read_bytes() for path in folder.glob(".2*.ids")}
    (folder / ".2023.ids").unlink()
    (folder / ".2024.ids").write_bytes(before[".2025.ids"])
    (folder / ".2025.ids").write_bytes(before[".2025.ids"][:-1] + b"?")

    for id in ("b2023", "b2024", "b2025"):
        assert get(open_ledger(folder), "blocks", id) is not None
    put(open_ledger(folder), block("new"))

    assert {path.name: path.read_bytes() for path in folder.glob(".2*.ids")} == before
