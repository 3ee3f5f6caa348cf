"""One look at a log, a folder or a database; records nothing, starts nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.runs.findings.finding import Finding
from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import Notice, NoticeKind
from flowtui.core.runs.run_state import ENDED, state_of
from flowtui.watch.places import find
from flowtui.watch.runlog import RunLog


class Look:
    """What one look showed of a run."""

    def __init__(self, seen: Seen, problems: tuple[str, ...]) -> None:
        self.seen = seen
        self.findings: list[Finding] = judge(seen)
        self.problems = problems
        """What could not be read, in words."""


def look_at(path: Path, clock: Clock) -> list[Look]:
    """Every run that `path` tells of.

    Raises FlowError if there is none, or `path` cannot be read.
    """
    found = find(path)
    if not found:
        raise FlowError(
            f"nothing in {path} tells of a training run", "give a log, a table, an event file"
        )
    return [_look(RunLog(run), clock) for run in found]


def _look(log: RunLog, clock: Clock) -> Look:
    log.look()
    log.close()
    history = log.history
    problems = log.problems
    told = history.readings or any(n.kind is not NoticeKind.DAMAGE for n in history.notices)
    if not told and problems:
        where, _, what = problems[0].rpartition(": ")
        raise FlowError(f"{where} cannot be read: {what}", "see: flowtui runs read --help")
    seen = Seen(
        now=clock.now(),
        name=log.title or log.name,
        history=history,
        formats=log.formats,
        started_at=_instant(history.first_at),
        rhythm=log.rhythm,
        log_changed_at=_instant(log.changed_at),
        exit_status=_exit_status(history.latest()),
    )
    if state_of(seen) in ENDED:
        seen = _ended(seen)
    damage = tuple(n.text for n in history.of_kind(NoticeKind.DAMAGE))
    return Look(seen, tuple(dict.fromkeys((*problems, *damage))))


def _ended(seen: Seen) -> Seen:
    at = seen.history.last_at
    return replace(seen, ended_at=_instant(at) if at is not None else seen.log_changed_at)


def _exit_status(notices: list[Notice]) -> int | None:
    """The exit status that the log itself recorded."""
    said = [n.exit_status for n in notices if n.kind is NoticeKind.FINISHED]
    return next((status for status in reversed(said) if status is not None), None)


def _instant(at: float | None) -> datetime | None:
    try:
        return None if at is None else datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):
        return None  # a log may claim any instant
