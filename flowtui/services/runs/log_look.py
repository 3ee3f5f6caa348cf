"""Where a run tells of itself, and one look at any log that records nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.runs.findings.finding import Finding
from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import Notice, NoticeKind
from flowtui.core.runs.run import Run
from flowtui.core.runs.run_state import ENDED, state_of
from flowtui.watch.adopt import printed_by, written_by
from flowtui.watch.folders import kind_of
from flowtui.watch.place import Place
from flowtui.watch.places import Found, find
from flowtui.watch.rundir import RunDir
from flowtui.watch.runlog import RunLog

TELLING = ("events", "wandb", "table", "state", "database")
"""Kinds of file that hold metrics and nothing else: found open, they are read as well."""

PRINTED = ("", ".log", ".out", ".txt", ".err", ".stdout")
"""Endings of files to which people send what a program prints."""


def log_of(run: Run, directory: RunDir, later: Sequence[Place] = ()) -> RunLog:
    """The log of a run; `later` are places that it was seen to write since."""
    own = () if run.adopted else (Place("file", directory.output),)
    try:
        spec = directory.spec()
        named = spec.places
        own = () if spec.address else own
    except (OSError, ValueError):  # its folder is gone: the record has outlived it
        named = tuple(Place("file", Path(path)) for path in run.paths if "://" not in path)
    places = (*own, *named, *later)
    return RunLog(Found(run.name, tuple(dict.fromkeys(places))))


def places_in(path: Path, since: float | None = None) -> list[Found]:
    """The runs that lie in a file or folder, changed since an instant (POSIX seconds; None: ever).

    Raises FlowError if there is no such path, or no permission to look at it.
    """
    return [found for found in find(path) if since is None or _changed(found) >= since]


def opened_by(pids: Sequence[int]) -> list[Place]:
    """Files with metrics that these processes have open for writing, and those they print to.

    A script may send what its training prints to a file of its own choice.
    """
    found: dict[Place, None] = {}
    for pid in pids:
        for path in written_by(pid):
            kind = kind_of(path)
            if kind is not None and kind.kind in TELLING:
                found[Place("file", path)] = None
        for path in printed_by(pid):
            if path.suffix in PRINTED and kind_of(path) is not None:
                found[Place("file", path)] = None
    return list(found)


def _changed(found: Found) -> float:
    latest = 0.0
    for place in found.places:
        try:
            latest = max(latest, place.path.stat().st_mtime)
        except OSError:
            continue
    return latest


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
