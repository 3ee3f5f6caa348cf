"""Hugging Face's Trainer on the console: one dictionary a line, in both generations.

Up to 4.x `{'loss': 2.1345, 'learning_rate': 4.9e-05, 'epoch': 0.1}`; 5.x quotes every figure:
`{'loss': '2.134', 'epoch': '0.1'}`. The step is not in it: it is where the bar stands, if any.
Source: transformers/trainer_callback.py, ProgressCallback.on_log.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.figures import NUMBER, pairs
from flowtui.watch.readers.place import Place

NAME = "hf-trainer"

_PAIR = re.compile(rf"'([^']+)': ?'?({NUMBER})'?(?=[,}}])")


def read(text: str, place: Place) -> list[Item] | None:
    """What a dictionary says; None if the line is none."""
    start = text.find("{'")
    if start < 0 or text[-1] != "}":
        return None
    metrics = pairs(_PAIR.findall(text[start:]))
    if not metrics:
        return None
    epoch, step = metrics.pop("epoch", None), metrics.pop("step", None)
    if step is None:
        step = metrics.pop("global_step", None)
    at = int(step) if step is not None else place.step
    items: list[Item] = [Reading(at, metrics, epoch)]
    if "train_runtime" in metrics:
        items.append(Notice(NoticeKind.FINISHED, text[:200], step=at))
    return items
