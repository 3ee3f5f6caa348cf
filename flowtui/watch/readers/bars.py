"""Which of a log's bars tells the training's progress, and what step that is.

Bars come alone, one an epoch ("Epoch 3/10"), nested (epochs around steps), and mixed with those of
evaluation and of preparation (downloads, tokenising). The name tells most; of nameless ones the
first counts, until a longer one begins once it is complete (an evaluation inside a training is
shorter). A nameless bar that is complete and begins anew is the next epoch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from flowtui.core.runs.metrics import Split, split_of
from flowtui.core.runs.reading import NOTHING, Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.place import Place

_EPOCH = re.compile(r"(?i)\bep(?:och)?s?\b(?:-[a-z]\b)?[\s:#\[=-]*(\d+)(?:\s*(?:/|of)\s*(\d+))?")
_EVALUATION = re.compile(
    r"(?i)\b(val|valid|validation|validating|validate|eval|evaluat\w*|test|testing|predict\w*|dev|"
    r"infer\w*|render\w*|sampling(?! \d+ chains?)|generat\w*|sanity checking|dataloader \d+|beam\w*"
    r"|decod\w*)\b"
)
_PREPARATION = re.compile(
    r"(?i)\b(download\w*|load\w*|token\w*|map|filter|fetch\w*|read\w*|extract\w*|writing|"
    r"saving|prepar\w*|cach\w*|shards?|scanning|casting|upload\w*|preprocess\w*|flatten\w*"
    r"|build\w*|"
    r"creating|pack\w*|concat\w*|shuffl\w*|resolving|import\w*|collect\w*|copying|pars\w*"
    r"|convert\w*|"
    r"encod\w*|latents?|quantiz\w*|calibrat\w*|comput\w*|calculat\w*|index\w*|unpack\w*"
    r"|decompress\w*|"
    r"verif\w*|check\w*|process\w*|materializ\w*|weights?|truncat\w*|running tokenizer|group\w*"
    r"|install\w*|"
    r"dataset|samples?|clean\w*|split\w*)\b"
)
_FOR_SURE = re.compile(
    r"(?i)\b(?:scann|load|download|cach|tokeniz|extract|fetch|read|writ|sav)ing\b"
)
_TRAINING = re.compile(
    r"(?i)\b(train\w*|steps?|iter\w*|epochs?|loss|progress|optimi[sz]\w*|fit\w*)\b"
)
_OUTER = re.compile(r"(?i)^\W*(epochs?|training epochs?|total(?: epochs)?)\W*$")


STEP = "\x00step"
"""Among a bar's figures: the run's step, where its name says it."""


_WHOLE = re.compile(r"(?i)(?:total |train(?:ing)? )*(?:steps?|progress)$")
"""Names of a bar that is the run's, whatever epochs are told beside it."""


class Bar(NamedTuple):
    """A bar as it was drawn once."""

    name: str
    n: int
    total: int | None
    elapsed_s: float | None = None
    left_s: float | None = None
    rate: float | None = None
    """Per second."""
    metrics: Mapping[str, float] = NOTHING
    unit: str = "it"


class _Kind(Enum):
    TRAINING = 0
    EPOCH = 1
    OUTER = 2
    EVALUATION = 3
    PREPARATION = 4


class _Named(NamedTuple):
    kind: _Kind
    epoch: int | None = None
    epochs: int | None = None


@lru_cache(maxsize=1024)
def _named(name: str, unit: str) -> _Named:
    if unit in ("B", "iB", "bytes", "files", "file") or unit.endswith("B"):
        return _Named(_Kind.PREPARATION)
    if unit in ("epoch", "epochs", "ep") or (name and _OUTER.match(name)):
        return _Named(_Kind.OUTER)
    if not name or name.lower() in ("sample", "warmup"):  # NumPyro's: the run itself
        return _Named(_Kind.TRAINING)
    training = _TRAINING.search(name)
    if _EVALUATION.search(name) and not re.search(r"(?i)\btrain", name):
        return _Named(_Kind.EVALUATION)
    if _PREPARATION.search(name) and (not training or _FOR_SURE.search(name)):
        return _Named(_Kind.PREPARATION)
    match = _EPOCH.search(name)
    if match:
        return _Named(_Kind.EPOCH, int(match[1]), int(match[2]) if match[2] else None)
    return _Named(_Kind.TRAINING)


