"""The one word for how a run stands, from everything that is known of it."""

from __future__ import annotations

import signal
from enum import StrEnum

from flowtui.core.runs.job import ACTIVE, LOST, JobState
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import NoticeKind


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    CRASHED = "crashed"
    STOPPED = "stopped"
    """Ended by a person or a scheduler before its end."""
    PENDING = "pending"
    """It waits in a queue for its start, or for its next life."""
    STALLED = "stalled"
    """It should have shown a sign of life, and did not."""
    UNKNOWN = "unknown"


ENDED = frozenset({RunState.FINISHED, RunState.CRASHED, RunState.STOPPED})
ASKED = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""Signals by which people and schedulers end a run."""
ERRORS = frozenset({NoticeKind.TRACEBACK, NoticeKind.OOM, NoticeKind.FAILED})
"""What a log says of a run that it was the end of."""
LIVE_S = 120.0
"""A log that changed within this is taken for a running one, where nothing else is known."""

OLD_S = 86_400.0
"""A log that has been silent for longer, of which nothing else is known, tells nothing."""


def state_of(seen: Seen) -> RunState:
    """The state of a run; UNKNOWN where the evidence does not say, never a guess."""
    by_job = _by_job(seen)
    if by_job is not None:
        return by_job
    if seen.exit_status is not None:
        return _by_exit(seen, seen.exit_status)
    word = last_word(seen)
    if seen.alive is True:
        return RunState.STALLED if is_silent(seen) else RunState.RUNNING
    if seen.supervised:
        return RunState.RUNNING  # no verdict: it is about to be written down
    if word is not None:
        return word
    if seen.alive is False:
        return _gone(seen)
    return _by_log(seen)


def _by_job(seen: Seen) -> RunState | None:
    """What the scheduler says, which is above the log: a requeued job's log speaks of an end."""
    job = seen.job
    if job is None or job.state is JobState.GONE:
        return None
    if job.waits:
        return RunState.PENDING
    if job.state in ACTIVE:
        return RunState.STALLED if is_silent(seen) else RunState.RUNNING
    if job.state is JobState.COMPLETED:
        return RunState.FINISHED
    return RunState.CRASHED if job.state in LOST else RunState.STOPPED


def last_word(seen: Seen) -> RunState | None:
    """How the log itself says that the run ended; None if it says nothing of an end."""
    word = RunState.FINISHED if _complete(seen) else None
    for notice in seen.history.latest():
        if notice.kind is NoticeKind.FINISHED:
            word = RunState.FINISHED if notice.exit_status in (None, 0) else RunState.CRASHED
        elif notice.kind is NoticeKind.INTERRUPTED:
            return RunState.STOPPED
        elif notice.kind in ERRORS:
            word = RunState.CRASHED
    return word


def is_silent(seen: Seen) -> bool:
    """True if the run has been silent for longer than it ever had reason to."""
    silence = silence_s(seen)
    return silence is not None and silence > limit_s(seen)


def silence_s(seen: Seen) -> float | None:
    """Seconds without a sign of life while the machine was awake; None if nothing tells.

    Of a process that is known a sign of life is that it gets on; of a log alone, that it grows. The
    one clock for the state of a run and for all that is said of its silence.
    """
    since = silent_since(seen)
    if since is None:
        return None
    slept = seen.slept_s if seen.alive is None else 0.0  # the rhythm forgets such silence itself
    return max(0.0, seen.known_s - since - slept)


def silent_since(seen: Seen) -> float | None:
    """POSIX seconds of the last sign of life (see `silence_s`); None if nothing tells."""
    of_log = seen.log_changed_at.timestamp() if seen.log_changed_at is not None else None
    of_run = seen.rhythm.last_sign(seen.now_s)
    if seen.alive is None and seen.job is None:
        return of_log if of_log is not None else of_run
    if seen.where:
        return of_run if of_run is not None else of_log  # of what was not read nothing is known
    if of_run is None and seen.started_at is not None:
        return seen.started_at.timestamp()
    return of_run


def limit_s(seen: Seen) -> float:
    """How many seconds of silence are still usual, by the run's rhythm and by what it is at.

    Three times as long where its GPUs work at their usual power: it is slow, not stuck.
    """
    history = seen.history
    announced = (
        bool(history.notices)
        and history.notices[-1].kind in (NoticeKind.EVALUATION, NoticeKind.CHECKPOINT)
        and history.marks[-1] == history.readings
    )
    return seen.rhythm.limit_s(announced) * (3.0 if _works(seen) else 1.0)


def _works(seen: Seen) -> bool:
    """True if the latest readings of its GPUs show them used, at a power that computing takes."""
    latest = [gpu for gpu in seen.gpus[-6:] if gpu.util is not None and gpu.power_w is not None]
    return len(latest) >= 3 and all(
        (gpu.util or 0.0) > 0.5 and (gpu.power_w or 0.0) > 0.5 * (gpu.power_limit_w or 1e9)
        for gpu in latest
    )


def signal_name(exit_status: int) -> str | None:
    """SIGKILL for -9 and for the shell's 137; None if it was no signal."""
    number = -exit_status if exit_status < 0 else exit_status - 128
    if exit_status >= 0 and exit_status <= 128:
        return None
    try:
        return signal.Signals(number).name
    except ValueError:
        return None


def _by_exit(seen: Seen, status: int) -> RunState:
    if status == 0:
        return RunState.FINISHED
    name = signal_name(status)
    by_person = name is not None and signal.Signals[name] in ASKED
    if seen.stop_asked or by_person or last_word(seen) is RunState.STOPPED:
        return RunState.STOPPED
    return RunState.CRASHED


def _complete(seen: Seen) -> bool:
    history = seen.history
    epoch, epochs = history.epoch, history.total_epochs
    if epoch is not None and epochs and epoch + 1 < epochs:
        return False  # a bar of one epoch
    if history.step is not None and history.total_steps:
        return history.step >= history.total_steps and history.eta_s in (None, 0.0)
    return False


def _gone(seen: Seen) -> RunState:
    """The process is gone, its exit status is not known and its log says nothing of an end."""
    progress = seen.history.progress
    if progress is None:
        return RunState.UNKNOWN
    return RunState.FINISHED if progress >= 1 else RunState.CRASHED


def _by_log(seen: Seen) -> RunState:
    """No process is known: a log alone. One that says nothing tells nothing, however new it is.

    Silence is no stall here: nobody knows whether anything runs that could be stuck.
    """
    if seen.history.readings == 0:
        return RunState.UNKNOWN
    silence = silence_s(seen)
    if silence is None:
        return RunState.UNKNOWN
    if silence <= LIVE_S:
        return RunState.RUNNING
    if seen.rhythm.expected() is not None and silence <= min(OLD_S, limit_s(seen)):
        return RunState.RUNNING
    return RunState.UNKNOWN
