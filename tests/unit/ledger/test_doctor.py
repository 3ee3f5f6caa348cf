"""The doctor finds what is wrong, says where, and changes nothing; repair mends what it can."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flowtui.ledger.doctor import Weight
from flowtui.ledger.lines import Change, checked, journal_header, line_of, record_text, text_of
from flowtui.ledger.repair import repair
from tests.bench.tenyears import fill
from tests.fakes import FakeClock
from tests.unit.ledger.helpers import block, bytes_in, check, everything, open_ledger, put, save


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger of two years and the state, with five transactions."""
    folder = tmp_path / "ledger"
    ledger = open_ledger(folder)
    for n in range(3):
        put(ledger, block(f"b{n}", n=n))
    with ledger.transaction("across"):
        save(ledger, "blocks", block("b9", "2025-01-01"))
        save(ledger, "state", {"id": "running"})
    put(ledger, block("b3"))
    return folder


def found(folder: Path) -> list[tuple[str, str, int | None, str]]:
    """Weight, file, line and text of each finding; and looking for them changed nothing."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    findings = check(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert all(finding.todo for finding in findings)
    return [(f.weight.value, f.file.name, f.line, f.what) for f in findings]


def break_line(path: Path, number: int, change: Callable[[bytes], bytes]) -> None:
    """Replace one line (counted from 1), newline included."""
    lines = path.read_bytes().splitlines(keepends=True)
    lines[number - 1] = change(lines[number - 1])
    path.write_bytes(b"".join(lines))


def test_sound_ledgers_and_absent_ones_have_no_findings(folder: Path, tmp_path: Path) -> None:
    fill(tmp_path / "years", years=3, per_year=40)

    assert found(folder) == [] and found(tmp_path / "years") == []
    assert check(tmp_path / "none") == [] and not (tmp_path / "none").exists()
    assert repair(folder, FakeClock()) == [] and repair(tmp_path / "none", FakeClock()) == []
    assert not (tmp_path / "none").exists()


def test_a_damaged_line_is_found_set_aside_and_kept_to_the_byte(folder: Path) -> None:
    path = folder / "journal.jsonl"
    break_line(path, 3, lambda line: line.replace(b'"n":1', b'"n":\xff'))
    broken = path.read_bytes().split(b"\n")[2]

    [(weight, name, line, what)] = found(folder)
    assert (weight, name, line) == ("damage", "journal.jsonl", 3)
    assert what.startswith(f"a damaged line of {len(broken)} bytes; what it recorded is lost")
    done = repair(folder, FakeClock())

    assert done == [
        "journal.jsonl: a damaged line was set aside in journal.jsonl.damaged "
        f"(line 3, byte {len(b''.join(path.read_bytes().splitlines(keepends=True)[:2]))})"
    ]
    [note] = found(folder)
    assert note[:3] == ("note", "journal.jsonl.damaged", None) and "holds 1 damaged line" in note[3]
    kept = json.loads((folder / "journal.jsonl.damaged").read_text())
    assert kept["text"].encode("utf-8", "surrogateescape") == broken
    assert (kept["file"], kept["line"], kept["set_aside_at"]) == (
        "journal.jsonl",
        3,
        "2026-03-02T09:00:00Z",
    )
    assert set(everything(open_ledger(folder))["blocks"]) == {"b0", "b2", "b3", "b9"}
    (folder / "journal.jsonl.damaged").unlink()
    assert found(folder) == []


def test_the_next_write_sets_a_damaged_line_aside_by_itself_and_reports_it(folder: Path) -> None:
    break_line(folder / "journal.jsonl", 3, lambda line: line.replace(b'"n":1', b'"n":2'))
    ledger = open_ledger(folder)
    assert set(everything(ledger)["blocks"]) == {"b0", "b2", "b3", "b9"}
    [report] = ledger.reports()
    assert (report.file.name, report.line, report.lost) == ("journal.jsonl", 3, True)
    assert not (folder / "journal.jsonl.damaged").exists()

    put(ledger, block("b4"))

    assert (folder / "journal.jsonl.damaged").exists()
    assert set(everything(open_ledger(folder))["blocks"]) == {"b0", "b2", "b3", "b4", "b9"}
    [report] = ledger.reports()
    assert "set aside in journal.jsonl.damaged" in report.what
    assert open_ledger(folder).reports() == []


def test_an_unfinished_last_line_is_a_note_and_is_cut_off(folder: Path) -> None:
    path = folder / "journal.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'00000000 [{"seq":9')

    assert found(folder) == [
        (
            "note",
            "journal.jsonl",
            7,
            "an unfinished last line of 18 bytes, from a write that was interrupted",
        )
    ]
    assert repair(folder, FakeClock()) == [
        "journal.jsonl: an unfinished last line of 18 bytes was cut off"
    ]
    assert path.read_bytes() == whole and found(folder) == []


def test_damaged_ends_of_lines_lose_nothing_and_are_mended(folder: Path) -> None:
    before = everything(open_ledger(folder))
    path = folder / "journal.jsonl"
    whole = path.read_bytes()
    break_line(path, 2, lambda line: line[:-1] + b"\x0b")
    path.write_bytes(path.read_bytes()[:-1] + b"\x0b")

    told = found(folder)

    assert [(w, line) for w, _, line, _ in told] == [("damage", 2), ("note", 5)]
    assert everything(open_ledger(folder)) == before
    assert repair(folder, FakeClock()) == ["journal.jsonl: 2 damaged ends of line mended"]
    assert path.read_bytes() == whole and not (folder / "journal.jsonl.damaged").exists()


def test_a_lost_header_is_written_anew(folder: Path) -> None:
    before = everything(open_ledger(folder))
    whole = (folder / "journal.jsonl").read_bytes()
    break_line(folder / "journal.jsonl", 1, lambda line: b"?" + line[1:])

    assert [finding[:3] for finding in found(folder)] == [("damage", "journal.jsonl", 1)]
    assert repair(folder, FakeClock())

    assert (folder / "journal.jsonl").read_bytes() == whole
    assert everything(open_ledger(folder)) == before


def test_damage_in_a_year_is_found_set_aside_and_the_year_written_anew(folder: Path) -> None:
    open_ledger(folder).fold()
    path = folder / "2026.jsonl"
    break_line(path, 3, lambda line: line.replace(b'"n":1', b'"n":\xff'))
    broken = path.read_bytes().split(b"\n")[2]

    [(weight, name, line, what)] = found(folder)
    assert (weight, name, line) == ("damage", "2026.jsonl", 3) and "a damaged line of" in what
    ledger = open_ledger(folder)
    assert set(everything(ledger)["blocks"]) == {"b0", "b2", "b3", "b9"}
    [report] = ledger.reports()
    assert (report.file.name, report.line, report.lost) == ("2026.jsonl", 3, True)

    assert repair(folder, FakeClock())[-1] == "2026.jsonl: was written anew"

    kept = json.loads((folder / "2026.jsonl.damaged").read_text())
    assert kept["text"].encode("utf-8", "surrogateescape") == broken
    assert [f[1] for f in found(folder)] == ["2026.jsonl.damaged"]
    assert set(everything(open_ledger(folder))["blocks"]) == {"b0", "b2", "b3", "b9"}


def test_a_journal_that_is_gone_is_damage_and_numbers_go_on_after_it(folder: Path) -> None:
    ledger = open_ledger(folder)
    ledger.fold()
    before = everything(ledger)
    (folder / "journal.jsonl").unlink()

    assert found(folder)[0][:3] == ("damage", "journal.jsonl", None)
    again = open_ledger(folder)
    assert everything(again) == before
    put(again, block("new"))

    assert [entry.seq for entry in again.history(9)] == [6]
    assert set(everything(open_ledger(folder))["blocks"]) == {*before["blocks"], "new"}
    assert found(folder) == []


def test_records_that_are_wrong_in_themselves_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    bad: list[tuple[str, str, object]] = [
        ("blocks", "b2", block("other")),
        ("blocks", "b3", {"id": "b3"}),
        ("blocks", "b4", block("b4", v=9)),
        ("dreams", "d1", {"id": "d1"}),
        ("blocks", "b5", [1]),
        ("blocks", "fine", block("fine")),
    ]
    lines = [
        line_of({"seq": seq}, [Change(kind, id, text_of(document)).text()])
        for seq, (kind, id, document) in enumerate(bad, 1)
    ]
    (folder / "journal.jsonl").write_bytes(journal_header(0) + b"".join(lines))
    wrong_year = checked(record_text("blocks", "b1", text_of(block("b1", "2025-01-01"))).encode())
    header = line_of({"format": 2, "ledger": "2026", "seq": 1})
    (folder / "2026.jsonl").write_bytes(header + wrong_year)

    told = found(folder)

    assert [(line, what.split(": ")[0]) for _, _, line, what in told] == [
        (2, "blocks b2"),
        (3, "blocks b3"),
        (4, "blocks b4 has the version 9; this flowtui knows blocks up to version 1"),
        (5, "dreams d1"),
        (6, "blocks b5"),
        (2, "blocks b1"),
    ]
    assert "belongs in 2025.jsonl" in told[5][3] and "calls itself 'other'" in told[0][3]
    assert "'day' must be" in told[1][3] and "version 9" in told[2][3]
    assert all(weight == Weight.DAMAGE.value for weight, *_ in told)


def test_records_that_cannot_be_decoded_are_named_with_id_kind_and_field(tmp_path: Path) -> None:
    from flowtui.ledger import doctor

    folder = tmp_path / "ledger"
    ledger = open_ledger(folder)
    good = {"zone": "UTC", "started_at": "2026-03-02T09:00:00Z"}
    put(ledger, block("b1", **good), block("b2", **good, colour="red"))
    ledger.fold()
    with ledger.transaction("state"):
        save(ledger, "state", {"id": "break", "started_at": "noon", "seconds": 60})

    told = doctor.check(folder)

    assert [(f.kind, f.id, f.field, f.file.name, f.line) for f in told] == [
        ("state", "break", "started_at", "journal.jsonl", 3),
        ("blocks", "b2", "colour", "2026.jsonl", 3),
    ]
    assert all(f.todo == f"mend it: flowtui doctor --edit {f.id}" for f in told)
    assert told[1].what == "block b2: the field 'colour' is unknown"


def test_files_that_were_put_together_by_hand_are_noticed(folder: Path) -> None:
    open_ledger(folder).fold()
    path = folder / "2026.jsonl"
    (folder / "2024.jsonl").write_bytes(path.read_bytes())
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes() + journal.read_bytes().splitlines(keepends=True)[1])
    (folder / "2026.sync-conflict.jsonl").write_text("x")
    (folder / "2025.jsonl.new").write_text("x")

    told = found(folder)

    assert ("damage", "2024.jsonl", 1, "says that it is 2026.jsonl") in told
    assert any("blocks b0 stands in 2024.jsonl too" in what for *_, what in told)
    assert any("transaction 1 stands after 5, and is not read" in what for *_, what in told)
    assert any(name == "2026.sync-conflict.jsonl" for _, name, _, _ in told)
    assert any(name == "2025.jsonl.new" for _, name, _, _ in told)


def test_a_left_over_of_a_fold_is_removed(folder: Path) -> None:
    (folder / "2025.jsonl.new").write_text("x")
    before = bytes_in(folder)

    assert [f[:2] for f in found(folder)] == [("note", "2025.jsonl.new")]
    assert repair(folder, FakeClock()) == ["removed 2025.jsonl.new, left by an interrupted fold"]

    del before["2025.jsonl.new"]
    assert bytes_in(folder) == before and found(folder) == []


def test_a_newer_file_is_told(folder: Path) -> None:
    (folder / "2027.jsonl").write_bytes(line_of({"format": 7}) + b"whatever\n")

    assert ("damage", folder.name, None, "was written by a newer flowtui") in found(folder)
