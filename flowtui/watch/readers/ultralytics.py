"""YOLOv5 to v8 on the console: columns under a heading, a bar behind them; validation below.

`Epoch GPU_mem box_loss cls_loss dfl_loss Instances Size`, then `1/100 2.1G 0.1088 0.1336 0.06273 4
32: 45% ━━━━╸── 20/45 3.1it/s 6.4s<8.0s`; YOLOv5 and v7 count epochs from 0 to the last one
(`0/99`), call the columns `box obj cls` and draw tqdm's bar. Sources: ultralytics 8.4,
utils/tqdm.py; yolov5 7.0, train.py and val.py.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.figures import length_s, number
from flowtui.watch.readers.place import Place

NAME = "ultralytics"

_ROW = re.compile(
    r"(\d+)/(\d+)\s+([\d.]+[KMGT]?)\s+(.*?):\s+(\d+)%\s*[━─╸╺|█▏▎▍▌▋▊▉#\d ]*?[━─╸╺"
    r"|]\s*(\d+)/(\d+)(.*)$"
)
_ELAPSED = re.compile(r"([\d.:]+)s?(?:<([\d.:]+)s?)?$")
_VALIDATION = re.compile(r"Class\s+Images\s+(?:Instances|Labels|Targets)\s+(.*?)(?::\s+\d+%.*)?$")
_PLAIN = re.compile(r"(\d+)/(\d+)\s+([\d.]+[KMGT]?)\s+((?:[\d.naif]+\s+)+[\d.]+)(?::.*)?$")
_COUNTS = frozenset({"instances", "size", "labels", "img_size", "targets", "gpu_mem"})


def read(text: str, place: Place) -> list[Item] | None:
    """What a line says; None if it is none of Ultralytics'."""
    first = text[0]
    if first == "E" and text.startswith("Epoch") and "gpu_mem" in text.lower():
        place.columns = text.split()
        return []
    if first == "C" and text.startswith("Class ") and " Images " in text:
        return _validation(text, place)
    if place.columns and first.isdigit() and "/" in text[:12]:
        return _row(text, place)
    if first == "a" and text.startswith("all ") and place.header[:1] == ["Class"]:
        return _all(text, place)
    return None


def _row(text: str, place: Place) -> list[Item] | None:
    match = _ROW.match(text)
    plain = None if match else _PLAIN.match(text)
    if match is not None:
        epoch_text, last, _, cells, _, n, total, rest = match.groups()
    elif plain is not None:
        epoch_text, last, _, cells = plain.groups()
        n, total, rest = "0", "0", ""
    else:
        return None
    metrics = {}
    for name, cell in zip(place.columns[2:], cells.split(), strict=False):
        figure = number(cell)
        if figure is not None and name.lower() not in _COUNTS:
            metrics[f"train/{name}" if name.endswith("_loss") else name] = figure
    epoch, epochs, steps = int(epoch_text), int(last), int(total)
    base = place.bars.base = 0 if epoch == 0 or place.bars.base == 0 else 1
    place.epoch, place.total_epochs, place.began = epoch, epochs, True
    if not steps:
        return [Reading(None, metrics, float(epoch), None, float(epochs))]
    step = place.step = (epoch - base) * steps + int(n)
    times = _ELAPSED.search(rest.strip())
    elapsed = length_s(f"{times[1]}s") if times and ":" not in times[1] else None
    whole = (epochs + 1 - base) * steps
    return [Reading(step, metrics, float(epoch), whole, float(epochs), None, elapsed)]


def _validation(text: str, place: Place) -> list[Item]:
    match = _VALIDATION.match(text)
    names = [] if match is None else re.sub(r"\bBox\(P\b|\bMask\(P\b", "P", match[1]).split()
    began = place.header[:1] != ["Class"]
    kind = "Instances" if "Instances" in text else "Labels"
    place.header = ["Class", kind, *[name.rstrip(")") for name in names]]
    return [Notice(NoticeKind.EVALUATION, "validation", step=place.step)] if began else []


def _all(text: str, place: Place) -> list[Item]:
    names = {"P": "precision", "R": "recall", "mAP50": "mAP50", "mAP50-95": "mAP50-95"}
    figures = [number(cell) for cell in text.split()[3:]]
    new = place.header[1] == "Instances"
    metrics = {
        f"metrics/{names.get(name, name)}" if new else name: figure
        for name, figure in zip(place.header[2:], figures, strict=False)
        if figure is not None
    }
    place.header = []
    epoch = None if place.epoch is None else float(place.epoch)
    return [Reading(place.step, metrics, epoch)]
