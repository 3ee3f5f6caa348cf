"""A disk that is full, read-only or broken: one clear error, and the files are as they were."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowtui.core.errors import LedgerError
from flowtui.ledger.ledger import Ledger
from flowtui.ledger.table import JournalDB
from tests.faults.disks import Failing
from tests.unit.ledger.helpers import (
    block,
    bytes_in,
    check,
    everything,
    get,
    open_ledger,
    put,
    save,
)

SMALL_BYTES = 256 * 1024


def mount(*arguments: str) -> None:
    """Run mount, or skip and say what is lacking."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root on Linux, to mount a small tmpfs")
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"needs the right to mount: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", f"size={SMALL_BYTES}", "tmpfs", str(disk))
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill_up(disk: Path) -> Path:
    """Leave no room on `disk`; returns the file that takes it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return ballast


def refusal(act: Callable[[], object]) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        act()
    return caught.value


def across(ledger: Ledger) -> None:
    with ledger.transaction("across"):
        save(ledger, "blocks", block("a1", text="x" * 9000))
        save(ledger, "blocks", block("a2", "2025-01-01", text="x" * 9000))
        save(ledger, "state", {"id": "running"})


def test_a_full_disk_gives_one_clear_error_and_the_files_are_as_they_were(
    small_disk: Path,
) -> None:
    folder = small_disk / "ledger"
    ledger = open_ledger(folder)
    put(ledger, block("b1"), block("b0", "2025-01-01"))
    before, held = bytes_in(folder), everything(ledger)
    ballast = fill_up(small_disk)

    for act in (
        lambda: put(ledger, block("b2", text="x" * 9000)),
        lambda: put(ledger, block("b3", "2024-01-01", text="x" * 9000)),
        lambda: across(ledger),
        lambda: put(open_ledger(folder), block("b2", text="x" * 9000)),
    ):
        error = refusal(act)
        assert "No space left on device; nothing was changed" in error.message
        assert error.hint == "make room on that disk and do it again"
        assert bytes_in(folder) == before
        assert everything(ledger) == everything(open_ledger(folder)) == held

    ballast.unlink()
    across(ledger)
    put(ledger, block("b2", text="x" * 9000))
    assert set(everything(open_ledger(folder))["blocks"]) == {"a1", "a2", "b0", "b1", "b2"}
    assert check(folder) == []


@pytest.mark.parametrize("every", [1, 2, 3000])
def test_a_disk_that_fills_while_it_is_written_never_loses_what_was_acknowledged(
    small_disk: Path, every: int
) -> None:
    """Long commands until the disk is full, then shorter ones, until not one byte fits."""
    folder = small_disk / "ledger"
    ledger = open_ledger(folder)
    acknowledged = []
    for size in (20_000, 5_000, 900, 50, 1):
        for n in range(3000):
            try:
                with ledger.transaction("grow"):
                    save(ledger, "blocks", block(f"{size}-{n}", text="x" * size))
                    if n % every == every - 1:
                        save(ledger, "state", {"id": f"{size}-{n}"})
            except LedgerError:
                break
            acknowledged.append(f"{size}-{n}")
        else:
            pytest.fail("the disk did not fill")

    again = open_ledger(folder)
    assert list(everything(again)["blocks"]) == sorted(acknowledged)
    assert everything(again) == everything(ledger)
    assert all("No space" in report.what for report in ledger.reports())
    assert len(acknowledged) > 5


def test_a_first_write_on_a_full_disk_leaves_no_half_ledger(small_disk: Path) -> None:
    (small_disk / "ledger").mkdir()
    (small_disk / "ledger" / ".lock").write_bytes(b"free      \n" + b"0" * 16)
    fill_up(small_disk)

    refusal(lambda: put(open_ledger(small_disk / "ledger"), block("b1")))

    assert bytes_in(small_disk / "ledger") == {}
    assert open_ledger(small_disk / "ledger").years() == []


def test_a_read_only_folder_is_read_and_refuses_to_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    put(open_ledger(folder), block("b1"))
    mount("--bind", str(folder), str(folder))
    try:
        mount("-o", "remount,ro,bind", str(folder))
        ledger = open_ledger(folder)
        before = bytes_in(folder)

        assert get(ledger, "blocks", "b1") == block("b1")
        error = refusal(lambda: put(ledger, block("b2")))
        refusal(ledger.undo)
        refusal(lambda: JournalDB(folder / "db").insert({"n": 1}))

        assert "Read-only file system; nothing was changed" in error.message
        assert error.hint is not None and f"make {folder} writable" in error.hint
        assert bytes_in(folder) == before
        assert [f.what for f in check(folder)] == ["cannot be written; reading works"]
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


# The same, and worse, without root: the system calls themselves fail.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    put(open_ledger(folder), block("b1"), block("b0", "2025-01-01"))
    return folder


@pytest.mark.parametrize(
    ("call", "number"),
    [
        ("write", errno.ENOSPC),
        ("write", errno.EDQUOT),
        ("write", errno.EIO),
        ("fdatasync", errno.EIO),
        ("fdatasync", errno.ENOSPC),
    ],
)
@pytest.mark.parametrize("act", [across, lambda ledger: put(ledger, block("b2"))])
def test_a_failing_call_gives_one_clear_error_and_the_files_are_as_they_were(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    number: int,
    act: Callable[[Ledger], None],
) -> None:
    ledger = open_ledger(folder)
    before, held = bytes_in(folder), everything(ledger)
    with monkeypatch.context() as patch:
        failing = Failing(patch, call, number, ending=".jsonl")
        error = refusal(lambda: act(ledger))

    assert failing.calls >= 1
    assert error.message.startswith("could not write to ") and os.strerror(number) in error.message
    assert error.hint is not None and "\n" not in error.message
    assert bytes_in(folder) == before and everything(ledger) == held
    act(ledger)
    assert everything(open_ledger(folder)) == everything(ledger) != held
    assert check(folder) == []


def test_a_short_write_is_taken_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = open_ledger(folder)
    before = bytes_in(folder)
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:-7]))
        error = refusal(lambda: put(ledger, block("b2")))

    assert "No space left on device" in error.message and bytes_in(folder) == before
    put(ledger, block("b2"))
    assert "b2" in everything(open_ledger(folder))["blocks"]


def test_an_error_while_taking_back_is_told_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger(folder)
    with monkeypatch.context() as patch:
        Failing(patch, "fdatasync", errno.EIO, ending=".jsonl")
        Failing(patch, "ftruncate", errno.EIO, ending=".jsonl")
        error = refusal(lambda: put(ledger, block("b2")))

    assert "nor cut off what was half written: Input/output error" in error.message


def test_an_interrupted_command_is_taken_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between the write and the sync."""
    ledger = open_ledger(folder)
    before, held = bytes_in(folder), everything(ledger)

    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("flowtui.ledger.journal.sync_data", interrupted)
        with pytest.raises(KeyboardInterrupt):
            put(ledger, block("b2"))

    assert bytes_in(folder) == before and everything(ledger) == held
    put(ledger, block("b3"))
    assert everything(open_ledger(folder)) == everything(ledger)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_folder_that_may_not_be_written_is_named_with_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    ledger = open_ledger(folder)
    before = bytes_in(folder)
    Failing(monkeypatch, "open", number, ending=".lock")

    error = refusal(lambda: put(ledger, block("b2")))

    assert str(folder) in error.message and os.strerror(number) in error.message
    assert error.hint is not None and f"make {folder} writable" in error.hint
    assert bytes_in(folder) == before


