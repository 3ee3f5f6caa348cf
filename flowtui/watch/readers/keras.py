"""Keras: `Epoch 3/10`, then frames of a bar, or one line an epoch (verbose=2); old and new style.

`32/313 ━━━━ 12s 43ms/step - accuracy: 0.8123 - loss: 0.5312`; `313/313 - 4s - 12ms/step - loss:
0.3`; `32/313 [==>...] - ETA: 12s - loss: 0.53`. Source: keras/src/utils/progbar.py (3.15).
"""

from __future__ import annotations

import re

from flowtui.core.runs.metrics import split_of
from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.readers.figures import NUMBER, length_s, pairs, whole
from flowtui.watch.readers.place import Place

NAME = "keras"

MANY_SAMPLES = 5000
HEADING = re.compile(r"Epoch (\d+)(?:/(\d+))?:?$")
_FRAME = re.compile(r"(\d+)/(\d+|Unknown)\s+(?:[━─]+|\[[=>.]*\]|-)\s*(.*)$")
_PAIR = re.compile(rf"([A-Za-z][\w./ ]*?): ({NUMBER})(?=$| - |\s)")
_PADDLE = re.compile(r"step\s+\d+/\d+ \[")
"""Paddle's bars are Keras' with a word in front."""
_DATA = re.compile(r"Train on \d+ samples")
_ETA = re.compile(r"ETA: ([\d:]+s?)")
_SPENT = re.compile(r"- (?:\d+:)*\d+s(?= - )")
"""Keras 1, at an epoch's end: no time a step."""
_TIMES = re.compile(
    r"(?:- )?(?<![\d:])((?:\d+:)*\d+s?)\s+(?:- )?([\d.]+(?:s|ms|us))/(?:step|epoch|sample)"
)


def read(text: str, place: Place) -> list[Item] | None:
    """What a line says; None if it is none of Keras'."""
    if text.startswith("Epoch ") and len(text) < 24:
        return _heading(text, place)
    text = text.removeprefix("step ").lstrip() if _PADDLE.match(text) else text
    said = _DATA.match(text) if text.startswith("Train on ") else None
    if said is not None:
        place.bars.samples = True
        return []
    if not text[:1].isdigit() or ("/step" not in text and " - " not in text):
        return None
    match = _FRAME.match(text)
    if match is None:
        return None
    n, total, rest = whole(match[1]), whole(match[2]), match[3]
    if n is None or (total is None and match[2] != "Unknown"):
        return None
    eta, times = _ETA.search(rest), _TIMES.search(rest)
    if eta is None and times is None and (total is None or not _SPENT.match(rest)):
        return None
    metrics = pairs(_PAIR.findall(rest))
    metrics.pop("ETA", None)
    if place.section:  # under a heading such as "Eval begin..."
        final = {name: value for name, value in metrics.items() if n == total}
        own = {k if split_of(k) else f"{place.section}/{k}": v for k, v in final.items()}
        return [Reading(place.step, own)] if own else []
    if _is_aside(n, total, metrics, place):
        return _evaluation(n == total, metrics, place)
    return [_reading(n, total, metrics, eta, times, place)]


def _is_aside(n: int, total: int | None, metrics: dict[str, float], place: Place) -> bool:
    """Whether a bar is evaluate()'s or predict()'s: it begins behind a training's that is over.

    A training has a heading an epoch. Where the log has none, only another size tells the bars
    apart, or that of the training had a validation's figures.
    """
    bars = place.bars
    validated = any(split_of(name) for name in metrics)
    if len(bars.keras) < 2 or total is None or bars.keras[0] != bars.keras[1]:
        return False
    if bars.keras[1] != total:
        return place.epoch is not None or not validated
    return place.epoch is not None and n < total and bars.validates and not validated


def _evaluation(over: bool, metrics: dict[str, float], place: Place) -> list[Item]:
    own = {k if split_of(k) else f"test/{k}": v for k, v in metrics.items()} if over else {}
    return [Reading(place.step, own)] if own else []


def _heading(text: str, place: Place) -> list[Item] | None:
    match = HEADING.match(text)
    epoch = whole(match[1]) if match else None
    if match is None or epoch is None:
        return None
    place.epoch, place.began, place.section = epoch, True, ""
    place.bars.keras = []
    if match[2]:
        place.total_epochs = whole(match[2])
    total = place.total_epochs
    return [
        Reading(None, epoch=float(place.epoch), total_epochs=None if not total else float(total))
    ]


def _counts_samples(n: int, total: int | None, times: re.Match[str] | None, place: Place) -> bool:
    """Keras 1 and 2 count samples where they were given arrays: `128/60000 ... 84us/step`.

    They say so, or call them steps: a step does not take microseconds where there are thousands.
    """
    said = times is not None and times[0].endswith("/sample")
    quick = times is not None and times[2].endswith("us") and (total or 0) >= MANY_SAMPLES
    batch = n in (16, 32, 64, 128, 256, 512) and (total or 0) >= MANY_SAMPLES
    if said or quick or batch:
        place.bars.samples = True
    return place.bars.samples


def _begins(n: int, total: int | None, metrics: dict[str, float], place: Place) -> bool:
    """Note where the training's bar stands; whether it was complete and begins anew.

    A bar is drawn twice when it is complete, then with the validation's figures; of a log that
    has nothing but complete bars each is an epoch.
    """
    bars = place.bars
    validated = any(name.startswith("val_") for name in metrics)
    before = bars.keras
    was_over = len(before) == 2 and before[0] == before[1] == total
    again = was_over and n == total and (bars.redrawn or (validated and not bars.validates))
    bars.keras = [n, total] if total is not None else []
    if was_over and not again:
        bars.redrawn = False
    bars.redrawn = bars.redrawn or n != total
    bars.validates = validated if not again else (validated or bars.validates)
    return was_over and not again


def _reading(
    n: int,
    total: int | None,
    metrics: dict[str, float],
    eta: re.Match[str] | None,
    times: re.Match[str] | None,
    place: Place,
) -> Reading:
    epoch, epochs = place.epoch, place.total_epochs
    place.began = True
    begun = _begins(n, total, metrics, place)
    if _counts_samples(n, total, times, place):
        planned = None if not epochs else float(epochs)
        return Reading(None, metrics, None if epoch is None else float(epoch), None, planned)
    bars = place.bars
    if epoch is None and begun:
        bars.rounds += 1
    done = bars.rounds if epoch is None else (epoch or 1) - 1
    step = place.step = n + done * (total or 0)
    last = n == total and any(name.startswith("val_") for name in metrics)
    per_step = length_s(times[2]) if times else None
    left = None
    if eta is not None:
        left = length_s(eta[1])
    elif times is not None and n != total:
        left = length_s(times[1])
    if left is not None and epochs is not None and total and per_step:
        left += (epochs - done - 1) * total * per_step
    elif epochs is None or (epochs and epoch != epochs):
        left = 0.0 if last and epochs and epoch == epochs else None
    return Reading(
        step, metrics, None if epoch is None else float(epoch),
        None if not total or not epochs else total * epochs,
        None if not epochs else float(epochs), None, None, left,
        1 / per_step if per_step else None,
    )  # fmt: skip
