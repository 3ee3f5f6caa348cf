"""The small file in which the watcher says how the GPUs of runs elsewhere stand."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from flowtui.core.runs.fleet import FleetView
from flowtui.services.runs.board import gpu_from_json, gpu_to_json
from flowtui.system.files import write_atomic

NAME = "fleet.json"
STALE_S = 900.0
"""What is older was left by a watcher that is gone."""


def write_fleet(folder: Path, view: FleetView) -> None:
    """Show it; a full disk is tried again with the next answer."""
    data: dict[str, Any] = {
        "at": view.at, "join": view.join, "count": view.count, "util": view.util,
        "idle": view.idle, "lost": view.lost, "rows": view.rows,
        "worst": [[gpu_to_json(gpu), list(past)] for gpu, past in view.worst],
    }  # fmt: skip
    with contextlib.suppress(OSError):
        write_atomic(folder / NAME, json.dumps(data, separators=(",", ":")).encode())


def read_fleet(folder: Path, now: float) -> FleetView:
    """What was shown last; an empty view where there is none, or it is old."""
    try:
        data = json.loads((folder / NAME).read_bytes())
        view = FleetView(
            data["at"], data["join"], data["count"], data["util"], data["idle"], data["lost"],
            tuple((gpu_from_json(gpu), tuple(past)) for gpu, past in data["worst"]),
            tuple((str(host), str(cells)) for host, cells in data["rows"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return FleetView()
    return view if now - view.at < STALE_S else FleetView()
