"""What SLURM is asked: few calls, always of one's own jobs, in forms that all versions share.

`squeue -o` with separators of our own, since a job's name may hold anything; never its JSON, which
changes with every version and which 22.05 does not filter. Instants are asked for as seconds since
1970: SLURM writes local times without a zone. Variables that change what is printed are unset.
"""

from __future__ import annotations

from collections.abc import Sequence

from flowtui.core.runs.address import check_job

RECORD, FIELD = "\x1e", "\x1f"
ENV = {"SLURM_TIME_FORMAT": "%s", "LC_ALL": "C"}
UNSET = ("SQUEUE_", "SACCT_", "SLURM_CONF_SERVER_FORMAT", "SCONTROL_", "SLURM_BITSTR")
QUEUE_COLUMNS = "AiFKTrPuVSelDNbZj"
"""Raw id, id, array's id, task, state, reason, partition, user, submitted, start, end, limit,
nodes, their names, GPUs a node, folder, name. The name is last: it may hold anything."""
ACCOUNT_COLUMNS = (
    "JobIDRaw", "JobID", "State", "ExitCode", "Start", "End", "Submit", "TimelimitRaw", "Partition",
    "User", "WorkDir", "NodeList", "AllocTRES", "JobName",
)  # fmt: skip


def queue() -> list[str]:
    """All jobs of whoever asks, those that ended within the last minutes among them."""
    form = RECORD + FIELD.join(f"%{column}" for column in QUEUE_COLUMNS)
    return ["squeue", "--local", "-a", "--me", "-h", "-t", "all", "-r", "-o", form]


def job_facts(job: str) -> list[str]:
    """Everything about one job: where its log lies, which GPUs it has."""
    return ["scontrol", "--local", "-d", "-o", "show", "job", check_job(job)]


def accounts(jobs: Sequence[str]) -> list[str]:
    """What became of these jobs, every life of theirs; asked once for all of them."""
    ids = ",".join(map(check_job, jobs))
    form = ",".join(ACCOUNT_COLUMNS)
    return ["sacct", "-X", "-D", "-n", "-P", "--delimiter", FIELD, "-o", form, "-j", ids]


def node_states(nodes: str) -> list[str]:
    """Which of these nodes take no more work."""
    return ["sinfo", "--local", "-h", "-N", "-o", "%N %T", "-t", "drain,down,fail", "-n", nodes]


def submit() -> list[str]:
    """Hand in the script on standard input, options and all; prints the id alone."""
    return ["sbatch", "--parsable"]


def cancel(job: str) -> list[str]:
    """End a job."""
    return ["scancel", check_job(job)]
