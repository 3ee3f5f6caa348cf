"""Logs that are packed, or have two bytes a letter."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.places import find
from flowtui.watch.readers.registry import reader_for
from flowtui.watch.readers.textlog import TextLog
from flowtui.watch.runlog import RunLog

TEXT = "".join(f"Epoch {e}/9 Verlust: {1 / e:.4f} Größe ✓\n" for e in range(1, 7))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_log_of_two_bytes_a_letter_is_read(tmp_path: Path, encoding: str) -> None:
    log = tmp_path / "out.log"
    log.write_bytes(TEXT.encode(encoding))

    [found] = find(log)
    run = RunLog(found)
    run.look()
    with log.open("ab") as file:
        file.write("Epoch 7/9 Verlust: 0.1\n".encode(encoding if encoding[6:] else "utf-16-le"))
    run.poll(1.0)

    assert run.history.epoch == 7
    assert run.history.metrics["Verlust"].n == 7


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_wherever_the_bytes_are_cut_the_letters_are_whole(size: int, encoding: str) -> None:
    data = TEXT.encode(encoding)
    reader = reader_for(data, "out.log")
    assert isinstance(reader, TextLog)

    items: list[Item] = reader.feed(data[:64])
    for start in range(64, len(data), size):
        again = TextLog()
        again.restore(reader.state())  # another process goes on
        reader = again
        items += reader.feed(data[start : start + size])
    items += reader.close()

    epochs = [item.epoch for item in items if isinstance(item, Reading)]
    assert epochs == [1, 2, 3, 4, 5, 6]


def test_a_packed_log_is_read_and_a_damaged_one_up_to_there(tmp_path: Path) -> None:
    packed = gzip.compress(TEXT.encode())
    (tmp_path / "small.log.gz").write_bytes(packed)
    (tmp_path / "cut.log.gz").write_bytes(packed[:-12])

    for name, problems in (("small.log.gz", 0), ("cut.log.gz", 1)):
        [found] = find(tmp_path / name)
        run = RunLog(found)
        run.look()
        run.close()
        assert run.history.epoch == 6
        assert run.history.metrics["Verlust"].n == 6 - problems  # the last figure is cut
        assert len(run.problems) == problems
        assert found.name == name.partition(".")[0]


def test_what_only_is_called_packed_is_said_to_be_damaged(tmp_path: Path) -> None:
    log = tmp_path / "no.log.gz"
    log.write_text(TEXT)
    run = RunLog(find(log)[0])

    run.look()

    assert [problem.rpartition(": ")[2] for problem in run.problems] == [
        "it is packed, and damaged"
    ]
