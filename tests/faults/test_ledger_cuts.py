"""A journal cut at every byte, each single bit flipped: never a crash, never a wrong record.

A whole ledger takes longer, so there every seventh byte and bit is tried (seven and eight have no
common factor, so each bit of a byte comes up), and each one with FLOWTUI_REQUIRE_ALL=1.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flowtui.ledger.doctor import Weight
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.scan import raw_lines
from flowtui.ledger.table import JournalDB
from tests.unit.ledger.helpers import block, check, everything, open_ledger, put, save

STEP = 1 if os.environ.get("FLOWTUI_REQUIRE_ALL") == "1" else 7
World = dict[str, dict[str, dict[str, Any]]]


def worlds(folder: Path, folded: bool = False) -> list[World]:
    """A small ledger with every sort of transaction; what it held before each and at the end."""
    ledger = open_ledger(folder)
    seen = [everything(ledger)]

    def command(*records: dict[str, Any], delete: str = "", state: str = "") -> None:
        with ledger.transaction("c"):
            for record in records:
                save(ledger, "blocks", record)
            if delete:
                ledger.table("blocks").remove(doc_ids=[delete])
            if state:
                save(ledger, "state", {"id": "running", "block": state})
        seen.append(everything(ledger))

    command(block("a", n=1))
    command(block("b", n=1), block("c", "2025-12-31"), state="b")
    command(block("a", n=2))
    command(block("b", "2025-06-01", n=2))
    command(delete="a", state="c")
    command(block("d", note="ü"))
    if folded:
        ledger.fold()
        command(block("e", "2025-03-03"))
    ledger.close()
    return seen


def copies(folder: Path, name: str, tmp_path: Path) -> Iterator[tuple[int, Path, Path]]:
    """Places in the file `name`, each with a fresh copy of `folder` and that file's path in it."""
    size = (folder / name).stat().st_size
    for place in sorted({*range(0, size, STEP), size - 1, size}):
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in folder.glob("*.jsonl"):
            (copy / path.name).write_bytes(path.read_bytes())
        yield place, copy, copy / name


def test_a_plain_journal_cut_at_every_byte_holds_every_whole_transaction(tmp_path: Path) -> None:
    path = tmp_path / "db" / "journal.jsonl"
    db = JournalDB(path.parent)
    ends = [0]
    for n in range(4):
        db.insert({"n": n, "text": "ü"})
        ends.append(path.stat().st_size)
    whole = path.read_bytes()

    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        kept = [{"n": n, "text": "ü"} for n in range(4) if ends[n + 1] - 1 <= cut]

        assert JournalDB(path.parent).all() == kept
        assert path.read_bytes() == whole[:cut]
        assert JournalDB(path.parent).insert({"n": 9}) == len(kept) + 1
        assert JournalDB(path.parent).all() == [*kept, {"n": 9}]


