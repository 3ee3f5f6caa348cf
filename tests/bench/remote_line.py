"""From a line written on another host to the terminal: python -m tests.bench.remote_line [LINES].

The installed program in tmux with Runs open, its own watcher, a real sshd on loopback.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.remote.sshd import Sshd

FLOWTUI = Path(sys.executable).with_name("flowtui")
TMUX = ("tmux", "-L", f"flowtui-line-{os.getpid()}")
_START = "import json, os; os.execve({program!r}, ['flowtui'], json.load(open({env!r})))"


def main(count: int) -> None:
    """Measure `count` lines."""
    home = Path(tempfile.mkdtemp())
    home.chmod(0o755)
    box = Sshd(home / "box")
    log = home / "far.log"
    log.write_text("iter 0: loss 1.0, time 10ms\n")
    env = {
        **os.environ, **box.env(), "FLOWTUI_HOME": str(home / "flowtui"), "HOME": str(home),
        "TERM": "xterm-256color",
    }  # fmt: skip
    (home / "env.json").write_text(json.dumps(env))
    try:
        subprocess.run([FLOWTUI, "runs", "add", f"ssh:box:{log}"], env=env, check=True)
        code = _START.format(program=str(FLOWTUI), env=str(home / "env.json"))
        shell = f'"{sys.executable}" -c "{code}"'
        subprocess.run([*TMUX, "new-session", "-d", "-x", "120", "-y", "36", shell], check=True)
        time.sleep(6)
        subprocess.run([*TMUX, "send-keys", "2"], check=True)
        time.sleep(8)
        took = [_line(log, number) for number in range(1, count + 1)]
    finally:
        subprocess.run([*TMUX, "kill-server"], check=False)
        box.stop()
        shutil.rmtree(home, ignore_errors=True)
    print(
        f"a line on another host is on the screen after {statistics.median(took):.2f} s "
        f"(median), {max(took):.2f} s at worst"
    )


def _line(log: Path, number: int) -> float:
    step = 100 * number
    with log.open("a") as file:
        file.write(f"iter {step}: loss 1.0, time 10ms\n")
    began = time.monotonic()
    shown = f"step {step:,}".replace(",", " ")
    while time.monotonic() - began < 30:
        screen = subprocess.run(
            [*TMUX, "capture-pane", "-p"], capture_output=True, text=True, check=True
        ).stdout
        if shown in screen.replace("\u202f", " ").replace("\u00a0", " "):
            break
        time.sleep(0.02)
    took = time.monotonic() - began
    time.sleep(random.uniform(0.3, 1.2))
    return took


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
