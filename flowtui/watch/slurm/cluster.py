"""A cluster of SLURM's: all jobs of one person by one polite call, from the login node or over SSH.

`squeue` tells of all at once, those that ended a moment ago among them. `scontrol` is asked once
when a job is new, when a life of it begins and when it ended badly; `sacct` only for jobs that left
the queue, all in one call. Gone from the queue is never taken for finished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flowtui.core.clock import Clock
from flowtui.core.runs.address import SLURM, Address
from flowtui.core.runs.job import ACTIVE, Job, JobState, job_words
from flowtui.core.runs.pace import Spent
from flowtui.core.runs.report import Report
from flowtui.core.text import plain
from flowtui.watch.remote.host import Answer, SshHost
from flowtui.watch.remote.origin import Offer, OriginError, Want
from flowtui.watch.slurm import questions
from flowtui.watch.slurm.answers import ended_jobs, facts, gpu_count, jobs_in_queue
from flowtui.watch.slurm.log_path import log_of, usual_log

FLOOR_S = 30.0
WAIT_S = 60.0
"""A controller that does not answer within this is left alone for long."""
MOST_FACTS = 40
"""Jobs that are asked about one by one in a round."""
ACCOUNTS_S = 300.0
"""Seconds between two questions to the accounting about the same jobs."""
DRAIN_S = 600.0
NO_ACCOUNTING = "accounting storage is disabled"


Jobs = list[Job]
Missing = list["tuple[Want, _Track]"]


class SlurmCluster:
    """The jobs of one person on one cluster."""

    floor_s = FLOOR_S
    near_s = FLOOR_S

    def __init__(self, host: SshHost, clock: Clock) -> None:
        self._host = host
        self._clock = clock
        self._tracks: dict[str, _Track] = {}
        self._reports: dict[str, Report] = {}
        self._no_accounting = False
        self._requests = 0
        self._server_s = 0.0
        self._drained_at: float | None = None
        self._drained: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """ "slurm", or "slurm HOST" over SSH."""
        return f"slurm {self._host.host}".strip()

    def report(self, id: str) -> Report | None:
        """What was heard of a run last; its logs as they lie here now."""
        known = self._reports.get(id)
        of_logs = self._host.report(id)
        if known is None or of_logs is None:
            return known
        return replace(known, logs=of_logs.logs, size=of_logs.size, behind=of_logs.behind)

    def close(self) -> None:
        """Its host is closed by whoever made it."""

    def list(self, words: str) -> Sequence[Offer]:
        """Jobs by `me`, an id, an array's id or a name. Raises OriginError."""
        jobs = self._ask_queue()
        if words == "me":
            chosen = [job for job in jobs if not job.over]
        else:
            chosen = [
                job for job in jobs if words in (job.id, job.raw, job.name, *_families(job.id))
            ]
        if not chosen and words[:1].isdigit():
            ended = ended_jobs(self._run(questions.accounts([words])).output)
            chosen = list({job.raw: job for job in ended.values()}.values())
        return [
            Offer(Address(SLURM, self._host.host, job.id), _name_of(job), job_words(job))
            for job in chosen
        ]

    def read(self, wants: Sequence[Want]) -> Spent:
        """One look at the queue, then what is due of single jobs."""
        self._requests, self._server_s = 0, 0.0
        jobs = self._ask_queue()
        by_id = {id: job for job in jobs for id in (job.raw, job.id)}
        by_id |= {job.id: job for job in jobs}  # an array's id is also that of its last task
        for id in set(self._tracks) - {want.id for want in wants}:
            del self._tracks[id]
            self._host.forget(id)
        missing: Missing = []
        asked = 0
        for want in wants:
            track = self._tracks.setdefault(want.id, _Track())
            job = by_id.get(want.address.name)
            if job is None:
                missing.append((want, track))
                continue
            if track.take(job) and asked < MOST_FACTS:
                asked += 1
                self._ask_facts(want, track)
        self._ask_accounts(missing)
        self._look_for_drained()
        self._tell(wants)
        return Spent(self._requests, self._server_s)

    def _tell(self, wants: Sequence[Want]) -> None:
        at = self._clock.now().timestamp()
        for want in wants:
            track = self._tracks[want.id]
            job = track.job
            problem = ""
            if job is None:
                problem = f"no job {want.address.name} is known to the queue or the accounting"
            elif self._drained and job.state in ACTIVE:
                job = replace(job, drained=tuple(_among(job.nodes, self._drained)))
            log = track.log or (usual_log(job) if job is not None and not track.facts_of else "")
            if log and job is not None and not job.waits:
                self._host.follow_logs(want, [log, *track.more_logs])
            over = job is not None and job.over
            self._reports[want.id] = Report(
                where=want.address.where, heard_at=at, problem=problem, lag_s=1.0, job=job,
                exit_status=job.exit_status if job is not None else None,
                ended_at=job.ended_at if job is not None and over else None, over=over,
            )  # fmt: skip

    def _ask_queue(self) -> Jobs:
        answer = self._run(questions.queue())
        if answer.status != 0:
            said = plain(answer.error or answer.output, 160)
            raise OriginError(f"squeue: {said or f'exit status {answer.status}'}")
        try:
            return jobs_in_queue(answer.output)
        except ValueError as error:
            raise OriginError(str(error)) from None

    def _ask_facts(self, want: Want, track: _Track) -> None:
        job = track.job
        if job is None:
            return
        answer = self._run(questions.job_facts(job.id))
        rows = list(facts(answer.output))
        row = next((row for row in rows if row.get("JobId") == job.raw), None)
        if answer.status != 0 or row is None:
            return  # it left the queue meanwhile; asked again if it is still there
        track.facts_of = _mark(job)
        code, _, number = row.get("ExitCode", "").partition(":")
        gpus = gpu_count(row.get("AllocTRES", "") or row.get("TRES", ""))
        lives = row.get("Restarts", "0")
        track.job = replace(
            job,
            lives=int(lives) if lives.isdigit() else 0,
            gpus=gpus if gpus is not None else job.gpus,
            exit_code=int(code) if code.isdigit() and job.over else None,
            signal=int(number) if number.isdigit() and int(number) and job.over else None,
            folder=row.get("WorkDir", job.folder),
            log=log_of(row),
        )
        errors = log_of(row, "StdErr")
        track.log = track.job.log
        track.more_logs = [errors] if errors and errors != track.log else []

    def _ask_accounts(self, missing: Missing) -> None:
        now = self._clock.monotonic()
        due = [
            (want, track)
            for want, track in missing
            if not (track.job is not None and track.job.over and track.job.exit_status is not None)
            and (track.asked_at is None or now - track.asked_at >= ACCOUNTS_S)
        ]
        if not due:
            return
        found: dict[str, Job] = {}
        if not self._no_accounting:
            answer = self._run(questions.accounts([want.address.name for want, _ in due]))
            self._no_accounting = NO_ACCOUNTING in (answer.error + answer.output).lower()
            if answer.status == 0:
                found = ended_jobs(answer.output)
        for want, track in due:
            track.asked_at = now
            job = found.get(want.address.name)
            if job is not None and (job.over or track.job is None):
                before = track.job
                track.job = replace(job, log=before.log, folder=before.folder) if before else job
            elif track.job is not None and not track.job.over:
                track.job = replace(track.job, state=JobState.GONE)

    def _look_for_drained(self) -> None:
        nodes = [t.job.nodes for t in self._tracks.values() if t.job and t.job.state in ACTIVE]
        nodes = list(dict.fromkeys(name for name in nodes if name))
        now = self._clock.monotonic()
        if not nodes or (self._drained_at is not None and now - self._drained_at < DRAIN_S):
            return
        self._drained_at = now
        answer = self._run(questions.node_states(",".join(nodes)))
        if answer.status == 0:
            self._drained = frozenset(
                plain(line.split()[0]) for line in answer.output.splitlines() if line.split()
            )

    def _run(self, argv: Sequence[str]) -> Answer:
        answer = self._host.run(argv, WAIT_S, questions.ENV, questions.UNSET)
        self._requests += 1
        self._server_s += answer.took_s
        return answer