def test_a_plain_journal_with_any_bit_flipped_loses_one_transaction_at_most(
    tmp_path: Path,
) -> None:
    path = tmp_path / "db" / "journal.jsonl"
    db = JournalDB(path.parent)
    for n in range(4):
        db.insert({"n": n, "text": "ü"})
    whole = path.read_bytes()
    everything = {n: {"n": n, "text": "ü"} for n in range(4)}

    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        line = whole.count(b"\n", 0, bit // 8)
        hit = line - 1 if whole[bit // 8] != 0x0A else None

        found = JournalDB(path.parent).all()

        assert found == [record for n, record in everything.items() if n != hit]


@pytest.mark.parametrize("name", ["2025.jsonl", "2026.jsonl", "state.jsonl", "journal.jsonl"])
def test_a_ledger_cut_at_every_byte_opens_and_goes_on(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "ledger"
    seen = worlds(folder, folded=name != "journal.jsonl")
    versions = versions_in(seen)

    for cut, copy, path in copies(folder, name, tmp_path):
        whole = path.read_bytes()
        path.write_bytes(whole[:cut])
        ledger = open_ledger(copy)

        found = everything(ledger)

        assert_only_written(found, versions)
        if name == "journal.jsonl" and cut >= len(whole) - 1:
            assert found == seen[-1]
        put(ledger, block("new", n=1), block("new2", "2025-01-01"))
        again = everything(open_ledger(copy))
        assert again["blocks"].pop("new") and again["blocks"].pop("new2")
        assert again == found
        ledger.close()


def test_the_last_file_written_cut_at_every_byte_is_a_former_world(tmp_path: Path) -> None:
    """A crash can only cut the end of the file that was being written."""
    folder = tmp_path / "ledger"
    seen = worlds(folder)
    before = (folder / "journal.jsonl").read_bytes()
    last = list(raw_lines(folder / "journal.jsonl"))[-1]

    for cut, copy, path in copies(folder, "journal.jsonl", tmp_path):
        if cut < last.start:
            continue
        path.write_bytes(before[:cut])
        ledger = open_ledger(copy)
        expected = seen[-1] if cut >= len(before) - 1 else seen[-2]

        assert everything(ledger) == expected
        assert not [f for f in check(copy) if f.weight is Weight.DAMAGE]
        assert [change.label for change in ledger.undo()] == ["c"]
        ledger.close()


@pytest.mark.parametrize("name", ["2025.jsonl", "2026.jsonl", "state.jsonl", "journal.jsonl"])
def test_no_flipped_bit_makes_a_wrong_record(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "ledger"
    seen = worlds(folder, folded=name != "journal.jsonl")
    versions = versions_in(seen)
    path = folder / name
    whole = path.read_bytes()
    by_line = [touched_by(folder, name, number) for number in range(whole.count(b"\n"))]

    for bit in range(0, len(whole) * 8, STEP):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        ledger = open_ledger(folder)

        found = everything(ledger)

        assert_only_written(found, versions)
        line = whole.count(b"\n", 0, bit // 8)
        at_newline = whole[bit // 8] == 0x0A
        for kind, records in seen[-1].items():
            for id in records.keys() | found[kind].keys():
                if at_newline or (kind, id) not in by_line[line]:
                    assert found[kind].get(id) == records.get(id), (bit, kind, id)
        ledger.close()


def versions_in(seen: list[World]) -> dict[tuple[str, str], list[object]]:
    """Every form that each record ever had."""
    found: dict[tuple[str, str], list[object]] = {}
    for world in seen:
        for kind, records in world.items():
            for id, record in records.items():
                found.setdefault((kind, id), []).append(record)
    return found


def assert_only_written(found: World, versions: dict[tuple[str, str], list[object]]) -> None:
    for kind, records in found.items():
        for id, record in records.items():
            assert record in versions[kind, id]


def touched_by(folder: Path, name: str, number: int) -> set[tuple[str, str]]:
    """Kind and id of the records in one line (counted from 0) of a file."""
    line = (folder / name).read_bytes().splitlines()[number]
    value = json.loads(line[9:])
    if name != "journal.jsonl" and len(value) == 3:
        return {(value[0], value[1])}
    return {(change[0], change[1]) for change in value[1:]}


def test_a_ledger_with_a_flipped_bit_is_mended_by_its_next_use(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    worlds(folder)
    path = folder / "journal.jsonl"
    whole = path.read_bytes()

    for byte in range(0, len(whole), STEP):
        (folder / "journal.jsonl.damaged").unlink(missing_ok=True)
        path.write_bytes(whole[:byte] + bytes([whole[byte] ^ 4]) + whole[byte + 1 :])
        ledger = Ledger(folder, open_ledger(folder).clock)
        before = everything(ledger)

        put(ledger, block("new"))

        after = everything(open_ledger(folder))
        assert after["blocks"].pop("new") and after == before
        assert not [f for f in check(folder) if "line" in f.what and f.file == path]
        ledger.close()
