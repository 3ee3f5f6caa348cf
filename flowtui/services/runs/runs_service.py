"""All that the app and the command line ask about runs."""

from __future__ import annotations

import contextlib
import fcntl
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.address import is_address
from flowtui.core.runs.crash_card import card_lines
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.history import History
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run import Run
from flowtui.core.runs.run_state import RunState, state_of
from flowtui.core.runs.run_text import record_words
from flowtui.services.runs.adoption import RunAdopter
from flowtui.services.runs.board import Board, BoardFile
from flowtui.services.runs.digest import RunTeller
from flowtui.services.runs.glances import glance_of_record
from flowtui.services.runs.launch import RunStarter, RunStopper
from flowtui.services.runs.run_store import RunBook
from flowtui.services.runs.tracked_run import (
    OpenLog,
    Tracked,
    identity_known,
    kept_history,
    supervisor_lives,
)
from flowtui.services.runs.waits import RunWaits
from flowtui.system import interpreter
from flowtui.watch.process import find
from flowtui.watch.remote.mirror import mirrored

WATCH = "flowtui.services.runs.watch"
LOCK = "runs.lock"
KNOWN = 200
"""Ended runs whose last glance is kept in mind."""
NO_WORDS = frozenset({".csv", ".jsonl", ".json", ".wandb"})
"""Endings of files that hold figures, and nothing that was printed."""
ENDED_DAYS = 60
"""A run that took longer is no evidence of a block."""
RETRY_S = 10.0
"""Seconds until a watcher that does not answer is started again."""


@dataclass(frozen=True, slots=True)
class RunDetail:
    """Everything about one run."""

    run: Run
    seen: Seen
    findings: tuple[Finding, ...]
    glance: RunGlance
    output: Path | None
    """The file that holds what it printed, if there is one."""
    peak_rss_bytes: int | None = None
    card: tuple[str, ...] = ()
    """What is to be known after a crash, a fact a line; empty if it did not crash."""


