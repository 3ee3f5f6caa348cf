"""Ends runs: asks first, and ends what does not listen after a grace."""

from __future__ import annotations

import contextlib
import os
import signal
import threading

import psutil

from flowtui.core.errors import FlowError
from flowtui.core.runs.run import Run
from flowtui.services.runs.run_store import RunBook
from flowtui.services.runs.tracked_run import identity_known
from flowtui.watch.pidstart import start_of
from flowtui.watch.process import Identity, descendants, find
from flowtui.watch.rundir import RunDir

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
