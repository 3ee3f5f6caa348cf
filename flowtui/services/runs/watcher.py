"""Follows every run that has not ended: one step reads on, judges, shows, and closes what is over.

One process a person does this, whichever app is open; the step is plain code that a test can take
by hand.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.focus.recovery import Reading, lapse
from flowtui.core.runs.findings.finding import Finding
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.history import History
from flowtui.core.runs.machine import GpuReading, Xid
from flowtui.core.runs.news import News, updated
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.report import Report
from flowtui.core.runs.run import Run
from flowtui.core.runs.run_state import ENDED, RunState, state_of
from flowtui.core.runs.run_text import under_block
from flowtui.services.runs.board import HISTORY, Board, BoardFile
from flowtui.services.runs.digest import RunTeller
from flowtui.services.runs.glances import closed, glance_of
from flowtui.services.runs.run_store import RunBook
from flowtui.services.runs.tracked_run import OpenLog, Tracked, kept_history
from flowtui.watch.place import Place
from flowtui.watch.reach import Reach
from flowtui.watch.rundir import RunDir

STEP_S = 2.0
FEW = 60
NEAR_STEP_S = 0.6
"""The same while somebody looks on at runs elsewhere, whose news has come a long way already."""
KEEP_S = 60.0
"""How often what was learned is written beside the runs."""
RENEW_S = 15.0
"""How often it is seen what a person changed of a run."""
JUDGE_S = 10.0
"""How often the rules go over a run; at its end they do so at once."""
IDLE_S = 60.0
"""A watcher with nothing to watch for this long ends."""
SETTLE_S = 60.0
"""For how long a log must say that its run is over, where no process tells."""
FORGOTTEN_S = 86_400.0
"""A log that has been silent for longer, of which nothing else is known, is followed no more."""
END_S = 75.0
"""For how long a scheduler must say that a job is over."""
SHOWN_ENDED = 16
ENDED_SHOWN_S = 600.0
"""For how long the line of `status` tells of a run that has ended."""


class GpuSource(Protocol):
    """`flowtui.watch.gpu.background.GpuThread`, or a test's own."""

    def want(self, wanted: bool) -> None:
        """Read from now on, or let go."""
        ...

    def latest(self) -> GpuLook:
        """What was read last."""
        ...

    def xids(self) -> tuple[Xid, ...]:
        """Events of the driver since the last call."""
        ...


class GpuLook(Protocol):
    """The latest of all GPUs."""

    @property
    def readings(self) -> tuple[GpuReading, ...]:
        """One for each GPU."""
        ...

    @property
    def problem(self) -> str | None:
        """Why there are none."""
        ...


class OriginBook(Protocol):
    """`flowtui.services.runs.origins.Origins`: what is asked beyond this machine."""

    def want(self, runs: Mapping[str, Tracked], near: bool) -> None:
        """Follow the sources of these runs; `near` while somebody looks on."""
        ...

    def reports(self, run: Run, directory: RunDir) -> Callable[[], Report] | None:
        """Gives the latest of a run; None for a run of this machine."""
        ...


