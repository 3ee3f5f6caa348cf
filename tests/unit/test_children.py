"""Who starts programs: one helper starts Pythons of ours, every other place is known by name."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import flowtui
from flowtui.core.search_path import NOWHERE, absolute_only, with_safe_path
from flowtui.system import interpreter

PACKAGE = Path(flowtui.__file__).parent
STARTERS = {
    "system/interpreter.py": "Pythons of ours",
    "system/process.py": "hooks, by the path of each",
    "system/git.py": "git",
    "system/notices.py": "notify-send and its kin",
    "cli/manual.py": "man, by its path",
    "cli/streams.py": "flowtui itself anew, by the helper",
    "services/plan/task_sources.py": "task and gh, never out of the current folder",
    "system/asked_notice.py": "notify-send, for an answer",
    "services/insight/child.py": "the stream constants of subprocess alone",
    "services/runs/first_silent.py": "the errors and streams of subprocess alone",
    "services/runs/launch.py": "the errors of subprocess alone",
    "services/runs/runs_service.py": "the errors of subprocess alone",
    "services/guard/quiet_session.py": "the errors of subprocess alone",
    "services/guard/setup.py": "the root-owned copy of the guard",
    "services/agent_unit.py": "systemctl and launchctl, of the user's own session",
    "services/agent_watch.py": "the stream constants of subprocess alone",
    "services/plan/calendars.py": "the stream constants of subprocess alone",
    "guard/program/service.py": "the installed program, by the system's Python, as root",
    "guard/session/dnd.py": "the desktops' own tools",
    "guard/session/shell.py": "unshare",
    "guard/ways_past.py": "gsettings, by its absolute folders",
    "guard/program/firewall.py": "nft and ss, in the system's folders",
    "guard/program/pf.py": "pfctl",
    "guard/program/systemd.py": "systemctl",
    "guard/program/supervise.py": "itself, by the words that it was started with",
    "watch/own_terminal.py": "the command that a person gave",
    "watch/remote/line.py": "the errors of subprocess alone",
    "watch/remote/follower.py": "on another host: what a person has installed there, by full paths",
    "services/runs/errands.py": "the stream constants of subprocess alone",
    "watch/remote/command.py": "the types of subprocess alone",
    "system/child.py": "ssh, kubectl and their kin, by the path of each",
}
"""What in flowtui may start a program, and which."""
INTERPRETERS = {"system/interpreter.py", "guard/program/main.py", "guard/program/units.py"}
NAMES_OF_PROGRAMS = {"core/runs/naming.py", "services/guard/setup.py", "watch/remote/line.py"}
"""Names of programs as words: nothing is started by them here."""
TRAININGS = {"services/demo/demo_home.py"}
"""Runs of the demo: a script of ours in its own new folder, isolated, as a person's training is."""
RUNNERS = re.compile(r"exec(v|l)[pe]*|spawn\w*|posix_spawnp?|popen|system|create_subprocess_\w+")


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text("utf-8"))


def starts_programs(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(a.name == "subprocess" for a in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and node.module in ("subprocess", "pty"):
            return True
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("os", "asyncio", "pty")
            and RUNNERS.fullmatch(node.attr)
        ):
            return True
    return False


def names_interpreter(tree: ast.Module) -> bool:
    """True for `sys.executable`, or the name of a Python anywhere but as a key."""
    keys = {
        key
        for node in ast.walk(tree)
        for key in (
            node.keys if isinstance(node, ast.Dict)
            else [node.slice] if isinstance(node, ast.Subscript)
            else []
        )
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("executable", "_base_executable"):
            return True
        if (
            isinstance(node, ast.Constant)
            and node not in keys
            and isinstance(node.value, str)
            and re.fullmatch(r"(.*/)?python[0-9.]*", node.value)
        ):
            return True
    return False


def test_only_known_places_start_programs() -> None:
    assert {name for name, tree in sources() if starts_programs(tree)} == set(STARTERS)


def test_one_helper_starts_interpreters_beside_the_privileged_program() -> None:
    found = {name for name, tree in sources() if names_interpreter(tree)}

    assert found == INTERPRETERS | NAMES_OF_PROGRAMS | TRAININGS


def test_a_child_sees_the_standard_library_first_then_this_flowtui(tmp_path: Path) -> None:
    for name in ("signal", "json", "sitecustomize", "usercustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('foreign code')")
    words = interpreter.command("flowtui.core.errors")
    told = words[4] + "print(__import__('json').__file__, sys.path, sys.flags, sep='\\n')"
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": str(tmp_path / "json.py")}

    done = subprocess.run(
        [*words[:4], told, *words[5:]], cwd=tmp_path, env=env, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    where, path, flags = done.stdout.splitlines()
    assert "isolated=1" in flags and "no_site=1" in flags and str(tmp_path) not in path
    assert not where.startswith(str(tmp_path))


def test_neither_the_current_folder_nor_a_relative_one_is_given_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "libraries"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", ".", "lib", str(tmp_path), str(elsewhere), *sys.path])

    found = interpreter.import_folders()

    assert found[0] == str(PACKAGE.parent) and str(elsewhere) in found
    assert str(tmp_path) not in found and all(Path(entry).is_absolute() for entry in found)


def test_libraries_of_a_user_installation_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pip install --user`: an isolated Python does not look there by itself."""
    site = tmp_path / ".local/lib/python3/site-packages"
    site.mkdir(parents=True)
    (site / "only_there.py").write_text("print('here')")
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])

    done = subprocess.run(interpreter.command("only_there"), capture_output=True, text=True)

    assert done.stdout == "here\n", done.stderr


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        (".:/usr/bin", "/usr/bin"),
        ("/usr/bin:", "/usr/bin"),
        (":/bin::/usr/bin", "/bin:/usr/bin"),
        ("bin:~/bin:/bin", "/bin"),
        ("", NOWHERE),
        (".", NOWHERE),
        (None, "/bin:/usr/bin"),
    ],
)
def test_programs_are_never_looked_for_in_the_current_folder(path: str | None, safe: str) -> None:
    assert absolute_only(path) == safe
    env = {} if path is None else {"PATH": path}
    assert with_safe_path({**env, "A": "b"}) == {"A": "b", "PATH": safe}
