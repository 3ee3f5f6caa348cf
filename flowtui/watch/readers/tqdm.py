"""tqdm: `Epoch 1/3:   5%|▌   | 50/1000 [00:00<00:02, 414.29batch/s, loss=1.95]`.

Also without a total, scaled, slow (seconds per step), for more than a day.
Source of the shape: tqdm.std.tqdm.format_meter (4.70).
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item
from flowtui.watch.readers.bars import Bar, read_bar
from flowtui.watch.readers.figures import clock_s, number, pairs, scaled
from flowtui.watch.readers.place import Place

NAME = "tqdm"

_BARE = re.compile(
    r"(?:(.*?): )?([\d.]+)([kKMGTP]?)([A-Za-z]*) \[([\d:]+), +([^,\]]+)(?:, (.*))?\]$"
)

_RATE = re.compile(r"\s*([\d.]+|\?)\s*([kKMGTP]?)\s*([A-Za-z_]*)/([A-Za-z_]+)")

_IN_NAME = re.compile(
    r"([A-Za-z][\w/-]*(?: [A-Za-z][\w/-]*)?)(?:\s*[:=]\s*|\s+)"
    r"([-+]?\d+\.\d*(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)\b)"
)


def read(text: str, place: Place) -> list[Item] | None:
    """What a frame of a bar says; None if the line is none."""
    if "%|" in text:
        bar = _bar(text)
    elif text[-1] == "]" and ("/s" in text or "s/" in text):
        bar = _bare(text)
    else:
        return None
    return None if bar is None else read_bar(bar, place)


def _bar(text: str) -> Bar | None:
    percent = text.find("%|")
    end = text.find("|", percent + 2)
    open_ = text.find(" [", end)
    close = text.rfind("]")
    if end < 0 or open_ < 0 or close < open_:
        return None
    counts = text[end + 1 : open_].split("/")
    start = text.rfind(" ", 0, percent)
    name = text[: max(start, 0)].rstrip()
    if len(counts) != 2 or not text[start + 1 : percent].replace(".", "", 1).isdigit():
        return None
    n, total = scaled(counts[0]), scaled(counts[1])
    inside = text[open_ + 2 : close]
    elapsed, mark, rest = inside.partition("<")
    if n is None or total is None or not mark:
        return None
    left, _, rest = rest.partition(", ")
    if left[-4:] == " day" or left[-5:] == " days":
        more, _, rest = rest.partition(", ")
        left = f"{left}, {more}"
    rate_text, _, postfix = rest.partition(", ")
    rate, unit = _rate(rate_text)
    metrics = _postfix(postfix)
    if "." in name or "nan" in name or "inf" in name:  # set_description(f"loss {loss:.4f}")
        name, metrics = _described(name, metrics)
    return Bar(
        name[:-1] if name.endswith(":") else name, int(n), int(total), clock_s(elapsed),
        clock_s(left) if "?" not in left else None, rate, metrics, unit,
    )  # fmt: skip


def _bare(text: str) -> Bar | None:
    found = _BARE.match(text)
    if found is None:
        return None
    name, count, scale, unit, elapsed, rate_text, postfix = found.groups()
    n = scaled(count + scale)
    if n is None or ("/s" not in rate_text and "s/" not in rate_text):
        return None
    rate, _ = _rate(rate_text)
    return Bar(
        name or "", int(n), None, clock_s(elapsed), None, rate, _postfix(postfix or ""), unit
    )


def _rate(text: str) -> tuple[float | None, str]:
    """Per second, and the unit that is counted: "414.29batch/s", "1.20s/it", "? it/s"."""
    found = _RATE.match(text)
    if found is None:
        return None, ""
    count, scale, unit, per = found.groups()
    if per == "s":
        return scaled(count + scale), unit
    seconds = number(count)
    return (1 / seconds if seconds and unit == "s" else None), per


def _described(name: str, metrics: dict[str, float]) -> tuple[str, dict[str, float]]:
    """A bar's name without the figures that stand in it, and these with its other metrics."""
    found = pairs(_IN_NAME.findall(name))
    if not found:
        return name, metrics
    return _IN_NAME.sub("", name).strip(" ,|:"), found | metrics


def _postfix(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    if "=" not in text and ":" not in text:
        return found
    for part in text.split(", "):
        name, mark, value = part.partition("=")
        if not mark:
            name, mark, value = part.partition(":")
        figure = number(value.strip().rstrip("%")) if mark else None
        if figure is not None and name != "v_num":  # Lightning's number of the version
            found[name.strip()] = figure
    return found
