"""A notice of the desktop that can be answered: its buttons come back as words.

By notify-send 0.8 or newer, where the server that shows it has buttons. It stays until it is
answered, put away, or ended; nobody waits for it.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence

from flowtui.core.search_path import absolute_only, with_safe_path
from flowtui.system import desktop
from flowtui.system.desktop import Notice
from flowtui.system.notices import run_command

PROGRAM = "notify-send"
Run = Callable[[Sequence[str]], "str | None"]


def can_ask(env: Mapping[str, str], run: Run | None = None) -> bool:
    """Whether a notice with buttons could be shown and answered here; asks two programs."""
    run = run or (lambda command: run_command(command, env))
    path = absolute_only(env.get("PATH"))
    if not desktop.has_bus(env) or shutil.which(PROGRAM, path=path) is None:
        return False
    if "--action" not in (run([PROGRAM, "--help"]) or ""):
        return False
    return "actions" in (run(desktop.CAPABILITIES) or "")


class AskedNotice:
    """One notice with buttons, on the screen."""

    def __init__(
        self, notice: Notice, env: Mapping[str, str], answered: Callable[[str], None]
    ) -> None:
        """`answered` is called once, in another thread: the button's word, empty without one.

        Raises OSError where the program cannot be started.
        """
        self._answered = answered
        self._process = subprocess.Popen(
            desktop.asking(notice),
            env=with_safe_path(env),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        threading.Thread(target=self._wait, daemon=True).start()

    def end(self) -> None:
        """Wait for no answer any more."""
        if self._process.poll() is None:
            self._process.terminate()

    def _wait(self) -> None:
        out, _ = self._process.communicate()
        self._answered(out.decode(errors="replace").strip())
