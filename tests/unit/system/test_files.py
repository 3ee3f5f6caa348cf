"""Small files replaced as a whole, and the heartbeat that is written that way."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.focus.recovery import Reading
from flowtui.system import heartbeat
from flowtui.system.files import write_atomic
from flowtui.system.heartbeat import Heartbeat

READING = Reading(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), 12.5, 1000.25, "boot-1")
BEAT = Heartbeat(READING, "k7m2", os.getpid(), 0, True, False)


def test_a_file_is_replaced_with_its_folder_made_and_nothing_left_beside(tmp_path: Path) -> None:
    path = tmp_path / "state" / "deep" / "status"
    write_atomic(path, b"old")
    write_atomic(path, b"new", sync=True)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "status"
    write_atomic(path, b"old")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space left"):
            write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.glob(".status*")) == []


def test_readers_see_a_whole_text_while_threads_replace_it(tmp_path: Path) -> None:
    path = tmp_path / "status"
    texts = [letter * 20_000 for letter in (b"a", b"b", b"c")]
    write_atomic(path, texts[0])

    def write(text: bytes) -> None:
        for _ in range(50):
            write_atomic(path, text)

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    seen = set()
    while any(thread.is_alive() for thread in threads):
        seen.add(path.read_bytes())
    for thread in threads:
        thread.join()
    assert seen <= set(texts)
    assert list(tmp_path.glob(".status*")) == []


def test_a_beat_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "heartbeat"
    heartbeat.write(path, BEAT)
    assert heartbeat.read(path) == BEAT
    heartbeat.remove(path)
    heartbeat.remove(path)
    assert heartbeat.read(path) is None


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.floats(0, 1e9),
    st.floats(0, 1e9),
    st.sampled_from(["", "boot-1"]),
    st.booleans(),
    st.booleans(),
)
def test_any_beat_is_read_back(
    wall: datetime, monotonic: float, boottime: float, boot: str, attended: bool, orderly: bool
) -> None:
    reading = Reading(wall, monotonic, boottime, boot)
    beat = Heartbeat(reading, "id", 7, 9, attended, orderly)
    path = Path(os.environ["HOME"]) / "heartbeat"
    heartbeat.write(path, beat)
    assert heartbeat.read(path) == beat


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"flowtui-heartbeat 1",
        b"flowtui-heartbeat 2 - 2026-03-02T09:00:00+00:00 1.0 1.0 1 0 id -\n",
        b"flowtui-heartbeat 1 - 2026-03-02T09:00:00 1.0 1.0 1 0 id -\n",
        b"flowtui-heartbeat 1 - yesterday 1.0 1.0 1 0 id -\n",
        b"flowtui-heartbeat 1 - 2026-03-02T09:00:00+00:00 x 1.0 1 0 id -\n",
        b"flowtui-heartbeat 1 - 2026-03-02T09:00:00+00:00 1.0 1.0 0 0 id -\n",
        b"flowtui-heartbeat 1 - 2026-03-02T09:00:00+00:00 1.0 1.0 -1 0 id -\n",
    ],
)
def test_what_is_no_beat_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "heartbeat"
    path.write_bytes(data)
    assert heartbeat.read(path) is None
    path.unlink()
    path.mkdir()
    assert heartbeat.read(path) is None


def test_a_torn_beat_is_none_or_the_beat_itself(tmp_path: Path) -> None:
    path = tmp_path / "heartbeat"
    heartbeat.write(path, BEAT)
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        found = heartbeat.read(path)
        assert found is None or found.block_id == BEAT.block_id


def alive(pid: int, start: int) -> bool:
    return heartbeat.is_alive(Heartbeat(READING, "id", pid, start, True, False))


def test_a_process_is_alive_only_if_it_is_the_very_one_that_beat() -> None:
    here = os.getpid()
    start = heartbeat.pid_start(here)
    assert alive(here, start)
    assert alive(here, 0)
    if sys.platform == "linux":
        assert start > 0
        assert not alive(here, start + 1)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert not alive(gone.pid, 0)
    assert not alive(2**40, 0)
    assert heartbeat.pid_start(2**40) == 0
