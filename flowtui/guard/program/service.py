"""The installed guard as something that runs: under systemd, launchd, or its own supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import clock, hello, units
from .errors import GuardError
from .installation import LIB
from .roots import Roots

ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
"""All that root's program is given of the environment, and how systemctl is found."""
PID_FILE = "supervisor.pid"
UP_S = 10.0


def has_systemd() -> bool:
    """True if systemd is the service manager here."""
    return Path("/run/systemd/system").is_dir()


def python() -> str:
    """The Python that root's program runs under: the system's. Raises GuardError without one."""
    command = [units.PYTHON, *units.FLAGS, "-c", "import sys; sys.exit(sys.version_info < (3, 9))"]
    try:
        good = subprocess.run(command, check=False, cwd="/", env=ENV).returncode == 0
    except OSError:
        good = False
    if not good:
        raise GuardError(
            "interpreter", f"{units.PYTHON} is missing or older than 3.9", "the guard runs under it"
        )
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
    _until_it_answers(Roots(root).socket)


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
    program = str(root / LIB / "guard.pyz").encode()
    if b"supervise" not in words or program not in words:
        return  # another process has its number now, such as a supervise of daemontools
    os.kill(pid, signal.SIGTERM)
    end = clock.monotonic() + UP_S
    while Path(f"/proc/{pid}").exists() and clock.monotonic() < end:
        if not Path(f"/proc/{pid}/cmdline").read_bytes():
            break  # a zombie of ours
        time.sleep(0.02)
    file.unlink(missing_ok=True)


def forget() -> None:
    """Let systemd, where it is, see that the units are gone."""
    if has_systemd():
        _run("systemctl", "daemon-reload", check=False)


def _until_it_answers(path: Path) -> None:
    end = clock.monotonic() + UP_S
    while not hello.answers(path):
        if clock.monotonic() > end:
            raise GuardError(
                "silent", "the guard was installed but does not answer", "flowtui guard doctor"
            )
        time.sleep(0.05)


def _run(*command: str, check: bool = True) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=ENV)
    if check and done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise GuardError("start", f"{' '.join(command[:2])} failed: {said}")
