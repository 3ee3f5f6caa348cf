"""One run that is followed: logs, process, GPUs and disk, folded into what is known of it.

Time is an argument; effects are reads alone. What was learned is kept beside the run's output, so
that another process goes on where this one stopped.
"""

from __future__ import annotations

import json
import shutil
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flowtui.core.runs.cost import Meter
from flowtui.core.runs.history import History
from flowtui.core.runs.machine import DiskReading, GpuReading, ProcessReading
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.report import Report, report_from_json, report_to_json
from flowtui.core.runs.rhythm import Rhythm
from flowtui.core.runs.run import Run
from flowtui.system.files import write_atomic
from flowtui.watch.place import Place
from flowtui.watch.process import Identity, ProcessWatch, find
from flowtui.watch.rundir import Ended, RunDir
from flowtui.watch.runlog import RunLog
from flowtui.watch.screen import rendered

KEPT = "watched.bin"
"""What was learned of a run: a line of JSON, then its history. In one file, so that the place to
which the logs were read always fits the history. May be lost: the logs are read anew then."""
VERSION = 1
PROCESS_S = 10.0
DISK_S = 30.0
OPENED_S = 30.0
"""How often it is asked which files a run has open."""
LAST_BYTES = 2048
TRACK_S = 10.0
"""Seconds between the readings of GPUs that are kept for the rules."""
MANY_GPUS, MANY_S, TRACKED_LOOKS = 64, 60.0, 15
"""Of a run with many GPUs each is kept once a minute, for a quarter of an hour."""
TRACKED_GPUS = 16 * 90
"""How many of them: a quarter of an hour of sixteen boards."""


OpenLog = Callable[[Run, RunDir, Sequence[Place]], RunLog]
"""Opens the log of a run; the last argument are places that it was seen to write later."""


