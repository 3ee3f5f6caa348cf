"""The part of the guard that needs no root: notices off, own apps frozen, by an agent apart."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Mapping
from pathlib import Path

from flowtui.guard.session import agent
from flowtui.guard.session.keeper import Keeper
from flowtui.system import interpreter

AGENT = "flowtui.guard.session.agent"
START_S = 10.0
"""The agent is a process of its own as soon as it has started."""


class Quietness:
    """Starts the agent of the session and tells it until when; all best effort."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self._folder = folder
        self._env = env

    def begin(self, quiet: bool, apps: tuple[str, ...], seconds: float) -> None:
        """Ask for quiet from now on."""
        if not quiet and not apps:
            return
        try:
            agent.write_wish(self._folder, quiet, apps, seconds)
            with (self._folder / "agent.log").open("ab") as out:
                folder = str(self._folder.absolute())
                env = interpreter.environment(self._env)
                interpreter.run(AGENT, folder, env=env, timeout_s=START_S, out=out)
        except (OSError, subprocess.SubprocessError):
            return

    def extend(self, seconds: float) -> None:
        """Let it last so long from now."""
        wish = agent.read_wish(self._folder)
        if wish is not None:
            with contextlib.suppress(OSError):
                agent.write_wish(self._folder, wish[0], wish[1], seconds)

    def end(self) -> None:
        """Let everything go; the agent sees it within a second."""
        with contextlib.suppress(OSError):
            agent.wish_file(self._folder).unlink(missing_ok=True)

    def frozen(self) -> int:
        """How many processes are frozen now."""
        return Keeper(self._folder / "journal", self._env).frozen()

    def recover(self) -> list[str]:
        """Put back what an agent that was killed has left; what could not be, in words."""
        return agent.recover(self._folder, self._env)