class RunDesk:
    """Runs, seen by a person."""

    def __init__(
        self,
        book: RunBook,
        starter: RunStarter,
        adopter: RunAdopter,
        board: BoardFile,
        teller: RunTeller,
        clock: Clock,
        env: Mapping[str, str],
        run_dir: Path,
        open_log: OpenLog,
        judge: Callable[[Seen], Sequence[Finding]],
    ) -> None:
        self.book = book
        self.starter = starter
        self.adopter = adopter
        self.stopper = RunStopper(book)
        self.board = board
        self.teller = teller
        self.waits = RunWaits(book, board, clock)
        self._clock = clock
        self._env = env
        self._lock = run_dir / LOCK
        self._open_log = open_log
        self._judge = judge
        self._tried_at: float | None = None
        self._past: dict[str, tuple[Run, RunGlance]] = {}

    def ensure_watched(self, gpus: bool = False) -> bool:
        """Start the watcher if there is something to watch and nobody does; True if it started.

        With `gpus` somebody looks at the GPUs, which is something to watch. Never raises.
        """
        if gpus:
            self.board.want_gpus()
        if not gpus and not self.book.active_ids():
            return False
        # a fresh board alone says little: its watcher may have ended a moment ago
        if is_locked(self._lock) or not self._may_try():
            return False
        try:
            env = interpreter.environment(self._env)
            interpreter.run(WATCH, env=env, timeout_s=RETRY_S)
        except (OSError, subprocess.SubprocessError):
            return False  # the list says that nobody watches
        return True

    def _may_try(self) -> bool:
        now = self._clock.monotonic()
        if self._tried_at is not None and now - self._tried_at < RETRY_S:
            return False
        self._tried_at = now
        return True

    def look(self) -> Board:
        """What the watcher sees now."""
        return self.board.read()

    def listed(self, count: int = 30) -> list[RunGlance]:
        """Runs under way, newest first, then the newest that have ended; at most `count`."""
        now = self._clock.now().timestamp()
        board = self.board.read()
        seen = {glance.id: glance for glance in board.runs} if board.is_fresh(now) else {}
        live: list[RunGlance] = []
        past: list[RunGlance] = []
        recent = self.book.recent(count)
        known = {run.id for run in recent}
        # a run under way may be older than all of those
        older = [run for run in self.book.active() if run.id not in known]
        for run in [*recent, *reversed(older)]:
            glance = seen.get(run.id)
            if run.ended or glance is None:
                glance = self._of_record(run, now)
            (past if run.ended else live).append(glance)
        return [*live, *past][:count]

    def _of_record(self, run: Run, now: float) -> RunGlance:
        """What is known of a run that nobody follows; of one that has ended it is kept in mind."""
        known = self._past.get(run.id)
        if known is not None and known[0] == run:
            return replace(known[1], at=now)
        glance = glance_of_record(run, kept_history(self.book.dir(run.id).folder), now)
        if run.ended:
            self._past = {**dict(list(self._past.items())[-KNOWN:]), run.id: (run, glance)}
        return glance

    def detail(self, word: str) -> RunDetail:
        """Everything about the run that `word` names, with its logs read to their end.

        Reads only; what the watcher keeps is not touched. Raises FlowError.
        """
        run = self.book.find(word)
        directory = self.book.dir(run.id)
        tracked = Tracked(run, directory, self._open_log, lambda _: (), self._held)
        tracked.take_up()
        now = self._clock.now()
        with contextlib.suppress(ValueError, OSError):
            tracked.look(now, self._clock.monotonic())
        if run.ended:
            tracked.finish()
        seen = tracked.seen(now)
        findings = tuple(self._judge(seen)) or _recorded(run)
        glance = self._glance(run, tracked, seen, findings)
        peak = run.cost.peak_rss_bytes or tracked.peak_rss_bytes
        card = card_lines(seen) if state_of(seen) is RunState.CRASHED else ()
        return RunDetail(run, seen, findings, glance, self.output_of(run), peak, card)

    def ended_words(self, since: datetime, until: datetime) -> list[str]:
        """The runs that ended between two instants, a line each, in their order."""
        first, last = since - timedelta(days=ENDED_DAYS), until + timedelta(days=1)
        ended = [
            (run.ended_at, record_words(run))
            for run in self.book.between(first.date(), last.date())
            if run.ended_at is not None and since <= run.ended_at <= until
        ]
        return [words for _, words in sorted(ended)]

    def output_of(self, run: Run) -> Path | None:
        """The file that holds what the run printed; None if nobody keeps it."""
        output = self.book.dir(run.id).output
        if self.address_of(run) is not None:
            return _latest(mirrored(self.book.dir(run.id).mirror))
        return output if output.exists() or not run.adopted else _first(run.paths)

    def is_alive(self, run: Run) -> bool:
        """Whether the run's very process is there."""
        directory = self.book.dir(run.id)
        who = identity_known(directory)
        return supervisor_lives(directory) or (who is not None and find(who) is not None)

    def _glance(
        self, run: Run, tracked: Tracked, seen: Seen, findings: Sequence[Finding]
    ) -> RunGlance:
        from flowtui.services.runs.glances import glance_of

        if run.ended:
            return glance_of_record(run, seen.history, seen.now_s)
        board = self.board.read()
        if board.is_fresh(seen.now_s):
            for glance in board.runs:
                if glance.id == run.id:
                    return glance
        return glance_of(tracked, seen, findings)

    def history(self, id: str) -> History | None:
        """The curves of a run as the watcher last kept them."""
        return kept_history(self.book.dir(id).folder)

    def stop(self, run: Run, grace_s: float) -> int | None:
        """See `RunStopper.stop`; of a run elsewhere its own scheduler or host is asked."""
        beyond = self.adopter.beyond
        if beyond is not None and self.address_of(run) is not None:
            beyond.stop(run, self.book.dir(run.id))
            return None
        return self.stopper.stop(run, grace_s)

    def address_of(self, run: Run) -> str | None:
        """Where a run is told of beyond this machine; None for one of this machine."""
        return next((path for path in run.paths if is_address(path) and "://" in path), None)

    def _held(self, run: Run) -> tuple[str, History] | None:
        other = self.book.get(run.baseline)
        history = self.history(run.baseline)
        return (other.name, history) if other is not None and history is not None else None


def _recorded(run: Run) -> tuple[Finding, ...]:
    """What was found of a run while it could be read."""
    found = []
    for each in run.findings:
        with contextlib.suppress(ValueError):  # a rule of another version
            found.append(Finding(Rule(each.rule), None, 1.0, {}, each.sentence))
    return tuple(found)


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock at `path`."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _latest(paths: Sequence[str]) -> Path | None:
    """The log of words that changed last."""
    found = [path for path in map(Path, paths) if path.suffix not in NO_WORDS and path.is_file()]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def _first(paths: Sequence[str]) -> Path | None:
    return Path(paths[0]) if paths and Path(paths[0]).is_file() else None