def read_bar(bar: Bar, place: Place) -> list[Item]:
    """What a bar says of the run; an empty list for one that says nothing of it."""
    if STEP in bar.metrics:
        metrics, own = dict(bar.metrics), _named(bar.name, bar.unit)
        place.step, place.began = int(metrics.pop(STEP)), True
        epoch, epochs = own.epoch, own.epochs
        total = None if epochs is None else _times(epochs, bar.total)
        return [
            Reading(
                place.step, metrics, None if epoch is None else float(epoch),
                total, None if epochs is None else float(epochs),
            )
        ]  # fmt: skip
    named = _named(bar.name, bar.unit)
    nameless = named.kind is _Kind.TRAINING and not bar.name and place.bars.main_n is None
    if nameless and place.section and place.step is not None:
        return _evaluation(bar, place)  # under its heading, in a log whose lines tell the steps
    if named.kind in (_Kind.TRAINING, _Kind.EPOCH, _Kind.OUTER):
        place.began = place.began or bar.n > 0
        if bar.metrics:
            bar = bar._replace(metrics=_measured(bar.metrics, place.bars.drawn))
    if named.kind is _Kind.TRAINING:
        return _training(bar, place)
    if named.kind is _Kind.EPOCH:
        return _epoch(bar, named, place)
    if named.kind is _Kind.OUTER:
        return _outer(bar, place)
    return _evaluation(bar, place) if named.kind is _Kind.EVALUATION else []


def _measured(metrics: Mapping[str, float], drawn: dict[str, str]) -> Mapping[str, float]:
    """Without figures of a validation that stand on the bar since an earlier frame."""
    fresh: dict[str, float] | None = None
    for name in _repeated(tuple(metrics)):
        value = metrics[name]
        text = repr(value)
        if drawn.get(name) == text:
            fresh = dict(metrics) if fresh is None else fresh
            del fresh[name]
        drawn[name] = text
    return metrics if fresh is None else fresh


