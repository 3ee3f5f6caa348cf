"""One record with names: a JSON object, a row of a tracker, a Python dictionary in a log.

Flat or nested, or `{"name": "loss", "data": {"step", "value"}}`; numbers may be in quotes (fairseq,
Transformers 5), not-a-number bare or a word. Step, epoch, totals and instants have many names; a
word such as `"mode": "val"` says which data was measured. A record with neither a place in the run
nor a measure of quality is a program's settings.
Sources: transformers/trainer_callback.py (ProgressCallback), fairseq/logging/progress_bar.py.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flowtui.core.runs.metrics import better_of, split_of
from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.figures import NUMBER, length_s, number, pairs
from flowtui.watch.readers.notices import notices_of
from flowtui.watch.readers.place import Place
from flowtui.watch.readers.positions import find
from flowtui.watch.readers.prefixes import instant
from flowtui.watch.readers.trackers import is_tracked, records_of
from flowtui.watch.readers.vocabulary import SET

HF = "hf-trainer"
JSONL = "jsonl"

_STEPS = (
    "global_step", "_step", "trainer/global_step", "training/global_step", "step", "current_steps",
    "num_updates", "train_num_updates", "valid_num_updates", "global_steps", "iteration",
    "training_iteration", "iter", "iters", "num_steps", "steps", "n_iter", "it", "round", "tick",
    "time/total_timesteps", "total_timesteps", "timesteps_total", "train_step", "episode",
)  # fmt: skip
_TOTALS = ("max_steps", "total_steps", "num_training_steps", "max_iters", "total_iters", "max_iter")
_EPOCHS = (
    "epoch",
    "trainer/epoch",
    "training/epoch",
    "train/epoch",
    "Epoch",
    "_epoch",
    "epoch_num",
)
_ALL_EPOCHS = (
    "num_train_epochs", "total_epochs", "num_epochs", "max_epochs", "n_epochs", "epochs",
)  # fmt: skip
_TIMES = (
    "timestamp", "_timestamp", "time", "wall_time", "created_at", "ts", "date", "datetime", "at",
)  # fmt: skip
_LEFT = ("remaining_time", "eta", "eta_seconds", "eta_s", "remaining")
_TEXTS = ("message", "msg", "event", "text")
_SETS = ("mode", "split", "phase", "subset", "set", "stage", "partition", "type", "event")
_NO_METRICS = frozenset({
    "percentage", "elapsed_time", "remaining_time", "v_num", "n_parameters", "rank", "seed", "pid",
    "version", "hidden_size", "num_params", "world_size", "batch_size", "n_params", "node_ip",
    "date", "done_epochs", "_runtime", "_wandb", "eta_msec",
})  # fmt: skip
_BAD = {"nan": float("nan"), "inf": float("inf"), "infinity": float("inf"), "-inf": float("-inf"),
        "-infinity": float("-inf"), "+inf": float("inf")}  # fmt: skip
_SETTINGS = (
    "config",
    "args",
    "hparams",
    "hyperparameters",
    "settings",
    "cfg",
    "params",
    "optimizer",
)
_OF_WHOLE = re.compile(r"(\d+)\s*/\s*(\d+)$")
_PAIR = re.compile(rf"'([^']+)': ?'?({NUMBER})'?(?=[,}}])")
_WRAPPED = re.compile(r"(?:np\.\w+|tensor|array)\(([^(),]+)[^()]*\)")


def items_of(row: Mapping[str, Any], strict: bool = False) -> list[Item]:
    """What one record says. With `strict` one that says neither where nor how good is settings."""
    data = row.get("data")
    if isinstance(data, dict) and isinstance(row.get("name"), str) and "value" in data:
        rest = {key: value for key, value in data.items() if key != "value"}
        row = {row["name"]: data["value"], **rest}
    flat = dict(_flat(row, ""))
    step, total = _whole(flat, _STEPS), _whole(flat, _TOTALS)
    if isinstance(row.get("global_step/max_steps"), str):  # ms-swift
        match = _OF_WHOLE.match(row["global_step/max_steps"])
        step, total = (int(match[1]), int(match[2])) if match else (step, total)
    epoch, epochs = _pop(flat, _EPOCHS), _pop(flat, _ALL_EPOCHS)
    at, left = _when(row, flat), _left(row, flat)
    rank = row.get("rank") if isinstance(row.get("rank"), int) else None
    metrics = {name: value for name, value in flat.items() if name not in _NO_METRICS}
    own = _own_set(row)
    if own:
        metrics = {k if split_of(k) else f"{own}/{k}": v for k, v in metrics.items()}
        step = None if "iter" in row and "epoch" in row else step  # mmdet counts the validation's
    if "data_time" in row and not {"iter", "iteration", "loss", "total_loss"} & row.keys():
        step = None  # mmengine's evaluations count epochs there
    items: list[Item] = []
    placed = step is not None or epoch is not None
    if strict and not placed and not any(better_of(name) for name in metrics):
        metrics = {}
    if placed or metrics:
        items.append(Reading(step, metrics, epoch, total, epochs, at, None, left, rank=rank))
    for name in _TEXTS:
        words = row.get(name)
        notices = notices_of(words, rank, step) if isinstance(words, str) else []
        if notices:
            items += [notice._replace(at=at) for notice in notices]
            break
    if "train_runtime" in row:
        items.append(Notice(NoticeKind.FINISHED, "train_runtime was logged", step=step))
    return items


def json_items(text: str) -> list[Item] | None:
    """What a line that should be JSON says; None if it is none."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if is_tracked(row):
        return [item for record in records_of(row) for item in items_of(record, strict=True)]
    return items_of(row, strict=True) if isinstance(row, dict) else None


