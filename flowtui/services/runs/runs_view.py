"""What the screen of runs shows, gathered in one go away from the screen's thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.fleet import FleetView
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.history import History
from flowtui.services.runs.board import Board
from flowtui.services.runs.fleet_file import read_fleet
from flowtui.services.runs.runs_service import RunDetail
from flowtui.watch.screen import rendered

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

LISTED = 240
TAIL = 48 * 1024
"""Bytes of a log that are looked at for its last lines."""


@dataclass(frozen=True, slots=True)
class RunsPicture:
    """The list of runs and the GPUs at one instant."""

    at: float
    zone: ZoneInfo
    runs: tuple[RunGlance, ...]
    board: Board
    fleet: FleetView
    """GPUs of runs that are elsewhere."""
    board_file: Path
    """Replaced whenever the watcher has news."""
    watched: bool
    """Whether somebody follows the runs that are under way."""


@dataclass(frozen=True, slots=True)
class RunPicture:
    """One run with its curves and the end of its log."""

    at: float
    zone: ZoneInfo
    detail: RunDetail
    log: tuple[str, ...]
    """The last lines as a terminal would show them; empty if nobody keeps its output."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Curves of several runs."""

    runs: tuple[tuple[RunGlance, History], ...]


def runs_picture(services: Services) -> RunsPicture:
    """Gather the list; somebody looks at the GPUs, so they are wanted."""
    desk = services.runs
    desk.ensure_watched(gpus=True)
    now = services.clock.now().timestamp()
    board = desk.look()
    watched = board.is_fresh(now) or not desk.book.active_ids()
    fleet = read_fleet(services.paths.watch_dir, now)
    runs = tuple(desk.listed(LISTED))
    return RunsPicture(now, services.zone, runs, board, fleet, desk.board.path, watched)


def run_picture(services: Services, id: str) -> RunPicture:
    """Gather one run. Raises FlowError if it is gone."""
    detail = services.runs.detail(id)
    log: tuple[str, ...] = ()
    if detail.output is not None:
        log = tuple(last_lines(detail.output))
    return RunPicture(services.clock.now().timestamp(), services.zone, detail, log)


def compared(services: Services, ids: tuple[str, ...]) -> Compared:
    """Curves of the runs with these ids; one without curves is left out."""
    found = []
    glances = {glance.id: glance for glance in services.runs.listed(LISTED)}
    for id in ids:
        history = services.runs.detail(id).seen.history
        if id in glances and not history.empty:
            found.append((glances[id], history))
    return Compared(tuple(found))


def last_lines(path: Path, count: int = 200) -> list[str]:
    """The last lines of a log as a terminal shows them; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL))
            data = file.read(TAIL)
    except OSError:
        return []
    return rendered(data, cut=size > TAIL)[-count:]
