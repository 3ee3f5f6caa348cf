"""Somebody's runs: real processes in a folder of their own, ended when the test ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from flowtui.core.runs.run import Run
from flowtui.services.runs.board import BoardFile
from flowtui.services.runs.launch import RunStarter
from flowtui.services.runs.run_store import RunBook
from flowtui.services.runs.runs_service import RunDesk
from flowtui.services.runs.runs_wiring import build_runs
from flowtui.system.clock import SystemClock
from flowtui.watch.rundir import Ended, RunDir, Started
from tests.user import Person

PATIENCE_S = 30.0


class Lab:
    """Starts runs and looks after them."""

    def __init__(self, folder: Path) -> None:
        self.person = Person(folder / "flowtui")
        self.work = folder / "work"
        self.work.mkdir()
        self.env = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder)}
        services = self.person.services
        self.book = RunBook(
            services.store.ledger, SystemClock(), services.rule, services.paths.runs_dir
        )
        self.starter = RunStarter(self.book, "UTC", self.env)

    def desk(self, board: BoardFile) -> RunDesk:
        """What commands and the app ask."""
        built = build_runs(
            self.person.services.paths, self.book.ledger, self.book.clock,
            self.person.services.rule, ZoneInfo("UTC"), self.env,
        )  # fmt: skip
        built.board = board
        return built

    def python(self, code: str, name: str | None = None) -> Run:
        """Start `code` as a run."""
        return self.starter.start([sys.executable, "-c", code], self.work, name, stdin=None)

    def dir(self, run: Run) -> RunDir:
        return self.book.dir(run.id)

    def started(self, run: Run) -> Started:
        found = self.dir(run).started()
        assert found is not None
        return found

    def ended(self, run: Run) -> Ended:
        """Wait for its end."""
        until(lambda: self.dir(run).ended() is not None)
        found = self.dir(run).ended()
        assert found is not None
        return found

    def output(self, run: Run) -> str:
        return self.dir(run).output.read_text(encoding="utf-8")

    def see(self, run: Run, text: str) -> None:
        """Wait until the run has printed `text`."""
        until(lambda: text in self.output(run))

    def close(self) -> None:
        """End what still runs."""
        for id in self.book.active_ids():
            started = self.book.dir(id).started()
            if started is None:
                continue
            for pid in (started.pid, started.supervisor):
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
            until(lambda pid=started.supervisor: not alive(pid))  # type: ignore[misc]


def until(true: Callable[[], object]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """True while a process exists and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
