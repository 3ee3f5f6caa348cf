"""Keras' CSVLogger: `epoch` first, counted from 0, then the metrics in the order of the alphabet.

`NA` is missing, arrays are quoted and left out. Source: keras/src/callbacks/csv_logger.py (3.15).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from flowtui.watch.readers.csvs import Dialect, Table


class KerasCsv(Table):
    """Reads the file of a CSVLogger."""

    name: ClassVar[str] = "keras-csv"
    dialect: ClassVar[Dialect] = Dialect("keras-csv", epoch_from=1)

    @classmethod
    def matches(cls, header: Sequence[str], name: str) -> float:
        """Sure where the columns after `epoch` are sorted and hold a loss."""
        rest = list(header[1:])
        if header[0] != "epoch" or rest != sorted(rest) or "loss" not in rest:
            return 0.0
        return 0.85
