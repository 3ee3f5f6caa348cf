"""What each way in loads, seen in fresh interpreters: start-up time is spent where it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowtui.services.focus import Draft
from flowtui.services.wiring import build

HEAVY = {
    "textual",
    "tinydb",
    "click",
    "apscheduler",
    "numpy",
    "pyfiglet",
    "pynvml",
    "json",
    "typing",
    "pathlib",
    "dataclasses",
    "datetime",
    "re",
}


def loaded(tmp_path: Path, code: str) -> set[str]:
    """Top-level modules in `sys.modules` after `code` ran in a new interpreter."""
    env = {"FLOWTUI_HOME": str(tmp_path / "home"), "PATH": os.defpath, "TZ": "UTC"}
    # without site: what the environment itself loads (editable installs, coverage) does not count
    paths = [p for p in sys.path if p]
    program = f"import sys\nsys.path[:0] = {paths!r}\n{code}\nprint('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


def called(*arguments: str) -> str:
    return f"sys.argv = ['flowtui', *{list(arguments)!r}]\nfrom flowtui.entry import main\nmain()"


@pytest.fixture
def with_status(tmp_path: Path) -> Path:
    """A home whose status file is fresh."""
    services = build({"FLOWTUI_HOME": str(tmp_path / "home"), "TZ": "UTC"})
    block = services.focus.start(Draft("fuse it"))
    assert services.paths.status_file.exists() and block.id
    return tmp_path


@pytest.mark.parametrize("shape", [[], ["--tmux"], ["--format", "{phrase}"]])
def test_status_loads_nothing_heavy(with_status: Path, shape: list[str]) -> None:
    assert not loaded(with_status, called("status", *shape)) & HEAVY


def test_status_as_json_loads_json_and_no_more(with_status: Path) -> None:
    assert not loaded(with_status, called("status", "--json")) & (HEAVY - {"json", "re"})


def test_the_log_loads_neither_the_app_nor_the_scheduler(with_status: Path) -> None:
    seen = loaded(with_status, called("log"))

    assert "tinydb" in seen
    assert not seen & {"textual", "apscheduler", "numpy", "pyfiglet", "pynvml"}


def test_core_is_the_standard_library_alone(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "flowtui" / "core"
    names = [
        ".".join(("flowtui", *path.relative_to(folder.parent).with_suffix("").parts))
        for path in folder.rglob("*.py")
    ]
    seen = loaded(tmp_path, "\n".join(f"import {n.removesuffix('.__init__')}" for n in names))

    foreign = {n for n in seen if n not in sys.stdlib_module_names and not n.startswith("_")}
    assert foreign <= {"flowtui"}


def test_the_app_imports_no_numpy(tmp_path: Path) -> None:
    seen = loaded(tmp_path, "import flowtui.tui.app, flowtui.tui.screens.idle")

    assert "textual" in seen
    assert not seen & {"numpy", "apscheduler", "pynvml", "tinydb", "pyfiglet"}


def test_the_layers_hold() -> None:
    """import-linter's contracts, as pyproject.toml states them."""
    program = Path(sys.executable).with_name("lint-imports")
    root = Path(__file__).parents[2]
    done = subprocess.run([program, "--no-cache"], cwd=root, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_reading_the_clock_is_banned_outside_of_its_module(tmp_path: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    root = Path(__file__).parents[2]
    text = "import time\nfrom datetime import datetime\n\nX = datetime.now()\nY = time.time()\n"
    done = subprocess.run(
        [ruff, "check", "--stdin-filename", "flowtui/core/x.py", "--output-format", "concise", "-"],
        cwd=root,
        input=text,
        capture_output=True,
        text=True,
    )

    assert done.stdout.count("TID251") == 2
    assert "DTZ005" in done.stdout
