"""The one way in which flowtui starts a Python of its own: nothing of the current folder runs.

`python -m flowtui...` looks for modules in the current folder first, so that a `signal.py` or a
folder `flowtui/` in a cloned repository would run. A child of ours is isolated (`-I`: no current
folder, no PYTHON... variables, no user site) and without site (`-S`: no `.pth` or `sitecustomize`
runs); then it is told exactly the folders that this process has: the standard library's come first,
then the one in which this very flowtui lies, then those of its libraries, wherever they are
installed (a virtual environment, `pip install --user`, a wrapper that sets PYTHONPATH).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import flowtui
from flowtui.core.search_path import with_safe_path

_BOOT = """\
import sys
sys.path += [entry for entry in {entries!r} if entry not in sys.path]
from runpy import run_module
run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
QUIET = subprocess.DEVNULL
FOLDER = os.sep
"""Where a child of ours runs: it holds no folder of anybody's."""


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs `module` of flowtui with `arguments`, isolated."""
    code = _BOOT.format(entries=import_folders())
    return [sys.executable, "-I", "-S", "-c", code, module, *arguments]


def service_command(module: str, *arguments: str) -> tuple[str, ...]:
    """The command for a service's file, which has to stay true after an upgrade of flowtui.

    Isolated; its libraries are those of this interpreter's environment.
    """
    return (sys.executable, "-I", "-m", module, *arguments)


def import_folders() -> list[str]:
    """The folders in which a child finds flowtui and its libraries, the standard ones aside.

    The current folder and that of the script are none of them, unless flowtui itself lies there.
    """
    root = str(Path(flowtui.__file__).absolute().parent.parent)
    unwanted = {_real(Path(sys.argv[0]).parent), _real(Path())} - {_real(Path(root)), None}
    libraries = [Path(entry) for entry in sys.path if Path(entry).is_absolute()]
    kept = [str(entry) for entry in libraries if _real(entry) not in unwanted]
    return list(dict.fromkeys([root, *kept]))


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """`env` for a child of ours: no variable that steers a Python, no relative `PATH`."""
    kept = {name: value for name, value in env.items() if not name.startswith("PYTHON")}
    return with_safe_path(kept)


def start(
    module: str, *arguments: str, env: Mapping[str, str], **streams: Any
) -> subprocess.Popen[Any]:
    """Start `module` of flowtui in the folder `/`. Raises OSError.

    `streams` are `stdin`, `stdout`, `stderr` and `text` of `subprocess.Popen`.
    """
    return subprocess.Popen(
        command(module, *arguments), env=environment(env), cwd=FOLDER, **streams
    )


def run(
    module: str,
    *arguments: str,
    env: Mapping[str, str],
    timeout_s: float,
    out: IO[bytes] | int = subprocess.DEVNULL,
) -> None:
    """Run `module` of flowtui in the folder `/` to its end.

    `env` is given on as it is: the module may start what a person has asked for, whose variables
    they are; Python's own are not heeded. Raises OSError, subprocess.SubprocessError where it does
    not end well or in time.
    """
    subprocess.run(
        command(module, *arguments),
        env=dict(env),
        cwd=FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=out,
        timeout=timeout_s,
        check=True,
    )


def _real(path: Path) -> Path | None:
    try:
        return path.resolve()
    except OSError:
        return None  # a folder that is gone
