"""fastai on a console (fastprogress): a heading, one row an epoch, and a bar in between.

`epoch     train_loss  valid_loss  accuracy  time`, `0         0.6931      0.6512      0.61
00:12`, `Epoch 1/5 : |████----| 40.00% [20/50 00:03<00:05 0.6931]`. Source: fastprogress 1.1.6.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.readers.bars import Bar, read_bar
from flowtui.watch.readers.figures import NUMBER, clock_s, number
from flowtui.watch.readers.place import Place

NAME = "fastai"

_BAR = re.compile(
    r"(.*?)\s*: ?\|[█▉▊▋▌▍▎▏\-]*\|\s*[\d.]+% \[(\d+)/(\d+) ([\d:]+)<([\d:]+|\?)\.*(?:\s+("
    + NUMBER
    + "))?"
)


def read(text: str, place: Place) -> list[Item] | None:
    """What a line says; None if it is none of fastai's."""
    if text.startswith("epoch ") and "time" in text:
        words = text.split()
        if words[-1] != "time":
            return None
        place.table = words
        return []
    if "|" in text and "% [" in text:
        return _bar(text, place)
    if place.table and text[0].isdigit():
        return _row(text, place)
    return None


def _bar(text: str, place: Place) -> list[Item] | None:
    found = _BAR.match(text)
    if found is None:
        return None
    name, n, total, elapsed, left, loss = found.groups()
    metrics = {} if loss is None else {"smooth_loss": float(loss)}
    done = None if left == "?" else clock_s(left)
    bar = Bar(name, int(n), int(total), clock_s(elapsed), done, None, metrics)
    return read_bar(bar, place)


def _row(text: str, place: Place) -> list[Item] | None:
    cells = text.split()
    if len(cells) != len(place.table) or not cells[0].isdigit():
        return None
    epoch = int(cells[0])
    metrics = {}
    for name, cell in zip(place.table[1:-1], cells[1:-1], strict=True):
        figure = number(cell)
        if figure is not None:
            metrics[name] = figure
    total = place.total_epochs
    step = place.step if place.bars.epoch_total else None
    return [Reading(step, metrics, epoch + 1.0, None, None if total is None else float(total))]