@lru_cache(maxsize=1024)
def _repeated(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that a bar shows again and again until they are measured anew."""
    splits = (Split.VALIDATION, Split.TEST)
    return tuple(name for name in names if split_of(name) in splits or name.endswith("_epoch"))


def _evaluation(bar: Bar, place: Place) -> list[Item]:
    items: list[Item] = []
    if place.bars.evaluating is None and bar.n != bar.total:
        place.bars.evaluating = bar.name
        items.append(Notice(NoticeKind.EVALUATION, bar.name, step=place.step))
    if bar.metrics and bar.n == bar.total:
        metrics = {
            name if split_of(name) else f"val_{name}": value for name, value in bar.metrics.items()
        }
        items.append(Reading(place.step, metrics))
    if bar.n == bar.total:
        place.bars.evaluating = None
    return items


def _outer(bar: Bar, place: Place) -> list[Item]:
    bars = place.bars
    bars.evaluating = None
    bars.outer = [bar.n, bar.total if bar.total is not None else -1]
    bars.main_n = bars.main_total = None
    step = None
    if bars.epoch_total:
        step = place.step = bar.n * bars.epoch_total
    return [
        Reading(
            step, bar.metrics, float(bar.n), _times(bar.total, bars.epoch_total),
            None if bar.total is None else float(bar.total), None, bar.elapsed_s, bar.left_s,
        )
    ]  # fmt: skip


def _epoch(bar: Bar, named: _Named, place: Place) -> list[Item]:
    bars, epoch, epochs = place.bars, named.epoch or 0, named.epochs
    bars.evaluating = None
    if bars.base is None or epoch < bars.base:
        bars.base = 0 if epoch == 0 else 1
    if epochs is not None and bars.base == 0 and epoch >= epochs:
        epochs = epoch + 1  # "Epoch 3/3" of four, counted from 0
    place.epoch, place.total_epochs = epoch, epochs
    done = epoch - bars.base
    bars.epoch_total = bar.total or bars.epoch_total
    step = bar.n + done * (bar.total or 0)
    if bar.total is None and done and place.step is not None:
        step = place.step  # epochs of unknown length: no step is better than a wrong one
    left = bar.left_s
    if left is not None and epochs is not None and bar.elapsed_s is not None:
        left += max(0, epochs - done - 1) * (bar.elapsed_s + left)
        left = left if bar.n else None
    elif epochs is None:
        left = None
    place.step = step
    return [
        Reading(
            step, bar.metrics, float(epoch), _times(epochs, bar.total),
            None if epochs is None else float(epochs), None, bar.elapsed_s, left, bar.rate,
        )
    ]  # fmt: skip


def _training(bar: Bar, place: Place) -> list[Item]:
    bars = place.bars
    if bars.outer and (bars.outer[1] < 0 or bars.outer[0] < bars.outer[1]):
        return _inner(bar, place)
    if bar.n == 0 and bars.main_n is None and place.began:
        bars.through = place.epoch is None
        return []  # drawn once before it moved: lines tell where the run stands
    other = bars.main_n is not None and bool(bar.name) and bar.name != bars.main_name
    if other and _TRAINING.search(bars.main_name):
        return []  # another bar beside the training's
    if bars.main_n is None:
        bars.main_name, bars.main_total, bars.rounds = bar.name, bar.total, 0
    elif bar.total != bars.main_total:
        complete = bars.main_n == bars.main_total or bars.main_total is None
        if not complete or bars.rounds or (bar.total or 0) < (bars.main_total or 0):
            return []  # the bar of an evaluation inside the training
        bars.main_name, bars.main_total, bars.rounds = bar.name, bar.total, 0
    elif bars.main_n == bars.main_total and (
        bar.n < bars.main_n
        or (bar.n == bars.main_n and (place.epoch != bars.epoch or bars.told != bars.told_at))
    ):
        bars.rounds += 1
    if bars.main_n is not None and place.epoch != bars.epoch and bar.n > bars.main_n:
        bars.through = True
    bars.through = bars.through or _WHOLE.match(bar.name) is not None
    bars.main_n, bars.evaluating, bars.epoch = bar.n, None, place.epoch
    bars.told_at = bars.told
    if place.epoch is not None and place.total_epochs and bar.total and not bars.through:
        return _epoch(bar, _Named(_Kind.EPOCH, place.epoch, place.total_epochs), place)
    step = place.step = bar.n + bars.rounds * (bar.total or 0)
    total = bar.total if bars.rounds == 0 else None
    left = bar.left_s if bars.rounds == 0 else None
    epoch = float(bars.rounds) if bars.rounds else None
    if place.epoch is not None:
        epoch = float(place.epoch)  # a heading says which
    return [Reading(step, bar.metrics, epoch, total, None, None, bar.elapsed_s, left, bar.rate)]


def _inner(bar: Bar, place: Place) -> list[Item]:
    """A bar inside a bar of epochs."""
    bars = place.bars
    if bars.main_total is None:
        bars.main_total = bar.total
    elif bar.total != bars.main_total:
        return []
    bars.main_n, bars.epoch_total, bars.evaluating = bar.n, bar.total or bars.epoch_total, None
    done, epochs = int(bars.outer[0]), int(bars.outer[1])
    step = place.step = bar.n + done * (bar.total or 0)
    total = _times(epochs if epochs >= 0 else None, bar.total)
    return [
        Reading(step, bar.metrics, float(done), total, None, None, bar.elapsed_s, None, bar.rate)
    ]


def _times(epochs: int | None, steps: int | None) -> int | None:
    return None if epochs is None or not steps else epochs * steps
