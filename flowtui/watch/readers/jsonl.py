"""JSON lines: one object a line, flat or nested, or `{"name": "loss", "data": {"step", "value"}}`.

Not-a-number comes bare (Python's json writes it so) or as a word. A last line may be half written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.frames import Frames, text_of
from flowtui.watch.readers.prefixes import instant
from flowtui.watch.readers.words import notice_of

NAME = "jsonl"

_STEPS = ("step", "global_step", "_step", "trainer/global_step", "iteration", "iter", "num_steps",
          "steps", "update", "num_updates", "it", "round")  # fmt: skip
_TOTALS = ("max_steps", "total_steps", "num_training_steps", "max_iters")
_EPOCHS = ("epoch", "epochs", "trainer/epoch")
_ALL_EPOCHS = ("num_train_epochs", "total_epochs", "num_epochs", "max_epochs")
_TIMES = (
    "timestamp",
    "_timestamp",
    "time",
    "wall_time",
    "created_at",
    "ts",
    "date",
    "datetime",
    "at",
)
_TEXTS = ("message", "msg", "event", "text")
_BAD = {"nan": float("nan"), "inf": float("inf"), "infinity": float("inf"), "-inf": float("-inf"),
        "-infinity": float("-inf"), "+inf": float("inf")}  # fmt: skip


def items_of(row: Mapping[str, Any]) -> list[Item]:
    """What one object says."""
    data = row.get("data")
    if isinstance(data, dict) and isinstance(row.get("name"), str) and "value" in data:
        rest = {key: value for key, value in data.items() if key != "value"}
        row = {row["name"]: data["value"], **rest}
    flat = dict(_flat(row, ""))
    step = _whole(flat, _STEPS)
    total = _whole(flat, _TOTALS)
    epoch, epochs = _pop(flat, _EPOCHS), _pop(flat, _ALL_EPOCHS)
    at = _when(row, flat)
    rank = row.get("rank") if isinstance(row.get("rank"), int) else None
    flat.pop("rank", None)
    items: list[Item] = []
    if flat or step is not None or epoch is not None:
        items.append(Reading(step, flat, epoch, total, epochs, at, rank=rank))
    for name in _TEXTS:
        words = row.get(name)
        notice = notice_of(words, rank, step) if isinstance(words, str) else None
        if notice is not None:
            items.append(notice._replace(at=at))
            break
    return items


def line_items(text: str) -> list[Item] | None:
    """What a line that should be JSON says; None if it is none."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return items_of(row) if isinstance(row, dict) else None


class JsonLines:
    """Reads a file of JSON lines; lines that are none are left out, and said once."""

    name: ClassVar[str] = NAME

    def __init__(self) -> None:
        self._frames = Frames()
        self._said = False

    @property
    def formats(self) -> Sequence[str]:
        """Its name."""
        return (self.name,)

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """Sure where the first lines are objects; a name that ends in .jsonl helps."""
        lines = [line for line in head.split(b"\n")[:20] if line.strip()]
        if not lines or not lines[0].lstrip().startswith(b"{"):
            return 0.0
        whole = lines[:-1] if len(lines) > 1 else lines
        good = sum(line_items(line.decode("utf-8", "replace")) is not None for line in whole)
        if good < 0.8 * len(whole) or not good:
            return 0.0
        return 0.95 if name.endswith((".jsonl", ".ndjson", ".json")) or good > 2 else 0.7

    def feed(self, data: bytes) -> list[Item]:
        """What the next bytes say."""
        return self._read(self._frames.feed(data))

    def close(self) -> list[Item]:
        """A last line without an end, if it is whole all the same."""
        return [item for item in self._read(self._frames.close()) if not _is_damage(item)]

    def state(self) -> dict[str, Any]:
        """The half line, and whether damage was said."""
        return {"rest": self._frames.rest.decode("latin-1"), "said": self._said}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self._frames.rest = str(state["rest"]).encode("latin-1")
        self._said = bool(state["said"])

    def _read(self, frames: list[bytes]) -> list[Item]:
        items: list[Item] = []
        for frame in frames:
            text = text_of(frame).strip()
            found = line_items(text) if text else []
            if found is not None:
                items += found
            elif not self._said:
                self._said = True
                items.append(Notice(NoticeKind.DAMAGE, f"a line that is no JSON: {text[:80]}"))
        return items


def _is_damage(item: Item) -> bool:
    return isinstance(item, Notice) and item.kind is NoticeKind.DAMAGE


def _flat(row: Mapping[str, Any], before: str) -> Iterator[tuple[str, float]]:
    for key, value in row.items():
        name = f"{before}{key}"
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, int | float):
            try:
                yield name, float(value)
            except OverflowError:
                continue
        elif isinstance(value, str):
            if value.lower() in _BAD:
                yield name, _BAD[value.lower()]
        elif isinstance(value, dict) and before.count("/") < 4:
            yield from _flat(value, f"{name}/")


def _pop(flat: dict[str, float], names: Sequence[str]) -> float | None:
    """The first of `names` that is there; the others stay as metrics."""
    for name in names:
        if name in flat:
            return flat.pop(name)
    return None


def _whole(flat: dict[str, float], names: Sequence[str]) -> int | None:
    value = _pop(flat, names)
    return int(value) if value is not None and abs(value) < 1e15 else None


def _when(row: Mapping[str, Any], flat: dict[str, float]) -> float | None:
    for name in _TIMES:
        value = row.get(name)
        if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-":
            return instant(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 1e8:
            flat.pop(name, None)
            return value / 1000 if value > 1e11 else float(value)
    return None
