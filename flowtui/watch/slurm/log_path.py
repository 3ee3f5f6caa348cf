"""From a job to the file that it prints to: what SLURM left of the pattern is filled in here.

22.05 leaves %N, %t, %n, %s, a width and %% as they are, newer ones leave less; 26.05's squeue
gives a relative path. So the pattern is taken from scontrol, and completed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flowtui.core.runs.job import Job

_FIELD = re.compile(r"%(%|\d*[AaJjNnstuxb])")


def log_of(row: Mapping[str, str], key: str = "StdOut") -> str:
    """The path by what scontrol says of a job; empty if it prints to no file (srun, salloc)."""
    pattern = row.get(key, "")
    if pattern in ("", "(null)", "/dev/null"):
        return ""
    path = filled(pattern, row)
    if not path.startswith("/"):
        folder = row.get("WorkDir", "")
        path = f"{folder.rstrip('/')}/{path}" if folder.startswith("/") else ""
    return path


def usual_log(job: Job) -> str:
    """Where a job prints that names no file of its own, by what the queue says; empty: unknown.

    A guess to begin with, until the job itself was asked about.
    """
    if not job.folder.startswith("/"):
        return ""
    name = job.id if "_" in job.id else job.raw or job.id
    return f"{job.folder.rstrip('/')}/slurm-{name}.out"


def filled(pattern: str, row: Mapping[str, str]) -> str:
    """`pattern` with SLURM's signs replaced."""
    job = row.get("JobId", "")
    array, task = row.get("ArrayJobId", job), row.get("ArrayTaskId", "4294967294")
    values = {
        "A": array, "a": task, "J": job, "j": job, "N": _first_node(row), "n": "0", "t": "0",
        "s": "batch", "u": row.get("UserId", "").partition("(")[0], "x": row.get("JobName", ""),
        "b": str(int(task) % 10) if task.isdigit() else "",
    }  # fmt: skip

    def one(match: re.Match[str]) -> str:
        sign = match[1]
        if sign == "%":
            return "%"
        value, width = values[sign[-1]], sign[:-1]
        return value.zfill(min(int(width), 10)) if width and value.isdigit() else value

    return _FIELD.sub(one, pattern)


def _first_node(row: Mapping[str, str]) -> str:
    host = row.get("BatchHost", "")
    if host not in ("", "(null)"):
        return host
    nodes = row.get("NodeList", "")
    match = re.match(r"([^\[,]*)(?:\[(\d+))?", nodes)
    return "" if match is None or nodes == "(null)" else match[1] + (match[2] or "")
