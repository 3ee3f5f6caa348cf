"""Megatron-LM's training log: ` iteration 10/ 500000 | lm loss: 1.0E+01 | ... |`.

Source: megatron/training/training.py, training_log and evaluate_and_print_results.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.readers.figures import NUMBER, number, pairs
from flowtui.watch.readers.place import Place

NAME = "megatron"

_HEAD = re.compile(r"\s*iteration\s+(\d+)\s*/\s*(\d+)\s*\|")
_CELL = re.compile(rf"\s*([A-Za-z][^|:]*?)\s*:\s*({NUMBER})")
_VALIDATION = re.compile(r"(validation|test) loss at iteration (\d+)[^|]*\|(.*)")
_MS = re.compile(r"elapsed time per iteration \(ms\): ([\d.]+)")


def read(text: str, place: Place) -> list[Item] | None:
    """What a line says; None if it is none of Megatron's."""
    if "iteration" not in text or "|" not in text:
        return None
    found = _HEAD.match(text)
    if found:
        step, total = int(found[1]), int(found[2])
        metrics = pairs(_CELL.findall(text[found.end() :].replace("|", " |")))
        per_ms = _MS.search(text)
        rate = 1000 / (number(per_ms[1]) or 1.0) if per_ms else None
        place.step = step
        left = None if rate is None or step > total else (total - step) / rate
        return [Reading(step, metrics, None, total, None, None, None, left, rate)]
    found = _VALIDATION.search(text)
    if found is None:
        return None
    cells = pairs(_CELL.findall(found[3].replace("|", " |")))
    metrics = {f"{found[1]} {name.removesuffix(' value')}": value for name, value in cells.items()}
    return [Reading(int(found[2]), metrics)] if metrics else None
