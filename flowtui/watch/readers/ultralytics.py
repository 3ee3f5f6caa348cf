"""Ultralytics' console: columns under a heading, the rest of the line a bar; validation below.

`Epoch GPU_mem box_loss cls_loss dfl_loss Instances Size`, then `1/100 2.1G 0.1088 0.1336 0.06273 4
32: 45% ━━━━╸── 20/45 3.1it/s 6.4s<8.0s`. Source: 8.4, utils/tqdm.py.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.figures import length_s, number
from flowtui.watch.readers.place import Place

NAME = "ultralytics"

_ROW = re.compile(
    r"(\d+)/(\d+)\s+([\d.]+[KMGT]?)\s+(.*?):\s+(\d+)%\s*[━─╸╺|█▏▎▍▌▋▊▉# ]+\s*(\d+)/(\d+)(.*)$"
)
_ELAPSED = re.compile(r"([\d.:]+)s?(?:<([\d.:]+)s?)?$")
_VALIDATION = re.compile(r"Class\s+Images\s+Instances\s+(.*?)(?::\s+\d+%.*)?$")


def read(text: str, place: Place) -> list[Item] | None:
    """What a line says; None if it is none of Ultralytics'."""
    if text.startswith("Epoch") and "GPU_mem" in text:
        place.columns = text.split()
        return []
    if text.startswith("Class ") and "Instances" in text:
        return _validation(text, place)
    if place.columns and text[0].isdigit() and "%" in text:
        return _row(text, place)
    if text.startswith("all ") and place.table[:1] == ["Class"]:
        return _all(text, place)
    return None


def _row(text: str, place: Place) -> list[Item] | None:
    found = _ROW.match(text)
    if found is None:
        return None
    epoch, epochs, _, cells, _, n, total, rest = found.groups()
    metrics = {}
    for name, cell in zip(place.columns[2:], cells.split(), strict=False):
        figure = number(cell)
        if figure is not None and name not in ("Instances", "Size"):
            metrics[f"train/{name}"] = figure
    done, whole, steps = int(epoch) - 1, int(epochs), int(total)
    place.epoch, place.total_epochs = int(epoch), whole
    step = place.step = done * steps + int(n)
    times = _ELAPSED.search(rest.strip())
    elapsed = length_s(f"{times[1]}s") if times and ":" not in times[1] else None
    return [Reading(step, metrics, float(epoch), whole * steps, float(whole), None, elapsed)]


def _validation(text: str, place: Place) -> list[Item]:
    found = _VALIDATION.match(text)
    names = [] if found is None else re.sub(r"\bBox\(P\b|\bMask\(P\b", "P", found[1]).split()
    began = place.table[:1] != ["Class"]
    place.table = ["Class", *[name.rstrip(")") for name in names]]
    return [Notice(NoticeKind.EVALUATION, "validation", step=place.step)] if began else []


def _all(text: str, place: Place) -> list[Item]:
    names = {"P": "precision", "R": "recall", "mAP50": "mAP50", "mAP50-95": "mAP50-95"}
    figures = [number(cell) for cell in text.split()[3:]]
    metrics = {
        f"metrics/{names.get(name, name)}": figure
        for name, figure in zip(place.table[1:], figures, strict=False)
        if figure is not None
    }
    place.table = []
    epoch = None if place.epoch is None else float(place.epoch)
    return [Reading(place.step, metrics, epoch)]
