"""A command whose output is followed: `kubectl logs`, `ray job logs`.

Such a command ends for reasons of its own (a rotation, a lost line) while the job lives. So its end
means nothing: the job's state is asked, and it is started again from where it was; lines that come
a second time are dropped. What it prints is mirrored like any log.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.runs.address import KUBECTL, Address
from flowtui.core.runs.job import Job, JobState
from flowtui.core.runs.pace import Spent
from flowtui.core.runs.report import Report
from flowtui.core.text import plain
from flowtui.watch.remote.line import End, Start
from flowtui.watch.remote.origin import Offer, OriginError, Want

STATE_S = 30.0
ANSWER_S = 20.0
MOST = 4 << 20
MOST_STATE = 1 << 20
BEFORE_S = 10.0
OVERLAP = 1 << 16
"""So much of what is there already is searched for the lines that come again."""


class CommandOrigin:
    """One pod, or one job of Ray's."""

    floor_s = 10.0
    near_s = 1.0
    connects = True

    def __init__(self, address: Address, start: Start, end: End, clock: Clock) -> None:
        self._address = address
        self._start = start
        self._end = end
        self._clock = clock
        self._child: subprocess.Popen[bytes] | None = None
        self._began_anew = False
        self._rest = b""
        self._log: Path | None = None
        self._report: Report | None = None
        self._job: Job | None = None
        self._asked_at: float | None = None

    @property
    def name(self) -> str:
        """ "kubectl://pod"."""
        return str(self._address)

    def report(self, id: str) -> Report | None:
        """What was heard last."""
        return self._report

    def list(self, words: str) -> Sequence[Offer]:
        """The pod or job itself, if its command knows it. Raises OriginError."""
        state = self._ask_state()
        return [Offer(self._address, words.rpartition("/")[2], state.state.value)]

    def close(self) -> None:
        """End the command that is followed."""
        child, self._child = self._child, None
        if child is not None:
            self._end(child)

    def read(self, wants: Sequence[Want]) -> Spent:
        """Take what was printed since; ask for the state now and then. Raises OriginError."""
        if not wants:
            return Spent(0)
        now, asked = self._clock.monotonic(), 0
        if self._asked_at is None or now - self._asked_at >= STATE_S:
            self._asked_at, asked = now, 1
            self._job = self._ask_state()
        over = self._job is not None and self._job.over
        waits = self._job is not None and self._job.waits
        self._log = wants[0].folder / "command" / "output.log"
        more = False if waits else self._take(over)
        logs = (str(self._log),) if self._log.exists() else ()
        self._report = Report(
            where=self._address.scheme, heard_at=self._clock.now().timestamp(), job=self._job,
            logs=logs, size=self._log.stat().st_size if logs else 0, behind=more, over=over,
            exit_status=self._job.exit_status if self._job is not None else None,
        )  # fmt: skip
        return Spent(asked)

    def _take(self, over: bool) -> bool:
        """Keep what was printed; True if the command has more to give."""
        if self._child is None:
            if over and self._report is not None and self._report.over:
                return False  # all of it was read after its end
            self._open()
        assert self._child is not None and self._child.stdout is not None
        pipe = self._child.stdout.fileno()
        until = self._clock.monotonic() + (ANSWER_S if over else 0.2)
        got, ended = 0, False
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while got < MOST and selector.select(max(0.0, until - self._clock.monotonic())):
                data = os.read(pipe, 1 << 16)
                if not data:
                    ended = True
                    break
                got += len(data)
                self._keep(data)
        if ended or self._rest:  # it is quiet now: what came again has come
            self._flush()
        if ended:
            self.close()
        return got >= MOST or (over and not ended)

    def _open(self) -> None:
        assert self._log is not None
        since = ""
        with contextlib.suppress(OSError):
            age_s = self._clock.now().timestamp() - self._log.stat().st_mtime
            since = f"{max(0.0, age_s) + BEFORE_S:.0f}s"  # a length: clocks may differ by hours
        try:
            self._child = self._start(log_command(self._address, since))
        except OSError as error:
            raise OriginError(
                f"{self._address.scheme} cannot be started: {error.strerror or error}", told=True
            ) from None
        self._began_anew, self._rest = bool(since), b""

    def _keep(self, data: bytes) -> None:
        """Append what is new; after a new start that is known once a line is, or a lot came."""
        if not self._began_anew:
            self._append(data)
            return
        self._rest += data
        if len(self._rest) >= OVERLAP:
            self._flush()

    def _flush(self) -> None:
        """Append what came after a new start, without what is there already."""
        if not self._began_anew or self._log is None:
            return
        with self._log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - OVERLAP))
            known = file.read()
        self._append(self._rest[overlap(known, self._rest) :])
        self._began_anew, self._rest = False, b""

    def _append(self, data: bytes) -> None:
        assert self._log is not None
        self._log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._log.open("ab") as file:
            file.write(data)

    def _ask_state(self) -> Job:
        command = state_command(self._address)
        try:
            child = self._start(command)
        except OSError as error:
            raise OriginError(
                f"{command[0]} cannot be started: {error.strerror or error}", told=True
            ) from None
        try:
            out, errors = child.communicate(timeout=ANSWER_S)
        except subprocess.TimeoutExpired:
            raise OriginError(f"{command[0]} has not answered for {ANSWER_S:g} s") from None
        finally:
            self._end(child)
        if child.returncode != 0:
            said = plain((errors or out).decode("utf-8", "replace"), 200)
            raise OriginError(f"{command[0]}: {said or f'exit status {child.returncode}'}")
        return STATES[self._address.scheme](self._address.name, out[:MOST_STATE])


