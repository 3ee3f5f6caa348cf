"""Shows what a run prints as its terminal would: bytes as they come, until it ends."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from flowtui.cli.context import Context
from flowtui.core.errors import FlowError

FIRST = 16 * 1024
"""Bytes of past output that are shown first."""
TICK_S = 0.2


def follow_output(context: Context, id: str) -> None:
    """Copy the run's output to stdout as it grows; ends when the run does, or at ctrl+c."""
    desk = context.services.runs
    run = desk.book.find(id)
    path = desk.output_of(run)
    if path is None:
        raise FlowError(
            f"run {run.name} has no output of its own", f"see its figures: flowtui runs show {id}"
        )
    directory = desk.book.dir(run.id)
    place = max(0, _size(path) - FIRST)
    try:
        while True:
            over = run.ended or directory.ended() is not None
            place = _copy(path, place)
            if over:
                return
            time.sleep(TICK_S)
    except KeyboardInterrupt:
        context.say(f"\n{run.name} goes on; end it: flowtui runs stop {run.id}")


def _copy(path: Path, place: int) -> int:
    """Print what was written since `place`; a file that was cut is shown from its start."""
    if _size(path) < place:
        place = 0
    try:
        with path.open("rb") as file:
            file.seek(place)
            while data := file.read(65536):
                sys.stdout.buffer.write(data)
                place += len(data)
    except OSError as error:
        raise FlowError(f"{path}: {error.strerror}", "was it moved?") from error
    sys.stdout.buffer.flush()
    return place


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
