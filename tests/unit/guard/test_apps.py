"""Which processes are frozen: by executable, owner and start; whole groups where it can be."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowtui.guard.program import apps, cgroups, clock, procs
from flowtui.guard.program.errors import GuardError
from flowtui.guard.program.journal import Journal
from flowtui.guard.program.procs import Process
from tests.guard.namespace import need_root, until


def process(pid: int, parent: int, exe: str, uid: int = 1000) -> Process:
    """A process in a table."""
    return Process(pid, pid * 10, parent, uid, "S", exe)


TABLE = {
    one.pid: one
    for one in (
        process(1, 0, "/sbin/init", 0),
        process(10, 1, "/opt/discord/Discord"),
        process(11, 10, "/opt/discord/chrome_crashpad"),
        process(12, 10, "/bin/bash"),
        process(20, 1, "/opt/discord/Discord", 1001),
        process(30, 1, "/usr/bin/gnome-terminal-server"),
        process(31, 30, "/usr/bin/slack"),
        process(32, 31, "/usr/bin/flowtui"),
        process(40, 1, "/usr/share/code/code"),
        process(41, 40, "/bin/bash"),
        process(42, 41, "/usr/bin/python3.11"),
        process(43, 40, "/usr/share/code/helper"),
    )
}


def found(names: list[str], spare: set[int] | None = None) -> list[int]:
    """Pids that would be frozen for user 1000."""
    return [p.pid for p in apps.matching(names, 1000, TABLE, spare or set())]


def test_an_app_is_found_with_its_children_of_its_user_alone() -> None:
    assert found(["discord"]) == [10, 11], "neither a shell below it, nor another user's"


def test_what_was_started_in_a_shell_of_an_app_is_not_the_apps() -> None:
    """A training run in the terminal of an editor goes on when the editor is frozen."""
    assert found(["code"]) == [40, 43]


def test_what_flowtui_itself_runs_in_is_spared() -> None:
    assert found(["slack"]) == [31]
    assert found(["slack"], procs.ancestors(32, TABLE)) == []


@pytest.mark.parametrize("name", ["", "/usr/bin/x", "a/b", "..", "bash", "Python3", "node", 7])
def test_what_is_no_program_or_never_frozen_is_refused(name: object) -> None:
    with pytest.raises(GuardError):
        apps.program(name)


def test_a_pid_that_another_process_has_now_is_not_touched(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open()
    sleeper = subprocess.Popen(["/bin/sleep", "100"])
    try:
        entry = {"pid": sleeper.pid, "start": 1, "exe": "/bin/sleep", "cgroup": None}
        record = journal.prepare("apps", boot=clock.boot_id(), uid=0, frozen=[entry])
        apps.hold(record)
        seen = procs.one(sleeper.pid)
        assert seen is not None and seen.state != "T"
        assert apps.alive(record, clock.boot_id()) == 0
        assert apps.restore(journal, record, clock.boot_id()).settled
    finally:
        sleeper.kill()
        sleeper.wait()


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group of one's own (v2)."""
    need_root()
    base = cgroups.mount()
    if base is None:
        pytest.skip("mount cgroup2")
    folder = Path(base) / f"flowtui-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("mount cgroup2 writable")
    yield folder
    until(lambda: not (folder / "cgroup.procs").read_text(), "the group is empty")
    folder.rmdir()


def test_an_app_that_has_a_group_to_itself_is_frozen_as_a_whole(
    group: Path, tmp_path: Path
) -> None:
    """Nobody but root can let it go then: a SIGCONT does nothing."""
    if not (group / "cgroup.freeze").exists():
        pytest.skip("needs a kernel with cgroup.freeze (5.2)")
    app = tmp_path / f"waster{os.getpid()}g"
    shutil.copy("/bin/sleep", app)
    sleeper = subprocess.Popen([str(app), "100"])
    journal = Journal(tmp_path / "journal")
    journal.open()
    try:
        until(lambda: Path(f"/proc/{sleeper.pid}/exe").resolve() == app, "it runs")
        (group / "cgroup.procs").write_text(str(sleeper.pid))
        record, count = apps.freeze(journal, None, [app.name], os.getuid(), clock.boot_id(), set())
        assert count == 1 and record is not None
        assert record["frozen"][0]["cgroup"] == str(group)
        until(lambda: "frozen 1" in (group / "cgroup.events").read_text(), "it is frozen")

        assert apps.restore(journal, record, clock.boot_id()).settled

        until(lambda: "frozen 0" in (group / "cgroup.events").read_text(), "it goes on")
    finally:
        (group / "cgroup.freeze").write_text("0")
        sleeper.kill()
        sleeper.wait()
