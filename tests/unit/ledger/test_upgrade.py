"""Ledgers of format 1, as flowtui 0.1 wrote them: read, brought to format 2, undone, exported.

The files in `format_1` were written by 0.1.0: every kind of record, a record that changed its year,
commands over several files, undo and redo, a compaction, an import. `export.json` is its own export
of them, `undone.json` its history and the records after each undo.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from flowtui.core.kinds import KINDS
from flowtui.ledger.doctor import Weight, check
from flowtui.ledger.export import export_json, export_to
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.upgrade import OLD_FOLDER
from tests.fakes import FakeClock
from tests.unit.ledger.helpers import bytes_in, everything, save

WRITTEN = Path(__file__).parent / "format_1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(WRITTEN / "ledger", tmp_path / "ledger")
    return tmp_path / "ledger"


def opened(folder: Path, **more: Any) -> Ledger:
    return Ledger(folder, FakeClock(), **more)


def exported(ledger: Ledger, to: Path) -> dict[str, Any]:
    export_to(to, export_json, ledger)
    data: dict[str, Any] = json.loads(to.read_text())
    data.pop("exported_at")
    # kinds that came later
    for name in ("planned", "answers", "shared", "reviews", "thoughts"):
        if not data.get(name):
            data.pop(name, None)
    return data


def former_export() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((WRITTEN / "export.json").read_text())
    data.pop("exported_at")
    return data


def write_something(ledger: Ledger) -> None:
    with ledger.transaction("write"):
        save(ledger, "plans", {"id": "new"})


def test_an_old_ledger_is_read_without_being_changed(folder: Path, tmp_path: Path) -> None:
    before = bytes_in(folder)

    assert exported(opened(folder), tmp_path / "out") == former_export()
    assert bytes_in(folder) == before
    assert [f.what for f in check(folder)] == ["was written by a former flowtui"]


def test_the_first_write_brings_it_to_the_new_form_and_keeps_the_old_files(
    folder: Path, tmp_path: Path
) -> None:
    before = bytes_in(folder)
    ledger = opened(folder)
    write_something(ledger)

    assert bytes_in(folder / OLD_FOLDER) == before
    assert "journal.jsonl" in bytes_in(folder)
    for each in (ledger, opened(folder)):
        data = exported(each, tmp_path / "out")
        assert data["plans"].pop() == {"id": "new", "v": 1}
        assert data == former_export()
    assert [f for f in check(folder) if f.weight is Weight.DAMAGE] == []
    assert any("new form" in report.what for report in ledger.reports())


def test_every_record_of_0_1_0_is_decoded_and_encoded_to_the_same() -> None:
    for name, records in former_export().items():
        for record in records if name in KINDS and name != "plans" else ():
            kind = KINDS[name]
            day = None if not kind.dated else record["day"]
            again = kind.encode(kind.decode(record), id=record["id"])
            plain = {k: v for k, v in record.items() if k not in ("v", "schema")}
            assert {**again, **({"day": day} if day else {})} == plain


def test_what_0_1_0_could_undo_is_undone_the_same(folder: Path) -> None:
    told = json.loads((WRITTEN / "undone.json").read_text())
    ledger = opened(folder, keep=14)
    with ledger.transaction("none", background=True):
        save(ledger, "plans", {"id": "new"})
    entries = [e for e in ledger.history(100) if e.label != "none"]

    assert [[e.seq, e.label, e.background, e.undoes, e.redoes, e.undone] for e in entries] == [
        row[:6] for row in told["history"][: len(entries)]
    ]
    ledger = opened(folder)  # all that was there can be undone, at least
    for step in told["undone"]:
        (change,) = ledger.undo()
        assert (change.label, change.seq) == (step["label"], step["seq"])
        world = everything(ledger)
        world["plans"].pop("new")
        assert {kind: held for kind, held in world.items() if held} == {
            kind: held for kind, held in step["world"].items() if held
        }


def test_damage_in_old_files_is_skipped_and_stays_in_them(folder: Path, tmp_path: Path) -> None:
    path = folder / "2025.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"value":4', b'"value":5', 1) + b'0badbad0 [{"seq":99')
    spoilt = path.read_bytes()
    ledger = opened(folder)

    assert ledger.table("entries").get(doc_id="e2enrg") is None
    write_something(ledger)

    assert (folder / OLD_FOLDER / "2025.jsonl").read_bytes() == spoilt
    data = exported(opened(folder), tmp_path / "out")
    lost = [r["id"] for r in former_export()["entries"] if r not in data["entries"]]
    assert sorted(lost) == ["e2enrg", "e3slep", "e4work", "e5habt", "e6coff"]  # one command
    assert any(r.lost and r.what == "a damaged line" for r in ledger.reports())


def test_a_part_that_a_year_lacks_is_taken_from_the_commit(folder: Path, tmp_path: Path) -> None:
    """0.1 committed a command over two files in state.jsonl and added the parts unsynced."""
    path = folder / "2026.jsonl"
    *lines, last = path.read_bytes().splitlines(keepends=True)
    assert b'"pause block"' in last
    path.write_bytes(b"".join(lines))
    *lines, part = lines
    assert b'"part":true' in part or b"redo" in part
    path.write_bytes(b"".join(lines))

    data = exported(opened(folder), tmp_path / "out")
    (running,) = [r for r in data["blocks"] if r["id"] == "n5runs"]
    assert "gaps" not in running
    write_something(opened(folder))
    assert exported(opened(folder), tmp_path / "out")["blocks"] == data["blocks"]
