"""fastai's CSVLogger: `epoch,train_loss,valid_loss,...,time`; epochs from 0, `time` of one epoch.

Source: fastai/callback/progress.py, CSVLogger.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flowtui.watch.readers.csvs import Dialect, Table


class FastaiCsv(Table):
    """Reads history.csv."""

    name: ClassVar[str] = "fastai-csv"
    dialect: ClassVar[Dialect] = Dialect("fastai-csv", epoch_from=1, left_out=("time",))

    @classmethod
    def matches(cls, header: Sequence[str], name: str) -> float:
        """Sure of the first two columns and a `time` at the end."""
        return 0.9 if list(header[:2]) == ["epoch", "train_loss"] and header[-1] == "time" else 0.0
