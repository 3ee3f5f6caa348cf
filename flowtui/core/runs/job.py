"""A job in a queue: SLURM's states and reasons, in plain words.

A job's state is evidence of its own, above what its log says: the words of an interrupted job also
stand in the log of one that was requeued and will run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flowtui.core.lazy_dataclass import dataclass


class JobState(StrEnum):
    """What a scheduler says of a job. Values are SLURM's own words."""

    PENDING = "PENDING"
    CONFIGURING = "CONFIGURING"
    RUNNING = "RUNNING"
    COMPLETING = "COMPLETING"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    TIMEOUT = "TIMEOUT"
    DEADLINE = "DEADLINE"
    NODE_FAIL = "NODE_FAIL"
    BOOT_FAIL = "BOOT_FAIL"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    PREEMPTED = "PREEMPTED"
    GONE = "GONE"
    """Neither the queue nor the accounting knows it (any more): no verdict."""


WAITING = frozenset({JobState.PENDING, JobState.CONFIGURING})
ACTIVE = frozenset({JobState.RUNNING, JobState.COMPLETING, JobState.SUSPENDED})
LOST = frozenset({
    JobState.FAILED, JobState.NODE_FAIL, JobState.BOOT_FAIL, JobState.OUT_OF_MEMORY,
})  # fmt: skip
CUT = frozenset({
    JobState.CANCELLED, JobState.TIMEOUT, JobState.DEADLINE, JobState.PREEMPTED,
})  # fmt: skip
OVER = LOST | CUT | {JobState.COMPLETED}
_OTHER_WORDS: Mapping[str, JobState] = {
    "REQUEUED": JobState.PENDING, "REQUEUE_FED": JobState.PENDING,
    "REQUEUE_HOLD": JobState.PENDING, "SPECIAL_EXIT": JobState.PENDING,
    "RESV_DEL_HOLD": JobState.PENDING, "RESIZING": JobState.RUNNING, "SIGNALING": JobState.RUNNING,
    "STAGE_OUT": JobState.COMPLETING, "STOPPED": JobState.SUSPENDED,
    "LAUNCH_FAILED": JobState.FAILED, "RECONFIG_FAIL": JobState.FAILED,
    "REVOKED": JobState.CANCELLED,
}  # fmt: skip
REASONS: Mapping[str, str] = {
    "Priority": "others are ahead of it",
    "Resources": "waits for nodes that are busy",
    "Dependency": "waits for another job",
    "DependencyNeverSatisfied": "waits for a job that failed: it will never start",
    "BeginTime": "may not begin yet",
    "JobHeldUser": "held by you (scontrol release)",
    "JobHeldAdmin": "held by the site",
    "ReqNodeNotAvail": "its nodes are down, drained or reserved",
    "Reservation": "waits for its reservation",
    "PartitionNodeLimit": "asks for more nodes than the partition has",
    "PartitionTimeLimit": "asks for more time than the partition gives",
    "PartitionConfig": "no node of the partition can give what it asks for: it will never start",
    "BadConstraints": "no node can give what it asks for: it will never start",
    "Licenses": "waits for a licence",
    "JobArrayTaskLimit": "its array runs as many tasks at once as it may",
    "Cleaning": "its last life is being cleaned up",
    "JobHoldMaxRequeue": "requeued too often: held",
    "NodeDown": "a node of it is down",
    "InvalidAccount": "its account is not valid",
    "AssocGrpGRES": "your group has no more GPUs",
    "launch failed requeued held": "could not be started: held",
}
NO_OUTPUT = 53
"""The "signal" of a job whose output could not be opened: no signal at all."""
NEVER = frozenset({"DependencyNeverSatisfied", "PartitionConfig", "BadConstraints"})


