"""Takes up what runs already: a process, its logs, a folder, or all that holds a GPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.runs.address import is_address
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.run import Run
from flowtui.services.runs.beyond import Answer, Beyond
from flowtui.services.runs.first_silent import first_silent
from flowtui.services.runs.launch import RunStarter
from flowtui.services.runs.tracked_run import identity_known, later_places
from flowtui.watch.adopt import Writing, look_at
from flowtui.watch.place import Place
from flowtui.watch.places import Found
from flowtui.watch.process import descendants
from flowtui.watch.writers import writer_of

GPU = "gpu"
MOST = 12
"""Runs that one folder may bring."""
KNOWN = 500
"""So many of the newest runs are not taken up a second time."""
GOES_ON_S = 5.0
"""A log that changed so long after its run's end has a new run in it."""


class RunAdopter:
    """Adopts runs of one person."""

    def __init__(
        self,
        starter: RunStarter,
        read_gpus: Callable[[], tuple[Sequence[GpuReading], str | None]],
        places_in: Callable[[Path, float | None], Sequence[Found]],
        beyond: Beyond | None = None,
    ) -> None:
        self._starter = starter
        self._book = starter.book
        self._read_gpus = read_gpus
        self.beyond = beyond
        """What is beyond this machine; None: nothing can be reached."""
        self._places_in = places_in
        """Runs in a file or folder, changed since an instant (POSIX seconds; None: ever)."""

    def adopt(
        self,
        places: Sequence[str],
        name: str | None = None,
        baseline: str = "",
        answer: Answer | None = None,
    ) -> list[Run]:
        """Watch what `places` name; one run, save for `gpu`: one for each process on the GPUs.

        Of a place beyond this machine `answer` is what was said there (`ask`); None: it is asked.

        Raises UsageError for a place that is not there, FlowError for a process that may not be
        seen. Nothing is written then.
        """
        if GPU in places:
            if len(places) > 1 or name:
                raise UsageError(f"{GPU} stands alone", "its runs are named by their commands")
            return self._of_gpus(baseline)
        if any(map(is_address, places)):
            if self.beyond is None or not all(map(is_address, places)) or len(places) > 1:
                raise UsageError("a place beyond this machine stands alone", "add them one by one")
            return self.beyond.adopt(places[0], name, baseline, answer)
        pids = [int(place) for place in places if place.isdigit() and not Path(place).exists()]
        if len(pids) > 1:
            raise UsageError("one run has one process", "add them one by one")
        paths = [Path(place).absolute() for place in places if not _is_pid(place)]
        _all_answer(paths)
        for path in paths:
            try:
                is_there = path.exists()
            except OSError as error:
                raise UsageError(
                    f"{path}: {error.strerror}", "give a log that can be read"
                ) from None
            if not is_there:
                raise UsageError(f"{path} is not there", "give a log, a folder, or a PID")
        if pids:
            return [self._of_process(pids[0], paths, name, baseline)]
        return self._of_paths(paths, name, baseline)

    def ask(self, places: Sequence[str]) -> Answer | None:
        """What is said of a place beyond this machine; None of one of this machine.

        May take long, and writes nothing. Raises UsageError or FlowError.
        """
        if self.beyond is None or len(places) != 1 or not is_address(places[0]):
            return None
        return self.beyond.ask(places[0])

    def _of_process(self, pid: int, paths: list[Path], name: str | None, baseline: str) -> Run:
        self._refuse_known(pid)
        found = look_at(pid)
        if found is None:
            raise FlowError(
                f"process {pid} does not exist, or is not yours to see", "see them: flowtui gpus"
            )
        named = [place for path in paths for place in self._one(path).places]
        places = named or [Place("file", log) for log in found.logs] or self._lying(found)
        return self._starter.adopt(
            places, pid, found.folder, found.portrait.command, name, baseline
        )

    def _lying(self, found: Writing) -> list[Place]:
        """What the folder of a process holds that was written since it began."""
        began = found.portrait.since
        runs = self._places_in(found.folder, began) if found.portrait.folder else ()
        return [place for run in runs for place in run.places]

    def _of_paths(self, paths: list[Path], name: str | None, baseline: str) -> list[Run]:
        if len(paths) > 1:
            runs = [Found(name or "", tuple(p for path in paths for p in self._one(path).places))]
        else:
            runs = list(self._places_in(paths[0], None))
            if not runs:
                raise FlowError(
                    f"nothing in {paths[0]} tells of a training run", "give a log, or a PID"
                )
            if len(runs) > MOST:
                raise FlowError(
                    f"{paths[0]} holds {len(runs)} runs", "give the folder of one of them"
                )
        known = self._known()
        new = [run for run in runs if not any(_key(place) in known for place in run.places)]
        if not new:
            run = next(known[key] for key in map(_key, runs[0].places) if key in known)
            word = "was read to its end" if run.ended else "is watched"
            raise FlowError(f"{paths[0]} {word} already", f"see: flowtui runs show {run.id}")
        if name and len(new) > 1:
            raise UsageError(
                f"{paths[0]} holds {len(new)} runs: one name does not do",
                "add them one by one, or without --name",
            )
        return [self._of_found(run, name, baseline) for run in new]

    def _known(self) -> dict[tuple[str, str], Run]:
        """Places of the runs that are under way, and of those ended whose logs are as they were."""
        known: dict[tuple[str, str], Run] = {}
        for run in [*self._book.recent(KNOWN), *self._book.active()]:
            directory = self._book.dir(run.id)
            try:
                places = directory.spec().places
            except (OSError, ValueError):  # its folder is gone
                places = tuple(Place("file", Path(path)) for path in run.paths)
            for place in (*places, *later_places(directory.folder)):
                if not run.ended or not _went_on(place, run):
                    known[_key(place)] = run
        return known

    def _of_found(self, found: Found, name: str | None, baseline: str) -> Run:
        pid = self._free_writer(found)
        if pid is not None and (writing := look_at(pid)) is not None:
            return self._starter.adopt(
                found.places, pid, writing.folder, writing.portrait.command, name or found.name,
                baseline,
            )  # fmt: skip
        first = found.places[0].path
        folder = first if first.is_dir() else first.parent
        stats = [place.path.stat() for place in found.places]
        began = min(min(stat.st_ctime, stat.st_mtime) for stat in stats)
        return self._starter.adopt(
            found.places, None, folder, (), name or found.name, baseline,
            datetime.fromtimestamp(began, UTC),
        )  # fmt: skip

    def _free_writer(self, found: Found) -> int | None:
        """The process that writes the run's files, if no other run under way has it."""
        pid = writer_of([place.path for place in found.places if place.kind == "file"])
        return None if pid is None or pid in self._known_pids() else pid

    def _one(self, path: Path) -> Found:
        """The one run that a path tells of. Raises FlowError if it tells of several, or none."""
        runs = self._places_in(path, None)
        if len(runs) != 1:
            raise FlowError(f"{path} holds {len(runs)} runs", "give the log of one of them")
        return runs[0]

    def _of_gpus(self, baseline: str) -> list[Run]:
        readings, problem = self._read_gpus()
        if problem is not None and not readings:
            raise FlowError(f"GPUs cannot be read: {problem}", "name a PID instead")
        pids = {
            process.pid: None
            for gpu in readings
            for process in gpu.processes or ()
            if process.visible and process.mine
        }
        known = self._known_pids()
        new = [pid for pid in pids if pid not in known]
        if not new:
            raise FlowError(
                "no process of yours holds a GPU that is not watched already", "see: flowtui gpus"
            )
        return [self._of_process(pid, [], None, baseline) for pid in new]

    def _refuse_known(self, pid: int) -> None:
        known = self._known_pids().get(pid)
        if known is not None:
            raise FlowError(f"process {pid} is watched already", f"see: flowtui runs show {known}")

    def _known_pids(self) -> dict[int, str]:
        """Processes of the runs under way, with their descendants, and the ids of those runs."""
        found: dict[int, str] = {}
        for id in self._book.active_ids():
            who = identity_known(self._book.dir(id))
            if who is not None:
                found |= dict.fromkeys(descendants(who), id)
        return found


def _key(place: Place) -> tuple[str, str]:
    """What tells a place from others, however its path is written."""
    return str(place.path.resolve()), place.run


def _went_on(place: Place, run: Run) -> bool:
    """True if a place changed after the end of its run."""
    try:
        changed = place.path.stat().st_mtime
    except OSError:
        return False
    return run.ended_at is not None and changed > run.ended_at.timestamp() + GOES_ON_S


def _is_pid(place: str) -> bool:
    return place.isdigit() and not Path(place).exists()


def _all_answer(paths: Sequence[Path]) -> None:
    """Raise FlowError where one of them lies on a file system that hangs."""
    silent = first_silent(paths) if paths else None
    if silent is not None:
        raise FlowError(f"{silent} does not answer: its file system hangs", "try again later")
