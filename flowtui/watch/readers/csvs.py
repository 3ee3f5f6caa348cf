"""Tables with a heading: what Lightning, Keras, Ultralytics and fastai write, and any like them.

A table may be written anew with more columns while the run goes on (Lightning does when a metric is
new); rows that were given before are then passed over.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any, ClassVar

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.readers.figures import number
from flowtui.watch.readers.frames import MAX_FRAME
from flowtui.watch.readers.prefixes import instant

_STEPS = ("step", "global_step", "iteration", "iter", "num_updates", "_step", "trainer/global_step")
_LONG_STEPS = (
    "time/total_timesteps", "total_timesteps", "misc/total_timesteps", "timesteps_total",
    "total/steps",
)  # fmt: skip
"""Steps of Stable-Baselines3, baselines and RLlib, where no other column is one."""
_EPOCHS = ("epoch",)
_TIMES = ("timestamp", "wall_time", "_timestamp", "created_at", "datetime")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one library writes its tables."""

    name: str
    elapsed: str = ""
    """Column of the seconds since the run began."""
    left_out: tuple[str, ...] = ()
    """Columns that are no metrics."""


class Table:
    """Reads one table; subclasses say whose."""

    name: ClassVar[str] = "csv"
    dialect: ClassVar[Dialect] = Dialect("csv")

    def __init__(self) -> None:
        self._rest = b""
        self._header: list[str] = []
        self._separator = ","
        self._rows = 0
        self._given = 0
        """Rows that were given before the table was written anew."""
        self._first: list[str] = []
        self._known = False

    @property
    def formats(self) -> Sequence[str]:
        """Its name."""
        return (self.name,)

    @classmethod
    def matches(cls, header: Sequence[str], name: str) -> float:
        """How sure it is of a table with these columns in a file of this name, 0 to 1."""
        known = {column.lower() for column in header}
        if name.endswith((".csv", ".tsv")) and len(header) > 1:
            return 0.6 if known & {*_STEPS, *_EPOCHS} else 0.4
        return 0.5 if len(header) > 2 and known & {*_STEPS, *_EPOCHS} else 0.0

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """As sure as `matches`, if the first line is a heading of names."""
        line, mark, _ = head.partition(b"\n")
        if (
            not mark
            or not 0 < len(line) < MAX_FRAME
            or b"\x00" in line
            or b"\r" in line.rstrip(b"\r")
        ):
            return 0.0
        header, separator = _columns(line)
        if len(header) < 2 or any(number(column) is not None for column in header):
            return 0.0
        if not all(column and len(column) < 100 for column in header):
            return 0.0
        if separator == "," and any("=" in column or ": " in column for column in header):
            return 0.0
        return cls.matches(header, name)

    def feed(self, data: bytes) -> list[Item]:
        """What the next bytes say."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()[: 8 * MAX_FRAME]
        return self._read(lines)

    def close(self) -> list[Item]:
        """A last row without its end, if it has as many cells as the heading."""
        rest, self._rest = self._rest, b""
        return self._read([rest]) if rest else []

    def anew(self) -> None:
        """The file was written anew: the next bytes are its first."""
        self._given = max(self._given, self._rows)
        self._rest, self._header, self._rows, self._known = b"", [], 0, False

    def state(self) -> dict[str, Any]:
        """Heading, half row, and how many rows were given."""
        return {
            "rest": self._rest.decode("latin-1"), "header": self._header, "rows": self._rows,
            "separator": self._separator, "given": self._given, "first": self._first,
            "known": self._known,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self._rest = str(state["rest"]).encode("latin-1")
        self._header, self._rows = list(state["header"]), int(state["rows"])
        self._separator, self._given = str(state["separator"]), int(state["given"])
        self._first, self._known = list(state["first"]), bool(state["known"])

    def _read(self, lines: list[bytes]) -> list[Item]:
        texts = [line.decode("utf-8", "replace") for line in lines if line.strip()]
        items: list[Item] = []
        if not self._header and texts:
            self._header, self._separator = _columns(texts.pop(0).encode())
        for text in texts:
            cells = _cells(text, self._separator)
            if cells == self._header:
                continue  # a second run was appended, heading and all
            if len(cells) == len(self._header):
                self._row(cells, items)
        return items

    def _row(self, cells: list[str], items: list[Item]) -> None:
        row = {name: cell for name, cell in zip(self._header, cells, strict=True) if cell}
        if self._rows == 0:
            first = sorted(f"{name}={cell}" for name, cell in row.items())
            self._known = first == self._first and self._given > 0
            if not self._known:
                self._first, self._given = first, 0
        self._rows += 1
        if self._known and self._rows <= self._given:
            return
        reading = self._reading(row)
        if reading is not None:
            items.append(reading)

    def _reading(self, row: dict[str, str]) -> Reading | None:
        dialect = self.dialect
        metrics: dict[str, float] = {}
        step = epoch = elapsed = at = None
        own = {name.lower() for name in row}
        for name, cell in row.items():
            figure = number(cell)
            low = name.lower()
            if low in _TIMES:
                at = figure if figure is not None and figure > 1e8 else instant(cell)
            elif figure is None or low in dialect.left_out:
                continue
            elif low == dialect.elapsed:
                elapsed = figure
            elif low in _STEPS or (low in _LONG_STEPS and not own & set(_STEPS)):
                step = int(figure) if abs(figure) < 1e15 else None
            elif low in _EPOCHS:
                epoch = figure
            else:
                metrics[name] = figure
        if step is None and epoch is None and not metrics:
            return None
        return Reading(step, metrics, epoch, None, None, at, elapsed)


class LightningCsv(Table):
    """Lightning's CSVLogger: `metrics.csv`, with rows of training and rows of validation.

    The whole file is written anew when a metric is new. Source: lightning/fabric/loggers/
    csv_logs.py (2.6).
    """

    name: ClassVar[str] = "lightning-csv"
    dialect: ClassVar[Dialect] = Dialect("lightning-csv")

    @classmethod
    def matches(cls, header: Sequence[str], name: str) -> float:
        """Sure of a metrics.csv with a step."""
        return 0.9 if name == "metrics.csv" and "step" in header else 0.0


class UltralyticsCsv(Table):
    """Ultralytics' results.csv: one row an epoch; `time` is seconds since the start.

    Before 8.3.9 names and cells were padded with blanks and there was no `time`. A second run in
    the same folder goes on below the first. Source: ultralytics/engine/trainer.py, save_metrics.
    """

    name: ClassVar[str] = "ultralytics-csv"
    dialect: ClassVar[Dialect] = Dialect("ultralytics-csv", elapsed="time")

    @classmethod
    def matches(cls, header: Sequence[str], name: str) -> float:
        """Sure where there are `train/...` and `val/...` or `metrics/...` columns by epoch."""
        kinds = {column.partition("/")[0] for column in header if "/" in column}
        return 0.95 if header[0] == "epoch" and {"train", "metrics"} <= kinds else 0.0


class KerasCsv(Table):
    """Keras' CSVLogger: `epoch` first, then the metrics in the order of the alphabet.

    `NA` is missing, arrays are quoted and left out. Source: keras/src/callbacks/csv_logger.py.
    """

    name: ClassVar[str] = "keras-csv"
    dialect: ClassVar[Dialect] = Dialect("keras-csv")

    @classmethod
    def matches(cls, header: Sequence[str], name: str) -> float:
        """Sure where the columns after `epoch` are sorted and hold a loss."""
        rest = list(header[1:])
        own = header[0] == "epoch" and rest == sorted(rest) and "loss" in rest
        return 0.85 if own else 0.0


class FastaiCsv(Table):
    """fastai's CSVLogger: `epoch,train_loss,valid_loss,...,time`; `time` is that of one epoch.

    Source: fastai/callback/progress.py, CSVLogger.
    """

    name: ClassVar[str] = "fastai-csv"
    dialect: ClassVar[Dialect] = Dialect("fastai-csv", left_out=("time",))

    @classmethod
    def matches(cls, header: Sequence[str], name: str) -> float:
        """Sure of the first two columns and a `time` at the end."""
        return 0.9 if list(header[:2]) == ["epoch", "train_loss"] and header[-1] == "time" else 0.0


def _columns(line: bytes) -> tuple[list[str], str]:
    text = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
    separator = max(",;\t", key=text.count)
    if separator not in text:
        return [text], ","
    return _cells(text, separator), separator


def _cells(text: str, separator: str) -> list[str]:
    """The cells of one line; a quoted cell ends with its line."""
    if '"' not in text:
        return [cell.strip() for cell in text.split(separator)]
    try:
        cells = next(csv.reader([text.replace("\r", " ")], delimiter=separator), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in cells]
