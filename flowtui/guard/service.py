"""The installed guard as something that runs: under systemd, launchd, or its own supervisor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError
from flowtui.guard import units
from flowtui.guard.client import Client, NoGuard, Refused
from flowtui.guard.install import LIB
from flowtui.guard.program import clock
from flowtui.guard.program import recover as one_look
from flowtui.guard.program.errors import GuardError
from flowtui.guard.program.roots import Roots

ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
"""All that root's program is given of the environment, and how systemctl is found."""
PID_FILE = "supervisor.pid"
UP_S = 10.0


def has_systemd() -> bool:
    """True if systemd is the service manager here."""
    return Path("/run/systemd/system").is_dir()


def python() -> str:
    """The Python that root's program runs under: the system's. Raises FlowError without one."""
    command = [units.PYTHON, *units.FLAGS, "-c", "import sys; sys.exit(sys.version_info < (3, 9))"]
    try:
        good = subprocess.run(command, check=False, cwd="/", env=ENV).returncode == 0
    except OSError:
        good = False
    if not good:
        raise FlowError(f"{units.PYTHON} is missing or older than 3.9", "the guard runs under it")
    return units.PYTHON


def start(root: Path, systemd: bool, shortest_s: int | None = None) -> None:
    """Start the installed guard, or a new one in its place; returns when it answers."""
    if systemd:
        for command in (
            ["daemon-reload"],
            ["enable", "--now", "flowtui-recover.service", "flowtui-recover.timer"],
            ["enable", "flowtui-guard.service"],
            ["restart", "flowtui-guard.service"],
        ):
            _run("systemctl", *command)
    elif sys.platform == "darwin":
        stop(root, systemd=False)
        _run("launchctl", "bootstrap", "system", str(root / units.PLIST_PATH))
    else:
        stop(root, systemd=False)
        command = [*units.command(python(), str(root / LIB / "guard.pyz")), "--root", str(root)]
        command += ["--shortest", str(shortest_s)] if shortest_s else []
        run = Roots(root).run
        run.mkdir(mode=0o755, parents=True, exist_ok=True)
        with (Roots(root).state / "supervisor.out").open("ab") as out:
            process = subprocess.Popen(
                [*command, "supervise"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                env=ENV,
                start_new_session=True,
            )
        (run / PID_FILE).write_text(f"{process.pid}\n")
    _until_it_answers(Client(Roots(root).socket))


def stop(root: Path, systemd: bool) -> None:
    """Stop the guard; a lease stays on disk."""
    if systemd:
        _run("systemctl", "disable", "--now", *units.UNITS, check=False)
        return
    if sys.platform == "darwin":
        _run("launchctl", "bootout", "system/flowtui.guard", check=False)
        return
    file = Roots(root).run / PID_FILE
    try:
        pid = int(file.read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return
    if b"supervise" not in words:
        return  # another process has its number now
    os.kill(pid, signal.SIGTERM)
    end = clock.monotonic() + UP_S
    while Path(f"/proc/{pid}").exists() and clock.monotonic() < end:
        if not Path(f"/proc/{pid}/cmdline").read_bytes():
            break  # a zombie of ours
        time.sleep(0.02)
    file.unlink(missing_ok=True)


def recover(root: Path, *options: str) -> dict[str, Any]:
    """Run the installed program's one-shot `recover`; without one, this flowtui looks itself.

    Returns what it prints. Raises FlowError if it says nothing.
    """
    installed = root / LIB / "guard.pyz"
    if not installed.exists():
        try:
            return one_look.run(Roots(root), "--mend" in options, "--dry-run" in options)
        except (GuardError, OSError) as error:
            raise FlowError(f"recover failed: {error}", "flowtui guard doctor") from None
    program = [*units.command(python(), str(installed)), "--root", str(root)]
    done = subprocess.run(
        [*program, "recover", *options], capture_output=True, text=True, cwd="/", env=ENV
    )
    try:
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))
    except (ValueError, IndexError):
        said = done.stderr.strip() or f"it ended with {done.returncode}"
        raise FlowError(f"recover failed: {said}", "flowtui guard doctor") from None


def _until_it_answers(client: Client) -> None:
    end = clock.monotonic() + UP_S
    while True:
        try:
            client.ask("hello", timeout_s=2)
            return
        except Refused:
            return
        except NoGuard:
            if clock.monotonic() > end:
                raise FlowError(
                    "the guard was installed but does not answer", "flowtui guard doctor"
                ) from None
            time.sleep(0.05)


def _run(*command: str, check: bool = True) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=ENV)
    if check and done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise FlowError(f"{' '.join(command[:2])} failed: {said}")
