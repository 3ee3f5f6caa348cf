"""One training run as the ledger keeps it; its curves lie outside of the ledger."""

from __future__ import annotations

from datetime import datetime

from flowtui.core.codec import Figure, Zone
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.run_state import RunState


@dataclass(frozen=True, slots=True)
class Best:
    """What became of one metric."""

    name: str
    last: Figure | None
    best: Figure | None
    best_step: Figure | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, as it was said."""

    rule: str
    at: datetime
    sentence: str
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run used; None is not known, never zero."""

    peak_rss_bytes: int | None = None
    """The most resident memory of all its processes together, of the looks that were taken."""
    peak_gpu_bytes: int | None = None
    gpu_s: int | None = None
    """Seconds during which it held a GPU, summed over the GPUs."""
    gpu_idle_s: int | None = None
    """Of those, seconds during which the GPU did nothing."""
    energy_wh: Figure | None = None
    """Watt-hours that its GPUs used meanwhile, by their own counters; whole boards."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training run."""

    id: str
    name: str
    started_at: datetime
    zone: Zone
    command: tuple[str, ...] = ()
    """Empty for a run of which only a log is known."""
    folder: str = ""
    paths: tuple[str, ...] = ()
    """Its logs, where they were named; empty: its own output."""
    adopted: bool = False
    """True if flowtui did not start it."""
    commit: str = ""
    """The commit that was checked out in its folder, short; empty outside of git."""
    dirty: bool | None = None
    """Whether files differed from that commit."""
    baseline: str = ""
    """Id of the run that it is held against."""
    ended_at: datetime | None = None
    exit_status: int | None = None
    state: RunState | None = None
    """How it ended; None while it has not."""
    formats: tuple[str, ...] = ()
    step: int | None = None
    total_steps: int | None = None
    cost: Cost = Cost()
    metrics: tuple[Best, ...] = ()
    findings: tuple[Told, ...] = ()

    @property
    def ended(self) -> bool:
        """True once it is over, as far as anybody knows."""
        return self.ended_at is not None
