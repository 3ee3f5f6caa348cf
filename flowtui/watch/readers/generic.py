"""The fallback: a line of `name=value` or `name: value` in a program's own words.

A line counts if it names a measure of quality (loss, accuracy, reward, ...). Any other line of
pairs waits until its very names come for the third time: a line of settings comes once, a line of
metrics again and again. What waited is then given, so that nothing is lost.
"""

from __future__ import annotations

from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.readers.figures import number
from flowtui.watch.readers.place import Place
from flowtui.watch.readers.steps import EPOCH_FLOAT, PAIR, matters

NAME = "name=value"
AGAIN = 3
MANY = 16
"""A line of more pairs is a line of settings, until it comes again."""
MAX_SHAPES = 64


def read(text: str, place: Place) -> list[Item] | None:
    """What a line of pairs says; None if it is none, an empty list if it waits."""
    if ("=" not in text and ":" not in text) or "Namespace(" in text:
        return None
    metrics = {}
    for name, value in PAIR.findall(text):
        figure = number(value)
        if figure is not None and ".py" not in name:
            metrics[name.strip()] = figure
    if not metrics:
        return None
    found = EPOCH_FLOAT.search(text)
    epoch = float(found[1]) if found else None
    if len(metrics) <= MANY and matters(metrics):
        return [Reading(place.step, metrics, epoch)]
    return _wait(metrics, epoch, place)


def _wait(metrics: dict[str, float], epoch: float | None, place: Place) -> list[Item] | None:
    key = "\x1f".join(metrics)
    held = place.shapes.get(key)
    if held is None:
        if len(place.shapes) >= MAX_SHAPES:
            return None
        place.shapes[key] = [[place.step, list(metrics.values()), epoch]]
        return []
    if held:  # an empty list: the shape is known
        held.append([place.step, list(metrics.values()), epoch])
        if len(held) < AGAIN:
            return []
        names = list(metrics)
        place.shapes[key] = []
        return [
            Reading(step, dict(zip(names, values, strict=True)), at) for step, values, at in held
        ]
    return [Reading(place.step, metrics, epoch)]
