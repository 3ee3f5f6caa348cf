"""A run at a glance: what lists, the line under a block and `status` show, in one small object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.history import plain

SPARKS = 24
"""Values of the key metric that a sparkline draws."""


@dataclass(frozen=True, slots=True)
class RunGlance:
    """One run as of `at`; what is unknown is None."""

    id: str
    name: str
    state: str
    """A word of `RunState`."""
    at: float
    """POSIX seconds of this look."""
    adopted: bool = False
    command: str = ""
    folder: str = ""
    started_at: float | None = None
    ended_at: float | None = None
    exit_status: int | None = None
    step: int | None = None
    total_steps: int | None = None
    epoch: float | None = None
    total_epochs: float | None = None
    progress: float | None = None
    eta_s: float | None = None
    """Seconds from `at` to the end, evaluation and checkpoints included."""
    eta_error_s: float | None = None
    key: str | None = None
    """The metric that says how good it is."""
    last: float | None = None
    best: float | None = None
    is_best: bool = False
    """True if the last value is the best so far."""
    spark: tuple[float, ...] = ()
    baseline: str = ""
    """Name of the run it is held against."""
    ahead: float | None = None
    """Against the baseline at the same step, as a share of its value: above 0 is better."""
    gpus: tuple[int, ...] = ()
    """Indices of the GPUs that it holds."""
    gpu_util: float | None = None
    gpu_bytes: int | None = None
    cpu: float | None = None
    """Cores in use."""
    rss_bytes: int | None = None
    quiet_s: float | None = None
    """Seconds without a sign of life, at `at`."""
    silent_since: float | None = None
    """POSIX seconds of its last sign of life."""
    findings: tuple[tuple[str, str, str], ...] = ()
    """(rule, severity, sentence), the serious first."""
    formats: tuple[str, ...] = ()
    checkpoint: str | None = None
    marks: int = 0
    """Evaluations and checkpoints so far; a block can wait for the next one."""
    where: str = ""
    """The host, cluster or server that tells of it; empty: this machine."""
    heard_at: float | None = None
    """POSIX seconds at which that was last heard of; None for this machine."""
    late_s: float = 120.0
    """What was heard longer ago than this is late, by the pace at which its source is asked."""
    queue: str = ""
    """What a scheduler says of it: "pending, others are ahead of it"."""
    starts_at: float | None = None
    """Of one that waits: when the scheduler means to start it."""
    cut_at: float | None = None
    """When its time is up, POSIX seconds."""
    gpu_count: int = 0
    """GPUs that it holds elsewhere."""
    problem: str = ""
    """Why it could not be read, in a line."""

    @property
    def live(self) -> bool:
        """True while it has not ended, as far as anybody knows."""
        return self.state in ("running", "stalled", "pending")

    @property
    def ends_at(self) -> float | None:
        """POSIX seconds at which it should end."""
        return None if self.eta_s is None else self.at + self.eta_s

    def view(self) -> dict[str, Any]:
        """The run as `status --json` and `runs --json` print it: every key, whole seconds."""
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "step": self.step,
            "total_steps": self.total_steps,
            "epoch": plain(self.epoch),
            "progress": self.progress,
            "eta_s": None if self.eta_s is None else round(self.eta_s),
            "eta_error_s": None if self.eta_error_s is None else round(self.eta_error_s),
            "exit_status": self.exit_status,
            "metric": self.key,
            "last": plain(self.last),
            "best": plain(self.best),
            "baseline": self.baseline or None,
            "ahead": self.ahead,
            "where": self.where or None,
            "age_s": None if self.heard_at is None else max(0, round(self.at - self.heard_at)),
            "queue": self.queue or None,
            "gpus": list(self.gpus),
            "gpu_util": self.gpu_util,
            "findings": [
                {"rule": rule, "severity": severity, "sentence": sentence}
                for rule, severity, sentence in self.findings
            ],
        }

    def to_json(self) -> dict[str, Any]:
        """As JSON; not-a-number and infinities as words."""
        return {
            field.name: _out(getattr(self, field.name))
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RunGlance:
        """Back from `to_json`. Raises TypeError or ValueError for anything else."""
        given = dict(data)
        for name in ("last", "best", "epoch", "total_epochs"):
            if isinstance(given.get(name), str):
                given[name] = float(given[name])
        for name in ("spark", "gpus", "formats"):
            given[name] = tuple(given.get(name, ()))
        given["findings"] = tuple(tuple(finding) for finding in given.get("findings", ()))
        return cls(**given)


def _out(value: Any) -> Any:
    if isinstance(value, float):
        return plain(value)
    return list(value) if isinstance(value, tuple) else value
