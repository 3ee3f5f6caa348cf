"""Everything that is known of a run at an instant: what rules, state and views judge by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.history import History
from flowtui.core.runs.job import Job
from flowtui.core.runs.machine import DiskReading, GpuReading, ProcessReading
from flowtui.core.runs.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class Seen:
    """A run at `now`. What is not known is None or empty; a rule that needs it then is silent."""

    now: datetime
    history: History = field(default_factory=History)
    name: str = ""
    formats: tuple[str, ...] = ()
    """The formats its logs are in, by the readers' names."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exit_status: int | None = None
    """As `subprocess` has it: negative is the signal that ended it. None: it runs, or unknown."""
    prompt: str = ""
    """What it printed last, if that line has no end yet and it is on the terminal we gave it."""
    supervised: bool = False
    """True while the process beside it lives, which will write down how the run ended."""
    stop_asked: bool = False
    """True if a person asked for its end (`runs stop`): ended by a signal is then no crash."""
    command: tuple[str, ...] = ()
    rhythm: Rhythm = field(default_factory=Rhythm)
    process: Sequence[ProcessReading] = ()
    """Oldest first, a quarter of an hour of them; empty where no process is known (a log alone)."""
    gpus: Sequence[GpuReading] = ()
    """Of the GPUs that the run uses, oldest first, a quarter of an hour of them."""
    disk: Sequence[DiskReading] = ()
    """Of the file system it writes to, oldest first; an hour tells how fast it fills."""
    baseline: History | None = None
    baseline_name: str = ""
    checkpoint: str | None = None
    """The last checkpoint found on disk; where None, the log's own word is taken."""
    log_changed_at: datetime | None = None
    """When its log last changed (mtime), where nobody followed it."""
    gpu_lost: str | None = None
    """What the driver said of a GPU of this run that was lost (Xid, "the GPU is lost")."""
    where: str = ""
    """The host, cluster or server that tells of it; empty: this machine."""
    heard_at: datetime | None = None
    """When that was last heard of; of this machine None. What came to pass since is not known."""
    job: Job | None = None
    """What a scheduler says of it: evidence above what its log says."""
    slept_s: float = 0.0
    """Seconds the machine slept since its log last changed; that silence says nothing."""

    @property
    def now_s(self) -> float:
        """`now` as POSIX seconds."""
        return self.now.timestamp()

    @property
    def known_s(self) -> float:
        """Until when anything is known of it: now, or when its source was last heard of."""
        return self.now_s if self.heard_at is None else min(self.now_s, self.heard_at.timestamp())

    @property
    def alive(self) -> bool | None:
        """True while its process lives, False once it is gone, None if no process is known."""
        if self.exit_status is not None or self.ended_at is not None:
            return False
        return self.process[-1].alive if self.process else None
