"""Runs the computing process, and keeps its answers by a hash of the question."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from flowtui.core.errors import FlowError
from flowtui.system import interpreter
from flowtui.system.files import write_atomic

Json = dict[str, Any]
Tell = Callable[[int, int, str], None]
"""Called with what is done, what there is to do, and what comes next."""
COMPUTE = "flowtui.insight"
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Cancelled(FlowError):
    """The person broke the computation off."""

    def __init__(self) -> None:
        super().__init__("broken off; nothing was kept", "ask again whenever you like")


class Cancel:
    """Ends the computation it was given to; may be used from any thread, at any time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self.asked = False

    def __call__(self) -> None:
        """End it; a computation that has not begun yet will not begin."""
        with self._lock:
            self.asked = True
            if self._process is not None:
                self._process.kill()

    def _hold(self, process: subprocess.Popen[str] | None) -> None:
        with self._lock:
            self._process = process
            if self.asked and process is not None:
                process.kill()


def compute(
    task: str, question: Mapping[str, Any], tell: Tell | None = None, cancel: Cancel | None = None
) -> Json:
    """The answer to `question`.

    Raises FlowError with the reason the process gave, `Cancelled` if it was ended by `cancel`.
    """
    cancel = cancel or Cancel()
    if cancel.asked:
        raise Cancelled
    with tempfile.TemporaryFile("w+") as errors, tempfile.TemporaryFile("w+") as given:
        # a file, not a pipe: neither side can wait for the other
        json.dump({"task": task, **question}, given, allow_nan=False)
        given.flush()
        given.seek(0)
        process = _start(given, errors)
        try:
            cancel._hold(process)
            answer = _listen(process, tell)
            process.wait()
        finally:
            cancel._hold(None)
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if cancel.asked:
            raise Cancelled
        return _checked(answer, process.returncode, errors)


def _start(given: IO[str], errors: IO[str]) -> subprocess.Popen[str]:
    """The process on one thread, with this very flowtui, whatever folder it is started in."""
    env = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
    try:
        return interpreter.start(
            COMPUTE, env=env, stdin=given, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    except OSError as error:
        raise FlowError(
            f"the computing process did not start: {error.strerror}", "try again"
        ) from None


def _listen(process: subprocess.Popen[str], tell: Tell | None) -> Json:
    answer: Json = {}
    assert process.stdout is not None
    for line in process.stdout:
        try:
            said: Json = json.loads(line)
        except ValueError:
            continue  # half a line of a process that was ended
        if "progress" in said:
            if tell is not None:
                tell(*said["progress"])
        else:
            answer = said
    return answer


def _checked(answer: Json, status: int, errors: IO[str]) -> Json:
    if "result" in answer:
        result: Json = answer["result"]
        return result
    if "error" in answer:
        raise FlowError(answer["error"], answer.get("hint"))
    errors.seek(0)
    last = errors.read().strip().splitlines()[-1:] or ["no reason given"]
    raise FlowError(
        f"the computing process ended with status {status}: {last[0]}",
        "try again; if it stays so, report it with that line",
    )


ENGINE = 3
"""Raised by whoever changes what is computed."""
KEEP = 24


class Cache:
    """Answers in `folder`; a damaged or missing one is simply not known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, task: str, question: Mapping[str, Any]) -> Json | None:
        """The answer that was put, or None."""
        try:
            answer: Json = json.loads(self._path(task, question).read_bytes())
            return answer
        except (OSError, ValueError):
            return None

    def put(self, task: str, question: Mapping[str, Any], answer: Json) -> None:
        """Keep `answer`; the oldest beyond the last 24 are dropped. A full disk is no error."""
        try:
            write_atomic(self._path(task, question), json.dumps(answer).encode())
            kept = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for path in kept[:-KEEP]:
                path.unlink(missing_ok=True)
        except OSError:
            pass  # it will be computed again

    def _path(self, task: str, question: Mapping[str, Any]) -> Path:
        whole = json.dumps([ENGINE, task, dict(question)], sort_keys=True)
        return self._folder / f"{hashlib.sha256(whole.encode()).hexdigest()[:32]}.json"
