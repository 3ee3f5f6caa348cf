"""Where tasks come from: files and programs that the settings name; none may hold us up."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import NamedTuple

from flowtui.core.errors import FlowError
from flowtui.core.plan import task as tasks
from flowtui.core.plan.task import Task
from flowtui.core.search_path import with_safe_path
from flowtui.settings.sections import Tasks
from flowtui.system.files import write_atomic

MOST_BYTES = 4 << 20
EXPORT = (
    "task", "rc.verbose=nothing", "rc.confirmation=off", "rc.gc=off", "rc.hooks=off",
    "rc.recurrence=off", "rc.json.array=on", "status:pending", "export",
)  # fmt: skip
ISSUES = (
    "gh", "search", "issues", "--assignee=@me", "--state=open", "--limit=100",
    "--json", "title,url,repository",
)  # fmt: skip


class TaskLook(NamedTuple):
    """What the sources gave."""

    tasks: list[Task]
    problems: list[str]
    """One line each: which source, and why it gave nothing."""


class TaskSources:
    """Reads tasks, all sources at once, each at most as long as the settings say."""

    def __init__(self, config: Tasks, env: Mapping[str, str]) -> None:
        self._config = config
        self._env = dict(env)

    @property
    def named(self) -> bool:
        """Whether any source is named."""
        config = self._config
        return bool(config.todo or config.markdown or config.taskwarrior or config.github)

    def look(self) -> TaskLook:
        """All open tasks, source after source; a source that is slow or missing is a problem."""
        reads = self._reads()
        if not reads:
            return TaskLook([], [])
        pool = ThreadPoolExecutor(len(reads))
        futures = {name: pool.submit(read) for name, read in reads}
        wait(futures.values(), self._config.timeout_s + 0.2)
        pool.shutdown(wait=False, cancel_futures=True)
        found, problems = [], []
        for name, future in futures.items():
            if not future.done():
                problems.append(f"{name}: no answer within {self._config.timeout_s:g} s")
                continue
            error = future.exception()
            if error is None:
                found += future.result()
            elif isinstance(error, FlowError | OSError | UnicodeError):
                problems.append(f"{name}: {_reason(error)}")
            else:
                raise error
        return TaskLook(found, problems)

    def _reads(self) -> list[tuple[str, Callable[[], list[Task]]]]:
        config = self._config
        reads: list[tuple[str, Callable[[], list[Task]]]] = [
            (str(path), partial(_file, kind, path))
            for kind, paths in ((tasks.todo_txt, config.todo), (tasks.markdown, config.markdown))
            for path in paths
        ]
        if config.taskwarrior:
            reads.append(("taskwarrior", lambda: tasks.taskwarrior(self._output(EXPORT))))
        if config.github:
            reads.append(("github", lambda: tasks.github(self._output(ISSUES))))
        return reads

    def done(self, task: Task, day: str) -> str:
        """Mark `task` done where it is kept; what was done, in words. Raises FlowError."""
        if task.source in ("todo", "markdown"):
            path = Path(task.place).resolve()
            text = _text(path)
            write_atomic(path, tasks.ticked(text, task, day).encode(), path.stat().st_mode & 0o777)
            return f"ticked in {task.place}"
        if task.source == "taskwarrior":
            self._output(("task", "rc.confirmation=off", "rc.verbose=nothing", task.key, "done"))
            return "done in Taskwarrior"
        raise FlowError("issues are closed on GitHub", f"see {task.key}")

    def _output(self, command: Sequence[str]) -> str:
        """What a program prints. Raises FlowError where it is missing, slow or fails."""
        try:
            made = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                timeout=self._config.timeout_s, env=with_safe_path(self._env), cwd=os.sep,
            )  # fmt: skip
        except FileNotFoundError:
            raise FlowError(f"{command[0]} is not installed") from None
        except subprocess.TimeoutExpired:
            raise FlowError(f"no answer within {self._config.timeout_s:g} s") from None
        if made.returncode:
            said = made.stderr.decode(errors="replace").strip().splitlines()
            raise FlowError(said[-1][:160] if said else f"it ended with {made.returncode}")
        return made.stdout.decode(errors="replace")


def _file(kind: Callable[[str, str], list[Task]], path: Path) -> list[Task]:
    return kind(_text(path), str(path))


def _text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise FlowError("larger than 4 MiB")
    return path.read_text(encoding="utf-8", errors="replace")


def _reason(error: BaseException) -> str:
    if isinstance(error, FlowError):
        return error.message
    return str(getattr(error, "strerror", None) or error)
