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


@dataclass(frozen=True, slots=True)
class Seen:
    """One run of an app."""

    first_s: float
    """Until the first frame was written whole."""
    rss_mib: float
    """Resident memory after `settle` seconds."""
    cpu_share: float
    """CPU seconds a second while nothing is pressed, after it has settled."""


def watch(
    command: Sequence[str], env: dict[str, str], mark: bytes, settle: float, idle: float
) -> Seen:
    """Start an app in a pseudo-terminal, wait for `mark` on its screen, then let it be."""
    began = time.monotonic()
    pid, master = pty.fork()
    if pid == 0:
        os.execvpe(command[0], list(command), env)
    ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    try:
        first = _until(master, mark, began)
        _drain(master, settle)
        rss = _rss_mib(pid)
        before, at = _cpu_s(pid), time.monotonic()
        _drain(master, idle)
        share = (_cpu_s(pid) - before) / (time.monotonic() - at)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)
    return Seen(first, rss, share)


def _until(master: int, mark: bytes, began: float) -> float:
    seen = b""
    while time.monotonic() - began < TIMEOUT_S:
        if select.select([master], [], [], 0.5)[0]:
            seen += os.read(master, 65536)
            # Textual ends each frame with the end of a synchronised update
            if mark in seen and b"\x1b[?2026l" in seen[seen.index(mark) :]:
                return time.monotonic() - began
    raise TimeoutError(f"{mark!r} did not come; the end of what did: {seen[-500:]!r}")


def _drain(master: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([master], [], [], left)[0]:
            os.read(master, 65536)


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
        _report_app("between blocks", asked, [program], env, bare, b"floor")
        subprocess.run(
            [program, "start", "fuse it", "--for", "90m", "--detach"], env=env, check=True,
            capture_output=True,
        )  # fmt: skip
        _report_status(asked.runs * 3, program, env)
        _report_app("a block runs", asked, [program], env, bare, b"left of")
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
    mark: bytes,
) -> None:
    a = [watch(ours, env, mark, 2.0, 0.5)]
    b = [watch(bare, env, b"\x1b[", 2.0, 0.5)]
    a.clear(), b.clear()
    for run in range(asked.runs):
        idle = asked.seconds if run == 0 else 0.5
        a.append(watch(ours, env, mark, 3.0, idle))
        b.append(watch(bare, env, "╵".encode(), 3.0, idle))
    first = statistics.median(s.first_s for s in a), statistics.median(s.first_s for s in b)
    memory = statistics.median(s.rss_mib for s in a), statistics.median(s.rss_mib for s in b)
    cpu = a[0].cpu_share, b[0].cpu_share
    print(f"first frame with data, {name:<16} {first[0] * 1e3:5.0f} ms   bare Textual "
          f"{first[1] * 1e3:5.0f} ms   {first[0] / first[1]:.2f}x")  # fmt: skip
    print(f"memory, {name:<30} {memory[0]:6.1f} MiB   bare Textual {memory[1]:6.1f} MiB   "
          f"{memory[0] / memory[1]:.2f}x")  # fmt: skip
    print(f"CPU, {name:<34} {cpu[0] * 100:5.2f} %   bare Textual {cpu[1] * 100:5.2f} %   "
          f"over {asked.seconds:.0f} s")  # fmt: skip


if __name__ == "__main__":
    main()
