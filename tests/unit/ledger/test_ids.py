"""The lists of ids: small, derived, never trusted beyond their stamp."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from flowtui.ledger.ids import holds, id_hash, ids_path, read_ids, stands_in, write_ids
from flowtui.ledger.look import look_at
from hypothesis import given
from hypothesis import strategies as st

from flowtui.ledger.lines import change_text, line_of
from tests.unit.ledger.helpers import block, get, open_ledger, put, save

KEYS = [("blocks", "b1"), ("blocks", "b2")]


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """A file that stands for a year's; what is in it does not matter to its list."""
    path = tmp_path / "2025.jsonl"
    path.write_bytes(bytes(range(100)))
    return path


@given(st.sets(st.tuples(st.sampled_from(["blocks", "entries"]), st.text()), max_size=50))
def test_no_id_is_ever_missed(keys: set[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "2025.jsonl"
        path.write_bytes(b"x" * 10)
        written = write_ids(path, 10, keys)
        read = read_ids(path)

        assert read is not None and read.covered == 10
        for ids in (written, read):
            assert all(holds(ids, id_hash(*key)) for key in keys)
        assert read.hashes.tolist() == sorted(id_hash(*key) for key in keys)
        read.hashes.release()


def test_a_list_stays_good_while_its_file_only_grows(year: Path) -> None:
    write_ids(year, 100, KEYS)
    year.write_bytes(year.read_bytes() + b"more")

    ids = read_ids(year)

    assert ids is not None and ids.covered == 100


@pytest.mark.parametrize("content", [b"", bytes(99), bytes(range(99)), b"?" * 200])
def test_a_list_for_another_file_counts_for_nothing(year: Path, content: bytes) -> None:
    write_ids(year, 100, KEYS)
    year.write_bytes(content)

    assert read_ids(year) is None and read_ids(year.with_name("2024.jsonl")) is None


@pytest.mark.parametrize("cut", [0, 5, 27, 28, 31, 35])
def test_a_damaged_list_counts_for_nothing(year: Path, cut: int) -> None:
    write_ids(year, 100, KEYS)
    path = ids_path(year)
    data = path.read_bytes()
    assert len(data) == 36

    path.write_bytes(data[:cut])
    assert read_ids(year) is None
    path.write_bytes(data[:cut] + bytes([data[cut] ^ 1]) + data[cut + 1 :])
    assert read_ids(year) is None


def test_a_record_is_found_by_its_bytes_where_there_is_no_list(tmp_path: Path) -> None:
    path = tmp_path / "2025.jsonl"
    path.write_bytes(line_of({"seq": 1}, [change_text("blocks", 'b"ü', "{}")]))

    assert stands_in(path, "blocks", 'b"ü') and not stands_in(path, "entries", 'b"ü')
    assert stands_in(path, "blocks", 'b"ü', 20) and not stands_in(path, "blocks", 'b"ü', 40)
    assert not stands_in(path, "blocks", "b") and not stands_in(tmp_path / "no", "blocks", "b")


def test_readers_write_no_list_and_writers_write_one_for_each_closed_year(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    for year in range(2018, 2027):
        put(open_ledger(folder), block(f"b{year}", f"{year}-06-01"))
    for path in folder.glob(".*.ids"):
        path.unlink()

    assert get(open_ledger(folder), "blocks", "unknown") is None
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
    assert get(mine, "blocks", "late") == block("late", "2018-07-01")
    with mine.transaction("move"):
        assert get(mine, "blocks", "late") is not None
        save(mine, "blocks", block("late", "2026-07-01"))
    assert get(open_ledger(folder), "blocks", "late") == block("late", "2026-07-01")
