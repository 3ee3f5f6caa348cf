"""rich's progress, and Lightning's bar made of it: a name, a bar of ━ or ╺, then columns.

`Training ━━━╸━━ 17% 0:00:05`, `Epoch 3/3  ━━━ 16/16 0:00:00 • 0:00:00 814.27it/s v_num: 0.000`.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Notice
from flowtui.watch.readers.bars import Bar, read_bar
from flowtui.watch.readers.figures import NUMBER, clock_s, number, pairs
from flowtui.watch.readers.place import Place

NAME = "rich"

_BAR = re.compile(r"[━╸╺╾╼─]{4,}")
_COUNT = re.compile(r"(?<![\d:/.])(\d+)\s?/\s?(\d+)(?![\d:/])")
_PERCENT = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s?%")
_CLOCK = re.compile(r"(?<![\d:])(?:\d+:)?\d{1,2}:\d\d(?![\d:])")
_RATE = re.compile(r"([\d.]+)\s?(?:it|steps?|batch|b)/s")
_PAIR = re.compile(rf"([A-Za-z][\w./-]*)\s?[:=]\s?({NUMBER})(?![\d.]*\s?%)")


def read(text: str, place: Place) -> list[Item] | None:
    """What a frame of the bar says; None if the line is none."""
    if "━" not in text:
        return None
    match = _BAR.search(text)
    if match is None:
        return None
    name, rest = text[: match.start()].strip(" :"), text[match.end() :]
    metrics = pairs(_PAIR.findall(rest)) | pairs(_PAIR.findall(name))
    metrics.pop("v_num", None)  # Lightning's number of the version
    count, percent = _COUNT.search(rest), _PERCENT.search(rest)
    clocks = [clock_s(clock) for clock in _CLOCK.findall(rest)]
    rate = _RATE.search(rest)
    if count:
        n, total = int(count[1]), int(count[2])
    elif percent and (share := number(percent[1])) is not None:
        n, total = round(share), 100  # rich tells no more than a share
    else:
        return None
    elapsed = clocks[0] if len(clocks) > 1 else None
    left = clocks[1] if len(clocks) > 1 else clocks[0] if clocks else None
    bar = Bar(
        _PAIR.sub("", name).strip(), n, total, elapsed, left,
        number(rate[1]) if rate else None, metrics,
    )  # fmt: skip
    items = read_bar(bar, place)
    return items if count else [_share(item) for item in items]


def _share(item: Item) -> Item:
    """Without a count there are no steps, only a share of one whole."""
    if isinstance(item, Notice):
        return item
    done = (item.step or 0) / 100
    return item._replace(step=None, total_steps=None, epoch=done, total_epochs=1.0, rate=None)
