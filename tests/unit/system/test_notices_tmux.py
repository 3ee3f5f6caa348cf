"""Notices through a real tmux and a real GNU screen, seen from the terminal around them.

The terminal around is this test: it holds the other end of a pseudo-terminal, says of itself that
it is kitty when it is asked, and looks for the sequence among what it is told to draw.
"""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flowtui.system.notices import Notice
from flowtui.system.terminal import Dialect, Osc, encode

ROOT = Path(__file__).parents[3]
DEADLINE_S = 30.0
SEND = """
import json, os, sys
from dataclasses import dataclass
from flowtui.system.notices import Notice, Notifier
@dataclass(frozen=True)
class Ways:
    desktop: bool = False
    terminal: bool = True
    bell: bool = False
def write(characters):
    sys.stdout.write(characters)
    sys.stdout.flush()
sent = Notifier(Ways(), dict(os.environ), write).send(Notice("Plan reached", "żółw; 50 min"))
with open(sys.argv[1] + ".new", "w") as file:
    json.dump([sent.by, sent.problems], file)
os.rename(sys.argv[1] + ".new", sys.argv[1])
"""
SEQUENCE = encode(Notice("Plan reached", "żółw; 50 min"), Dialect(Osc.NINETY_NINE)).encode()


@dataclass
class Around:
    """A terminal around a multiplexer: draws nothing, remembers everything."""

    folder: Path
    drawn: bytes = b""
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    master: int = -1

    def attach(self, command: list[str], env: dict[str, str]) -> None:
        """Start `command` with this as its terminal."""
        self.master, slave = pty.openpty()
        self.children.append(
            subprocess.Popen(
                command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
            )
        )
        os.close(slave)

    def until(self, seen: Any) -> None:
        """Draw until `seen()` is true; fails when that takes unreasonably long."""
        end = time.monotonic() + DEADLINE_S
        while not seen():
            assert time.monotonic() < end, self.drawn[-2000:]
            if select.select([self.master], [], [], 0.05)[0]:
                part = os.read(self.master, 65536)
                self.drawn += part
                if b"\x1b[>q" in part:  # XTVERSION: what are you?
                    os.write(self.master, b"\x1bP>|kitty(0.35.0)\x1b\\")

    def close(self) -> None:
        """End what was started here."""
        for child in self.children:
            child.terminate()
            child.wait()
        if self.master >= 0:
            os.close(self.master)

    def said(self) -> list[list[str]]:
        """What the sender inside reported."""
        report: list[list[str]] = json.loads((self.folder / "sent").read_text(encoding="utf-8"))
        return report

    def sender(self) -> list[str]:
        """The command that sends the notice from inside."""
        script = self.folder / "send.py"
        script.write_text(SEND, encoding="utf-8")
        return [sys.executable, str(script), str(self.folder / "sent")]


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Around]:
    terminal = Around(tmp_path)
    try:
        yield terminal
    finally:
        terminal.close()


def clean_env(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "SHELL": "/bin/sh",
    }


class Tmux:
    """A tmux server of one test, on a socket of its own."""

    def __init__(self, around: Around, passthrough: str) -> None:
        if shutil.which("tmux") is None:
            pytest.skip("needs the Debian package tmux")
        self.around = around
        self.env = clean_env(around.folder)
        config = around.folder / "tmux.conf"
        config.write_text(
            f"set -g allow-passthrough {passthrough}\nset -g monitor-bell on\n", encoding="utf-8"
        )
        self.base = ["tmux", "-S", str(around.folder / "socket"), "-f", str(config)]
        around.attach([*self.base, "new-session", "-s", "one", "cat"], self.env)
        # tmux asks the terminal for its name and takes the answer in as it comes
        around.until(lambda: self.ask("#{client_termtype}").startswith("kitty"))

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self.base, *arguments], env=self.env, capture_output=True, text=True
        )
        return done.stdout.strip()

    def ask(self, what: str) -> str:
        return self.run("display-message", "-p", "-t", "one", what)

    def send(self, *options: str) -> list[list[str]]:
        self.run("new-window", *options, "-n", "sender", *self.around.sender())
        self.around.until((self.around.folder / "sent").exists)
        return self.around.said()

    def close(self) -> None:
        self.run("kill-server")


def test_a_notice_reaches_the_terminal_around_tmux(around: Around) -> None:
    tmux = Tmux(around, "on")
    try:
        assert tmux.send() == [["terminal"], []]
        around.until(lambda: SEQUENCE in around.drawn)
    finally:
        tmux.close()


@pytest.mark.parametrize(
    ("passthrough", "reason"), [("off", "allow-passthrough on"), ("on", "not in front")]
)
def test_where_tmux_drops_notices_the_bell_marks_the_window(
    around: Around, passthrough: str, reason: str
) -> None:
    tmux = Tmux(around, passthrough)
    try:
        tmux.run("set", "-g", "remain-on-exit", "on")
        by, problems = tmux.send("-d")
        assert by == ["bell"]
        assert reason in problems[0]
        flags = ["list-windows", "-t", "one", "-F", "#{window_name} #{window_bell_flag}"]
        around.until(lambda: "sender 1" in tmux.run(*flags))
        assert b"\x1b]99;" not in around.drawn
    finally:
        tmux.close()


def test_a_notice_reaches_the_terminal_around_screen(around: Around) -> None:
    if shutil.which("screen") is None:
        pytest.skip("needs the Debian package screen")
    sockets = around.folder / "screens"
    sockets.mkdir(mode=0o700)
    env = {**clean_env(around.folder), "SCREENDIR": str(sockets), "KITTY_WINDOW_ID": "1"}
    name = "flowtui-test"
    around.attach(["screen", "-c", "/dev/null", "-S", name, *around.sender()], env)
    around.until((around.folder / "sent").exists)
    assert around.said() == [["terminal"], []]
    around.until(lambda: SEQUENCE in around.drawn)
