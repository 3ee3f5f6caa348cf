"""What is built works elsewhere: the wheel carries themes and style sheets, and starts."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = "import hatchling.build as b, sys; print(getattr(b, sys.argv[1])(sys.argv[2]))"


def built(kind: str, folder: Path) -> Path:
    """A wheel or sdist of a copy of the checkout, built without a network."""
    copy = folder / "checkout"
    if not copy.exists():
        ignore = shutil.ignore_patterns(
            ".git", ".venv", "__pycache__", "__snapshots__", ".*_cache", ".hypothesis"
        )
        shutil.copytree(ROOT, copy, ignore=ignore)
    done = subprocess.run(
        [sys.executable, "-c", BUILD, f"build_{kind}", str(folder)],
        cwd=copy,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, unpacked as pip would."""
    folder = tmp_path_factory.mktemp("build")
    target = folder / "site"
    with zipfile.ZipFile(built("wheel", folder)) as wheel:
        wheel.extractall(target)
    return target


def run(installed: Path, tmp_path: Path, *command: str) -> str:
    """The output of a Python command that finds flowtui in the unpacked wheel alone."""
    dependencies = [p for p in sys.path if p.endswith("site-packages")]
    env = {
        "PYTHONPATH": os.pathsep.join([str(installed)]),
        "FLOWTUI_HOME": str(tmp_path / "home"),
        "PATH": os.defpath,
        "HOME": str(tmp_path),
    }
    # -S keeps an editable install's path file out; the dependencies are named instead
    env["PYTHONPATH"] = os.pathsep.join([str(installed), *dependencies])
    done = subprocess.run(
        [sys.executable, "-S", *command], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_has_themes_style_sheets_and_types(installed: Path) -> None:
    package = installed / "flowtui"

    assert len(list((package / "themes").glob("*.toml"))) >= 5
    assert (package / "py.typed").exists()
    for sheet in (ROOT / "flowtui").rglob("*.tcss"):
        assert (package / sheet.relative_to(ROOT / "flowtui")).exists(), sheet
    assert not list(installed.glob("tests"))


def test_the_installed_program_finds_its_themes(installed: Path, tmp_path: Path) -> None:
    out = run(installed, tmp_path, "-m", "flowtui", "themes")

    assert "night" in out and "paper" in out


def test_the_installed_app_starts(installed: Path, tmp_path: Path) -> None:
    code = """
import asyncio, os
import flowtui
from flowtui.services.wiring import build
from flowtui.settings.config import Config
from flowtui.settings.paths import resolve
from flowtui.settings.themes import find
from flowtui.system.clock import SystemClock
from flowtui.tui.app import FlowApp

async def main():
    paths = resolve(os.environ, None)
    clock = SystemClock()
    app = FlowApp(lambda: build(os.environ, None, clock, attended=True), clock, Config(),
                  find(paths)[0], "night")
    async with app.run_test() as pilot:
        while app.snapshot is None:
            await pilot.pause(0.01)
        print(flowtui.__file__, type(app.screen).__name__)

asyncio.run(main())
"""
    out = run(installed, tmp_path, "-c", code)

    assert str(installed) in out and "IdleScreen" in out


def test_the_sdist_carries_what_a_packager_needs(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert {"pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md"} <= names
    assert any(name.startswith("themes/") for name in names)
    assert any(name.startswith("tests/unit/") for name in names)


@pytest.fixture(scope="module")
def venv(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel in it, and the dependencies by a path file."""
    folder = tmp_path_factory.mktemp("venv") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    shutil.copytree(installed, site, dirs_exist_ok=True)
    # the dependencies alone: the path file of an editable install is not read through another one
    found = [path for path in sys.path if path.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(found) + "\n")
    program = folder / "bin" / "flowtui"
    program.write_text(
        f"#!{folder}/bin/python\nimport sys\nfrom flowtui.entry import main\nsys.exit(main())\n"
    )
    program.chmod(0o755)
    return folder


def test_the_wheel_names_the_program_its_version_and_its_licence(installed: Path) -> None:
    [info] = installed.glob("flowtui-*.dist-info")
    metadata = (info / "METADATA").read_text(encoding="utf-8")

    assert (info / "entry_points.txt").read_text().split() == [
        "[console_scripts]", "flowtui", "=", "flowtui.entry:main",
    ]  # fmt: skip
    assert f"\nVersion: {importlib.metadata.version('flowtui')}\n" in metadata
    assert "\nLicense-Expression: MIT\n" in metadata
    assert list(info.rglob("LICENSE"))
    assert str(ROOT) not in metadata


def test_the_installed_program_runs_from_anywhere(venv: Path, tmp_path: Path) -> None:
    env = {"PATH": os.defpath, "HOME": str(tmp_path), "FLOWTUI_HOME": str(tmp_path / "h")}

    def flowtui(*words: str) -> str:
        ran = subprocess.run(
            [venv / "bin" / "flowtui", *words], cwd="/", env=env, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    where = subprocess.run(
        [venv / "bin" / "python", "-c", "import flowtui; print(flowtui.__file__)"],
        cwd="/",
        env=env,
        capture_output=True,
        text=True,
    )
    assert str(venv) in where.stdout
    assert flowtui("--version") == f"flowtui, version {importlib.metadata.version('flowtui')}\n"
    assert len(json.loads(flowtui("themes", "--json"))) >= 10
    started = json.loads(flowtui("start", "x", "--detach", "--json"))
    assert json.loads(flowtui("status", "--json"))["block"]["id"] == started["id"]
    assert json.loads(flowtui("stop", "--json"))["ended_by"] == "user"


def test_nothing_of_the_checkout_but_the_program_is_in_the_wheel(installed: Path) -> None:
    files = [p for p in installed.rglob("*") if p.is_file() and p.suffix != ".pyc"]

    assert {path.relative_to(installed).parts[0].partition("-")[0] for path in files} == {"flowtui"}
    kinds = {path.suffix for path in files if "dist-info" not in str(path)}
    assert kinds <= {".py", ".tcss", ".toml", ".typed"}
    names = {path.name for path in files}
    assert {"py.typed", "app.tcss", "running.tcss", "night.toml"} <= names
