"""Reading a fixture as a test wants it: whole, or cut anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flowtui.core.runs.history import History
from flowtui.core.runs.reading import Item
from flowtui.watch.places import find
from flowtui.watch.readers.protocol import Reader
from flowtui.watch.readers.registry import HEAD, reader_for
from flowtui.watch.runlog import RunLog

FIXTURES = Path(__file__).parent / "fixtures"


def reader_of(data: bytes, name: str) -> Reader:
    """A new reader for these bytes."""
    reader = reader_for(data[:HEAD], name)
    assert reader is not None, f"{name} looks like no log"
    return reader


def read(data: bytes, name: str = "train.log", cuts: Iterable[int] = ()) -> list[Item]:
    """What a reader says of `data`, fed in pieces that end at `cuts`."""
    reader = reader_of(data, name)
    items: list[Item] = []
    start = 0
    for cut in sorted(cut for cut in cuts if 0 <= cut <= len(data)):
        items += reader.feed(data[start:cut])
        start = cut
    return items + reader.feed(data[start:]) + reader.close()


def folded(data: bytes, name: str = "train.log") -> History:
    """The history that `data` tells."""
    history = History()
    history.fold(read(data, name))
    return history


def text(*lines: str) -> History:
    """The history that a text log of these lines tells."""
    return folded(("\n".join(lines) + "\n").encode())


def runs_in(path: Path) -> dict[str, RunLog]:
    """Every run under `path`, looked at to its end, by name."""
    logs = {}
    for found in find(path):
        log = logs[found.name] = RunLog(found)
        log.look()
        log.close()
    return logs


def fixture(name: str) -> History:
    """The history of a fixture that is one file."""
    path = FIXTURES / name
    return folded(path.read_bytes(), path.name)
