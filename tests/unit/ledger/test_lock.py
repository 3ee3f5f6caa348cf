"""One writer at a time, a bounded wait, and a lock that is lost is noticed in time."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowtui.core.errors import LedgerError
from flowtui.ledger.lock import WriteLock, no_writer


def locks(path: Path, count: int) -> list[WriteLock]:
    return [WriteLock(path, timeout_s=0.05, pause=lambda seconds: None) for _ in range(count)]


def test_a_second_holder_is_refused_after_a_bounded_wait_and_told_who_has_it(
    tmp_path: Path,
) -> None:
    pauses: list[float] = []
    one = WriteLock(tmp_path / ".lock")
    other = WriteLock(tmp_path / ".lock", timeout_s=10, pause=pauses.append)

    with one, pytest.raises(LedgerError) as caught, other:
        pass

    assert f"held by process {os.getpid()} for 10 s; nothing was written" in caught.value.message
    assert 10 <= sum(pauses) < 10.1 and max(pauses) <= 0.01
    assert not other.held


def test_whoever_waits_gets_it_when_it_is_free(tmp_path: Path) -> None:
    one = WriteLock(tmp_path / ".lock")
    one.__enter__()
    other = WriteLock(tmp_path / ".lock", pause=lambda seconds: one.__exit__(None, None, None))

    with other:
        assert other.held and not one.held


def test_a_lock_that_was_removed_or_replaced_is_lost(tmp_path: Path) -> None:
    [one, other] = locks(tmp_path / ".lock", 2)
    with one:
        one.verify()
        (tmp_path / ".lock").unlink()
        with pytest.raises(LedgerError, match="was lost; nothing was written"):
            one.verify()
        with other, pytest.raises(LedgerError, match="was lost"):
            one.verify()
    with one:
        one.verify()


def test_it_does_not_nest_and_is_not_held_outside(tmp_path: Path) -> None:
    [lock] = locks(tmp_path / ".lock", 1)
    with lock, pytest.raises(LedgerError, match="already"), lock:
        pass
    with pytest.raises(LedgerError, match="was lost"):
        lock.verify()


def test_it_tells_whether_somebody_else_had_it_in_between(tmp_path: Path) -> None:
    one, other = locks(tmp_path / ".lock", 2)
    seen = []
    for lock in (one, one, other, one, one):
        with lock:
            seen.append(lock.undisturbed)

    assert seen == [False, True, False, False, True]


def test_a_holder_that_died_is_noticed_by_the_next(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, pathlib; from flowtui.ledger.lock import WriteLock\n"
        "WriteLock(pathlib.Path(sys.argv[1])).__enter__(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    [lock] = locks(tmp_path / ".lock", 1)

    def told() -> tuple[bool, bool]:
        with lock:
            return lock.abandoned, lock.undisturbed

    assert told() == (False, False)
    dead = subprocess.run([sys.executable, "-c", program, tmp_path / ".lock"], check=False)
    assert dead.returncode == -9
    assert told() == (True, False)
    assert told() == (False, True)


def test_a_lock_that_cannot_be_made_is_an_error_with_its_path(tmp_path: Path) -> None:
    with (
        pytest.raises(LedgerError, match=r"could not write to .*missing"),
        WriteLock(tmp_path / "missing" / ".lock"),
    ):
        pass


def test_a_file_system_without_locks_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)

    with pytest.raises(LedgerError, match="No locks available"), WriteLock(tmp_path / ".lock"):
        pass


def test_readers_of_everything_wait_for_a_writer_only_so_long_and_create_nothing(
    tmp_path: Path,
) -> None:
    with no_writer(tmp_path / ".lock") as alone:
        assert not alone
    assert not (tmp_path / ".lock").exists()

    [lock] = locks(tmp_path / ".lock", 1)
    with lock, no_writer(tmp_path / ".lock", patience_s=0) as alone:
        assert not alone
    with no_writer(tmp_path / ".lock") as alone:
        assert alone
        with pytest.raises(LedgerError, match="has been held"), lock:
            pass


def test_a_process_that_writes_all_the_time_does_not_starve_another(tmp_path: Path) -> None:
    """Once it is next, only the turn that is being taken can come before it."""
    program = (
        "import sys, pathlib; from flowtui.ledger.lock import WriteLock\n"
        "lock, turns = WriteLock(pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[2])\n"
        "for turn in range(1_000_000):\n"
        "    with lock:\n"
        "        turns.open('a').write('.')\n"
        "        for _ in range(50_000): pass\n"
        "    sys.stdout.write('.\\n'), sys.stdout.flush()\n"
    )
    turns = tmp_path / "turns"
    with subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / ".lock", turns],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as hog:
        assert hog.stdout is not None
        passed = []
        lock = WriteLock(tmp_path / ".lock")
        for _ in range(10):
            hog.stdout.readline()
            while not lock._is_next():
                pass
            before = turns.stat().st_size
            while not lock._try():
                pass
            passed.append(turns.stat().st_size - before)
            lock.close()
        hog.kill()

    assert max(passed) <= 1