class Tracked:
    """What is known of one run; `look` brings it up to date."""

    def __init__(
        self,
        run: Run,
        directory: RunDir,
        open_log: OpenLog,
        opened: Callable[[Sequence[int]], Sequence[Place]],
        baseline: Callable[[Run], tuple[str, History] | None],
        reports: Callable[[], Report] | None = None,
    ) -> None:
        self.run = run
        self.dir = directory
        self._open_log = open_log
        self._later: list[Place] = []
        """Files with metrics that it was seen to write."""
        self.log = open_log(run, directory, ())
        self.meter = Meter()
        self.problem = ""
        self.silent: frozenset[Path] = frozenset()
        """Those of its `paths` that hang: they are not touched until they answer."""
        self.ended: Ended | None = None
        self.supervised = False
        """Whether a process lives that will write its end down."""
        self.gpu_lost: str | None = None
        self.process: deque[ProcessReading] = deque(maxlen=90)
        self.gpus: deque[GpuReading] = deque(maxlen=TRACKED_GPUS)
        """Of the GPUs that the run holds, one reading each every ten seconds."""
        self.held: tuple[GpuReading, ...] = ()
        """The latest reading of the GPUs that it holds."""
        self.disk: deque[DiskReading] = deque(maxlen=240)
        self.pids: frozenset[int] = frozenset()
        self.peak_rss_bytes: int | None = None
        self.slept_s = 0.0
        self.report: Report | None = None
        """What its source said last; None for a run of this machine."""
        self._reports = reports
        self._said: Report | None = None
        """What the source said when it was last heard, whenever that was."""
        self._opened = opened
        self._baseline_of = baseline
        self._baseline: tuple[str, History] | None = None
        self._asked_baseline = False
        self._watch: ProcessWatch | None = None
        self._processes_at: float | None = None
        self._disk_at: float | None = None
        self._opened_at: float | None = None
        self._looked = False
        self._changed_at: float | None = None
        self._learned = True

    @property
    def history(self) -> History:
        """What its logs have said."""
        return self.log.history

    @property
    def rhythm(self) -> Rhythm:
        """How often it gets on."""
        return self.log.rhythm

    # Looking

    def look(self, now: datetime, monotonic: float, gpus: Sequence[GpuReading] = ()) -> None:
        """Read on. `monotonic` paces the dearer looks; `gpus` are the latest readings of all."""
        self._hear()
        if self.away:
            self.problem = f"{self.away}: its file system does not answer"
            self.rhythm.forget_silence(now.timestamp())
        else:
            self._read(now.timestamp())
        self.ended = self._end()
        self._look_at_process(now, monotonic)
        self._look_for_end()
        self._look_at_gpus(gpus)
        if not self.silent:
            self._look_at_disk(now, monotonic)
            self._look_for_logs(monotonic)

    @property
    def paths(self) -> list[Path]:
        """What is looked at on this machine; none of a run elsewhere, whose copies lie at home."""
        if self._reports is not None:
            return []
        own = [source.path for source in self.log.sources]
        return own if not self.run.folder else [*own, Path(self.run.folder)]

    @property
    def away(self) -> Path | None:
        """The first of its logs that hangs; None if all can be read."""
        if not self.silent:
            return None
        return next((s.path for s in self.log.sources if s.path in self.silent), None)

    @property
    def has_news(self) -> bool:
        """False if its source, elsewhere, has said nothing new since it was last looked at."""
        if self._reports is None or self._said is None:
            return True
        return replace(self._reports(), heard_at=None) != self._said

    def finish(self) -> None:
        """The run is over: read what is left."""
        self.log.close()
        self._learned = True

    def renew(self, run: Run) -> None:
        """A person changed the record: its name, the run it is held against."""
        if run.baseline != self.run.baseline:
            self._asked_baseline = False
            self._baseline = None
        self.run = run

    def _read(self, at: float) -> None:
        """Read its logs on."""
        if self._looked:
            self.log.poll(at)
        else:
            self._looked = True
            self.log.look()
        self.problem = self._trouble()
        changed = self.log.changed_at
        if changed == self._changed_at:
            return
        self._changed_at = changed
        self._learned = True
        self.slept_s = 0.0
        if self.history.readings == 0 and changed is not None and changed > 0:
            self.rhythm.arrive(changed)  # it prints, though nothing that is understood

    def _trouble(self) -> str:
        """Why nothing can be read; empty as long as something can."""
        if self.report is not None and self.report.problem:
            return self.report.problem
        problems = self.log.problems
        return problems[0] if problems and len(problems) == len(self.log.sources) else ""

    def _look_for_logs(self, monotonic: float) -> None:
        """Has it opened a file with metrics? Then that is read as well, and all with it anew."""
        if not self.pids or not _due(self._opened_at, monotonic, OPENED_S):
            return
        if any(source.problem for source in self.log.sources):
            return  # what is gone could not be read anew
        self._opened_at = monotonic
        known = {source.path for source in self.log.sources}
        new = [place for place in self._opened(sorted(self.pids)) if place.path not in known]
        if not new:
            return
        self._later += new
        self.log = self._open_log(self.run, self.dir, self._later)
        self._looked, self._learned = False, True

    def slept(self, seconds: float, at: float) -> None:
        """The machine slept: silence until `at` says nothing."""
        self.slept_s += seconds
        self.rhythm.forget_silence(at)

    def _look_at_process(self, now: datetime, monotonic: float) -> None:
        # once its end is written down a process is looked at one last time
        watch = self._watched() if self.report is None else None
        if watch is None:
            return
        lived = bool(self.process) and self.process[-1].alive
        over = lived and (self.ended is not None or not watch.is_there())
        if not (over or _due(self._processes_at, monotonic, PROCESS_S)):
            return
        self._processes_at = monotonic
        reading = watch.read(now, monotonic)
        self.process.append(reading)
        if watch.peak_rss_bytes is not None:
            self.peak_rss_bytes = max(watch.peak_rss_bytes, self.peak_rss_bytes or 0)
        self.pids = frozenset(watch.pids)

    def _hear(self) -> None:
        """Take what its source said last: state, process, GPUs, and logs that are new."""
        if self._reports is None:
            return
        report, before = self._reports(), self.report
        self._said = replace(report, heard_at=None)
        if report.heard_at is None and before is not None:
            report = replace(before, problem=report.problem)  # a new watcher has not asked yet
        self.report = report
        if before is None or report.job != before.job:
            self._learned = True
        if report.process is not None and (
            not self.process or report.process.at > self.process[-1].at
        ):
            self.process.append(report.process)
        paths = {source.path for source in self.log.sources}
        new = [Place("file", Path(log)) for log in report.logs if Path(log) not in paths]
        if new:
            self._later += new
            self.log = self._open_log(self.run, self.dir, self._later)
            self._looked, self._learned = False, True

    def _end(self) -> Ended | None:
        """How it ended, by whoever wrote it down; None while it has not."""
        report = self.report
        if report is None:
            return self.dir.ended()
        if not report.over:
            return None
        at = report.ended_at if report.ended_at is not None else report.heard_at
        return Ended(report.exit_status, at or 0.0)

    def _look_for_end(self) -> None:
        """A supervisor that lives will write the end down; one that is gone has, or never will."""
        if self.report is not None:
            return
        self.supervised = self.ended is None and supervisor_lives(self.dir)
        if self.ended is None and not self.supervised:
            self.ended = self.dir.ended()

    def _watched(self) -> ProcessWatch | None:
        if self._watch is None:
            who = identity_of(self.dir)
            self._watch = ProcessWatch(who, beside(self.dir)) if who is not None else None
        return self._watch

    def _look_at_gpus(self, gpus: Sequence[GpuReading]) -> None:
        if self.report is not None:
            self._take_gpus(self.report.gpus)
            return
        held, memory = [], None
        ours = {gpu.uuid for gpu in self.held}
        for gpu in gpus:
            if gpu.problem is not None and gpu.uuid in ours:
                self.gpu_lost = f"GPU {gpu.index}: {gpu.problem}"
                held.append(gpu)  # it was ours when it could last be asked
                continue
            mine = [p for p in gpu.processes or () if p.pid in self.pids]
            if not mine:
                continue
            held.append(gpu)
            known = [p.mem_bytes for p in mine if p.mem_bytes is not None]
            memory = (memory or 0) + sum(known) if known else memory
        self._take_gpus(held, memory)

    def _take_gpus(self, held: Sequence[GpuReading], memory: int | None = None) -> None:
        if held and self.held and held[0].at == self.held[0].at:
            return  # the same reading again
        self.held = tuple(held)
        self.meter.add(held, memory)
        lost = next((gpu for gpu in held if gpu.host and "lost" in (gpu.problem or "")), None)
        if lost is not None:
            self.gpu_lost = f"{lost.host} GPU {lost.index}: {lost.problem}"
        last = self.gpus[-1].at if self.gpus else None
        every = TRACK_S if len(held) <= MANY_GPUS else MANY_S
        if held and (last is None or abs((held[0].at - last).total_seconds()) >= every):
            if len(held) * TRACKED_LOOKS > (self.gpus.maxlen or 0):
                self.gpus = deque(self.gpus, maxlen=len(held) * TRACKED_LOOKS)
            self.gpus.extend(held)

    def _look_at_disk(self, now: datetime, monotonic: float) -> None:
        if self.report is not None or not _due(self._disk_at, monotonic, DISK_S):
            return
        self._disk_at = monotonic
        place = self.run.folder or str(self.dir.folder)
        try:
            use = shutil.disk_usage(place)
        except OSError:
            return  # a folder that is gone has no disk
        self.disk.append(DiskReading(now, place, use.free, use.total))

    # Knowing

    def seen(self, now: datetime) -> Seen:
        """Everything the rules judge by."""
        started, ended = self.dir.started(), self.ended
        report = self.report or Report()
        job = report.job
        baseline = self._held_against()
        changed = self.log.changed_at
        return Seen(
            now=now,
            history=self.history,
            name=self.run.name,
            formats=tuple(self.log.formats),
            started_at=_instant(started.started_at) if started else self._began(),
            ended_at=_instant(ended.ended_at) if ended else self.run.ended_at,
            exit_status=ended.exit_status if ended else self.run.exit_status,
            prompt=self._prompt(),
            supervised=self.supervised,
            stop_asked=self.dir.stop_asked,
            command=self.run.command,
            rhythm=self.rhythm,
            process=tuple(self.process),
            gpus=tuple(self.gpus),
            disk=tuple(self.disk),
            baseline=baseline[1] if baseline else None,
            baseline_name=baseline[0] if baseline else "",
            log_changed_at=_instant(changed) if changed is not None else None,
            gpu_lost=self.gpu_lost,
            slept_s=self.slept_s,
            where=report.where,
            heard_at=_instant(report.heard_at) if report.heard_at is not None else None,
            job=job,
        )

    def _began(self) -> datetime:
        """When it began; of a job when its present life did."""
        job = self.report.job if self.report is not None else None
        if job is None or job.waits or job.starts_at is None:
            return self.run.started_at
        return _instant(job.starts_at)

    def _prompt(self) -> str:
        """The unfinished last line of its output, if it waits at its terminal."""
        if not self.process or not self.process[-1].at_terminal:
            return ""
        try:
            with self.dir.output.open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - LAST_BYTES))
                tail = file.read(LAST_BYTES)
        except OSError:
            return ""
        return next(iter(rendered(tail.rpartition(b"\n")[2])), "")

    def _held_against(self) -> tuple[str, History] | None:
        if not self._asked_baseline:
            self._asked_baseline = True
            self._baseline = self._baseline_of(self.run) if self.run.baseline else None
        return self._baseline

    # Keeping

    def keep(self) -> None:
        """Write down what was learned, if anything was. Raises OSError."""
        if not self._learned:
            return
        data = {
            "version": VERSION,
            "meter": self.meter.to_json(),
            "later": [str(place.path) for place in self._later],
            "log": self.log.state(),
            "peak_rss_bytes": self.peak_rss_bytes,
            "gpu_lost": self.gpu_lost,
            "report": None if self.report is None else report_to_json(self.report),
        }
        write_atomic(
            self.dir.folder / KEPT, json.dumps(data).encode() + b"\n" + self.history.dump()
        )
        self._learned = False

    def take_up(self) -> None:
        """Go on from what was kept; anything unreadable is left, and the logs are read anew."""
        try:
            head, _, tail = (self.dir.folder / KEPT).read_bytes().partition(b"\n")
            data = json.loads(head)
            if data["version"] != VERSION:
                return
            history = History.load(tail)
            meter = Meter.from_json(data["meter"])
            later = [Place("file", Path(path)) for path in data["later"]]
            log = self._open_log(self.run, self.dir, later)
            log.restore(data["log"], history)
        except (OSError, ValueError, KeyError, TypeError):
            return
        self.log, self.meter, self._later, self._looked = log, meter, later, True
        self.peak_rss_bytes = data.get("peak_rss_bytes")
        self.gpu_lost = data.get("gpu_lost")
        self.report = report_from_json(data.get("report"))


