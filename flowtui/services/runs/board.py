"""The small file in which the watcher says what it sees, and whoever shows it looks.

One writer, any number of readers; replaced as a whole. Beside it lies a file that readers touch to
say that somebody looks at the GPUs, so that they are read without a run as well.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flowtui.core import status_file
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.machine import GpuProcess, GpuReading, Throttle
from flowtui.core.runs.news import News
from flowtui.system.files import write_atomic

STATUS = "status"
FRESH_S = 15.0
"""A board older than this was left by a watcher that is gone."""
WANTED_S = 30.0
"""For how long GPUs are read on behalf of somebody who looked."""
HISTORY = 60
"""Past figures of each GPU's use that are kept for its strip: two minutes."""
GPU_FIELDS = tuple(field.name for field in fields(GpuReading))
PROCESS_FIELDS = tuple(field.name for field in fields(GpuProcess))


@dataclass(frozen=True, slots=True)
class Board:
    """All that the watcher sees at one instant."""

    at: float = 0.0
    """POSIX seconds; 0: nobody ever watched."""
    pid: int = 0
    runs: tuple[RunGlance, ...] = ()
    """Runs under way, and those that ended while this watcher looked."""
    gpus: tuple[GpuReading, ...] = ()
    strips: tuple[tuple[float | None, ...], ...] = ()
    """The past use of each of `gpus`, oldest first."""
    gpu_problem: str | None = None
    news: tuple[News, ...] = ()

    def is_fresh(self, now: float) -> bool:
        """Whether somebody watches, by the age of this look."""
        return 0 <= now - self.at < FRESH_S


class BoardFile:
    """Where the board lies."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "runs.json"
        self._status = folder / STATUS
        self._wanted = folder / "gpus.wanted"
        self._seen: tuple[int, int] | None = None
        self._board = Board()

    @property
    def path(self) -> Path:
        """The file itself."""
        return self._file

    def write(self, board: Board) -> None:
        """Show `board` to everybody. Raises OSError."""
        data: dict[str, Any] = {
            "at": board.at,
            "pid": board.pid,
            "runs": [run.to_json() for run in board.runs],
            "gpus": [gpu_to_json(gpu) for gpu in board.gpus],
            "strips": [list(strip) for strip in board.strips],
            "gpu_problem": board.gpu_problem,
            "news": [news.to_json() for news in board.news],
        }
        write_atomic(self._file, json.dumps(data, separators=(",", ":")).encode())

    def write_status(self, runs: Sequence[RunGlance], line: str, held: int, at: float) -> None:
        """Say what `flowtui status` needs, in its own format. Raises OSError."""
        fields = {"at": int(at), "run": line, "runs": len(runs), "held": held}
        views = json.dumps([run.view() for run in runs], ensure_ascii=False, separators=(",", ":"))
        write_atomic(self._status, status_file.encode(fields, views).encode())

    def read(self) -> Board:
        """The latest board; an empty one where there is none. Costs a look at the file's age."""
        try:
            stat = self._file.stat()
            mark = (stat.st_mtime_ns, stat.st_ino)
            if mark != self._seen:
                self._board = _board(json.loads(self._file.read_bytes()))
                self._seen = mark
        except (OSError, ValueError, KeyError, TypeError):
            return Board()  # none yet, or of another version: the next one comes in a second
        return self._board

    def want_gpus(self) -> None:
        """Say that somebody looks at the GPUs. Best effort."""
        try:
            self._wanted.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._wanted.touch(mode=0o600)
        except OSError:
            pass  # then the GPUs are shown while a run is watched, and not else

    def gpus_wanted(self, now: float) -> bool:
        """Whether somebody looked lately."""
        try:
            return abs(now - self._wanted.stat().st_mtime) < WANTED_S
        except OSError:
            return False


def gpu_to_json(gpu: GpuReading) -> dict[str, Any]:
    """A reading as JSON, missing figures as null; the instant in POSIX seconds."""
    # by hand: dataclasses.asdict copies deeply, and this is done for each GPU every two seconds
    data = {name: getattr(gpu, name) for name in GPU_FIELDS}
    data["at"] = gpu.at.timestamp()
    data["throttle"] = None if gpu.throttle is None else sorted(gpu.throttle)
    if gpu.processes is not None:
        data["processes"] = [
            {name: getattr(one, name) for name in PROCESS_FIELDS} for one in gpu.processes
        ]
    return data


def gpu_from_json(data: dict[str, Any]) -> GpuReading:
    """Back from `gpu_to_json`. Raises KeyError, TypeError or ValueError for anything else."""
    throttle, processes = data["throttle"], data["processes"]
    return GpuReading(
        **data
        | {
            "at": datetime.fromtimestamp(data["at"], UTC),
            "throttle": None if throttle is None else frozenset(map(Throttle, throttle)),
            "processes": None if processes is None else tuple(GpuProcess(**p) for p in processes),
        }
    )


def _board(data: dict[str, Any]) -> Board:
    strips: Sequence[Sequence[float | None]] = data["strips"]
    return Board(
        data["at"],
        data["pid"],
        tuple(RunGlance.from_json(run) for run in data["runs"]),
        tuple(gpu_from_json(gpu) for gpu in data["gpus"]),
        tuple(tuple(strip) for strip in strips),
        data["gpu_problem"],
        tuple(News.from_json(news) for news in data["news"]),
    )
