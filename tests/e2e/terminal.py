"""A terminal that a person sits at: tmux on a private socket drives the installed program.

Real time and real processes; every wait ends with what is waited for, or fails with the screen.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flowtui.system import heartbeat
from flowtui.system.heartbeat import Heartbeat

PATIENCE_S = 20.0
PROMPT = "ready> "
BIN = Path(sys.executable).parent


class Terminals:
    """The terminals of one person, on one home. Ends what it started."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("tmux") is None:
            pytest.skip("needs tmux (apt install tmux)")
        self.home = folder / "flowtui"
        self._socket = folder / "tmux"
        self._rc = folder / "bashrc"
        self._rc.write_text(f"PS1='{PROMPT}'\n")
        self.env = {
            "FLOWTUI_HOME": str(self.home),
            "HOME": str(folder),
            "TZ": "UTC",
            "LANG": "C.UTF-8",
            "COLORTERM": "truecolor",
            "PATH": f"{BIN}:{os.environ.get('PATH', os.defpath)}",
            "TEXTUAL_ANIMATIONS": "none",
        }
        self.configure("")

    def configure(self, more: str) -> None:
        """Settings for tests: a quick heartbeat, no notices, and `more`."""
        file = self.home / "config" / "config.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            "[blocks]\nheartbeat_s = 1\nstale_after_s = 15\n"
            f"[notices]\ndesktop = false\nterminal = false\n{more}"
        )

    def tmux(self, *words: str) -> str:
        """What a tmux command prints."""
        ran = subprocess.run(
            ["tmux", "-S", str(self._socket), "-f", "/dev/null", *words],
            env={k: v for k, v in os.environ.items() if k != "TMUX"} | self.env,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert ran.returncode == 0, (words, ran.stderr)
        return ran.stdout

    def open(self) -> Terminal:
        """A new terminal of 80 by 24 with a shell in it."""
        shell = f"env -u TMUX -u TMUX_PANE bash --noprofile --rcfile '{self._rc}' -i"
        name = self.tmux(
            *("new-session", "-d", "-P", "-F", "#{pane_id}", "-x", "80", "-y", "24"),
            *("-c", str(self.home.parent), shell),
        ).strip()
        terminal = Terminal(self, name)
        terminal.see(PROMPT.strip())
        return terminal

    def close(self) -> None:
        """Close every terminal, and wait until nothing runs in them any more."""
        with suppress(AssertionError, OSError):
            shells = self.tmux("list-panes", "-a", "-F", "#{pane_pid}").split()
            started = [pid for shell in shells for pid in (int(shell), *_children(int(shell)))]
            self.tmux("kill-server")
            until(lambda: not any(map(alive, started)))

    def run(self, *words: str) -> str:
        """What `flowtui WORDS` prints, outside of any terminal."""
        ran = subprocess.run(
            [BIN / "flowtui", *words],
            cwd=self.home.parent,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def json(self, *words: str) -> Any:
        """The same as JSON."""
        return json.loads(self.run(*words, "--json"))

    def beat(self) -> Heartbeat | None:
        """The last heartbeat."""
        return heartbeat.read(self.home / "state" / "heartbeat")

    def attended(self) -> Heartbeat:
        """Wait until an app beats for the block; its beat."""
        until(lambda: (beat := self.beat()) is not None and beat.attended and not beat.orderly)
        beat = self.beat()
        assert beat is not None
        return beat

    def age_beat(self, seconds: float) -> None:
        """Put the last heartbeat so far into the past, as if that time had gone by since."""
        beat = self.beat()
        assert beat is not None
        reading = beat.reading
        earlier = type(reading)(
            reading.wall - timedelta(seconds=seconds),
            reading.monotonic - seconds,
            reading.boottime - seconds,
            reading.boot_id,
        )
        aged = Heartbeat(
            earlier, beat.block_id, beat.pid, beat.pid_start, beat.attended, beat.orderly
        )
        heartbeat.write(self.home / "state" / "heartbeat", aged)


class Terminal:
    """One terminal."""

    def __init__(self, owner: Terminals, name: str) -> None:
        self._owner = owner
        self._name = name

    def screen(self, colours: bool = False) -> str:
        """What is on the screen."""
        more = ["-e"] if colours else []
        return self._owner.tmux("capture-pane", "-p", *more, "-t", self._name)

    def floating(self) -> str:
        """The words of what floats over the screen, at the right of its border."""
        lines = (line.rpartition("▌")[2] for line in self.screen().splitlines() if "▌" in line)
        return " ".join(" ".join(lines).split())

    def see(self, *texts: str) -> str:
        """Wait until all of `texts` are on the screen; the screen."""
        until(lambda: all(text in self.screen() for text in texts), lambda: self._missed(texts))
        return self.screen()

    def gone(self, text: str) -> None:
        """Wait until `text` is not on the screen any more."""
        until(lambda: text not in self.screen(), lambda: f"{text!r} stayed on\n{self.screen()}")

    def _missed(self, texts: tuple[str, ...]) -> str:
        return f"never saw all of {texts} on\n{self.screen()}"

    def press(self, *keys: str) -> None:
        """Press keys by their tmux names: "o", "Space", "C-z"."""
        self._owner.tmux("send-keys", "-t", self._name, *keys)

    def type(self, text: str) -> None:
        """Type a text, and Enter."""
        self._owner.tmux("send-keys", "-t", self._name, "-l", text)
        self.press("Enter")

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal another size."""
        self._owner.tmux("resize-window", "-t", self._name, "-x", str(columns), "-y", str(rows))

    def close(self) -> None:
        """Close the terminal as its window's x does: what runs in it gets SIGHUP."""
        self._owner.tmux("kill-pane", "-t", self._name)


def until(true: Callable[[], object], what: Callable[[], str] = lambda: "it never came") -> None:
    """Wait for something that another process does, at most `PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(what())
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """True while a process exists and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _children(pid: int) -> list[int]:
    """Processes that a process has started, and those that these have."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [each for child in map(int, found) for each in (child, *_children(child))]
