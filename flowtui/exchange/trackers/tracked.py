"""What an export of a time tracker gives: stretches of time, and what was not understood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flowtui.core.lazy_dataclass import dataclass
from flowtui.exchange.protocol import LeftOut, Options, Unread


@dataclass(frozen=True, slots=True)
class TrackedTime:
    """One stretch."""

    key: str
    """Names it within the format, the same from export to export."""
    start: datetime
    end: datetime
    """Both aware; `end` after `start`."""
    text: str = ""
    tags: tuple[str, ...] = ()
    project: str = ""
    line: int = 0
    """Line or row of the file, from 1; 0 where that says nothing."""


TrackedRow = TrackedTime | Unread | LeftOut


class Tracker(Protocol):
    """One program's export."""

    @property
    def name(self) -> str:
        """What is typed: `flowtui import NAME FILE`."""
        ...

    @property
    def title(self) -> str:
        """What a person reads."""
        ...

    def sniff(self, path: Path) -> bool:
        """Whether `path` looks like this format. Raises nothing."""
        ...

    def read(self, path: Path, options: Options) -> Iterator[TrackedRow]:
        """All rows. Raises FlowError for a file that is damaged or something else."""
        ...
