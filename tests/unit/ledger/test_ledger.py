"""Records by id and by day, across the files of years, as one process and as several."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flowtui.core.errors import LedgerError, NewerLedgerError
from flowtui.ledger import contents
from flowtui.ledger.contents import LOADED_YEARS
from flowtui.ledger.journal import Journal
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.lines import Transaction, line_of
from flowtui.ledger.migrate import Migrations
from flowtui.ledger.records import read_records
from tests.fakes import FakeClock
from tests.unit.ledger.helpers import (
    ALWAYS,
    block,
    bytes_in,
    every,
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


def test_reading_creates_nothing_not_even_the_folder(folder: Path) -> None:
    ledger = open_ledger(folder)

    assert get(ledger, "blocks", "b1") is None and find(ledger, "blocks", *ALWAYS) == []
    assert every(ledger, "plans") == [] and ledger.years() == [] and ledger.history(9) == []
    assert ledger.undo() == [] and ledger.redo() == [] and ledger.fold() == []
    assert not ledger.refresh() and ledger.reports() == []
    with ledger.trial():
        save(ledger, "blocks", block("b1"))
    assert not folder.exists()


def test_what_is_put_is_found_again_by_id_and_by_day(folder: Path) -> None:
    put(open_ledger(folder), block("b2", "2026-03-02", n=2), block("b1", "2026-03-02", n=1))
    put(open_ledger(folder), block("b0", "2026-03-05"), block("b9", "2025-12-31"))
    ledger = open_ledger(folder)

    assert get(ledger, "blocks", "b1") == block("b1", "2026-03-02", n=1)
    assert get(ledger, "blocks", "none") is None and get(ledger, "entries", "b1") is None
    found = find(ledger, "blocks", date(2026, 3, 2), date(2026, 3, 4))
    assert [record["id"] for record in found] == ["b1", "b2"]
    assert [r["id"] for r in find(ledger, "blocks", *ALWAYS)] == ["b9", "b1", "b2", "b0"]
    assert ledger.years() == [2025, 2026]


def test_kinds_without_a_date_are_kept_together_by_id(folder: Path) -> None:
    ledger = open_ledger(folder)
    with ledger.transaction("plan"):
        save(ledger, "plans", {"id": "p2"})
        save(ledger, "plans", {"id": "p1", "day": "not a day, and none of our business"})
        save(ledger, "state", {"id": "p1", "other": True})

    assert [record["id"] for record in every(open_ledger(folder), "plans")] == ["p1", "p2"]
    assert sorted(bytes_in(folder)) == ["journal.jsonl"]
    ledger.fold()
    assert sorted(bytes_in(folder)) == ["journal.jsonl", "state.jsonl"]


def test_records_given_out_are_copies(folder: Path) -> None:
    ledger = open_ledger(folder)
    record = block("b1", gaps=[{"cause": "pause"}])
    put(ledger, record)
    record["gaps"][0]["cause"] = "changed outside"
    for found in (get(ledger, "blocks", "b1"), *find(ledger, "blocks", *ALWAYS)):
        assert found is not None
        found["gaps"].append("changed")

    assert get(ledger, "blocks", "b1") == block("b1", gaps=[{"cause": "pause"}])


def test_a_transaction_sees_its_own_changes_before_anyone_else(folder: Path) -> None:
    ledger, other = open_ledger(folder), open_ledger(folder)
    put(ledger, block("b1", n=1), block("b2", n=1))

    with ledger.transaction("mixed"):
        save(ledger, "blocks", block("b1", n=2))
        ledger.table("blocks").remove(doc_ids=["b2"])
        save(ledger, "blocks", block("b3", "2026-03-01"))
        save(ledger, "plans", {"id": "p"})
        assert get(ledger, "blocks", "b1") == block("b1", n=2)
        assert get(ledger, "blocks", "b2") is None
        assert [r["id"] for r in find(ledger, "blocks", *ALWAYS)] == ["b3", "b1"]
        assert every(ledger, "plans") == [{"id": "p"}]
        assert [r["n"] for r in find(other, "blocks", *ALWAYS)] == [1, 1]

    other.refresh()
    assert [r["id"] for r in find(other, "blocks", *ALWAYS)] == ["b3", "b1"]


def test_a_transaction_that_raises_leaves_every_file_as_it_was(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b1"))
    before = bytes_in(folder)

    with pytest.raises(RuntimeError), ledger.transaction("fails"):
        save(ledger, "blocks", block("b2", "2025-01-01"))
        ledger.table("blocks").remove(doc_ids=["b1"])
        raise RuntimeError

    assert bytes_in(folder) == before and get(ledger, "blocks", "b1") is not None


def test_a_transaction_that_changes_nothing_writes_nothing(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b1", a=1, b=2))
    before = bytes_in(folder)

    with ledger.transaction("same again") as transaction:
        save(ledger, "blocks", {"b": 2, "a": 1, "day": "2026-03-02", "id": "b1"})
        save(ledger, "blocks", block("b2"))
        ledger.table("blocks").remove(doc_ids=["b2"])

    assert bytes_in(folder) == before and transaction.seq is None


@pytest.mark.parametrize("other", [1.0, True, "1"])
def test_a_value_of_another_json_type_is_a_change(folder: Path, other: object) -> None:
    """Python holds 1, 1.0 and True for equal."""
    ledger = open_ledger(folder)
    put(ledger, block("b1", n=1))

    put(ledger, block("b1", n=other))

    found = get(open_ledger(folder), "blocks", "b1")
    assert found is not None and type(found["n"]) is type(other)


def test_an_ordinary_transaction_is_one_line_in_one_file(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b1"))
    put(ledger, block("b2"), block("b3"))

    assert sorted(bytes_in(folder)) == ["journal.jsonl"]
    assert (folder / "journal.jsonl").read_bytes().count(b"\n") == 3


def test_a_record_that_changes_its_year_moves(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b1", "2026-01-01", n=1))

    put(ledger, block("b1", "2025-12-31", n=1))

    for each in (ledger, open_ledger(folder)):
        assert find(each, "blocks", date(2026, 1, 1), date(2026, 12, 31)) == []
        assert find(each, "blocks", date(2025, 1, 1), date(2025, 12, 31)) == [
            block("b1", "2025-12-31", n=1)
        ]
        assert get(each, "blocks", "b1") == block("b1", "2025-12-31", n=1)


def test_an_id_is_unique_over_all_years_even_those_not_in_memory(folder: Path) -> None:
    for year in range(2015, 2027):
        put(open_ledger(folder), block(f"b{year}", f"{year}-06-01"))
    ledger = open_ledger(folder)

    put(ledger, block("b2016", "2026-03-02"))
    put(ledger, block("b2017", "2018-03-02"))

    found = find(open_ledger(folder), "blocks", *ALWAYS)
    assert [r["id"] for r in found if r["id"] in ("b2016", "b2017")] == ["b2017", "b2016"]
    assert len(found) == 12


def test_old_records_are_found_by_id_and_only_some_years_stay_in_memory(folder: Path) -> None:
    for year in range(2010, 2027):
        put(open_ledger(folder), block(f"b{year}", f"{year}-06-01"))
    ledger = open_ledger(folder)

    for year in (2010, 2026, 2013, 2011, 2025):
        assert get(ledger, "blocks", f"b{year}") == block(f"b{year}", f"{year}-06-01")
    assert get(ledger, "blocks", "b1999") is None
    assert len(find(ledger, "blocks", *ALWAYS)) == 17
    in_memory = ledger.storage.contents._loaded
    assert len(in_memory) <= LOADED_YEARS + 1


def test_a_start_touches_the_state_and_this_year_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year in range(2015, 2027):
        put(open_ledger(folder), block(f"b{year}", f"{year}-06-01"))
    ledger = open_ledger(folder)
    with ledger.transaction("point"):
        save(ledger, "state", {"id": "running", "block": "b2026"})
    ledger.fold()
    opened: list[str] = []
    real_open = os.open

    real_records = read_records

    def noting_open(path: Path, *rest: int) -> int:
        opened.append(Path(path).name)
        return real_open(path, *rest)

    def noting_records(path: Path, migrations: Migrations) -> Any:
        opened.append(path.name)
        return real_records(path, migrations)

    monkeypatch.setattr(os, "open", noting_open)
    monkeypatch.setattr(contents, "read_records", noting_records)

    ledger = open_ledger(folder)
    assert get(ledger, "state", "running") is not None
    assert len(find(ledger, "blocks", date(2026, 6, 1), date(2026, 6, 1))) == 1

    assert opened == ["journal.jsonl", "state.jsonl", "2026.jsonl"]


def test_what_another_process_wrote_shows_after_a_refresh(folder: Path) -> None:
    mine, other = open_ledger(folder), open_ledger(folder)
    put(mine, block("b1", n=1))
    assert get(other, "blocks", "b1") == block("b1", n=1)

    put(mine, block("b1", n=2))

    assert get(other, "blocks", "b1") == block("b1", n=1)
    assert other.refresh() and get(other, "blocks", "b1") == block("b1", n=2)
    assert not other.refresh() and not mine.refresh()


def test_a_change_in_a_year_that_is_not_in_memory_is_a_change_too(folder: Path) -> None:
    put(open_ledger(folder), block("old", "2019-01-01"), block("new"))
    mine, other = open_ledger(folder), open_ledger(folder)
    get(mine, "blocks", "new")
    mine.refresh()

    put(other, block("old", "2019-01-02"))

    assert mine.refresh() and get(mine, "blocks", "old") == block("old", "2019-01-02")


def test_a_transaction_decides_on_what_others_wrote_before_it(folder: Path) -> None:
    """Two processes count in the same record, and no count is lost."""
    ledgers = [open_ledger(folder) for _ in range(3)]
    for turn in range(12):
        ledger = ledgers[turn % 3]
        with ledger.transaction("count"):
            record = get(ledger, "state", "counter") or {"id": "counter", "n": 0}
            save(ledger, "state", {**record, "n": record["n"] + 1})

    assert get(open_ledger(folder), "state", "counter") == {"id": "counter", "n": 12}


def test_threads_of_one_process_may_share_a_ledger(folder: Path) -> None:
    ledger = open_ledger(folder)

    def count(name: str) -> None:
        for turn in range(20):
            with ledger.transaction("count"):
                record = get(ledger, "state", "counter") or {"id": "counter", "n": 0}
                save(ledger, "state", {**record, "n": record["n"] + 1})
                save(ledger, "blocks", block(f"{name}{turn}"))
            find(ledger, "blocks", *ALWAYS)
            ledger.refresh()

    threads = [threading.Thread(target=count, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert get(ledger, "state", "counter") == {"id": "counter", "n": 60}
    assert len(find(open_ledger(folder), "blocks", *ALWAYS)) == 60


def test_a_transaction_inside_a_transaction_is_refused_at_once(folder: Path) -> None:
    ledger = open_ledger(folder)
    with ledger.transaction("outer"):
        save(ledger, "blocks", block("b1"))
        with pytest.raises(LedgerError, match="already"), ledger.transaction("inner"):
            pass

    assert get(ledger, "blocks", "b1") is not None


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"day": "2026-03-02"}, "'id'"),
        ({"id": "", "day": "2026-03-02"}, "'id'"),
        ({"id": 7, "day": "2026-03-02"}, "'id'"),
        ({"id": "b1"}, "'day'"),
        ({"id": "b1", "day": "2026-3-2"}, "'day'"),
        ({"id": "b1", "day": "20260302"}, "'day'"),
        ({"id": "b1", "day": "2026-02-30"}, "'day'"),
        ({"id": "b1", "day": date(2026, 3, 2)}, "'day'"),
        ({"id": "b1", "day": "2026-03-02", "x": {1}}, "a record cannot be stored"),
        ({"id": "b1", "day": "2026-03-02", "x": float("nan")}, "a record cannot be stored"),
    ],
)
def test_an_unusable_record_is_refused_with_the_field_named(
    folder: Path, record: dict[str, object], named: str
) -> None:
    ledger = open_ledger(folder)

    with pytest.raises(LedgerError, match=named), ledger.transaction("put"):
        save(ledger, "blocks", record)


def test_an_unknown_kind_is_refused(folder: Path) -> None:
    with pytest.raises(LedgerError, match="the ledger keeps no 'blokcs'"):
        get(open_ledger(folder), "blokcs", "b1")


def test_days_of_the_year_one_and_the_year_9999_have_files_too(folder: Path) -> None:
    put(open_ledger(folder), block("a", "0001-01-01"), block("z", "9999-12-31"))

    assert [r["id"] for r in find(open_ledger(folder), "blocks", *ALWAYS)] == ["a", "z"]
    assert open_ledger(folder).years() == [1, 9999]


def test_other_files_in_the_folder_are_left_alone(folder: Path) -> None:
    put(open_ledger(folder), block("b1"))
    (folder / "notes.txt").write_text("mine")
    (folder / "2026 (copy).jsonl").write_text("whatever")

    assert open_ledger(folder).years() == [2026]


def test_a_ledger_of_a_newer_format_is_neither_read_nor_written(folder: Path) -> None:
    put(open_ledger(folder), block("b1"))
    path = folder / "journal.jsonl"
    path.write_bytes(line_of({"format": 3, "ledger": "journal"}, []) + path.read_bytes())
    before = bytes_in(folder)
    ledger = open_ledger(folder)

    for _ in range(2):
        with pytest.raises(
            NewerLedgerError, match=r"journal\.jsonl was written by a newer flowtui"
        ):
            get(ledger, "blocks", "b1")
        with pytest.raises(NewerLedgerError):
            put(ledger, block("b2"))
        with pytest.raises(NewerLedgerError):
            put(ledger, block("b2", "2024-01-01"))
    assert bytes_in(folder) == before


def test_a_record_of_a_newer_version_stops_an_older_flowtui(folder: Path) -> None:
    newer = Migrations({"blocks": (dict[str, Any],)})
    put(Ledger(folder, FakeClock(), migrations=newer), block("b1"))
    before = bytes_in(folder)

    for _ in range(2):
        with pytest.raises(NewerLedgerError, match="blocks b1 has the version 2"):
            find(open_ledger(folder), "blocks", *ALWAYS)
    with pytest.raises(NewerLedgerError):
        put(open_ledger(folder), block("b2"))
    assert bytes_in(folder) == before


def test_a_backup_that_is_put_back_under_a_running_program_is_taken_over(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b1"))
    backup = (folder / "journal.jsonl").read_bytes()
    put(ledger, block("b2"))
    (folder / "copy").write_bytes(backup)
    (folder / "copy").replace(folder / "journal.jsonl")

    with pytest.raises(LedgerError, match="another program changed it; do it again"):
        put(ledger, block("b3"))
    put(ledger, block("b3"))

    assert set(everything(open_ledger(folder))["blocks"]) == {"b1", "b3"}
    assert everything(ledger) == everything(open_ledger(folder))


def test_everything_is_as_before_after_closing(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b1"))
    before = everything(ledger)

    ledger.close()

    assert everything(ledger) == before
    put(ledger, block("b2"))
    assert set(everything(open_ledger(folder))["blocks"]) == {"b1", "b2"}


def test_all_records_of_a_kind_are_told_one_year_at_a_time(folder: Path) -> None:
    ledger = open_ledger(folder)
    put(ledger, block("b2", "2026-01-01"), block("b1", "2019-01-01"))
    with ledger.transaction("plan"):
        save(ledger, "plans", {"id": "p"})

    with ledger.snapshot() as records:
        assert [record["id"] for record in records("blocks")] == ["b1", "b2"]
        assert list(records("plans")) == [{"id": "p", "v": 1}]
    with open_ledger(folder / "none").snapshot() as records:
        assert list(records("blocks")) == []


def test_looking_at_the_history_does_not_hide_a_change_from_refresh(folder: Path) -> None:
    mine, other = open_ledger(folder), open_ledger(folder)
    put(mine, block("b1"))
    mine.refresh()
    put(other, block("b2"))

    assert len(mine.history(9)) == 2
    with mine.trial():
        assert get(mine, "blocks", "b2") is not None

    assert mine.refresh() and not mine.refresh()


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("flowtui.ledger", ["tinydb", "json", "flowtui.ledger.storage"]),
        (
            "flowtui.ledger.ledger",
            ["textual", "numpy", "click", "psutil", "csv", "flowtui.ledger.history", "sqlite3"],
        ),
    ],
)
def test_importing_costs_only_what_is_used(module: str, absent: list[str]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    assert module in loaded and not set(absent) & set(loaded)


@pytest.mark.parametrize("days", [["2026-05-05"], ["2019-05-05"], ["2019-05-05", "2026-05-05"]])
def test_a_transaction_reads_no_line_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch, days: list[str]
) -> None:
    """So that it costs the same however many records there are, in whichever years."""
    for year in (2018, 2019, 2020, 2026):
        put(open_ledger(folder), *(block(f"{year}-{n}", f"{year}-01-01") for n in range(30)))
    ledger = open_ledger(folder)
    ledger.fold()
    put(ledger, *(block(f"first {day}", day) for day in days))
    taken: list[int] = []
    real = Journal._take

    def counting(journal: Journal, raws: list[bytes]) -> list[Transaction]:
        taken.append(len(raws))
        return real(journal, raws)

    monkeypatch.setattr(Journal, "_take", counting)

    for n in range(5):
        put(ledger, *(block(f"{n} {day}", day) for day in days))

    assert taken == []
