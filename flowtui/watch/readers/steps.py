"""Lines that begin with a step, as most training scripts print them.

`iter 120: loss 2.1345, time 135.20ms, mfu 12.31%`, `step 250: train loss 2.0312, val loss 2.1045`,
`iter:  130/3000   4% | loss: 16.5469 | iter time: 1.038s`, `step 1/100 loss: 3.01 lr: 1e-4`,
`Epoch [3/10], Step [20/100], Loss: 0.5`.
"""

from __future__ import annotations

import re

from flowtui.core.runs.metrics import better_of
from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.readers.figures import NUMBER, clock_s, number
from flowtui.watch.readers.place import Place

NAME = "steps"

HEAD = re.compile(
    r"(?i)(?<![\w.])(global[ _-]?step|train(?:ing)?[ _-]?step|step|iter(?:ation)?|it|update|"
    r"batch|round|episode|epoch|ep)(?![\w-])[\s:=#]*[\[(]?\s*(\d[\d,_]*)(?![\d.]*[a-zA-Z%])(?:\s*(?:/|of)\s*(\d[\d,_]*))?[\])]?"
)
EPOCH_FLOAT = re.compile(r"(?i)(?<![\w.])epochs?[\s:=]+(\d+\.\d+)")
IN_EPOCH = re.compile(
    r"(?i)\bepoch\W{0,3}\s*(\d+)(?:\s*/\s*(\d+))?\]?:?\s*"
    r"[\[( ]\s*(\d+)\s*/\s*(\d+)(?:\s*\([^)]*\))?\s*[\])]?"
)
"""`Epoch: [0][ 10/5005]`, `Train Epoch: 1 [640/60000 (1%)]`, `epoch 001: 100 / 1000`."""
_ETA = re.compile(r"(?i)\beta[:= ]\s*((?:\d+ days?, )?\d+:\d\d(?::\d\d)?)")
_SPLIT = re.compile(r"\s*(?:,(?!\d{3}(?!\d))|[;|\t]|\s-\s)\s*")
_SEGMENT = re.compile(
    rf"\W*([A-Za-z][\w./()%@^ -]*?)\s*[:=]?\s*({NUMBER})\s*([A-Za-z%µ/]*)\s*(?:\([^()]*\))?\s*$"
)
PAIR = re.compile(
    rf"([A-Za-z][\w./()%@-]*(?: [A-Za-z][\w./()%@-]*){{0,3}}?)\s*[:=]\s*({NUMBER})(?![\w:]*[/:]\d)"
)
FAR = 90
"""A step further right than this belongs to something else."""
NO_NAMES = {"epoch", "step", "iter", "eta"}
UNITS = {
    "", "ms", "s", "sec", "secs", "seconds", "%", "it/s", "tok/s", "tokens/s", "samples/s",
    "steps/s",
    "MB", "GB", "MiB", "GiB", "h", "min", "us", "x", "K", "M", "k", "G", "tokens", "tok", "hours",
}  # fmt: skip


def read(text: str, place: Place) -> list[Item] | None:
    """What a line with a step says; None if it has no step, or no figure besides."""
    if "Namespace(" in text:
        return None  # a program's settings
    within = IN_EPOCH.search(text)
    if within is not None and within.start() < FAR:
        return _within(text, within, place)
    heads = list(HEAD.finditer(text))
    if not heads or heads[0].start() > FAR:
        return None
    where: dict[str, int] = {}
    for head in heads:
        _take(head, where)
    rest = HEAD.sub(" ", text)
    metrics = figures(rest)
    if not metrics:
        return None
    epoch = None if "epoch" not in where else float(where["epoch"])
    if epoch is None and (found := EPOCH_FLOAT.search(text)):
        epoch = float(found[1])
    step = where.get("step")
    total, epochs = where.get("steps"), where.get("epochs")
    if epoch is not None and step is not None:
        step, total = _in_epoch(int(epoch), step, total, epochs, heads, place)
    if step is not None:
        place.step = step
    at = step if step is not None else place.step if place.bars.main_n is not None else None
    eta = _ETA.search(text)
    left = None if eta is None else clock_s(eta[1])
    whole = None if epochs is None else float(epochs)
    return [Reading(at, metrics, epoch, total, whole, None, None, left)]


def _within(text: str, found: re.Match[str], place: Place) -> list[Item] | None:
    """A line that gives the epoch, and the step in it of so many."""
    metrics = figures(text[found.end() :])
    if not metrics:
        return None
    epoch, step, total = int(found[1]), int(found[3]), int(found[4])
    epochs = int(found[2]) if found[2] else None
    if place.bars.base is None or epoch < place.bars.base:
        place.bars.base = 0 if epoch == 0 else 1
    step += (epoch - place.bars.base) * total
    place.step = step
    whole = None if epochs is None else epochs * total
    eta = _ETA.search(text)
    left = None if eta is None else clock_s(eta[1])
    return [Reading(step, metrics, float(epoch), whole, epochs and float(epochs), None, None, left)]


def figures(text: str) -> dict[str, float]:
    """Names and numbers: `name: 1.0`, `name=1.0`, or `name 1.0` between commas and bars."""
    metrics: dict[str, float] = {}
    for segment in _SPLIT.split(text):
        found = _SEGMENT.match(segment) if segment else None
        if found and found[3] in UNITS:
            pieces = [(found[1], found[2])]
            if ":" in found[1] or "=" in found[1] or len(found[1]) > 40:
                pieces = PAIR.findall(segment)
        else:
            pieces = PAIR.findall(segment)
        for name, value in pieces:
            figure = number(value)
            if figure is not None and name.lower() not in NO_NAMES and ".py" not in name:
                metrics[name.strip()] = figure
    return metrics


def _take(head: re.Match[str], where: dict[str, int]) -> None:
    word = head[1].lower()
    kind = "epoch" if word in ("epoch", "ep") else "step"
    value = int(head[2].replace(",", "").replace("_", ""))
    if kind in where and not word.startswith("global"):
        return
    where[kind] = value
    if head[3]:
        where[f"{kind}s"] = int(head[3].replace(",", "").replace("_", ""))


def _in_epoch(
    epoch: int,
    step: int,
    total: int | None,
    epochs: int | None,
    heads: list[re.Match[str]],
    place: Place,
) -> tuple[int, int | None]:
    """Steps since the start of the run, where a line counts them anew in each epoch.

    A global step says so by its word; else "Epoch 3/10, Step 20/100" counts within the epoch.
    """
    words = {head[1].lower() for head in heads}
    if any(word.startswith("global") for word in words) or total is None:
        return step, total
    first = min((head.start(), head[1].lower()) for head in heads)[1]
    if first not in ("epoch", "ep"):
        return step, total
    if place.bars.base is None or epoch < place.bars.base:
        place.bars.base = 0 if epoch == 0 else 1
    done = epoch - place.bars.base
    return done * total + step, None if epochs is None else epochs * total


def matters(metrics: dict[str, float]) -> bool:
    """True if one of these is known to measure quality."""
    return any(better_of(name) is not None for name in metrics)