def later_places(folder: Path) -> list[Place]:
    """Files that the run with this folder was seen to write, beside those it was begun with."""
    try:
        head, _, _ = (folder / KEPT).read_bytes().partition(b"\n")
        return [Place("file", Path(path)) for path in json.loads(head)["later"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def kept_history(folder: Path) -> History | None:
    """The history that was kept in a run's folder; None if there is none that can be read."""
    try:
        return History.load((folder / KEPT).read_bytes().partition(b"\n")[2])
    except (OSError, ValueError):
        return None


def beside(directory: RunDir) -> Identity | None:
    """The process beside a run that we started; None of one that we did not."""
    started = directory.started()
    return None if started is None else Identity(started.supervisor, started.supervisor_began)


def supervisor_lives(directory: RunDir) -> bool:
    """Whether the process beside a run that we started is there."""
    who = beside(directory)
    return who is not None and find(who) is not None


def identity_of(directory: RunDir) -> Identity | None:
    """The process of a run; None if none is known. Raises OSError or ValueError."""
    started = directory.started()
    if started is not None:
        return Identity(started.pid, started.pid_began)
    spec = directory.spec()
    if spec.pid is None or spec.began is None:
        return None
    return Identity(spec.pid, spec.began)


def identity_known(directory: RunDir) -> Identity | None:
    """The process of a run; None also if its folder is gone or damaged: the record outlives it."""
    try:
        return identity_of(directory)
    except (OSError, ValueError):
        return None


def _due(last: float | None, monotonic: float, every_s: float) -> bool:
    return last is None or monotonic - last >= every_s


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
