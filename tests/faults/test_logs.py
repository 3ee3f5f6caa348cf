"""Logs that are damaged, huge, locked, rewritten or gone: said once, and never the end of all."""

from __future__ import annotations

import gzip
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError
from flowtui.core.runs.history import History
from flowtui.core.runs.reading import Item, NoticeKind, Reading
from flowtui.services.runs.log_look import look_at
from flowtui.system.clock import SystemClock
from flowtui.watch.follow import FileSource
from flowtui.watch.places import find
from flowtui.watch.runlog import RunLog
from flowtui.watch.tables import MlflowRows, TrackioRows
from tests.logs.read import FIXTURES, folded, read


def line(step: int) -> str:
    """A line of a log."""
    return f"step {step}/1000 loss: {2 / step:.4f}\n"


def steps(items: list[Item]) -> list[int | None]:
    """The steps that were read."""
    return [item.step for item in items if isinstance(item, Reading)]


def damage(items: list[Item]) -> list[str]:
    """What was said to be wrong."""
    return [i.text for i in items if not isinstance(i, Reading) and i.kind is NoticeKind.DAMAGE]


def write(path: Path, text: str) -> None:
    """Append to a log."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def test_a_log_that_grows_is_read_line_by_line(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, line(1) + "step 2/1000 lo")
    source = FileSource(log)

    assert steps(source.poll()) == [1]
    assert steps(source.poll()) == []
    write(log, "ss: 1.0\n" + line(3))
    assert steps(source.poll()) == [2, 3]


def test_the_last_frame_of_a_slow_bar_is_read_once_it_stands_still(tmp_path: Path) -> None:
    """tqdm ends a frame only when it draws the next one."""
    log = tmp_path / "a.log"
    frame = "\rtrain:  {n}0%|███ | {n}/10 [00:01<00:01, 1.00s/it, loss=0.{n}]"
    write(log, frame.format(n=1) + frame.format(n=2))
    source = FileSource(log)

    assert steps(source.poll()) == [1]
    assert steps(source.poll()) == [2]
    assert steps(source.poll()) == []
    write(log, frame.format(n=3) + "\n")
    assert steps(source.poll()) == [3]


def test_a_log_that_was_rotated_loses_nothing(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, line(1))
    source = FileSource(log)
    source.poll()
    write(log, line(2))
    log.rename(tmp_path / "a.log.1")
    write(log, line(3))

    assert steps(source.poll()) == [2, 3]


@pytest.mark.parametrize("packed", [False, True], ids=["", "packed"])
@pytest.mark.parametrize("name", ["a.log.1", "a.log-20260102", "a.1.log"])
@pytest.mark.parametrize("way", ["renamed", "copied and cut"])
def test_a_log_keeps_its_whole_curve_however_it_is_rotated(
    tmp_path: Path, way: str, name: str, packed: bool
) -> None:
    log = tmp_path / "a.log"
    write(log, "".join(map(line, range(1, 21))))
    (tmp_path / "a.log.txt").write_text("".join(map(line, range(1, 99))))  # another run's
    source = FileSource(log)
    source.poll()
    write(log, "".join(map(line, range(21, 31))))
    data = log.read_bytes()
    if packed:
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(data))
    elif way == "renamed":
        log.rename(tmp_path / name)
    else:
        (tmp_path / name).write_bytes(data)
    if way == "renamed":
        log.unlink(missing_ok=True)
    else:
        os.truncate(log, 0)
    write(log, line(31))

    assert steps(source.poll()) == list(range(21, 32))


def test_a_log_that_was_cut_to_nothing_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, line(1) + line(2))
    source = FileSource(log)
    source.poll()
    log.write_text(line(7), encoding="utf-8")

    assert steps(source.poll()) == [7]
    write(log, line(8))
    assert steps(source.poll()) == [8]


def test_a_table_that_is_written_anew_with_more_columns_says_only_what_is_new(
    tmp_path: Path,
) -> None:
    """Lightning rewrites metrics.csv when validation first logs."""
    table = tmp_path / "metrics.csv"
    table.write_text("epoch,step,train_loss\n0,1,0.5\n0,2,0.4\n", encoding="utf-8")
    source = FileSource(table)
    source.poll()
    table.write_text(
        "epoch,step,train_loss,val_loss\n0,1,0.5,\n0,2,0.4,\n0,2,,0.6\n", encoding="utf-8"
    )
    items = source.poll()

    assert [item.metrics for item in items if isinstance(item, Reading)] == [{"val_loss": 0.6}]


def test_a_table_of_a_new_run_in_the_same_place_is_read_whole(tmp_path: Path) -> None:
    table = tmp_path / "metrics.csv"
    table.write_text("epoch,step,train_loss\n0,1,0.5\n0,2,0.4\n", encoding="utf-8")
    source = FileSource(table)
    source.poll()
    table.unlink()
    table.write_text("epoch,step,train_loss\n0,1,0.9\n", encoding="utf-8")

    assert steps(source.poll()) == [1]


def test_a_log_that_is_deleted_is_said_once_and_read_again_when_it_is_back(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, line(1))
    source = FileSource(log)
    source.poll()
    log.unlink()

    assert damage(source.poll()) == [f"{log}: it is gone"]
    assert source.poll() == []
    assert source.problem == "it is gone"
    write(log, line(5))
    assert steps(source.poll()) == [5]
    assert source.problem is None


def test_no_permission_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "a.log"
    write(log, line(1))
    source = FileSource(log)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    assert damage(source.poll()) == [f"{log}: there is no permission to read it"]
    assert source.poll() == []


def test_a_folder_without_permission_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)

    with pytest.raises(FlowError, match="no permission to read"):
        find(tmp_path)


def test_binary_garbage_is_no_log_and_no_crash(tmp_path: Path) -> None:
    garbage = tmp_path / "core.bin"
    garbage.write_bytes(bytes(range(256)) * 4096)

    with pytest.raises(FlowError, match="looks like no log"):
        look_at(garbage, SystemClock())


def test_garbage_in_the_middle_of_a_log_costs_only_itself() -> None:
    garbage = bytes(range(256)) * 20
    history = folded(line(1).encode() + garbage + b"\n" + line(2).encode())

    assert history.step == 2
    assert history.metrics["loss"].n == 2


def test_two_gigabytes_in_one_line_take_little_memory_and_time(tmp_path: Path) -> None:
    """A sparse file: nothing is on the disk, all of it must be read past."""
    huge = tmp_path / "huge.log"
    with huge.open("wb") as file:
        file.write(line(1).encode() + b"x" * 100)
        file.truncate(2 * 2**30)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + line(2).encode())
    code = (
        "import re, sys; from pathlib import Path;"
        "from flowtui.watch.places import find; from flowtui.watch.runlog import RunLog;"
        "log = RunLog(find(Path(sys.argv[1]))[0]); log.look(); log.close();"
        # Not ru_maxrss: a process begins with the highest figure of whoever started it.
        "peak = re.search('VmHWM: *([0-9]+)', Path('/proc/self/status').read_text().expandtabs());"
        "print(log.history.step, int(peak[1]) // 1024)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(huge)], capture_output=True, text=True, check=True
    ).stdout.split()

    assert told[0] == "2"
    assert int(told[1]) < 320  # MiB, of which the program itself is some 60


def test_of_a_huge_log_the_end_is_exact_and_a_disaster_in_the_middle_is_found(
    tmp_path: Path,
) -> None:
    log = tmp_path / "train.log"
    bar = "\r" + " 42%|████      | 420/1000 [00:01<00:02, 99.00it/s, loss=0.5]"
    trouble = 'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: lost\n'
    with log.open("w", encoding="utf-8") as file:
        for part in range(40):
            file.write(bar * 8000 + "\n")
            file.writelines(
                f"iter {part * 100 + k}: loss {2 - part / 40:.4f}\n" for k in range(100)
            )
            if part == 20:
                file.write(trouble)
        file.writelines(f"iter {k}: loss 0.25\n" for k in range(4000, 4050))

    source = FileSource(log)
    items = source.look()
    write(log, "iter 4050: loss 0.2\n")

    assert log.stat().st_size > 20_000_000
    assert steps(items)[-50:] == list(range(4000, 4050))
    told = [i for i in items if not isinstance(i, Reading) and i.kind is NoticeKind.TRACEBACK]
    assert [notice.text.splitlines()[-1] for notice in told] == ["ValueError: lost"]
    assert steps(source.poll()) == [4050]


def test_a_line_without_end_that_is_followed_stays_small(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, line(1))
    source = FileSource(log)
    source.poll()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with log.open("ab") as file:
        file.truncate(2**28)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + line(2).encode())
    found: list[int | None] = []
    for _ in range(40):
        found += steps(source.poll())

    assert found == [2]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 120_000


def test_a_bad_checksum_in_an_event_file_costs_one_record() -> None:
    name = "events/events.out.tfevents.1.0"
    data = bytearray((FIXTURES / name).read_bytes())
    whole = read(bytes(data), "events.out.tfevents.1")
    at = data.find(b"train/loss", 800)
    data[at + 12] ^= 0xFF
    spoilt = read(bytes(data), "events.out.tfevents.1")

    assert len(damage(spoilt)) == 1
    assert len(steps(spoilt)) == len(steps(whole)) - 1


def test_a_bad_length_in_an_event_file_is_passed_over() -> None:
    name = "events/events.out.tfevents.1.0"
    data = bytearray((FIXTURES / name).read_bytes())
    at = data.find(b"train/loss", 800)
    start = data.rfind(b"\x00\x00\x00\x00", 0, at) - 4
    data[start] ^= 0x55
    spoilt = read(bytes(data), "events.out.tfevents.1")

    assert len(damage(spoilt)) == 1
    assert len(steps(spoilt)) >= 53  # of 55


def test_a_damaged_wandb_file_is_read_on_in_the_next_block() -> None:
    data = bytearray((FIXTURES / "wandb" / "finished.wandb").read_bytes())
    data[4000:4010] = b"\xff" * 10
    spoilt = read(bytes(data), "run.wandb")

    assert len(damage(spoilt)) == 1


def test_a_locked_database_is_said_once_and_read_later(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    path.write_bytes((FIXTURES / "mlflow.db").read_bytes())
    run = find(path)[-1].places[0].run
    source = MlflowRows(path, run)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("begin exclusive")
        said = source.poll()
        assert damage(said) == [f"{path}: another program has locked it; it is tried again"]
        assert source.poll() == []
        other.execute("rollback")
    other.close()

    assert steps(source.poll())
    assert source.problem is None


def test_a_database_in_a_folder_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    """In WAL mode sqlite wants to write beside it; it is opened as one that nobody changes."""
    path = tmp_path / "fixture.db"
    path.write_bytes((FIXTURES / "trackio" / "fixture.db").read_bytes())
    with sqlite3.connect(path) as other:
        other.execute("pragma journal_mode = wal")
    other.close()
    before = sorted(p.name for p in tmp_path.iterdir())

    assert len(TrackioRows(path, "quick-fox").look()) == 21
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"SQLite format 3\x00" + b"\x01" * 5000)

    with pytest.raises(FlowError, match="no database, or a damaged one"):
        find(path)


def test_steps_that_go_back_are_a_resume() -> None:
    text = "".join(map(line, range(1, 60))) + "".join(map(line, range(30, 40)))
    history = folded(text.encode())

    assert (history.step, history.backs) == (39, 1)
    assert len(history.metrics["loss"].series.points()) == 39


def test_a_run_goes_on_in_another_process(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, line(1) + line(2)[:8])
    first = RunLog(find(log)[0])
    first.look()
    state, dumped = first.state(), first.history.dump()
    write(log, line(2)[8:] + line(3))

    second = RunLog(find(log)[0])
    second.restore(state, History.load(dumped))
    second.poll(1.0)

    assert second.history.step == 3
    assert second.history.metrics["loss"].n == 3


def test_a_pipe_or_a_device_is_no_log(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    assert damage(FileSource(pipe).poll()) == [f"{pipe}: it is no file"]
