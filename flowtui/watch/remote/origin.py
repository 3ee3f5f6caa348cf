"""The one protocol of sources: what can be listed there, read from there, and followed.

An origin is whatever is asked as one: a host, a cluster, a server, this very machine. It may answer
late, in batches, for a thousand things at once; each of its reports carries its age. The thread
that follows it is `flowtui.watch.remote.feed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.address import Address
from flowtui.core.runs.pace import Spent
from flowtui.core.runs.report import Report


class OriginError(Exception):
    """Why an origin does not answer, as one line that can be shown; says nothing of a run.

    `told` is True where the person has to do something before asking again makes sense; `wait_s` is
    how long the origin itself asks to be left alone.
    """

    def __init__(self, words: str, told: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(words)
        self.told = told
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Want:
    """A run that somebody wants to hear of."""

    id: str
    address: Address
    folder: Path
    """Where what it prints is mirrored; its own."""
    logs: tuple[str, ...] = ()
    """Files over there that it prints to, where they are known from the start."""
    end: str = ""
    """The file over there in which its end is written down, if there will be one."""
    began: str = ""
    """Of a process: when it began, by the other kernel; another one may get its number."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be watched at an origin."""

    address: Address
    name: str
    about: str = ""


class Origin(Protocol):
    """One place that is asked as one."""

    @property
    def name(self) -> str:
        """ "ssh gpu01", "slurm", "mlflow https://lab.example"."""
        ...

    @property
    def floor_s(self) -> float:
        """The least number of seconds between two rounds."""
        ...

    @property
    def near_s(self) -> float:
        """The same while a person looks on."""
        ...

    def list(self, words: str) -> Sequence[Offer]:
        """What `words` mean there: a folder, `me`, an experiment. Raises OriginError."""
        ...

    def read(self, wants: Sequence[Want]) -> Spent:
        """Ask once about all of `wants`; may take its time. Raises OriginError."""
        ...

    def report(self, id: str) -> Report | None:
        """What was heard of a run last; never waits."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
