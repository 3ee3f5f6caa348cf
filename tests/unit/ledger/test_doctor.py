"""The doctor finds what is wrong, says where, and changes nothing; repair mends what it can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flowtui.ledger.doctor import Weight
from flowtui.ledger.lines import change_text, header_line, line_of, text_of
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
    path = folder / "2026.jsonl"
    break_line(path, 3, lambda line: line.replace(b'"n":1', b'"n":\xff'))
    broken = path.read_bytes().split(b"\n")[2]

    [(weight, name, line, what)] = found(folder)
    assert (weight, name, line) == ("damage", "2026.jsonl", 3)
    assert what.startswith(f"a damaged line of {len(broken)} bytes; what it recorded is lost")
    done = repair(folder, FakeClock())

    assert done == [
        "2026.jsonl: a damaged line was set aside in 2026.jsonl.damaged "
        f"(line 3, byte {len(b''.join(path.read_bytes().splitlines(keepends=True)[:2]))})"
    ]
    [note] = found(folder)
    assert note[:3] == ("note", "2026.jsonl.damaged", None) and "holds 1 damaged line" in note[3]
    import json

    kept = json.loads((folder / "2026.jsonl.damaged").read_text())
    assert kept["text"].encode("utf-8", "surrogateescape") == broken
    assert (kept["file"], kept["line"], kept["set_aside_at"]) == (
        "2026.jsonl",
        3,
        "2026-03-02T09:00:00Z",
    )
    assert set(everything(open_ledger(folder))["blocks"]) == {"b0", "b2", "b3", "b9"}
    (folder / "2026.jsonl.damaged").unlink()
    assert found(folder) == []


def test_the_next_write_sets_a_damaged_line_aside_by_itself_and_reports_it(folder: Path) -> None:
    break_line(folder / "2026.jsonl", 3, lambda line: line.replace(b'"n":1', b'"n":2'))
    ledger = open_ledger(folder)
    assert set(everything(ledger)["blocks"]) == {"b0", "b2", "b3", "b9"}
    [report] = ledger.reports()
    assert (report.file.name, report.line, report.lost) == ("2026.jsonl", 3, True)
    assert not (folder / "2026.jsonl.damaged").exists()

    put(ledger, block("b4"))

    assert (folder / "2026.jsonl.damaged").exists()
    assert set(everything(open_ledger(folder))["blocks"]) == {"b0", "b2", "b3", "b4", "b9"}
    [report] = ledger.reports()
    assert "set aside in 2026.jsonl.damaged" in report.what
    assert open_ledger(folder).reports() == []


def test_an_unfinished_last_line_is_a_note_and_is_cut_off(folder: Path) -> None:
    path = folder / "2026.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'00000000 [{"seq":9')

    assert found(folder) == [
        (
            "note",
            "2026.jsonl",
            6,
            "an unfinished last line of 18 bytes, from a write that was interrupted",
        )
    ]
    assert repair(folder, FakeClock()) == [
        "2026.jsonl: an unfinished last line of 18 bytes was cut off"
    ]
    assert path.read_bytes() == whole and found(folder) == []


def test_damaged_ends_of_lines_lose_nothing_and_are_mended(folder: Path) -> None:
    before = everything(open_ledger(folder))
    path = folder / "2026.jsonl"
    whole = path.read_bytes()
    break_line(path, 2, lambda line: line[:-1] + b"\x0b")
    path.write_bytes(path.read_bytes()[:-1] + b"\x0b")

    told = found(folder)

    assert [(w, line) for w, _, line, _ in told] == [("damage", 2), ("note", 4)]
    assert everything(open_ledger(folder)) == before
    assert repair(folder, FakeClock()) == ["2026.jsonl: 2 damaged ends of line mended"]
    assert path.read_bytes() == whole and not (folder / "2026.jsonl.damaged").exists()


def test_a_lost_header_is_written_anew(folder: Path) -> None:
    before = everything(open_ledger(folder))
    whole = (folder / "2026.jsonl").read_bytes()
    break_line(folder / "2026.jsonl", 1, lambda line: b"?" + line[1:])

    assert [finding[:3] for finding in found(folder)] == [("damage", "2026.jsonl", 1)]
    assert repair(folder, FakeClock())

    assert (folder / "2026.jsonl").read_bytes() == whole
    assert everything(open_ledger(folder)) == before


def test_a_part_that_a_year_lacks_is_a_note_and_is_added(folder: Path) -> None:
    whole = (folder / "2025.jsonl").read_bytes()
    (folder / "2025.jsonl").unlink()

    [(weight, name, line, what)] = found(folder)
    assert (weight, name, line) == ("note", "state.jsonl", 2)
    assert what == "the part of transaction 4 for 2025.jsonl is read from here"
    assert repair(folder, FakeClock()) == ["2025.jsonl: 1 transaction part added"]

    assert (folder / "2025.jsonl").read_bytes() == whole and found(folder) == []


def test_a_part_whose_commit_is_lost_is_damage(folder: Path) -> None:
    break_line(folder / "state.jsonl", 2, lambda line: b"f" + line[1:])

    told = [finding for finding in found(folder) if finding[1] == "2025.jsonl"]

    assert [(w, what) for w, _, _, what in told] == [
        ("damage", "transaction 4 is here in part; its line in state.jsonl is lost")
    ]


def test_records_that_are_wrong_in_themselves_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    bad: list[tuple[str, str, object]] = [
        ("blocks", "b1", block("b1", "2025-01-01")),
        ("blocks", "b2", block("other")),
        ("blocks", "b3", {"id": "b3"}),
        ("blocks", "b4", block("b4", v=9)),
        ("dreams", "d1", {"id": "d1"}),
        ("blocks", "b5", [1]),
        ("blocks", "fine", block("fine")),
    ]
    lines = [
        line_of({"seq": seq}, [change_text(kind, id, text_of(document))])
        for seq, (kind, id, document) in enumerate(bad, 1)
    ]
    (folder / "2026.jsonl").write_bytes(header_line("2026") + b"".join(lines))

    told = found(folder)

    assert [(line, what.split(": ")[0]) for _, _, line, what in told] == [
        (2, "blocks b1"),
        (3, "blocks b2"),
        (4, "blocks b3"),
        (5, "blocks b4"),
        (6, "dreams d1"),
        (7, "blocks b5"),
    ]
    assert "belongs in 2025.jsonl" in told[0][3] and "calls itself 'other'" in told[1][3]
    assert "'day' should be" in told[2][3] and "version 9" in told[3][3]
    assert all(weight == Weight.DAMAGE.value for weight, *_ in told)


def test_files_that_were_put_together_by_hand_are_noticed(folder: Path) -> None:
    path = folder / "2026.jsonl"
    (folder / "2024.jsonl").write_bytes(path.read_bytes())
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[1])
    (folder / "2026.sync-conflict.jsonl").write_text("x")
    (folder / "2025.jsonl.new").write_text("x")

    told = found(folder)

    assert ("damage", "2024.jsonl", 1, "says that it is 2026.jsonl") in told
    assert ("damage", "2026.jsonl", None, "transaction 1 stands in 2024.jsonl too") in told
    assert any("blocks b0 stands in 2024.jsonl too" in what for *_, what in told)
    assert any("transaction 1 stands after 5, and is not read" in what for *_, what in told)
    assert any(name == "2026.sync-conflict.jsonl" for _, name, _, _ in told)
    assert any(name == "2025.jsonl.new" for _, name, _, _ in told)


def test_a_left_over_of_compaction_is_removed(folder: Path) -> None:
    (folder / "2025.jsonl.new").write_text("x")
    before = bytes_in(folder)

    assert [f[:2] for f in found(folder)] == [("note", "2025.jsonl.new")]
    assert repair(folder, FakeClock()) == [
        "removed 2025.jsonl.new, left by an interrupted compaction"
    ]

    del before["2025.jsonl.new"]
    assert bytes_in(folder) == before and found(folder) == []


def test_a_newer_file_is_told_and_the_others_are_examined(folder: Path) -> None:
    (folder / "2027.jsonl").write_bytes(line_of({"format": 7}, []) + b"whatever\n")
    break_line(folder / "2026.jsonl", 2, lambda line: b"x" + line[1:])

    told = found(folder)

    assert ("damage", "2027.jsonl", None, "was written by a newer flowtui") in told
    assert any(name == "2026.jsonl" and line == 2 for _, name, line, _ in told)