class Watcher:
    """Everything that is followed now."""

    def __init__(
        self,
        book: RunBook,
        board: BoardFile,
        clock: Clock,
        gpus: GpuSource,
        open_log: OpenLog,
        opened: Callable[[Sequence[int]], Sequence[Place]],
        judge: Callable[[Seen], Sequence[Finding]],
        pid: int,
        complain: Callable[[str], None],
        teller: RunTeller,
        zone: ZoneInfo,
        origins: OriginBook | None = None,
        reach: Reach | None = None,
    ) -> None:
        self._book = book
        self._board = board
        self._clock = clock
        self._gpus = gpus
        self._open_log = open_log
        self._opened = opened
        self._judge = judge
        self._pid = pid
        self._complain = complain
        self._teller = teller
        self._zone = zone
        self._origins = origins
        self._reach = reach or Reach()
        self._faults: dict[str, str] = {}
        """Our own faults by run, each said once."""
        self._tracked: dict[str, Tracked] = {}
        self._glances: dict[str, RunGlance] = {}
        self._findings: dict[str, Sequence[Finding]] = {}
        self._over: deque[RunGlance] = deque(maxlen=SHOWN_ENDED)
        self._ended_since: dict[str, float] = {}
        self._judged_at: dict[str, float] = {}
        self._looked_at: dict[str, float] = {}
        """By run: when it was last looked at, monotonic."""
        self._news: list[News] = list(board.read().news)
        self._strips: dict[str, deque[float | None]] = {}
        self._strip_at: datetime | None = None
        self._kept_at = clock.monotonic()
        self._renewed_at = clock.monotonic()
        self._busy_at = clock.monotonic()
        self._reading: Reading | None = None

    def step(self) -> float | None:
        """Look at everything once; seconds until the next look, or None if nobody needs one."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        slept = self._slept(now)
        self._follow_the_active()
        near = self._board.gpus_wanted(now.timestamp())
        if self._origins is not None:
            self._origins.want(self._tracked, near)
        wanted = bool(self._tracked) or near
        self._gpus.want(wanted)
        gpus = self._gpus.latest()
        lost = {x.gpu: x.words for x in self._gpus.xids() if x.serious}
        silent = self._silent()
        for id, tracked in list(self._tracked.items()):
            tracked.silent = silent.intersection(tracked.paths) if silent else silent
            if slept:
                tracked.slept(slept, now.timestamp())
            if not slept and self._is_as_before(id, tracked, monotonic):
                continue
            self._looked_at[id] = monotonic
            self._apart(id, partial(self._one, id, tracked, now, monotonic, gpus.readings, lost))
        self._show(now, gpus)
        if monotonic - self._kept_at >= KEEP_S:
            self.keep()
        if wanted:
            self._busy_at = monotonic
        far = any(tracked.report is not None for tracked in self._tracked.values())
        soon = near and far and len(self._tracked) <= FEW
        wait_s = NEAR_STEP_S if soon else STEP_S
        return wait_s if monotonic - self._busy_at < IDLE_S else None

    def _silent(self) -> frozenset[Path]:
        """Places of all runs that hang now."""
        return self._reach.silent(p for run in self._tracked.values() for p in run.paths)

    def keep(self) -> None:
        """Write down what was learned; a full disk is tried again later."""
        self._kept_at = self._clock.monotonic()
        for tracked in self._tracked.values():
            with contextlib.suppress(OSError):
                tracked.keep()

    def _follow_the_active(self) -> None:
        active = self._book.active_ids()
        for id in set(self._tracked) - set(active):
            self._leave(id)
        new = [id for id in active if id not in self._tracked]
        if not new and self._clock.monotonic() - self._renewed_at < RENEW_S:
            return
        self._renewed_at = self._clock.monotonic()
        with contextlib.suppress(FlowError):  # a ledger that cannot be read now can be in a while
            self._book.ledger.refresh()
            self._renew()
            for id in new:
                self._apart(id, partial(self._take_up, id))

    def _renew(self) -> None:
        """Take over what a person changed of a run: its name, its baseline."""
        for id, tracked in self._tracked.items():
            run = self._book.get(id)
            if run is not None and run != tracked.run:
                tracked.renew(run)

    def _apart(self, id: str, work: Callable[[], None]) -> None:
        """Do the work on one run; a fault of ours in it stops neither the others nor us."""
        try:
            work()
        except Exception as error:
            if self._faults.get(id) != repr(error):
                self._faults[id] = repr(error)
                self._complain(f"run {id}: {error!r}")

    def _take_up(self, id: str) -> None:
        run = self._book.get(id)
        if run is None and self._book.runs.has(id):
            return  # there is one, though it cannot be decoded: doctor tells
        if run is None:
            # its record comes a moment after it, or was taken back, or was never written
            run = self._book.restore(id)
        if run is None:
            return
        if run.ended:
            self._book.release(id)
            return
        directory = self._book.dir(id)
        reports = None if self._origins is None else self._origins.reports(run, directory)
        tracked = Tracked(run, directory, self._open_log, self._opened, self._held, reports)
        tracked.take_up()
        self._tracked[id] = tracked

    def _held(self, run: Run) -> tuple[str, History] | None:
        """The run that `run` is held against, and its curves."""
        other = self._book.get(run.baseline)
        history = kept_history(self._book.dir(run.baseline).folder)
        return (other.name, history) if other is not None and history is not None else None

    def _one(
        self,
        id: str,
        tracked: Tracked,
        now: datetime,
        monotonic: float,
        gpus: Sequence[GpuReading],
        lost: dict[int | None, str],
    ) -> None:
        tracked.look(now, monotonic, gpus)
        for index in {gpu.index for gpu in tracked.held} & lost.keys():
            tracked.gpu_lost = f"GPU {index}: {lost[index]}"
        over = tracked.away is None and self._is_over(id, tracked, now)
        if over:
            tracked.finish()
        seen = tracked.seen(now)
        due = monotonic - self._judged_at.get(id, -JUDGE_S) >= JUDGE_S
        if due or over:
            self._judged_at[id] = monotonic
            self._findings[id] = findings = self._judge(seen)
            self._news = updated(self._news, id, tracked.run.name, findings, now.timestamp())
            if id not in self._glances:  # its log may be deleted at any moment
                with contextlib.suppress(OSError):
                    tracked.keep()
        before = None if due or over else self._glances.get(id)
        glance = glance_of(tracked, seen, self._findings.get(id, ()), before)
        self._glances[id] = glance
        if over:
            self._close(id, tracked, seen)

    def _is_as_before(self, id: str, tracked: Tracked, monotonic: float) -> bool:
        """Whether nothing is new of a run elsewhere, and its ages were reckoned lately."""
        looked_at = self._looked_at.get(id)
        lately = looked_at is not None and monotonic - looked_at < JUDGE_S
        return lately and id not in self._ended_since and not tracked.has_news

    def _is_over(self, id: str, tracked: Tracked, now: datetime) -> bool:
        """Whether nothing more is to come of this run."""
        report = tracked.report
        if report is not None and (report.over or report.job is not None):
            # a job that failed with its node may be put into the queue again; a log may be behind
            settled = report.over and not report.behind
            if not settled:
                self._ended_since.pop(id, None)
            return settled and self._long_enough(id, now, END_S if report.job else 2 * STEP_S)
        if tracked.ended is not None:
            return True
        seen = tracked.seen(now)
        if seen.process and not seen.process[-1].alive:
            # a supervisor that lives will write down how it ended, on a full disk after a while
            if tracked.supervised:
                return False
            return self._long_enough(id, now, 2 * STEP_S)
        state = state_of(seen)
        if seen.process or state not in ENDED | {RunState.UNKNOWN}:
            self._ended_since.pop(id, None)
            return False
        changed = tracked.log.changed_at or tracked.run.started_at.timestamp()
        silent = seen.known_s - changed
        if state is RunState.UNKNOWN:
            return silent > FORGOTTEN_S
        return silent > SETTLE_S and self._long_enough(id, now, SETTLE_S / 2)

    def _long_enough(self, id: str, now: datetime, seconds: float) -> bool:
        since = self._ended_since.setdefault(id, now.timestamp())
        return now.timestamp() - since >= seconds

    def _close(self, id: str, tracked: Tracked, seen: Seen) -> None:
        try:
            tracked.keep()
            self._book.close(closed(tracked, seen, state_of(seen), self._news))
        except (OSError, FlowError):
            return  # a full disk, a ledger that is locked: tried again at the next step
        self._over.append(self._glances[id])
        self._leave(id)

    def _leave(self, id: str) -> None:
        for each in (
            self._tracked,
            self._glances,
            self._findings,
            self._judged_at,
            self._looked_at,
        ):
            each.pop(id, None)
        self._ended_since.pop(id, None)

    def _slept(self, now: datetime) -> float:
        """Seconds since the last step that no run lived through: sleep, or a clock set ahead."""
        clock = self._clock
        reading = Reading(now, clock.monotonic(), clock.boottime(), clock.boot_id())
        before, self._reading = self._reading, reading
        if before is None:
            return 0.0
        seen = lapse(before, reading)
        return seen.slept_s + max(0, seen.stepped_s)

    def _show(self, now: datetime, gpus: GpuLook) -> None:
        self._note_use(gpus.readings)
        over = [glance for glance in self._over if glance.id not in self._glances]
        board = Board(
            now.timestamp(),
            self._pid,
            (*self._glances.values(), *over),
            gpus.readings,
            tuple(tuple(self._strips.get(gpu.uuid, ())) for gpu in gpus.readings),
            gpus.problem,
            tuple(self._news),
        )
        with contextlib.suppress(OSError):  # shown again in two seconds
            self._board.write(board)
            live = [run for run in board.runs if run.live]
            line = under_block(board.runs, self._zone, now.timestamp() - ENDED_SHOWN_S, None, 80)
            held = len(self._teller.held())
            self._board.write_status(live, line.removeprefix("run").strip(), held, board.at)

    def _note_use(self, readings: Sequence[GpuReading]) -> None:
        at = readings[0].at if readings else None
        if at is None or at == self._strip_at:
            return
        self._strip_at = at
        for gpu in readings:
            self._strips.setdefault(gpu.uuid, deque(maxlen=HISTORY)).append(gpu.util)
