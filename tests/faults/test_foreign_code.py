"""A cloned folder full of traps: nothing of it is ever run by a flowtui that is called in it."""

from __future__ import annotations

import csv
import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowtui.system.git import evidence, repo_state
from tests.guard.namespace import FLOWTUI, cell, until
from tests.user import NOON

MODULES = [
    "signal",
    "json",
    "socket",
    "selectors",
    "struct",
    "runpy",
    "zipfile",
    "argparse",
    "sitecustomize",
    "usercustomize",
    "tempfile",
    "threading",
    "numpy",
    "psutil",
    "rich",
]
PROGRAMS = [
    "git",
    "python3",
    "sh",
    "bash",
    "nft",
    "ss",
    "systemctl",
    "unshare",
    "mount",
    "gdbus",
    "notify-send",
    "busctl",
    "dunstctl",
    "gsettings",
    "dconf",
    "makoctl",
]


class Trap:
    """A folder in which every module and program tells that it ran."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.sprung = folder.parent / "sprung"
        tell = f"open({str(self.sprung)!r}, 'a').write(__file__ + '\\n')\n"
        for name in MODULES:
            (folder / f"{name}.py").write_text(tell)
        for package in ("flowtui", "flowtui/guard", "flowtui/services"):
            (folder / package).mkdir()
            (folder / package / "__init__.py").write_text(tell)
        (folder / "trap.pth").write_text(f"import os; {tell}")
        for name in PROGRAMS:
            (folder / name).write_text(f"#!/bin/sh\necho {name} >> {self.sprung}\n")
            (folder / name).chmod(0o755)

    def env(self, home: Path) -> dict[str, str]:
        """The environment of somebody whose PATH has the current folder, first and last."""
        return {
            "PATH": f".::{FLOWTUI.parent}:{os.environ['PATH']}:",
            "HOME": str(home),
            "FLOWTUI_HOME": str(home / "flowtui"),
            "FLOWTUI_GUARD_SOCKET": str(home / "no-guard"),
            "XDG_CURRENT_DESKTOP": "GNOME",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }

    def untouched(self) -> None:
        """Nothing of it has run."""
        assert not self.sprung.exists(), self.sprung.read_text()


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    made = Trap(tmp_path / "cloned")
    yield made
    for wish in tmp_path.rglob("wish.json"):
        wish.unlink()  # the agent of the session ends with what was asked of it


def call(trap: Trap, home: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run flowtui in the trapped folder."""
    return subprocess.run(
        [str(FLOWTUI), *words], cwd=trap.folder, env=trap.env(home), input=given,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_the_trap_springs_where_python_is_started_without_care(trap: Trap, tmp_path: Path) -> None:
    """The traps are real: this is what an unisolated child would do."""
    subprocess.run(
        [sys.executable, "-m", "flowtui.guard.session.agent", "x"], cwd=trap.folder, check=False,
        env=trap.env(tmp_path), capture_output=True,
    )  # fmt: skip
    assert trap.sprung.exists()


def test_a_block_with_its_agent_of_the_session_runs_nothing_of_the_folder(
    trap: Trap, tmp_path: Path
) -> None:
    for words in (
        ("start", "think", "--for", "25m", "--guard", "news", "--detach"),
        ("pause", "read on"), ("resume",), ("interrupt", "internal"), ("back",), ("status",),
        ("guard", "status"), ("guard", "doctor"), ("guard", "list"), ("doctor",),
        ("stop", "--outcome", "done"), ("log",), ("guard", "test"), ("paths",),
    ):  # fmt: skip
        call(trap, tmp_path, *words)
    log = next(tmp_path.rglob("agent.log"))

    assert log.read_text() == "", "the agent has run, and had nothing to complain of"
    trap.untouched()


def test_a_run_its_supervisor_and_watcher_run_nothing_of_the_folder(
    trap: Trap, tmp_path: Path
) -> None:
    started = call(trap, tmp_path, "run", "--", "/bin/sleep", "0.2")
    assert started.returncode == 0, started.stderr
    call(trap, tmp_path, "runs")

    board = tmp_path / "flowtui/state/watch/runs.json"
    until(board.exists, "somebody watches")
    until(lambda: "finished" in call(trap, tmp_path, "runs").stdout, "it has ended")
    call(trap, tmp_path, "gpus")
    trap.untouched()


def test_the_computing_process_runs_nothing_of_the_folder(trap: Trap, tmp_path: Path) -> None:
    table = tmp_path / "days.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["date", "out", "tea"])
        for day in range(1, 57):
            date = f"2026-{1 + (day - 1) // 28:02}-{1 + (day - 1) % 28:02}"
            writer.writerow([date, day % 7 * 10, day % 2])
    done = call(trap, tmp_path, "insight", "--table", str(table), "--outcome", "out")

    assert done.returncode == 0, done.stderr
    trap.untouched()


def test_the_focus_shell_runs_nothing_of_the_folder(trap: Trap, tmp_path: Path) -> None:
    call(trap, tmp_path, "guard", "shell", "news", "/bin/true")

    trap.untouched()


def test_the_app_runs_nothing_of_the_folder(trap: Trap, tmp_path: Path) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(trap.folder)
        os.execve(FLOWTUI, [str(FLOWTUI)], {**trap.env(tmp_path), "TERM": "xterm-256color"})
    shown = b""
    try:
        while b"help" not in shown and len(shown) < 10**6:
            assert select.select([terminal], [], [], 30)[0], shown
            shown += os.read(terminal, 65536)
    finally:
        os.write(terminal, b"\x03")
        os.kill(pid, 15)
        os.waitpid(pid, 0)
        os.close(terminal)
    trap.untouched()


def test_the_package_called_as_a_module_takes_nothing_of_the_folder(
    trap: Trap, tmp_path: Path
) -> None:
    (trap.folder / "flowtui").rename(trap.folder / "other")
    (trap.folder / "runpy.py").unlink()  # Python itself has that before us
    done = subprocess.run(
        [sys.executable, "-m", "flowtui", "doctor", "--json"], cwd=trap.folder,
        env=trap.env(tmp_path), capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.stdout, done.stderr
    sprung = trap.sprung.read_text() if trap.sprung.exists() else ""
    assert {Path(line).name for line in sprung.split()} <= {"usercustomize.py", "sitecustomize.py"}


def test_root_rescues_installs_and_uninstalls_in_it_without_running_it(tmp_path: Path) -> None:
    with cell(tmp_path) as room:
        trap = Trap(tmp_path / "cloned")
        env = {**room.env, "PATH": f".::{room.env['PATH']}:"}
        # the word of root alone, before anything is installed, with the guard, and without it
        for words in (
            ("rescue",), ("install", "--dry-run", "--no-systemd"), ("doctor",),
            ("install", "--yes", "--no-systemd", "--owner", "0"), ("test",), ("rescue",),
            ("rescue", "--dry-run"), ("hash",), ("uninstall", "--yes"), ("rescue",),
        ):  # fmt: skip
            room.run(
                "sh", "-c", f"cd {trap.folder} && exec {FLOWTUI} guard {' '.join(words)}",
                env=env, check=False,
            )  # fmt: skip

        assert room.guards() == []
        trap.untouched()


def test_git_runs_no_program_that_a_repository_names(tmp_path: Path) -> None:
    """A repository that came as an archive brings settings, hooks and filters of its maker."""
    trap = tmp_path / "sprung"
    folder = tmp_path / "repo"
    folder.mkdir()
    env = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(tmp_path)}

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(folder), *words], check=True, env=env, capture_output=True)

    git("init", "-q")
    git("config", "user.email", "me@example.org")
    git("config", "user.name", "Me")
    (folder / "a").write_text("one\n")
    git("add", "-A")
    git("commit", "-qm", "one")
    (folder / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    (folder / "a").write_text("two\n")
    script = tmp_path / "evil"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> {trap}\ncat\n')
    script.chmod(0o755)
    included = folder / ".git/included"
    included.write_text(f'[filter "other"]\n\tclean = {script} other\n')
    for name, value in (
        ("core.fsmonitor", str(script)), ("core.pager", str(script)), ("core.editor", str(script)),
        ("filter.evil.clean", f"{script} clean"), ("filter.evil.smudge", f"{script} smudge"),
        ("filter.evil.required", "true"), ("diff.external", str(script)),
        ("diff.evil.textconv", str(script)), ("diff.evil.command", str(script)),
        ("core.hooksPath", str(folder / ".git/hooks")), ("gpg.program", str(script)),
        ("log.showSignature", "true"), ("core.sshCommand", str(script)), ("pager.status", "true"),
        ("credential.helper", str(script)), ("core.gitProxy", str(script)),
        ("include.path", str(included)),
    ):  # fmt: skip
        git("config", name, value)
    hooks = folder / ".git/hooks"
    for hook in ("post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman"):
        (hooks / hook).write_text(script.read_text())
        (hooks / hook).chmod(0o755)
    trap.unlink(missing_ok=True)

    state = repo_state(folder, 20)
    found = evidence([folder], NOON.replace(year=2020), NOON.replace(year=2100), 20)

    assert state is not None and state.dirty == 2
    assert found is not None and found.commits == 1
    assert not trap.exists(), trap.read_text()
