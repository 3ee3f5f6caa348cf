"""JSON documents that hold a whole history: they are read once they are whole, each time anew.

Hugging Face's trainer_state.json is the history at the last checkpoint, with the exact number of
steps (transformers/trainer_callback.py, TrainerState, 5.24); Chainer's `log` is an array of records
(chainer/training/extensions/log_report.py, 7.8).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.records import items_of

MAX_BYTES = 256 * 2**20


class Document:
    """Reads the file as a whole, each time it is there anew; gives what was not given yet."""

    name: ClassVar[str] = ""
    ends: ClassVar[bytes] = b"}"

    def __init__(self) -> None:
        self._rest = bytearray()
        self._given = 0
        self._said = False

    @property
    def formats(self) -> Sequence[str]:
        """Its name."""
        return (self.name,)

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """How sure it is that a document with this beginning is its own."""
        raise NotImplementedError

    def feed(self, data: bytes) -> list[Item]:
        """What the file says once it is whole."""
        if len(self._rest) + len(data) > MAX_BYTES:
            return self._damage(f"more than 256 MiB, which no {self.name} is")
        self._rest += data
        if not self._rest[-64:].rstrip().endswith(self.ends):
            return []
        try:
            document = json.loads(self._rest)
        except (ValueError, RecursionError):
            return []
        self._rest.clear()
        return self._items(document)

    def close(self) -> list[Item]:
        """Says so if the file was cut off."""
        if not self._rest.strip():
            return []
        self._rest.clear()
        return self._damage(f"half of a {self.name} document")

    def anew(self) -> None:
        """The file was written anew."""
        self._rest.clear()

    def state(self) -> dict[str, Any]:
        """What came of a file that is not whole, and how many rows were given."""
        return {"rest": self._rest.decode("latin-1"), "given": self._given, "said": self._said}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self._rest = bytearray(str(state["rest"]).encode("latin-1"))
        self._given, self._said = int(state["given"]), bool(state["said"])

    def _damage(self, what: str) -> list[Item]:
        said, self._said = self._said, True
        self._rest.clear()
        return [] if said else [Notice(NoticeKind.DAMAGE, what)]

    def _items(self, document: Any) -> list[Item]:
        raise NotImplementedError


class TrainerState(Document):
    """Reads trainer_state.json."""

    name: ClassVar[str] = "hf-trainer-state"

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """Sure by its name, and by two of its keys."""
        if not head.lstrip().startswith(b"{"):
            return 0.0
        own = b'"global_step"' in head or b'"best_metric"' in head or b'"log_history"' in head
        own = own and head.count(b"\n") > 1
        return 0.98 if name == "trainer_state.json" and own else 0.8 if own else 0.0

    def _items(self, document: Any) -> list[Item]:
        state = document if isinstance(document, dict) else {}
        total, epochs = _count(state.get("max_steps")), _count(state.get("num_train_epochs"))
        history = state.get("log_history")
        rows = history if isinstance(history, list) else []
        items: list[Item] = []
        for row in rows[self._given :]:
            if isinstance(row, dict):
                items += _row(row, total, epochs)
        self._given = max(self._given, len(rows))
        step = _count(state.get("global_step"))
        if step is not None:
            epoch = _figure(state.get("epoch"))
            whole = None if epochs is None else float(epochs)
            items.append(Reading(step, epoch=epoch, total_steps=total, total_epochs=whole))
            items.append(Notice(NoticeKind.CHECKPOINT, f"checkpoint of step {step}", step=step))
        return items


class Records(Document):
    """Reads an array of records, one a log call or an epoch."""

    name: ClassVar[str] = "json-array"
    ends: ClassVar[bytes] = b"]"

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """Sure of an array whose first record names a place in a run."""
        start = head.lstrip()[:4096]
        if not start.startswith(b"[") or not start[1:].lstrip().startswith(b"{"):
            return 0.0
        return (
            0.9 if any(word in start for word in (b'"epoch"', b'"step"', b'"iteration"')) else 0.0
        )

    def _items(self, document: Any) -> list[Item]:
        rows = (
            [row for row in document if isinstance(row, dict)] if isinstance(document, list) else []
        )
        items = [item for row in rows[self._given :] for item in items_of(row, strict=True)]
        self._given = max(self._given, len(rows))
        return items


def _row(row: dict[str, Any], total: int | None, epochs: int | None) -> list[Item]:
    metrics = {
        name: figure
        for name, value in row.items()
        if name not in ("step", "epoch") and (figure := _figure(value)) is not None
    }
    step = _count(row.get("step"))
    whole = None if epochs is None else float(epochs)
    items: list[Item] = [Reading(step, metrics, _figure(row.get("epoch")), total, whole)]
    if "train_runtime" in row:
        items.append(Notice(NoticeKind.FINISHED, "train_runtime was logged", step=step))
    return items


def _figure(value: Any) -> float | None:
    if isinstance(value, str):
        value = {"nan": float("nan"), "inf": float("inf")}.get(value.lower())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _count(value: Any) -> int | None:
    figure = _figure(value)
    return int(figure) if figure is not None and 0 <= figure < 1e15 else None
