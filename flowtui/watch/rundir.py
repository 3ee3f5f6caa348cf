"""The folder of one run: what was asked for, who runs it, what it printed, how it ended.

    spec.json      what it is: written once, before anything starts
    started.json   pids of supervisor and command, with the instants they began
    stdin          what the command reads, if something was given to it
    output.log     what the command printed (runs that flowtui started)
    stop.json      the grace that somebody who asked for its end gave
    ended.json     exit status, instant, use of resources: written once, when it ended
    mirror/        what it prints on another machine, fetched byte by byte

Every file is replaced as a whole, so a reader sees it whole or not at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, field, fields
from pathlib import Path
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.watch.pidstart import start_of
from flowtui.watch.place import Place

SPEC, STARTED, STDIN, OUTPUT, STOP, ENDED, MIRROR = (
    "spec.json", "started.json", "stdin", "output.log", "stop.json", "ended.json", "mirror",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spec:
    """What a run is."""

    id: str
    name: str
    folder: str
    """Where the command works, or worked."""
    command: tuple[str, ...] = ()
    """Empty for a run of which only logs are known."""
    places: tuple[Place, ...] = ()
    """Where an adopted run tells of itself; output that we keep is not among them."""
    pid: int | None = None
    """The process of an adopted run."""
    began: float | None = None
    """When that process began, after the boot: with the pid it names one process for good."""
    since: float | None = None
    """When the run began, POSIX seconds, as far as that is known."""
    asks: bool = False
    """True if the command reads from its terminal: it may ask, and wait for an answer."""
    address: str = ""
    """Where it is told of beyond this machine (`core.runs.address`); empty: here."""
    there: Mapping[str, str] = field(default_factory=dict)
    """What is known of it over there: `began`, `output`, `end`."""


@dataclass(frozen=True, slots=True)
class Started:
    """Who runs it."""

    supervisor: int
    supervisor_began: float
    pid: int
    pid_began: float
    started_at: float
    """POSIX seconds."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended."""

    exit_status: int | None
    """As `subprocess` has it: negative is the signal that ended it. None: nobody knows."""
    ended_at: float
    """POSIX seconds."""
    user_s: float | None = None
    system_s: float | None = None
    max_rss_bytes: int | None = None
    """Of the largest single process, by the kernel."""
    dropped_bytes: int = 0
    """Output that could not be kept."""
    problem: str = ""


class RunDir:
    """Reads and writes the files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def mirror(self) -> Path:
        """What it printed elsewhere, mirrored."""
        return self.folder / MIRROR

    @property
    def output(self) -> Path:
        """What the command printed."""
        return self.folder / OUTPUT

    def write_spec(self, spec: Spec) -> None:
        """Make the folder and say what the run is. Raises OSError."""
        self.folder.mkdir(parents=True, mode=0o700)
        self._write(SPEC, asdict(spec))

    def spec(self) -> Spec:
        """What the run is. Raises OSError or ValueError."""
        data = self._read(SPEC)
        if data is None:
            raise ValueError(f"{self.folder / SPEC} does not say what the run is")
        known = {each.name for each in fields(Spec)}
        given = {key: value for key, value in data.items() if key in known}
        places = tuple(Place(**{**p, "path": Path(p["path"])}) for p in given["places"])
        return Spec(**{**given, "command": tuple(given["command"]), "places": places})

    def give_stdin(self, data: bytes) -> None:
        """Keep what the command is to read. Raises OSError."""
        (self.folder / STDIN).write_bytes(data)

    def stdin(self, spec: Spec) -> Path | None:
        """The file that the command reads from; None: its terminal."""
        if spec.asks:
            return None
        given = self.folder / STDIN
        return given if given.exists() else Path(os.devnull)

    def write_started(self, supervisor: int, pid: int, at: float) -> None:
        """Say who runs it, since `at` (POSIX seconds)."""
        self._write(
            STARTED,
            {
                "supervisor": supervisor,
                "supervisor_began": start_of(supervisor) or 0.0,
                "pid": pid,
                "pid_began": start_of(pid) or 0.0,
                "started_at": at,
            },
        )

    def started(self) -> Started | None:
        """Who runs it; None if nobody said so yet."""
        data = self._read(STARTED)
        return Started(**data) if data is not None else None

    def write_stop(self, grace_s: float, at: float) -> None:
        """Note that a person asked for the end at `at` (POSIX seconds), and the grace."""
        self._write(STOP, {"grace_s": grace_s, "at": at})

    def grace_s(self, usual: float) -> float:
        """Seconds between asking and ending."""
        data = self._read(STOP)
        return float(data["grace_s"]) if data is not None else usual

    @property
    def stop_asked(self) -> bool:
        """True if a person asked for its end."""
        return (self.folder / STOP).exists()

    def write_ended(self, data: Mapping[str, Any]) -> None:
        """Say how it ended."""
        self._write(ENDED, data)

    def ended(self) -> Ended | None:
        """How it ended; None while it has not, as far as anybody wrote down."""
        data = self._read(ENDED)
        return Ended(**data) if data is not None else None

    def _write(self, name: str, data: Mapping[str, Any]) -> None:
        beside = self.folder / f".{name}.{os.getpid()}"
        beside.write_text(json.dumps(data, default=str), encoding="utf-8")
        beside.replace(self.folder / name)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            data = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        return data if isinstance(data, dict) else None
