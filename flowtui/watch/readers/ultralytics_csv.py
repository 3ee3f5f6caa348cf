"""Ultralytics' results.csv: one row an epoch, counted from 1; `time` is seconds since the start.

Before 8.3.9 names and cells were padded with blanks and there was no `time`. A second run in the
same folder goes on below the first. Source: ultralytics/engine/trainer.py, save_metrics (8.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flowtui.watch.readers.csvs import Dialect, Table


class UltralyticsCsv(Table):
    """Reads results.csv."""

    name: ClassVar[str] = "ultralytics-csv"
    dialect: ClassVar[Dialect] = Dialect("ultralytics-csv", elapsed="time")

    @classmethod
    def matches(cls, header: Sequence[str], name: str) -> float:
        """Sure where there are `train/...` and `val/...` or `metrics/...` columns by epoch."""
        kinds = {column.partition("/")[0] for column in header if "/" in column}
        return 0.95 if header[0] == "epoch" and {"train", "metrics"} <= kinds else 0.0
