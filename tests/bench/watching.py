"""What watching costs, as ratios in one run: CPU against nvitop, and a key press under load.

    python -m tests.bench.watching cpu [--seconds 60] [--rounds 5]
    python -m tests.bench.watching keys [--presses 200] [--runs 16] [--rate 1000]

`cpu` (needs gcc, nvitop): a block runs in the app, eight pretend GPUs and four runs that print 20
lines a second are watched; counted are the app, the watcher and the supervisors, not the runs.
nvitop looks at the same pretend GPUs once a second. Both sit in a pseudo-terminal of 120 by 60 (in
a lower one nvitop draws no history), in turn; medians.

`keys`: the time from a key press to the last byte of the frame that answers it, in the list of
runs, while sixteen logs get a thousand lines a second each.
"""

from __future__ import annotations

import argparse
import json
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fcntl import ioctl
from pathlib import Path

import psutil

from tests.bench.focus import _cpu_s, _drain
from tests.gpu.pretend import SONAME, Pretend, build

BIN = Path(sys.executable).parent
ROWS, COLUMNS = 60, 120
QUIET_S = 0.012
"""A frame is over when nothing came for so long."""
RUN = """
import sys, time
for step in range(1, 1_000_000):
    print(f"step {step}/1000000 | loss: {2 / step ** 0.3:.4f} | lr: 3.0e-4", flush=True)
    time.sleep(0.05)
"""
WRITER = """
import sys, time
rate, files = int(sys.argv[1]), [open(path, "a") for path in sys.argv[2:]]
step, part = 0, max(1, rate // 20)
until = time.monotonic()
while True:
    for file in files:
        file.write("".join(
            f"step {step + i}/9000000 | loss: {2 / (step + i + 1) ** 0.3:.4f} | lr: 3.0e-4\\n"
            for i in range(part)
        ))
        file.flush()
    step += part
    until += 0.05
    time.sleep(max(0, until - time.monotonic()))
"""


@contextmanager
def terminal(command: Sequence[str], env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """A program in a pseudo-terminal: its pid and the other end; ended at the end."""
    pid, master = pty.fork()
    if pid == 0:
        os.execvpe(command[0], list(command), env)
    ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    try:
        yield pid, master
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)


def flow(env: dict[str, str], *words: str) -> str:
    """What a command prints."""
    ran = subprocess.run(
        [BIN / "flowtui", *words], env=env, check=True, capture_output=True, text=True
    )
    return ran.stdout.strip()


def watcher_pid(home: Path) -> int:
    """The process that follows the runs."""
    board = home / "state" / "watch" / "runs.json"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError):
            pid = int(json.loads(board.read_text())["pid"])
            if psutil.pid_exists(pid):
                return pid
        time.sleep(0.1)
    raise TimeoutError("no watcher came")


def end(home: Path, env: dict[str, str], ids: Sequence[str]) -> None:
    """Stop the runs and the watcher that this bench started."""
    for id in ids:
        flow(env, "runs", "stop", id, "--grace", "1s")
    with suppress(OSError, TimeoutError):
        os.kill(watcher_pid(home), signal.SIGTERM)


def share(pids: Sequence[int], master: int, seconds: float) -> float:
    """CPU seconds a second of these processes together."""
    before, at = sum(map(_cpu_s, pids)), time.monotonic()
    _drain(master, seconds)
    return (sum(map(_cpu_s, pids)) - before) / (time.monotonic() - at)


