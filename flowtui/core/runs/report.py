"""What a source last said of one run: everything but the words of its log, which lie in files.

Three instants belong to each: when it was true at its origin, when that was asked, and how far the
origin's clock is from ours. They are folded into one here: `heard_at`, by our own clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, field
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.job import Job, JobState
from flowtui.core.runs.machine import GpuReading, ProcessReading


@dataclass(frozen=True, slots=True)
class Report:
    """The latest of one run. An empty one: nothing was heard yet."""

    where: str = ""
    heard_at: float | None = None
    """POSIX seconds by our clock of the last answer about this run; None: there was none yet."""
    problem: str = ""
    """Why the source does not answer just now, in a line; says nothing of the run itself."""
    wait_s: float = 0.0
    """How long its source is left alone between two questions, by now."""
    lag_s: float = 0.0
    """How late its news is by design."""
    size: int = 0
    """Bytes of its logs over there, as far as is known."""
    behind: bool = False
    """True while part of its log is still to be fetched."""
    job: Job | None = None
    process: ProcessReading | None = None
    gpus: tuple[GpuReading, ...] = field(default_factory=tuple)
    logs: tuple[str, ...] = field(default_factory=tuple)
    """Files of this machine that hold, or mirror, what it prints; more may come."""
    exit_status: int | None = None
    ended_at: float | None = None
    over: bool = False
    """True if it has ended, by the source's own word."""


def report_to_json(report: Report) -> dict[str, Any]:
    """What is worth keeping of a report, as JSON."""
    job = report.job
    return {
        "where": report.where, "heard_at": report.heard_at, "exit_status": report.exit_status,
        "ended_at": report.ended_at, "over": report.over,
        "job": None if job is None else asdict(job) | {"state": job.state.value},
    }  # fmt: skip


def report_from_json(data: Mapping[str, Any] | None) -> Report | None:
    """Back from `report_to_json`; None for None and for what another version wrote."""
    if data is None:
        return None
    try:
        job = data["job"]
        if job is not None:
            job = Job(**{**job, "state": JobState(job["state"]), "drained": tuple(job["drained"])})
        return Report(
            where=data["where"], heard_at=data["heard_at"], exit_status=data["exit_status"],
            ended_at=data["ended_at"], over=data["over"], job=job,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None