def read_json(text: str, place: Place) -> list[Item] | None:
    """What a JSON object at a line's end says; None if there is none."""
    start = text.find('{"')
    if start < 0 or text[-1] != "}" or start > 200:
        return None
    items = json_items(text[start:])
    if items is None:
        return None
    if start > 4 and items and isinstance(items[0], Reading):  # `step 3/8 {"loss": 0.5}`
        first = items[0]
        where, _ = find(text[:start])
        if first.step is None and first.epoch is None and not where.empty:
            items[0] = first._replace(
                step=where.n, total_steps=where.total,
                epoch=where.epoch, total_epochs=where.epochs,
            )  # fmt: skip
    for item in items:
        if isinstance(item, Reading) and item.step is not None:
            place.step, place.began = item.step, True
        elif isinstance(item, Reading) and item.epoch is not None:
            place.began = True
    return items


def read_dictionary(text: str, place: Place) -> list[Item] | None:
    """What a Python dictionary at a line's end says; None if there is none.

    The step is not in those of Transformers: it is where the bar stands, if any.
    """
    start = text.find("{'")
    if start < 0 or text[-1] not in "})":
        return None
    inside = text[start : text.rfind("}") + 1]
    row = pairs(_PAIR.findall(inside))
    whole = _literal(inside) if ("/" in inside or "(" in inside or "[" in inside) else None
    if not row and not whole:
        return None
    items = items_of(whole if whole is not None else row, strict=True)
    reading = items[0] if items else None
    if not isinstance(reading, Reading):
        return []
    measures = any(better_of(name) for name in reading.metrics)
    if reading.step is None and not measures and (reading.epoch is None or len(inside) > 1000):
        return []  # a program's settings
    if start > 4 and reading.step is None and reading.epoch is None:  # `epoch 3: {'f1': ...}`
        where, _ = find(text[:start])
        reading = reading._replace(step=where.n, epoch=where.epoch, total_epochs=where.epochs)
    if reading.step is None:
        items[0] = reading._replace(step=place.step)
    elif not any(name in row for name in ("eval_loss",)):
        place.step = reading.step
    place.began = True
    return items


def _literal(text: str) -> dict[str, Any] | None:
    text = re.sub(r"\b(nan|inf)\b(?!')", r"'\1'", _WRAPPED.sub(r"\1", text))
    try:
        row = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return row if isinstance(row, dict) and all(isinstance(key, str) for key in row) else None


def _own_set(row: Mapping[str, Any]) -> str:
    for name in _SETS:
        word = row.get(name)
        match = SET.fullmatch(word) if isinstance(word, str) else None
        if match is not None:
            return word.lower() if match["val"] and isinstance(word, str) else ""
    return ""


def _flat(row: Mapping[str, Any], before: str) -> Iterator[tuple[str, float]]:
    for key, value in row.items():
        name = f"{before}{key}"
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, int | float):
            try:
                yield name, float(value)
            except OverflowError:
                continue
        elif isinstance(value, str):
            figure = _BAD.get(value.lower())
            if figure is None and value[:1] in "+-.0123456789" and len(value) < 30:
                figure = number(value)
            if figure is not None:
                yield name, figure
        elif isinstance(value, dict) and before.count("/") < 4 and key not in _SETTINGS:
            yield from _flat(value, f"{name}/")


def _pop(flat: dict[str, float], names: Sequence[str]) -> float | None:
    """The first of `names` that is there; the others stay as metrics."""
    for name in names:
        if name in flat:
            return flat.pop(name)
    return None


def _whole(flat: dict[str, float], names: Sequence[str]) -> int | None:
    value = _pop(flat, names)
    if names is _STEPS:
        if value is None and flat.get("update", 0.5).is_integer():  # fairseq's is a share of epochs
            value = flat.get("update")
        flat.pop("update", None)
        if value is not None:
            flat.pop("iter", None)  # mmengine gives both
        for name in ("current_steps", "num_updates", "train_num_updates", "valid_num_updates"):
            flat.pop(name, None)
    return int(value) if value is not None and abs(value) < 1e15 else None


def _left(row: Mapping[str, Any], flat: dict[str, float]) -> float | None:
    for name in _LEFT:
        value = row.get(name)
        flat.pop(name, None)
        if isinstance(value, str):
            return length_s(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def _when(row: Mapping[str, Any], flat: dict[str, float]) -> float | None:
    for name in _TIMES:
        value = row.get(name)
        if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-":
            flat.pop(name, None)
            return instant(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 1e8:
            flat.pop(name, None)
            return value / 1000 if value > 1e11 else float(value)
    return None