@dataclass(frozen=True, slots=True)
class Job:
    """One job, one array task or one part of a heterogeneous job, as the scheduler last said."""

    id: str
    """As people write it: 4711, 4711_3, 4711_[5-9], 4711+1."""
    state: JobState
    raw: str = ""
    """The plain number that commands take; empty if it is the same."""
    name: str = ""
    user: str = ""
    partition: str = ""
    reason: str = ""
    """Why it waits, or how it ended, in the scheduler's word."""
    submitted_at: float | None = None
    """POSIX seconds, as all instants here."""
    starts_at: float | None = None
    """Of a job that waits the scheduler's estimate, else when it started."""
    ended_at: float | None = None
    limit_s: float | None = None
    """None: no limit."""
    nodes: str = ""
    gpus: int | None = None
    exit_code: int | None = None
    signal: int | None = None
    cancelled_by: str = ""
    """User or uid; empty if nobody says."""
    lives: int = 0
    """How often it was requeued before this life."""
    folder: str = ""
    log: str = ""
    """The path of what it prints, on its own file system; empty: not known, or interactive."""
    drained: tuple[str, ...] = ()
    """Nodes of it that take no more work: down, drained or failing."""

    @property
    def waits(self) -> bool:
        """True before it runs, and between two lives."""
        return self.state in WAITING

    @property
    def over(self) -> bool:
        """True once it will not run again."""
        return self.state in OVER

    @property
    def exit_status(self) -> int | None:
        """As `subprocess` has it; None while it runs, or where nobody knows."""
        if self.state is JobState.COMPLETED:
            return self.exit_code or 0
        if self.state not in LOST:
            return None
        if self.signal and self.signal != NO_OUTPUT:
            return -self.signal
        return self.exit_code

    @property
    def cut_at(self) -> float | None:
        """When its time is up, POSIX seconds."""
        if self.state not in ACTIVE or self.limit_s is None or self.starts_at is None:
            return None
        return self.starts_at + self.limit_s


def job_state(word: str) -> JobState:
    """The state that a word of SLURM's means, in any version; GONE for one that is new."""
    first = word.strip().split(" ")[0].split("+")[0].upper()
    if first in _OTHER_WORDS:
        return _OTHER_WORDS[first]
    try:
        return JobState(first)
    except ValueError:
        return JobState.GONE


def reason_words(reason: str) -> str:
    """A reason in plain words; one that is not known as it is."""
    word = reason.strip("() ")
    if word in ("", "None", "N/A"):
        return ""
    if word in REASONS:
        return REASONS[word]
    head = word.split(",")[0]
    if head in REASONS:
        return REASONS[head]
    if word.startswith(("QOS", "Assoc")):
        return f"a limit of your account holds it ({word})"
    return word


def job_words(job: Job) -> str:
    """How a job stands: "pending, others are ahead of it", "out of memory", "cancelled by ada"."""
    words = job.state.value.replace("_", " ").lower()
    if job.waits:
        why = reason_words(job.reason)
        again = f", life {job.lives + 1}" if job.lives else ""
        return f"{words}{again}" + (f", {why}" if why else "")
    if job.state is JobState.CANCELLED:
        by = f"uid {job.cancelled_by}" if job.cancelled_by.isdigit() else job.cancelled_by
        return f"cancelled by {by}" if by else "cancelled"
    if job.state is JobState.TIMEOUT:
        return "ended by its time limit"
    if job.state is JobState.NODE_FAIL:
        return "its node failed"
    if job.state is JobState.FAILED:
        if job.signal == NO_OUTPUT:
            return "failed at its start (is the folder of its output there?)"
        if job.signal:
            return f"failed, killed by signal {job.signal}"
        if job.exit_code:
            return f"failed, exit {job.exit_code}"
        why = REASONS.get(job.reason, "")
        return f"failed, {why}" if why else "failed"
    if job.state is JobState.GONE:
        return "no longer in the queue, and nobody says how it ended"
    if job.state in ACTIVE and job.lives:
        return f"{words}, life {job.lives + 1}"
    return words
