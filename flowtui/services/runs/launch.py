"""Begins runs, detached or adopted, and ends them: asked first, killed after a grace."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.runs.naming import name_of
from flowtui.core.runs.run import Run
from flowtui.core.text import one_line
from flowtui.services.runs.run_store import RunBook
from flowtui.services.runs.tracked_run import identity_known
from flowtui.system import git, interpreter
from flowtui.watch import process
from flowtui.watch.pidstart import start_of
from flowtui.watch.place import Place
from flowtui.watch.process import Identity, descendants, find
from flowtui.watch.rundir import RunDir, Spec, Started

PATIENCE_S = 20.0
"""Seconds for a supervisor to say that the command runs."""
GIT_S = 3.0
SUPERVISE = "flowtui.services.runs.supervise"


class RunStarter:
    """Begins runs, each with its record in the ledger before anything moves."""

    def __init__(self, book: RunBook, zone: str, env: Mapping[str, str]) -> None:
        self.book = book
        self._zone = zone
        self._env = env

    def start(
        self,
        command: Sequence[str],
        folder: Path,
        name: str | None = None,
        baseline: str = "",
        stdin: bytes | None = b"",
    ) -> Run:
        """Start `command` in `folder`, detached from every terminal; returns once it runs.

        It reads `stdin`, then finds the end of its input; with None it has its terminal to read
        from, on which nobody types.

        Raises UsageError for a command that is not there, FlowError if it could not be started;
        then nothing is left behind.
        """
        if not command or not command[0]:
            raise UsageError("there is no command to run", "flowtui run -- python train.py")
        if not self._is_program(command[0], folder):
            raise UsageError(f"unknown program {command[0]!r}", "give its path, or see: echo $PATH")
        run = self._new(tuple(command), folder, name, baseline)
        spec = Spec(run.id, run.name, str(folder), run.command, asks=stdin is None)
        directory = self.book.dir(run.id)
        try:
            directory.write_spec(spec)
            if stdin:
                directory.give_stdin(stdin)
            self.book.hold(run.id)  # were we to die here, the watcher writes the record
            self._spawn(directory.folder)
            self._await_start(run.id)
        except (OSError, FlowError, subprocess.SubprocessError) as error:
            said = directory.folder / "supervisor.log"
            reason = _reason(error, said)
            self.book.release(run.id)
            shutil.rmtree(directory.folder, ignore_errors=True)
            raise FlowError(f"run {run.name} could not be started: {reason}", _HINT) from error
        self.book.begin(run)
        return run

    def adopt(
        self,
        places: Sequence[Place],
        pid: int | None,
        folder: Path,
        command: Sequence[str],
        name: str | None = None,
        baseline: str = "",
        started_at: datetime | None = None,
    ) -> Run:
        """Watch what flowtui did not start: logs, a process, or both. Changes nothing of it."""
        identity = process.identity(pid) if pid is not None else None
        if pid is not None and identity is None:
            raise FlowError(f"process {pid} does not exist", "see them: ps, or flowtui gpus")
        if identity is not None:
            began = process.since(identity.pid)
            started_at = datetime.fromtimestamp(began, UTC) if began is not None else None
        wanted = name or name_of(command, places[0].path if places else folder)
        run = self._new(tuple(command), folder, wanted, baseline, started_at, adopted=True)
        spec = Spec(
            run.id, run.name, str(folder), run.command, tuple(places),
            pid, identity.began if identity is not None else None, run.started_at.timestamp(),
        )  # fmt: skip
        run = replace(run, paths=tuple(str(place.path) for place in places))
        self.book.dir(run.id).write_spec(spec)
        self.book.begin(run)
        return run

    def follow(
        self,
        address: str,
        name: str,
        baseline: str = "",
        command: Sequence[str] = (),
        folder: str = "",
        there: Mapping[str, str] | None = None,
        started_at: datetime | None = None,
        id: str | None = None,
        adopted: bool = True,
    ) -> Run:
        """Watch what runs beyond this machine, at `address`; writes its record and its folder.

        `there` is what is known of it over there; `folder` is one of that machine.
        """
        held = self.book.find(baseline).id if baseline else ""
        run = Run(
            id or self.book.new_id(),
            self.book.free_name(one_line(name, "name") or "run"),
            self._began(started_at).replace(microsecond=0),
            self._zone,
            tuple(command),
            folder,
            (address,),
            adopted=adopted,
            baseline=held,
        )
        spec = Spec(
            run.id, run.name, folder, run.command, since=run.started_at.timestamp(),
            address=address, there=dict(there or {}),
        )  # fmt: skip
        self.book.dir(run.id).write_spec(spec)
        self.book.begin(run)
        return run

    def _new(
        self,
        command: tuple[str, ...],
        folder: Path,
        name: str | None,
        baseline: str,
        started_at: datetime | None = None,
        adopted: bool = False,
    ) -> Run:
        held = self.book.find(baseline).id if baseline else ""
        wanted = one_line(name or name_of(command, folder), "name")
        if not wanted:
            raise UsageError("the name of a run is empty", "give another --name, or none")
        state = git.repo_state(folder, GIT_S)
        return Run(
            self.book.new_id(),
            self.book.free_name(wanted),
            self._began(started_at).replace(microsecond=0),
            self._zone,
            command,
            str(folder),
            adopted=adopted,
            commit=state.commit if state is not None else "",
            dirty=None if state is None or state.dirty is None else state.dirty > 0,
            baseline=held,
        )

    def _began(self, told: datetime | None) -> datetime:
        """When a run began; never later than now, whatever another machine's clock wrote."""
        now = self.book.clock.now()
        return now if told is None else min(told, now)

    def _spawn(self, folder: Path) -> None:
        """A process of its own session, with nothing of our terminal."""
        log = os.open(folder / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # it forks, and its first process ends at once
            interpreter.run(SUPERVISE, str(folder), env=self._env, timeout_s=PATIENCE_S, out=log)
        finally:
            os.close(log)

    def _await_start(self, id: str) -> Started:
        directory = self.book.dir(id)
        deadline = self.book.clock.monotonic() + PATIENCE_S
        while True:
            started = directory.started()
            if started is not None:
                return started
            ended = directory.ended()
            if ended is not None:
                raise FlowError(ended.problem or "its supervisor ended")
            if self.book.clock.monotonic() > deadline:
                raise FlowError("its supervisor does not answer")
            time.sleep(0.01)

    def _is_program(self, word: str, folder: Path) -> bool:
        """Whether `word` can be run in `folder`; one with a slash counts from there."""
        if os.sep in word:
            return shutil.which(str(folder / word)) is not None
        return shutil.which(word, path=self._env.get("PATH", os.defpath)) is not None


_HINT = "see that the folder of runs can be written: flowtui paths"


def _reason(error: Exception, said: Path) -> str:
    if isinstance(error, FlowError):
        return error.message
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    try:
        return said.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1]
    except (OSError, IndexError):
        return str(error)


