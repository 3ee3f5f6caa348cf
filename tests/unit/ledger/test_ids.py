"""The lists of ids: small, derived, never trusted beyond their stamp."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.ledger.ids import holds, id_hash, read_ids, stands_in, write_ids
from flowtui.ledger.lines import change_text, line_of
from flowtui.ledger.look import look_at
from tests.unit.ledger.helpers import block, open_ledger, put

SIGNATURE = (1000, 1_700_000_000_000_000_000, 5)


@given(st.sets(st.tuples(st.sampled_from(["blocks", "entries"]), st.text()), max_size=50))
def test_no_id_is_ever_missed(ids: set[tuple[str, str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ".2025.ids"
        written = write_ids(path, SIGNATURE, ids)
        read = read_ids(path, SIGNATURE)

        assert read is not None
        for hashes in (written, read):
            assert all(holds(hashes, id_hash(*id)) for id in ids)
        assert read.tolist() == sorted(read.tolist()) and len(read) == len(ids)
        read.release()


def test_a_list_for_another_state_of_the_file_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / ".2025.ids"
    write_ids(path, SIGNATURE, [("blocks", "b1")])

    assert read_ids(path, (1001, *SIGNATURE[1:])) is None
    assert read_ids(path, (1000, 5, 5)) is None
    assert read_ids(path, SIGNATURE) is not None
    assert read_ids(tmp_path / ".2024.ids", SIGNATURE) is None


@pytest.mark.parametrize("cut", [0, 5, 31, 32, 33, 36, 39])
def test_a_damaged_list_counts_for_nothing(tmp_path: Path, cut: int) -> None:
    path = tmp_path / ".2025.ids"
    write_ids(path, SIGNATURE, [("blocks", "b1"), ("blocks", "b2")])
    data = path.read_bytes()
    assert len(data) == 40

    path.write_bytes(data[:cut])
    assert read_ids(path, SIGNATURE) is None
    path.write_bytes(data[:cut] + bytes([data[cut] ^ 1]) + data[cut + 1 :])
    assert read_ids(path, SIGNATURE) is None


def test_a_record_is_found_by_its_bytes_where_there_is_no_list(tmp_path: Path) -> None:
    path = tmp_path / "2025.jsonl"
    path.write_bytes(line_of({"seq": 1}, [change_text("blocks", 'b"ü', "{}")]))

    assert stands_in(path, "blocks", 'b"ü') and not stands_in(path, "entries", 'b"ü')
    assert not stands_in(path, "blocks", "b") and not stands_in(tmp_path / "no", "blocks", "b")


def test_readers_write_no_list_and_writers_write_one_for_each_closed_year(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    for year in range(2018, 2027):
        put(open_ledger(folder), block(f"b{year}", f"{year}-06-01"))
    for path in folder.glob(".*.ids"):
        path.unlink()

    assert open_ledger(folder).get("blocks", "unknown") is None
    assert list(folder.glob(".*.ids")) == []
    put(open_ledger(folder), block("new"))
    assert sorted(path.name for path in folder.glob(".*.ids")) == [
        f".{year}.ids" for year in range(2018, 2026)
    ]


def test_a_record_added_to_a_closed_year_by_another_process_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    for year in range(2018, 2027):
        put(open_ledger(folder), block(f"b{year}", f"{year}-06-01"))
    mine, other = open_ledger(folder), open_ledger(folder)
    put(mine, block("new"))
    signature = look_at(folder / "2018.jsonl")

    put(other, block("late", "2018-07-01"))

    assert look_at(folder / "2018.jsonl") != signature
    mine.refresh()
    assert mine.get("blocks", "late") == block("late", "2018-07-01")
    with mine.transaction("move") as transaction:
        assert transaction.get("blocks", "late") is not None
        transaction.put("blocks", block("late", "2026-07-01"))
    assert open_ledger(folder).get("blocks", "late") == block("late", "2026-07-01")