def overlap(known: bytes, new: bytes) -> int:
    """How many bytes at the beginning of `new` are the end of `known`; whole lines alone count."""
    end = new.rfind(b"\n", 0, len(known)) + 1
    while end > 0 and not known.endswith(new[:end]):
        end = new.rfind(b"\n", 0, end - 1) + 1
    return end


def log_command(address: Address, since: str) -> list[str]:
    """The command that prints the log and goes on; `since` is how far back, empty for all of it."""
    if address.scheme == KUBECTL:
        namespace, _, pod = address.name.rpartition("/")
        words = ["kubectl", "logs", "-f", "--all-containers=true"]
        words += [f"--namespace={namespace}"] if namespace else []
        return [*words, *([f"--since={since}"] if since else []), "--", pod]
    return ["ray", "job", "logs", "--follow", "--", address.name]


def state_command(address: Address) -> list[str]:
    """The command that says how it stands."""
    if address.scheme == KUBECTL:
        namespace, _, pod = address.name.rpartition("/")
        words = ["kubectl", "get", "pod", "-o", "json"]
        return [*words, *([f"--namespace={namespace}"] if namespace else []), "--", pod]
    return ["ray", "job", "status", "--", address.name]


def pod_state(name: str, data: bytes) -> Job:
    """How a pod stands, by what `kubectl get pod -o json` says. Raises OriginError."""
    try:
        pod: dict[str, Any] = json.loads(data)
        status = pod["status"]
        phase = str(status["phase"])
    except (ValueError, KeyError, TypeError):
        raise OriginError("kubectl gives half an answer, or none") from None
    reason, code = str(status.get("reason", "")), None
    lives = 0
    for each in status.get("containerStatuses", ()):
        lives = max(lives, int(each.get("restartCount", 0)))
        state = each.get("state", {})
        waiting, ended = state.get("waiting"), state.get("terminated")
        if waiting:
            reason = reason or str(waiting.get("reason", ""))
        if ended:
            code = ended.get("exitCode")
            reason = reason or str(ended.get("reason", ""))
    known = {
        "Pending": JobState.PENDING, "Running": JobState.RUNNING,
        "Succeeded": JobState.COMPLETED, "Failed": JobState.FAILED,
    }.get(phase, JobState.GONE)  # fmt: skip
    if known is JobState.FAILED and reason in ("Evicted", "Preempted"):
        known = JobState.PREEMPTED
    if known is JobState.FAILED and reason == "OOMKilled":
        known = JobState.OUT_OF_MEMORY
    exit_code = code if isinstance(code, int) else None
    node = str(pod.get("spec", {}).get("nodeName", ""))
    return Job(
        name, known, reason=plain(reason, 80), nodes=plain(node, 80), exit_code=exit_code,
        lives=lives,
    )  # fmt: skip


def ray_state(name: str, data: bytes) -> Job:
    """How a job of Ray's stands, by the words of `ray job status`."""
    text = data.decode("utf-8", "replace").upper()
    words = (
        ("SUCCEEDED", JobState.COMPLETED), ("FAILED", JobState.FAILED),
        ("STOPPED", JobState.CANCELLED), ("RUNNING", JobState.RUNNING),
        ("PENDING", JobState.PENDING),
    )  # fmt: skip
    found = next((state for word, state in words if word in text), JobState.GONE)
    return Job(name, found)


STATES: dict[str, Callable[[str, bytes], Job]] = {KUBECTL: pod_state, "ray": ray_state}
