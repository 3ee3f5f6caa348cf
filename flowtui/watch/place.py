"""One place that tells of a run: a file, or rows of a database."""

from __future__ import annotations

from pathlib import Path

from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One place that tells of a run."""

    kind: str
    """"file", "mlflow", "trackio" or "mlflow-folder"."""
    path: Path
    run: str = ""
    """Key of the run in a database."""
    prefix: str = ""
    """Put before the names of its metrics: "validation/"."""

    @property
    def group(self) -> str:
        """What one program wrote in pieces: the event files of a folder. Else the place itself."""
        part_of_many = "tfevents" in self.path.name
        return str(self.path.parent if part_of_many else self.path)