GRACE_S = 10.0
SLACK_S = 15.0
"""Seconds more than the grace for a supervisor to write down the end."""
TICK_S = 0.05


class RunStopper:
    """Stops runs of one person."""

    def __init__(self, book: RunBook) -> None:
        self._book = book

    def stop(self, run: Run, grace_s: float = GRACE_S) -> int | None:
        """Ask `run` to end, and end it after `grace_s`; returns its exit status, None if unknown.

        A process whose pid belongs to somebody else now is never touched. Raises FlowError, also if
        it still runs at the end.
        """
        if run.ended:
            raise FlowError(f"run {run.name} has ended already", f"see: flowtui runs show {run.id}")
        directory = self._book.dir(run.id)
        who = identity_known(directory)
        if who is None:
            raise FlowError(
                f"of run {run.name} no process is known: there is nothing to stop",
                f"to watch it no more: flowtui runs forget {run.id}",
            )
        if find(who) is None and directory.ended() is None and self._supervisor(directory) is None:
            raise FlowError(f"the process of run {run.name} is gone", "it will be closed soon")
        directory.write_stop(grace_s, self._book.clock.now().timestamp())
        supervisor = self._supervisor(directory)
        if supervisor is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(supervisor.pid, signal.SIGTERM)
            self._wait(lambda: directory.ended() is not None, grace_s + SLACK_S)
        else:
            self._end(who, grace_s)
        if find(who) is not None:
            raise FlowError(
                f"process {who.pid} of run {run.name} did not end",
                "it may be another user's, or hang in the kernel: ps -o pid,user,stat,cmd "
                f"-p {who.pid}",
            )
        ended = directory.ended()
        return ended.exit_status if ended is not None else None

    def _supervisor(self, directory: RunDir) -> Identity | None:
        """The process beside the run; None if there is none (any more)."""
        started = directory.started()
        if started is None:
            return None
        who = Identity(started.supervisor, started.supervisor_began)
        return who if find(who) is not None else None

    def _end(self, who: Identity, grace_s: float) -> None:
        """End a process that has no supervisor, with all that it started."""
        pids = [Identity(pid, began) for pid in descendants(who) if (began := start_of(pid))]
        for number, wait_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, SLACK_S)):
            for each in pids:
                process = find(each)
                if process is not None:
                    with contextlib.suppress(psutil.Error):
                        process.send_signal(number)
            if self._wait(lambda: all(find(each) is None for each in pids), wait_s):
                return

    def _wait(self, true: object, seconds: float) -> bool:
        assert callable(true)
        deadline = self._book.clock.monotonic() + seconds
        pause = threading.Event()
        while not true():
            if self._book.clock.monotonic() > deadline:
                return False
            pause.wait(TICK_S)
        return True
