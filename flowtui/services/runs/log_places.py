"""Where a run tells of itself: its own output, where it was adopted, and what it opens later."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flowtui.core.runs.run import Run
from flowtui.watch.adopt import written_by
from flowtui.watch.folders import kind_of
from flowtui.watch.place import Place
from flowtui.watch.places import Found, find
from flowtui.watch.rundir import RunDir
from flowtui.watch.runlog import RunLog

TELLING = ("events", "wandb", "table", "state", "database")
"""Kinds of file that hold metrics and nothing else: found open, they are read as well."""


def log_of(run: Run, directory: RunDir, later: Sequence[Place] = ()) -> RunLog:
    """The log of a run; `later` are places that it was seen to write since."""
    own = () if run.adopted else (Place("file", directory.output),)
    try:
        named = directory.spec().places
    except (OSError, ValueError):  # its folder is gone: the record has outlived it
        named = tuple(Place("file", Path(path)) for path in run.paths)
    places = (*own, *named, *later)
    return RunLog(Found(run.name, tuple(dict.fromkeys(places))))


def places_in(path: Path, since: float | None = None) -> list[Found]:
    """The runs that lie in a file or folder, changed since an instant (POSIX seconds; None: ever).

    Raises FlowError if there is no such path, or no permission to look at it.
    """
    return [found for found in find(path) if since is None or _changed(found) >= since]


def opened_by(pids: Sequence[int]) -> list[Place]:
    """Files with metrics that these processes have open for writing."""
    found: dict[Place, None] = {}
    for pid in pids:
        for path in written_by(pid):
            kind = kind_of(path)
            if kind is not None and kind.kind in TELLING:
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