class _Track:
    """What is known of one job from round to round."""

    def __init__(self) -> None:
        self.job: Job | None = None
        self.facts_of: tuple[str, JobState, float | None] | None = None
        """The life of it that scontrol was last asked about."""
        self.log = ""
        self.more_logs: list[str] = []
        self.asked_at: float | None = None

    def take(self, job: Job) -> bool:
        """Take what the queue says; True if scontrol has more to tell of it."""
        known = self.job
        if known is not None:
            job = replace(
                job, lives=known.lives, log=known.log, folder=job.folder or known.folder,
                gpus=known.gpus if known.gpus is not None else job.gpus,
                exit_code=known.exit_code if job.over else None,
                signal=known.signal if job.over else None, cancelled_by=known.cancelled_by,
            )  # fmt: skip
        self.job = job
        if job.state is JobState.COMPLETED:
            return self.facts_of is None  # what it printed is wanted, and nothing else
        return self.facts_of != _mark(job)


def _mark(job: Job) -> tuple[str, JobState, float | None]:
    """What differs with each life of a job: submitted anew, begun, ended."""
    phase = JobState.PENDING if job.waits else JobState.FAILED if job.over else JobState.RUNNING
    return job.raw, phase, job.submitted_at


def _families(id: str) -> tuple[str, ...]:
    """The ids of the array and of the heterogeneous job that a job belongs to."""
    return tuple(id.partition(sign)[0] for sign in "_+" if sign in id)


def _name_of(job: Job) -> str:
    """Its name, with the number of its task where it has one."""
    sign = next((sign for sign in "_+" if sign in job.id), "")
    return f"{job.name}{sign}{job.id.partition(sign)[2]}" if sign else job.name


def _among(nodes: str, named: frozenset[str]) -> list[str]:
    """Those of `named` that a list of nodes such as n[1-3,7] holds."""
    from flowtui.watch.slurm.node_names import names_in

    return sorted(named.intersection(names_in(nodes)))
