"""Hugging Face's trainer_state.json: the whole history of a run at its last checkpoint, with the
exact number of steps. Source: transformers/trainer_callback.py, TrainerState (5.24).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading

MAX_BYTES = 256 * 2**20


class TrainerState:
    """Reads the file as a whole, each time it is there anew; gives what was not given yet."""

    name: ClassVar[str] = "hf-trainer-state"

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
        """Sure by its name, and by two of its keys."""
        if not head.lstrip().startswith(b"{"):
            return 0.0
        known = b'"global_step"' in head or b'"best_metric"' in head or b'"log_history"' in head
        return 0.98 if name == "trainer_state.json" and known else 0.8 if known else 0.0

    def feed(self, data: bytes) -> list[Item]:
        """What the file says once it is whole."""
        if len(self._rest) + len(data) > MAX_BYTES:
            return self._damage("more than 256 MiB, which no trainer_state.json is")
        self._rest += data
        if not self._rest[-64:].rstrip().endswith(b"}"):
            return []
        try:
            state = json.loads(self._rest)
        except (ValueError, RecursionError):
            return []
        self._rest.clear()
        return self._items(state) if isinstance(state, dict) else []

    def close(self) -> list[Item]:
        """Says so if the file was cut off."""
        if not self._rest.strip():
            return []
        self._rest.clear()
        return self._damage("half of a trainer_state.json")

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

    def _items(self, state: dict[str, Any]) -> list[Item]:
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