def test_a_file_that_may_not_be_read_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Failing(monkeypatch, "open", errno.EACCES, ending="journal.jsonl")
    ledger = open_ledger(folder)

    for _ in range(2):
        error = refusal(lambda: get(ledger, "blocks", "b1"))
        assert "could not read" in error.message and "journal.jsonl" in error.message


def test_a_lock_lost_during_a_transaction_is_noticed_before_anything_is_written(
    folder: Path,
) -> None:
    ledger = open_ledger(folder)
    before = bytes_in(folder)

    def loses_the_lock() -> None:
        with ledger.transaction("lost"):
            save(ledger, "blocks", block("b2"))
            (folder / ".lock").unlink()

    error = refusal(loses_the_lock)

    assert "was lost; nothing was written" in error.message and bytes_in(folder) == before
    put(ledger, block("b2"))
    assert "b2" in everything(open_ledger(folder))["blocks"]


def test_a_fold_on_a_full_disk_leaves_the_old_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger(folder, keep=0)
    for n in range(3):
        put(ledger, block("b1", n=n))
    before = bytes_in(folder)
    with monkeypatch.context() as patch:
        Failing(patch, "fdatasync", errno.ENOSPC, ending=".new")
        error = refusal(ledger.fold)

    assert "could not fold" in error.message and bytes_in(folder) == before
    ledger.fold()
    assert bytes_in(folder) != before and everything(ledger)["blocks"]["b1"]["n"] == 2


def test_what_a_dead_writer_left_unsynced_is_synced_before_anyone_builds_on_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".lock").write_bytes(b"%-10d\n" % 4_000_000 + b"1" * 16)
    synced: list[str] = []
    real = os.fdatasync

    def noting(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", noting)

    put(open_ledger(folder), block("b2"))
    assert sorted(synced) == ["journal.jsonl", "journal.jsonl"]
    synced.clear()
    put(open_ledger(folder), block("b3"))
    assert synced == ["journal.jsonl"]
