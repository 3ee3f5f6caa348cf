"""Calls the user: by the desktop, by the terminal, or by its bell, whichever can be heard.

One notice is shown once: the desktop and the terminal are tried in turn, not both.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Protocol

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.search_path import absolute_only, with_safe_path
from flowtui.system import desktop, terminal
from flowtui.system.desktop import Notice, Severity

__all__ = ["Channel", "Delivery", "Notice", "Notifier", "Severity", "Wanted", "channels"]

Writer = Callable[[str], None]
"""Puts characters on the terminal; inside the app that is the driver's, so that nothing tears."""
TIMEOUT_S = 5.0
"""Seconds that showing one desktop notice may take."""


class Wanted(Protocol):
    """Which ways the user allows; the section `notices` of the settings is one."""

    @property
    def desktop(self) -> bool:
        """Notices of the desktop."""
        ...

    @property
    def terminal(self) -> bool:
        """Notices of the terminal."""
        ...

    @property
    def bell(self) -> bool:
        """The bell, at every notice."""
        ...


class Channel(StrEnum):
    """A way to call the user."""

    DESKTOP = "desktop"
    TERMINAL = "terminal"
    BELL = "bell"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a notice."""

    by: tuple[Channel, ...]
    """The ways it took; empty if nobody was called."""
    problems: tuple[str, ...] = ()
    """Why other ways were not taken, one line each."""


def channels(wanted: Wanted, env: Mapping[str, str]) -> tuple[Channel, ...]:
    """The ways to try, in this order, until one works.

    Over SSH the terminal comes first: the desktop of the far machine is not in front of the user.
    The bell stands last wherever the terminal is allowed.
    """
    both = [
        channel
        for channel, on in ((Channel.DESKTOP, wanted.desktop), (Channel.TERMINAL, wanted.terminal))
        if on
    ]
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        both.reverse()
    return (*both, Channel.BELL) if wanted.terminal or wanted.bell else tuple(both)


def run_command(command: Sequence[str], env: Mapping[str, str]) -> str | None:
    """The output of a command; None if it is missing, fails, or takes longer than five seconds."""
    try:
        done = subprocess.run(
            command,
            env=with_safe_path(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


class Notifier:
    """Sends notices. `send` may take some seconds: the app calls it in a thread."""

    def __init__(
        self,
        wanted: Wanted,
        env: Mapping[str, str],
        write: Writer | None,
        run: Callable[[Sequence[str]], str | None] | None = None,
        platform: str = sys.platform,
    ) -> None:
        """`write` is None where there is no terminal, as in the agent; `run` executes a command."""
        self._wanted = wanted
        self._env = env
        self._write = write
        self._run = run or partial(run_command, env=env)
        self._platform = platform

    def send(self, notice: Notice) -> Delivery:
        """Call the user by the first way that works, and by the bell if wanted; never raises."""
        by: list[Channel] = []
        problems: list[str] = []
        for channel in channels(self._wanted, self._env):
            if by:
                break
            problem = self._try(channel, notice)
            if problem is None:
                by.append(channel)
            else:
                problems.append(f"{channel}: {problem}")
        if self._wanted.bell and Channel.BELL not in by and self._ring() is None:
            by.append(Channel.BELL)
        return Delivery(tuple(by), tuple(problems))

    def _try(self, channel: Channel, notice: Notice) -> str | None:
        """Take one way; None if it worked, else why not."""
        if channel is Channel.DESKTOP:
            return self._desktop(notice)
        if channel is Channel.TERMINAL:
            return self._terminal(notice)
        return self._ring()

    def _desktop(self, notice: Notice) -> str | None:
        path = absolute_only(self._env.get("PATH"))
        ways = desktop.commands(
            notice,
            self._platform,
            self._env,
            lambda name: shutil.which(name, path=path) is not None,
        )
        if any(self._run(command) is not None for command in ways):
            return None
        if ways:
            return f"{' and '.join(command[0] for command in ways)} did not show it"
        if not desktop.has_bus(self._env):
            return "there is no session bus here"
        return "neither notify-send, gdbus nor busctl is installed"

    def _terminal(self, notice: Notice) -> str | None:
        if self._write is None:
            return "there is no terminal here"
        tmux = terminal.tmux_answers(self._env, self._run) if self._env.get("TMUX") else None
        how = terminal.dialect(self._env, tmux)
        if how.osc is None:
            return how.reason
        return self._put(terminal.encode(notice, how))

    def _ring(self) -> str | None:
        return "there is no terminal here" if self._write is None else self._put(terminal.BEL)

    def _put(self, characters: str) -> str | None:
        assert self._write is not None
        try:
            self._write(characters)
        except OSError as error:
            return f"the terminal is gone: {error.strerror or error}"
        return None
