"""Lightning's CSVLogger: `metrics.csv`, with rows of training and rows of validation.

The whole file is written anew when a metric is new. Source: lightning/fabric/loggers/csv_logs.py
(2.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flowtui.watch.readers.csvs import Dialect, Table


class LightningCsv(Table):
    """Reads metrics.csv."""

    name: ClassVar[str] = "lightning-csv"
    dialect: ClassVar[Dialect] = Dialect("lightning-csv")

    @classmethod
    def matches(cls, header: Sequence[str], name: str) -> float:
        """Sure of a metrics.csv with a step."""
        return 0.9 if name == "metrics.csv" and "step" in header else 0.0
