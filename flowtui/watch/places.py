"""What lies in a file or folder: one run, or several, each with the places that tell of it.

A folder is walked to a bounded depth and number of entries, without following links. Event files,
`.wandb`, tables, databases and logs are found by their names and first bytes; what belongs together
(a console log beside the metrics of one run, `train/` and `validation/` of one) becomes one run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from flowtui.core.errors import FlowError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.metrics import Split, split_of
from flowtui.watch.folders import Entry, kind_of, walk
from flowtui.watch.place import Place
from flowtui.watch.stores import runs_in_database, runs_in_mlruns

MAX_RUNS = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A run and where it is told of; the most exact place first."""

    name: str
    places: tuple[Place, ...] = field(default_factory=tuple)


def find(path: Path) -> list[Found]:
    """The runs that `path` tells of; at least one for a file, none for a folder without any.

    Raises FlowError if there is no such path, or no permission to look at it.
    """
    try:
        is_folder = path.is_dir()
        if not is_folder and not path.exists():
            raise FlowError(f"there is no {path}", "give a log, a folder or a database")
        if is_folder:
            return _in_folder(path)
        entry = kind_of(path)
        if entry is not None and entry.kind == "database":
            return _in_database(path)
    except PermissionError as error:
        raise FlowError(f"no permission to read {path}", "ask its owner, or use sudo") from error
    return [Found(_name_of(path), (Place("file", path),))]


def _in_database(path: Path) -> list[Found]:
    store, runs = runs_in_database(path)
    return [Found(name, (Place(store, path, key),)) for key, name in runs[:MAX_RUNS]]


def _in_folder(root: Path) -> list[Found]:
    entries = list(walk(root))
    runs: dict[Path, list[Place]] = {}
    found: list[Found] = []
    logs: list[Entry] = []
    tracked = {entry.path.parent: entry.path for entry in entries if entry.kind == "wandb"}
    for entry in entries:
        inside = next((tracked[up] for up in entry.path.parents if up in tracked), None)
        if inside is not None:  # what lies in the folder of a `.wandb` file is that run's
            runs.setdefault(inside, []).append(Place("file", entry.path))
        elif entry.kind == "database":
            found += _in_database(entry.path)
        elif entry.kind == "mlruns":
            found += [
                Found(name, (Place("mlflow-folder", folder),))
                for folder, name in runs_in_mlruns(entry.path)
            ]
        elif entry.kind == "packed":
            found.append(Found(_name_of(entry.path, root), (Place("file", entry.path),)))
        elif entry.kind == "log":
            logs.append(entry)
        else:
            home, prefix = _home(entry, root)
            runs.setdefault(home, []).append(Place("file", entry.path, prefix=prefix))
    found += _with_logs(root, runs, logs)
    return found[:MAX_RUNS]


def _home(entry: Entry, root: Path) -> tuple[Path, str]:
    """The folder of the run that a file belongs to, and what its metrics are prefixed with."""
    folder = entry.path.parent
    if entry.kind == "wandb":
        return entry.path, ""
    if entry.kind == "state" and folder.name.startswith("checkpoint-") and folder != root:
        return folder.parent, ""
    if entry.kind == "events" and folder != root:
        if split_of(folder.name) in (Split.TRAIN, Split.VALIDATION) and len(folder.name) < 16:
            return folder.parent, f"{folder.name}/"
        if folder.parent.name == "runs" and folder.parent != root:
            return folder.parent.parent, ""  # Hugging Face: OUTPUT/runs/DATE_HOST
    return folder, ""


def _with_logs(root: Path, runs: dict[Path, list[Place]], logs: list[Entry]) -> list[Found]:
    alone: dict[str, list[Place]] = {}
    for log in logs:
        place = Place("file", log.path)
        near = [home for home in runs if _belongs(log.path, home)]
        if len(near) == 1:
            runs[near[0]].append(place)
        else:
            alone.setdefault(_stem(log.path), []).append(place)
    found = [
        Found(_name_of(home, root), tuple(_latest_states(places))) for home, places in runs.items()
    ]
    found += [Found(_name_of(places[0].path, root), tuple(places)) for places in alone.values()]
    return found


def _belongs(log: Path, home: Path) -> bool:
    """True if a log lies in the folder of a run, above it, or beside a `.wandb` file."""
    folder = home.parent if home.suffix == ".wandb" else home
    return log.parent == folder or folder in log.parents or log.parent in folder.parents


def _stem(log: Path) -> str:
    """What logs of one run have in common: job.out and job.err, rank_0.log and rank_1.log."""
    stem = re.sub(r"(?i)[._-]?(?:stdout|stderr|out|err)$", "", log.stem)
    return str(log.parent / re.sub(r"(?i)(rank|worker|node)[._-]?\d+", r"\1", stem))


def _latest_states(places: list[Place]) -> Iterator[Place]:
    """Of the trainer_state.json of many checkpoints the latest alone."""
    states = [place for place in places if place.path.name == "trainer_state.json"]
    latest = max(states, key=lambda place: _number(place.path), default=None)
    order = {".wandb": 0, ".csv": 1}
    for place in sorted(places, key=lambda p: (order.get(p.path.suffix, 2), str(p.path))):
        if place.path.name != "trainer_state.json" or place is latest:
            yield place


def _number(path: Path) -> int:
    digits = path.parent.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else -1


def _name_of(path: Path, root: Path | None = None) -> str:
    """A short name for a run: the folder's, where the file's says nothing."""
    if root is not None and path == root:
        return root.resolve().name or str(root)
    if path.suffix == ".wandb":
        return path.stem
    dull = {"metrics", "results", "history", "output", "train", "training", "log", "stdout", "out",
            "nohup", "stderr", "trainer_state", "events"}  # fmt: skip
    if path.suffix in (".gz", ".zip"):
        path = path.with_suffix("")
    stem = path.stem if path.suffix else path.name
    if stem.lower() in dull or stem.startswith("events.out"):
        parent = path.resolve().parent
        if parent.name.startswith("version_"):
            return f"{parent.parent.parent.name}/{parent.name}"
        return parent.name or stem
    if root is not None and path.is_dir():
        return os.path.relpath(path, root)
    return stem
