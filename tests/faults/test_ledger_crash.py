"""The machine stops between any two system calls: done or not begun, nothing acknowledged lost.

Two sorts of stop: the process dies, and what it wrote is there; or the power goes, and only what
was synced is there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flowtui.ledger.disk import sync_folder
from flowtui.ledger.doctor import Weight
from flowtui.ledger.ledger import Ledger
from tests.faults.disks import Disk, Stopped
from tests.unit.ledger.helpers import block, check, everything, get, open_ledger, put, save

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc/self/fd")

Command = Callable[[Ledger], object]


def start_block(ledger: Ledger) -> None:
    with ledger.transaction("start"):
        save(ledger, "blocks", block("run"))
        save(ledger, "state", {"id": "running", "block": "run"})


def over_new_year(ledger: Ledger) -> None:
    with ledger.transaction("edit"):
        save(ledger, "blocks", block("run", "2025-12-31", edited=True))
        save(ledger, "entries", block("e", "2024-01-01"))
        if get(ledger, "state", "running") is not None:
            ledger.table("state").remove(doc_ids=["running"])


COMMANDS: dict[str, Command] = {
    "first record": lambda ledger: put(ledger, block("first", "2026-01-01")),
    "another record": lambda ledger: put(ledger, block("second", "2026-01-01")),
    "first across files": start_block,
    "change": lambda ledger: put(ledger, block("first", "2026-01-01", n=2)),
    "across three years": over_new_year,
    "undo across": lambda ledger: ledger.undo(),
    "undo": lambda ledger: ledger.undo(),
    "redo twice": lambda ledger: ledger.redo(2),
    "old year alone": lambda ledger: put(ledger, block("old", "2024-05-05")),
    "compaction": lambda ledger: ledger.fold(),
    "after compaction": lambda ledger: put(ledger, block("late", "2025-05-05")),
    "undo after compaction": lambda ledger: ledger.undo(),
    "across again": start_block,
}


def folder_of(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


def opened(folder: Path) -> Ledger:
    return open_ledger(folder, keep=6)


def test_everything_acknowledged_is_there_after_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path)
    folder.mkdir()
    disk = Disk(folder, monkeypatch)
    ledger = opened(folder)

    for name, command in COMMANDS.items():
        command(ledger)

        left = disk.after_power_cut(tmp_path / f"after {name}")
        assert everything(opened(left)) == everything(ledger), name
        assert_sound_and_usable(left)


@pytest.mark.parametrize("how", ["after_crash", "after_power_cut"])
@pytest.mark.parametrize("last", COMMANDS)
def test_a_stop_at_any_call_leaves_the_command_done_or_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str, how: str
) -> None:
    before, *possible = worlds_of(tmp_path / "undisturbed", last)
    stop, done = 0, False
    while not done:
        folder = folder_of(tmp_path / str(stop))
        folder.mkdir(parents=True)
        with monkeypatch.context() as patch:
            disk = Disk(folder, patch)
            ledger = opened(folder)
            for name in list(COMMANDS)[: list(COMMANDS).index(last)]:
                COMMANDS[name](ledger)
            disk.stop_at = disk.calls + stop
            try:
                COMMANDS[last](ledger)
                done = True
            except Stopped:
                pass
            left = getattr(disk, how)(tmp_path / f"{stop} left")

        found = everything(opened(left))

        assert found == possible[-1] if done else found in (before, *possible), (last, stop)
        assert_sound_and_usable(left)
        stop += 1
    assert stop > 2


def worlds_of(root: Path, last: str) -> list[dict[str, dict[str, dict[str, object]]]]:
    """What the ledger holds before and after a command; in between too, if it is two in one."""
    ledger = opened(folder_of(root))
    for name in list(COMMANDS)[: list(COMMANDS).index(last)]:
        COMMANDS[name](ledger)
    found = [everything(ledger)]
    if last == "redo twice":
        ledger.redo()
        found.append(everything(ledger))
        ledger.redo()
    else:
        COMMANDS[last](ledger)
    return [*found, everything(ledger)]


def assert_sound_and_usable(folder: Path) -> None:
    """Nothing is damaged, and each of the files can be written again and undone again."""
    assert [f for f in check(folder) if f.weight is Weight.DAMAGE] == []
    ledger = opened(folder)
    before = everything(ledger)
    for n, day in enumerate(("2024-03-03", "2025-03-03", "2026-03-03")):
        put(ledger, block(f"more {n}", day))
    with ledger.transaction("state"):
        save(ledger, "state", {"id": "more"})
    assert everything(opened(folder)) == everything(ledger) != before
    assert len(opened(folder).undo(4)) == 4
    assert everything(opened(folder)) == before
    assert [f.what for f in check(folder) if "did not end" not in f.what] == []


FORMAT_1 = Path(__file__).parents[1] / "unit" / "ledger" / "format_1"


@pytest.mark.parametrize("how", ["after_crash", "after_power_cut"])
def test_a_migration_stopped_at_any_call_loses_nothing_and_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    stop, done = 0, False
    written = {path.name: path.read_bytes() for path in (FORMAT_1 / "ledger").iterdir()}
    before = everything(open_ledger(FORMAT_1 / "ledger"))
    while not done:
        folder = folder_of(tmp_path / str(stop))
        folder.mkdir(parents=True)
        with monkeypatch.context() as patch:
            disk = Disk(folder, patch)
            for name, data in written.items():
                descriptor = os.open(folder / name, os.O_CREAT | os.O_WRONLY)
                os.write(descriptor, data)
                os.fsync(descriptor)
                os.close(descriptor)
            sync_folder(folder)
            ledger = open_ledger(folder)
            disk.stop_at = disk.calls + stop
            try:
                put(ledger, block("new"))
                done = True
            except Stopped:
                pass
            left = getattr(disk, how)(tmp_path / f"{stop} left")

        found = everything(open_ledger(left))
        assert done == ("new" in found["blocks"]) or not done
        found["blocks"].pop("new", None)
        assert found == before, stop
        put(open_ledger(left), block("next"))
        again = everything(open_ledger(left))
        assert again["blocks"].pop("next")
        again["blocks"].pop("new", None)
        assert again == before
        assert [f.what for f in check(left) if f.weight is Weight.DAMAGE] == []
        kept = {path.name: path.read_bytes() for path in (left / "format-1").glob("*")}
        assert kept.items() <= written.items()
        stop += 1
    assert stop > 30
