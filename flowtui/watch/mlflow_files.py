"""A run in MLflow's folder of files: `metrics/<key>` has lines `timestamp_ms value step`.

Source: mlflow/store/tracking/file_store.py (3.17); status in meta.yaml: 1 running, 2 scheduled,
3 finished, 4 failed, 5 killed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.databases import why
from flowtui.watch.readers.figures import number
from flowtui.watch.tables import ending

_STATUS = {"3": "FINISHED", "4": "FAILED", "5": "KILLED"}
_META = re.compile(r"^(\w+):\s*(.*?)\s*$", re.MULTILINE)
MAX_FILES = 1000


class MlflowFolder:
    """Reads one run's folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offsets: dict[str, int] = {}
        self._ended = False
        self._problem: str | None = None
        self._changed_at: float | None = None

    @property
    def path(self) -> Path:
        """The folder."""
        return self._path

    @property
    def formats(self) -> Sequence[str]:
        """Its name."""
        return ("mlflow-files",)

    @property
    def changed_at(self) -> float | None:
        """The latest change of a metric's file."""
        return self._changed_at

    @property
    def problem(self) -> str | None:
        """Why it cannot be read just now; None if it can."""
        return self._problem

    def look(self) -> list[Item]:
        """All so far."""
        return self.poll()

    def poll(self) -> list[Item]:
        """New lines of every metric, in the order of their instants."""
        items: list[Item] = []
        try:
            folder = self._path / "metrics"
            files = sorted(path for path in folder.rglob("*") if path.is_file())[:MAX_FILES]
            for path in files:
                self._metric(path, str(path.relative_to(folder)), items)
            meta = meta_of(self._path)
        except OSError as error:
            said, self._problem = self._problem, why(error)
            return (
                []
                if said == self._problem
                else [Notice(NoticeKind.DAMAGE, f"{self._path}: {self._problem}")]
            )
        self._problem = None
        items.sort(key=lambda item: (item.at or 0.0, item.step or 0))
        status = _STATUS.get(meta.get("status", ""))
        if status and not self._ended:
            self._ended = True
            end = number(meta.get("end_time", ""))
            items.append(ending(status, end / 1000 if end else None))
        return items

    def close(self) -> list[Item]:
        """Nothing: lines are appended whole."""
        return []

    def state(self) -> dict[str, Any]:
        """How much of each metric was given."""
        return {"offsets": self._offsets, "ended": self._ended}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        try:
            self._offsets = {str(name): int(at) for name, at in state["offsets"].items()}
            self._ended = bool(state["ended"])
        except (KeyError, TypeError, ValueError, AttributeError):
            return

    def _metric(self, path: Path, name: str, items: list[Item]) -> None:
        seen = path.stat()
        self._changed_at = max(self._changed_at or 0.0, seen.st_mtime)
        offset = self._offsets.get(name, 0)
        if seen.st_size <= offset:
            return
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._offsets[name] = offset + len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            cells = line.split(" ")
            if len(cells) < 2:
                continue
            stamp, value = number(cells[0]), number(cells[1])
            step = number(cells[2]) if len(cells) > 2 else None
            if stamp is not None and value is not None:
                at = None if step is None else int(step)
                items.append(Reading(at, {name: value}, at=stamp / 1000))


def meta_of(folder: Path) -> dict[str, str]:
    """The plain values of meta.yaml; empty if there is none."""
    try:
        text = (folder / "meta.yaml").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return {}
    return {key: value.strip("'\"") for key, value in _META.findall(text)}