def cpu(seconds: float, rounds: int) -> None:
    """Print the CPU of both, and the ratio."""
    home = Path(tempfile.mkdtemp(prefix="flowtui-bench-"))
    build(home)
    assert (home / SONAME).exists()
    pretend = Pretend(home)
    env = os.environ | pretend.env | {
        "FLOWTUI_HOME": str(home / "home"), "LD_LIBRARY_PATH": str(home),
        "TERM": "xterm-256color", "COLORTERM": "truecolor",
    }  # fmt: skip
    env.pop("FAKE_NVML_COUNT")
    for index in range(8):
        pretend.h100(index)
    ids = [flow(env, "run", "--name", f"r{n}", "--", sys.executable, "-c", RUN) for n in range(4)]
    flow(env, "start", "fuse it", "--for", "90m", "--no-guard", "--detach")
    supervisors = [
        json.loads((home / "home" / "data" / "runs" / id / "started.json").read_text())[
            "supervisor"
        ]
        for id in ids
    ]
    ours: list[float] = []
    theirs: list[float] = []
    parts: list[list[float]] = []
    try:
        for _ in range(rounds):
            with terminal([str(BIN / "flowtui")], env) as (pid, master):
                _drain(master, 5)
                pids = [pid, watcher_pid(home / "home"), *supervisors]
                before = list(map(_cpu_s, pids))
                ours.append(share(pids, master, seconds))
                parts.append([(_cpu_s(p) - b) / seconds for p, b in zip(pids, before, strict=True)])
            with terminal([str(BIN / "nvitop"), "--interval", "1"], env) as (pid, master):
                _drain(master, 5)
                theirs.append(share([pid], master, seconds))
    finally:
        end(home / "home", env, ids)
        shutil.rmtree(home, ignore_errors=True)
    app, watch = (statistics.median(p[i] for p in parts) for i in (0, 1))
    rest = statistics.median(sum(p[2:]) for p in parts)
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"app {app:.2%} of a core, watcher {watch:.2%}, supervisors {rest:.2%}")
    print(f"flowtui {a:.2%}, nvitop {b:.2%}: {a / b:.2f}x")


def keys(presses: int, runs: int, rate: int) -> None:
    """Print how long a key press takes, with and without the load."""
    home = Path(tempfile.mkdtemp(prefix="flowtui-bench-"))
    env = os.environ | {
        "FLOWTUI_HOME": str(home / "home"), "TERM": "xterm-256color", "COLORTERM": "truecolor",
    }  # fmt: skip
    logs = [home / f"run{number}.log" for number in range(runs)]
    for log in logs:
        log.write_text("step 1/9000000 | loss: 2.0\n")
        flow(env, "runs", "add", str(log))
    writer = None
    try:
        with terminal([str(BIN / "flowtui")], env) as (_, master):
            _drain(master, 4)
            os.write(master, b"2")
            _drain(master, 6)
            for load in (False, True):
                if load:
                    command = [sys.executable, "-c", WRITER, str(rate), *map(str, logs)]
                    writer = subprocess.Popen(command)
                    _drain(master, 6)
                took = sorted(_press(master, b"jk"[n % 2 : n % 2 + 1]) for n in range(presses))
                p50, p99 = took[len(took) // 2], took[min(len(took) - 1, int(len(took) * 0.99))]
                what = f"{runs} runs of {rate} lines/s" if load else "no line is written"
                print(f"{what}: p50 {p50 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms")
            size = sum(log.stat().st_size for log in logs) / 2**20
            at = json.loads((home / "home" / "state" / "watch" / "runs.json").read_text())["at"]
            print(
                f"{size:.0f} MiB were written; the watcher looked last {time.time() - at:.1f} s ago"
            )
    finally:
        if writer is not None:
            writer.kill()
            writer.wait()
        with suppress(OSError, TimeoutError):
            os.kill(watcher_pid(home / "home"), signal.SIGTERM)
        shutil.rmtree(home, ignore_errors=True)


def _press(master: int, key: bytes) -> float:
    """Seconds from a key press to the last byte of the frame that answers it."""
    _drain(master, 0.15)
    began = last = time.perf_counter()
    os.write(master, key)
    answered = False
    while True:
        ready = select.select([master], [], [], QUIET_S if answered else 2.0)[0]
        if not ready:
            return last - began
        os.read(master, 65536)
        answered, last = True, time.perf_counter()


def main() -> None:
    """Run one of the two."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", choices=["cpu", "keys"])
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--presses", type=int, default=200)
    options.add_argument("--runs", type=int, default=16)
    options.add_argument("--rate", type=int, default=1000)
    asked = options.parse_args()
    if asked.what == "cpu":
        cpu(asked.seconds, asked.rounds)
    else:
        keys(asked.presses, asked.runs, asked.rate)


if __name__ == "__main__":
    main()
