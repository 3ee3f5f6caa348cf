"""How quick and how light the program is, as ratios in one run: status, first frame, memory, CPU.

    python -m tests.bench.focus [--runs 9] [--seconds 30]

`status` is measured against `python -c pass`; the app, on a ledger of ten years with 5,000
documents each, against a bare Textual app with one Digits that is redrawn every second. Both run in
a pseudo-terminal of 80x24, in turn; the figures are medians.
"""

from __future__ import annotations

import argparse
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fcntl import ioctl
from functools import partial
from pathlib import Path

from tests.bench.tenyears import fill

BARE = """
from textual.app import App
from textual.widgets import Digits

class Bare(App):
    def compose(self):
        yield Digits("50:00")
    def on_mount(self):
        self.left = 3000
        self.set_interval(1, self.tick)
    def tick(self):
        self.left -= 1
        self.query_one(Digits).update(f"{self.left // 60}:{self.left % 60:02}")

Bare().run()
"""
TIMEOUT_S = 30.0
DIGITS = b"\xe2\x95"
"""How the characters of Textual's Digits begin, in UTF-8."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One run of an app."""

    first_s: float
    """Until the first frame was there."""
    data_s: float
    """Until the ledger's data was in it."""
    rss_mib: float
    """Resident memory after `settle` seconds."""
    cpu_share: float
    """CPU seconds a second while nothing is pressed, after it has settled."""


def watch(
    command: Sequence[str], env: dict[str, str], marks: Sequence[bytes], settle: float, idle: float
) -> Seen:
    """Start an app in a pseudo-terminal, wait for `marks` on its screen, then let it be."""
    began = time.monotonic()
    pid, master = pty.fork()
    if pid == 0:
        os.execvpe(command[0], list(command), env)
    ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    try:
        shown = _until(master, marks, began)
        _drain(master, settle)
        rss = _rss_mib(pid)
        before, at = _cpu_s(pid), time.monotonic()
        _drain(master, idle)
        share = (_cpu_s(pid) - before) / (time.monotonic() - at)
        os.write(master, b"q")  # left in order, a running block asks nothing at the next start
        _drain(master, 0.3)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)
    return Seen(shown[0], shown[-1], rss, share)


def _until(master: int, marks: Sequence[bytes], began: float) -> list[float]:
    """When each of the marks was on the screen; they come in this order."""
    seen = b""
    at: list[float] = []
    while time.monotonic() - began < TIMEOUT_S:
        if select.select([master], [], [], 0.5)[0]:
            seen += os.read(master, 65536)
            while len(at) < len(marks) and marks[len(at)] in seen:
                at.append(time.monotonic() - began)
            if len(at) == len(marks):
                return at
    raise TimeoutError(f"{marks!r} did not come; the end of what did: {seen[-500:]!r}")


def _drain(master: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([master], [], [], left)[0]:
            try:
                os.read(master, 65536)
            except OSError:
                return  # the other end is closed: the app has ended


def _rss_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wall(command: Sequence[str], env: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def in_turn(
    runs: int, first: Callable[[], float], second: Callable[[], float]
) -> tuple[float, float]:
    """Medians of both, measured in turn after one warm-up each."""
    first(), second()
    pairs = [(first(), second()) for _ in range(runs)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--seconds", type=float, default=30.0, help="of idling, for the CPU")
    asked = options.parse_args()
    home = Path(tempfile.mkdtemp(prefix="flowtui-bench-"))
    program = str(Path(sys.executable).with_name("flowtui"))
    env = os.environ | {
        "FLOWTUI_HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONDONTWRITEBYTECODE": "",
    }
    try:
        fill(home / "data" / "ledger", last=datetime.now(UTC).year)
        subprocess.run([program, "log"], env=env, capture_output=True, check=False)
        bare = [sys.executable, "-c", BARE]
        _report_status(asked.runs * 3, program, env)
        _report_app("between blocks", asked, [program], env, bare, (b"help", b"week"))
        subprocess.run(
            [program, "start", "fuse it", "--for", "90m", "--detach"], env=env, check=True,
            capture_output=True,
        )  # fmt: skip
        _report_status(asked.runs * 3, program, env)
        _report_app("a block runs", asked, [program], env, bare, (b"help", b"left of"))
    finally:
        shutil.rmtree(home)


def _report_status(runs: int, program: str, env: dict[str, str]) -> None:
    for shape in ([], ["--json"], ["--tmux"]):
        ours, python = in_turn(
            runs,
            partial(_wall, [program, "status", *shape], env),
            partial(_wall, [sys.executable, "-c", "pass"], env),
        )
        name = " ".join(["status", *shape])
        print(f"{name:<24} {ours * 1e3:7.1f} ms   python -c pass {python * 1e3:6.1f} ms   "
              f"{ours / python:.2f}x")  # fmt: skip


def _report_app(
    name: str,
    asked: argparse.Namespace,
    ours: list[str],
    env: dict[str, str],
    bare: list[str],
    marks: Sequence[bytes],
) -> None:
    a: list[Seen] = []
    b: list[Seen] = []
    watch(ours, env, marks, 1.0, 0.1)
    for run in range(asked.runs):
        idle = asked.seconds if run == 0 else 0.1
        a.append(watch(ours, env, marks, 3.0, idle))
        b.append(watch(bare, env, (DIGITS,), 3.0, idle))
    _row(f"first frame, {name}", [s.first_s * 1e3 for s in a], [s.first_s * 1e3 for s in b], "ms")
    _row(f"data on it, {name}", [s.data_s * 1e3 for s in a], [s.first_s * 1e3 for s in b], "ms")
    _row(f"memory, {name}", [s.rss_mib for s in a], [s.rss_mib for s in b], "MiB")
    _row(f"CPU, {name}", [a[0].cpu_share * 100], [b[0].cpu_share * 100], "%")


def _row(name: str, ours: list[float], bare: list[float], unit: str) -> None:
    us, them = statistics.median(ours), statistics.median(bare)
    ratio = f"{us / them:.2f}x" if them else "-"
    print(f"{name:<30} {us:7.1f} {unit:<4} bare Textual {them:7.1f} {unit:<4} {ratio}")


if __name__ == "__main__":
    main()
