"""Walking a folder for what tells of training runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from flowtui.core.runs.metrics import better_of
from flowtui.core.runs.reading import Item, NoticeKind, Reading
from flowtui.watch.databases import is_sqlite
from flowtui.watch.packed import holds_run
from flowtui.watch.readers.csvs import Table
from flowtui.watch.readers.registry import HEAD, reader_for
from flowtui.watch.readers.textlog import TextLog

MAX_DEPTH = 6
MAX_ENTRIES = 20_000
MAX_PROBED = 300
"""Files without a telling name that are looked into, at most."""

LOGS_BY_NAME = (".log", ".out", ".err")

_PASSED = {"node_modules", "__pycache__", "site-packages", "artifacts", "weights", "code", "src"}
_LOGS = {".log", ".out", ".txt", ".err", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ""}
_PROBE = 131_072
_NO_RUNS = frozenset(
    {
        "debug.log", "debug-internal.log", "debug-core.log", "requirements.txt", "package.json",
        "package-lock.json", "tsconfig.json", "wandb-metadata.json", "wandb-summary.json",
        "CMakeLists.txt", "LICENSE.txt", "README.txt", "vocab.txt", "merges.txt", "labels.txt",
        "classes.txt", "config.json", "tokenizer.json", "tokenizer_config.json", "vocab.json",
        "special_tokens_map.json", "generation_config.json", "adapter_config.json",
    }
)  # fmt: skip
"""Settings and word lists that lie beside a run, and what trackers write of themselves."""
_TELLS = re.compile(
    r"(?i)metric|result|history|progress|(?:^|_)log|summary|lcurve|loss|train|score"
)


class Entry(NamedTuple):
    """A file or folder that may tell of a run."""

    kind: str
    """"events", "wandb", "table", "state", "lines", "log", "packed", "database" or "mlruns"."""
    path: Path


def walk(root: Path) -> Iterator[Entry]:
    """What lies under `root`; folders that cannot be read are passed over."""
    left, probes = MAX_ENTRIES, MAX_PROBED
    todo = [(root, 0)]
    while todo and left > 0:
        folder, depth = todo.pop()
        try:
            with os.scandir(folder) as listed:
                names = sorted(listed, key=lambda entry: entry.name)
        except OSError:
            if depth == 0:
                raise
            continue
        if any(entry.name == "meta.yaml" for entry in names) or folder.name == "mlruns":
            yield Entry("mlruns", folder)
            continue
        for entry in names:
            left -= 1
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if depth < MAX_DEPTH and not _is_passed(entry.name):
                    todo.append((path, depth + 1))
            elif entry.is_file(follow_symlinks=False) or (depth == 0 and entry.is_file()):
                found = kind_of(path, probes > 0)
                probes -= found is None or found.kind == "log"
                if found is not None:
                    yield found


def kind_of(path: Path, probe: bool = True) -> Entry | None:
    """What a file is, by its name and first bytes; None if it tells of no run.

    With `probe` a file without a telling name is looked into.
    """
    name = path.name
    if "tfevents" in name:
        return Entry("events", path)
    if name.endswith(".wandb"):
        return Entry("wandb", path)
    if path.suffix in (".db", ".sqlite", ".sqlite3"):
        return Entry("database", path) if is_sqlite(_head(path, 16)) else None
    if path.suffix == ".zip":
        return Entry("packed", path) if probe and holds_run(path) else None
    if name == "trainer_state.json":
        return Entry("state", path)
    if path.suffix.lower() not in _LOGS or name in _NO_RUNS or not probe:
        return None
    return _probe(path)


def _probe(path: Path) -> Entry | None:
    head = _head(path, HEAD)
    reader = reader_for(head, path.name) if head else None
    if reader is None:
        return None
    if not isinstance(reader, TextLog):
        items = reader.feed(head if len(head) < HEAD else head[: head.rfind(b"\n") + 1])
        if isinstance(reader, Table):
            return Entry("table", path) if _tells(items, path) else None
        return Entry("lines", path) if any(isinstance(item, Reading) for item in items) else None
    if path.suffix in (".csv", ".tsv", ".json"):
        return None
    found = reader.feed(head)
    if not reader.formats:
        found += reader.feed(b"\n" + _tail(path))
    of_log = bool(reader.formats or found)
    if path.suffix not in LOGS_BY_NAME:
        of_log = any(map(_has_figures, found))  # notes and lists count steps as well
    return Entry("log", path) if of_log else None


def _has_figures(item: Item) -> bool:
    """True for metrics, a place in a whole, or an error; a number of a step alone is anything's."""
    if isinstance(item, Reading):
        return bool(item.metrics or item.total_steps or item.total_epochs)
    return item.kind is not NoticeKind.DAMAGE


def _tells(items: Sequence[Item], path: Path) -> bool:
    """True for a table of a training; a table of data has neither places nor measures."""
    readings = [item for item in items if isinstance(item, Reading)]
    placed = any(item.step is not None or item.epoch is not None for item in readings)
    measures = any(better_of(name) for item in readings for name in item.metrics)
    if type(reader_for(_head(path, HEAD), path.name)) is not Table:
        return placed  # a library's own
    return measures and (placed or _TELLS.search(path.stem) is not None)


def _is_passed(name: str) -> bool:
    return name in _PASSED or (name.startswith(".") and name != ".aim")


def _head(path: Path, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(length)
    except OSError:
        return b""


def _tail(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _PROBE))
            return file.read(_PROBE) if size > HEAD else b""
    except OSError:
        return b""
