"""Points of a run on a server, kept here as JSON lines, which the readers of logs understand."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

STATE = ".state.json"
NAME = "points.jsonl"


class Points:
    """The points of one run that were heard of so far, and how far that was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "server"
        self.path = self.folder / NAME
        self.state: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            self.state = json.loads((self.folder / STATE).read_text(encoding="utf-8"))

    def add(self, rows: Iterable[Mapping[str, Any]], state: Mapping[str, Any]) -> None:
        """Keep rows of points, then how far they go. Raises OSError.

        Were we to die between the two, a few points are there twice; none is missing.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(lines)
        self.state = dict(state)
        beside = self.folder / f"{STATE}.new"
        beside.write_text(json.dumps(self.state), encoding="utf-8")
        beside.replace(self.folder / STATE)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def logs(self) -> tuple[str, ...]:
        """The file, once there is one."""
        return (str(self.path),) if self.path.exists() else ()


def figure(value: Any) -> float | None:
    """A value of a point: a number, or a word such as NaN; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
