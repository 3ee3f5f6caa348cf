"""One file: read on from where it was left, whatever happened to it meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flowtui.core.errors import LedgerError, NewerLedgerError
from flowtui.ledger.journal import Journal
from flowtui.ledger.lines import Change, Insert, News, journal_header, line_of


def line(seq: int, text: str = "") -> bytes:
    return line_of({"seq": seq}, [Change("t", f"k{seq}", f'{{"x":"{text}"}}').text()])


def read(journal: Journal) -> list[int]:
    """The numbers of the transactions that are new."""
    return [
        found.seq if isinstance(found, Insert) else found[0]["seq"]
        for batch in journal.read_new()
        for found in batch
    ]


def written(path: Path, *seqs: int) -> Journal:
    journal = Journal(path)
    journal.poll()
    for seq in seqs:
        journal.append(line(seq))
    return journal


def test_a_file_that_does_not_exist_is_empty_and_stays_away(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "no" / "a.jsonl")

    assert journal.poll() is News.SAME and read(journal) == []
    assert list(tmp_path.glob("*.jsonl")) == [] and not (tmp_path / "no").exists()


def test_lines_that_another_process_appends_are_read_once(tmp_path: Path) -> None:
    mine, other = written(tmp_path / "a.jsonl", 1), Journal(tmp_path / "a.jsonl")
    assert other.poll() is News.REPLACED and read(other) == [1]

    mine.append(line(2))
    mine.append(line(3))

    assert other.poll() is News.GREW and read(other) == [2, 3]
    assert other.poll() is News.SAME and read(other) == []


def test_a_replaced_file_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    journal = written(path, 1, 2)
    assert journal.poll() is News.SAME

    (tmp_path / "b").write_bytes(line(2))
    (tmp_path / "b").replace(path)

    assert journal.poll() is News.REPLACED and read(journal) == [2]


def test_a_file_that_is_removed_is_empty_again(tmp_path: Path) -> None:
    journal = written(tmp_path / "a.jsonl", 1)

    (tmp_path / "a.jsonl").unlink()

    assert journal.poll() is News.REPLACED and read(journal) == [] and journal.seq == 0


def test_a_line_that_was_taken_back_and_replaced_by_another_is_noticed(tmp_path: Path) -> None:
    """A writer whose sync fails cuts its line off; a reader may have seen it meanwhile."""
    path = tmp_path / "a.jsonl"
    reader = written(path, 1)
    with path.open("ab") as file:
        file.write(line(2, "gone"))
    assert reader.poll() is News.GREW and read(reader) == [2]

    os.truncate(path, path.stat().st_size - len(line(2, "gone")))
    with path.open("ab") as file:
        file.write(line(3, "longer than the one before") + line(4))

    assert reader.poll() is News.REPLACED and read(reader) == [1, 3, 4]


def test_half_a_line_waits_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    reader = written(path, 1)
    with path.open("ab", buffering=0) as file:
        file.write(line(2)[:20])
        assert reader.poll() is News.GREW and read(reader) == [] and reader.torn_bytes == 20
        file.write(line(2)[20:])

    assert reader.poll() is News.GREW and read(reader) == [2] and reader.torn_bytes == 0


def test_a_last_line_without_its_newline_counts_and_gets_one_from_the_next_write(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    written(path, 1, 2)
    os.truncate(path, path.stat().st_size - 1)
    journal = Journal(path)
    journal.poll()
    assert read(journal) == [1, 2] and journal.torn_bytes == 0

    journal.append(line(3))

    again = Journal(path)
    again.poll()
    assert read(again) == [1, 2, 3] and again.damage == []


def test_a_newline_that_comes_late_is_no_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(line(1)[:-1])
    journal = Journal(path)
    journal.poll()
    assert read(journal) == [1]

    with path.open("ab") as file:
        file.write(b"\n" + line(2))

    assert journal.poll() is News.GREW and read(journal) == [2]
    assert journal.damage == []


def test_an_unfinished_last_line_is_cut_off_by_the_next_write_and_reported(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    written(path, 1)
    whole = path.read_bytes()
    path.write_bytes(whole + line(2)[:-5])
    journal = Journal(path)
    journal.poll()
    assert read(journal) == [1]

    journal.append(line(3))

    assert path.read_bytes() == whole + line(3)
    [event] = journal.events
    assert (event.line, event.byte, event.length) == (3, len(whole), len(line(2)) - 5)
    assert not event.lost


def test_damage_in_the_middle_costs_its_own_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    broken = line(2).replace(b'"t"', b'"u"')
    path.write_bytes(line(1) + broken + b"\n" + line(3))
    journal = Journal(path)
    journal.poll()

    assert read(journal) == [1, 3]
    [report] = journal.damage
    assert (report.line, report.byte, report.lost) == (2, len(line(1)), True)


def test_a_copy_of_an_earlier_line_is_not_applied_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(line(1) + line(2) + line(1) + line(2) + line(3))
    journal = Journal(path)
    journal.poll()

    assert read(journal) == [1, 2, 3]


def test_lines_longer_than_a_chunk_and_files_of_many_chunks_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    big = "y" * 2_500_000
    path.write_bytes(line(1) + line(2, big) + b"".join(map(line, range(3, 30_000))))
    journal = Journal(path)
    journal.poll()

    assert read(journal) == list(range(1, 30_000))


def test_a_newer_format_is_refused_each_time_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(line_of({"format": 99}, []) + line(1))
    journal = Journal(path)

    for _ in range(2):
        with pytest.raises(NewerLedgerError):
            journal.poll()
            read(journal)
        journal.close()


def test_a_file_that_grew_behind_the_lock_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    journal = written(path, 1)
    with path.open("ab") as file:
        file.write(line(2))
    before = path.read_bytes()

    with pytest.raises(LedgerError, match="another program changed it"):
        journal.append(line(3))

    assert path.read_bytes() == before


def test_a_file_that_was_replaced_behind_the_lock_is_not_written_to(tmp_path: Path) -> None:
    """The open one has no name any more: what is added to it would be lost."""
    path = tmp_path / "a.jsonl"
    journal = written(path, 1)
    (tmp_path / "backup").write_bytes(path.read_bytes())
    (tmp_path / "backup").replace(path)
    before = path.read_bytes()

    with pytest.raises(LedgerError, match="another program changed it"):
        journal.append(line(2))

    assert path.read_bytes() == before


def test_new_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", 1)

    assert (tmp_path / "a.jsonl").stat().st_mode & 0o077 == 0


def test_history_is_stepped_over_and_numbers_go_on_after_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    history = line(1) + line(2)
    path.write_bytes(journal_header(2, len(history)) + history + line(3))
    journal = Journal(path)
    journal.poll()

    assert read(journal) == [3] and (journal.folded, journal.fresh_bytes) == (2, len(line(3)))
    journal.append(line(4))
    assert read(journal) == []


@pytest.mark.parametrize("told", [3, 10_000])
def test_a_header_that_tells_of_history_that_is_not_there_is_not_believed(
    tmp_path: Path, told: int
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(journal_header(2, told) + line(1) + line(2) + line(3))
    journal = Journal(path)
    journal.poll()

    assert read(journal) == [1, 2, 3]
