"""tqdm: `Epoch 1/3:   5%|▌   | 50/1000 [00:00<00:02, 414.29batch/s, loss=1.95]`.

Also without a total, scaled, slow (seconds per step), for more than a day.
Source of the shape: tqdm.std.tqdm.format_meter (4.70).
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item
from flowtui.watch.readers.bars import STEP, Bar, read_bar
from flowtui.watch.readers.figures import clock_s, number, pairs, scaled
from flowtui.watch.readers.place import Place

NAME = "tqdm"

_BARE = re.compile(
    r"(?:(.*?): )?([\d.]+)([kKMGTP]?)([A-Za-z]*) \[([\d:]+), +([^,\]]+)(?:, (.*))?\]$"
)

_NO_FIGURES = frozenset({
    "v_num", "global_step", "step", "epoch", "ep", "iter", "iteration", "it", "consumed_samples",
})  # fmt: skip
"""In a bar: Lightning's number of the version, and where it stands, which the bar says."""
_IN_FRONT = re.compile(r"\[?(\d+)/(\d+)\]?\s*$")
_RATE = re.compile(r"\s*([\d.]+|\?)\s*([kKMGTP]?)\s*([A-Za-z_]*)/([A-Za-z_]+)")

_SIZE = re.compile(r"\s*\d+ steps of size \S+\. ")
"""NumPyro, before the first name: `7 steps of size 4.12e-01. acc. prob=0.91`."""
_STEP_IN_NAME = re.compile(r"\|?\s*\bsteps?[ :=]+(\d+)\s*:?$")
_NARROW = re.compile(r"(|.*?:?\s)(\d{1,3}%)\s+(\S+/\S+ \[[\d:]+<.*)$")
"""Where there is no room for the bar itself: ` 10% 20/200 [00:05<00:45, 4.0it/s]`."""

_IN_NAME = re.compile(
    r"([A-Za-z][\w/-]*(?: [A-Za-z][\w/-]*)?)(?:\s*[:=]\s*|\s+)"
    r"([-+]?\d+\.\d*(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)\b)"
)


def read(text: str, place: Place) -> list[Item] | None:
    """What a frame of a bar says; None if the line is none."""
    if "%|" in text:
        bar = _bar(text)
    elif text[-1] == "]" and (narrow := _NARROW.match(text)) is not None:
        bar = _bar(f"{narrow[1]} {narrow[2]}|| {narrow[3]}")
    elif text[-1] == "]" and ("/s" in text or "s/" in text):
        bar = _bare(text)
    else:
        return None
    return None if bar is None else read_bar(bar, place)


def _bar(text: str) -> Bar | None:
    percent = text.find("%|")
    end = text.find("|", percent + 2)
    open_ = text.find(" [", end)
    last = len(text) - 1
    close = last if text.find("]") == last else _close(text, open_)
    if end < 0 or open_ < 0 or close < open_:
        return None
    counts = text[end + 1 : open_].split("/")
    start = text.rfind(" ", 0, percent)
    share, before = text[start + 1 : percent], ""
    if not share.isdigit():
        start = max(start, text.rfind("}", 0, percent))  # a dictionary is glued to it
        if not text[start + 1 : percent].replace(".", "", 1).isdigit():
            return None
    name = text[:start].rstrip() if start > 0 else ""
    if len(counts) != 2:  # ignite puts the counts in front, and its figures behind the bar
        match = _IN_FRONT.search(name)
        if match is None:
            return None
        before, name, counts = (
            text[end + 1 : open_],
            name[: match.start()].rstrip(),
            [*match.groups()],
        )
    n, total = scaled(counts[0]), scaled(counts[1])
    if "{'" in name:
        name = name[name.rfind("}") + 1 :].strip()
    inside = text[open_ + 2 : close]
    elapsed, mark, rest = inside.partition("<")
    if n is None or total is None or not mark:
        return None
    left, _, rest = rest.partition(", ")
    if left[-4:] == " day" or left[-5:] == " days":
        more, _, rest = rest.partition(", ")
        left = f"{left}, {more}"
    rate_text, _, postfix = rest.partition(", ")
    if "=" in rate_text:  # it has no rate yet
        rate_text, postfix = "", rest
    rate, unit = _rate(rate_text)
    metrics = _postfix(f"{before.strip(' ,')}, {postfix}" if before else postfix)
    if "." in name or "nan" in name or "inf" in name:  # set_description(f"loss {loss:.4f}")
        name, metrics = _described(name, metrics)
    return Bar(
        name[:-1] if name.endswith(":") else name, int(n), int(total), clock_s(elapsed),
        clock_s(left) if "?" not in left else None, rate, metrics, unit,
    )  # fmt: skip


def _close(text: str, start: int) -> int:
    """Where the bracket that opens at `start` is closed; what is glued behind it may hold more."""
    depth = 0
    for place in range(max(start, 0), len(text)):
        char = text[place]
        if char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if depth == 0:
                return place
    return text.rfind("]")


def glued(text: str) -> tuple[str, str]:
    """What stands before a bar and is no name of it, and what stands behind its bracket."""
    percent = text.find("%|")
    close = _close(text, text.find(" [", text.find("|", percent + 2)))
    behind = text[close + 1 :].strip() if close >= 0 else ""
    start = text.find("{'", 0, percent)
    before = text[start : text.rfind("}", 0, percent) + 1] if start >= 0 else ""
    return before, behind


def _bare(text: str) -> Bar | None:
    match = _BARE.match(text)
    if match is None:
        return None
    name, count, scale, unit, elapsed, rate_text, postfix = match.groups()
    n = scaled(count + scale)
    if n is None or ("/s" not in rate_text and "s/" not in rate_text):
        return None
    rate, _ = _rate(rate_text)
    return Bar(
        name or "", int(n), None, clock_s(elapsed), None, rate, _postfix(postfix or ""), unit
    )


def _rate(text: str) -> tuple[float | None, str]:
    """Per second, and the unit that is counted: "414.29batch/s", "1.20s/it", "? it/s"."""
    match = _RATE.match(text)
    if match is None:
        return None, ""
    count, scale, unit, per = match.groups()
    if per == "s":
        return scaled(count + scale), unit
    seconds = number(count)
    return (1 / seconds if seconds and unit == "s" else None), per


def _described(name: str, metrics: dict[str, float]) -> tuple[str, dict[str, float]]:
    """A bar's name without the figures that stand in it, and these with its other metrics."""
    figures = pairs(_IN_NAME.findall(name))
    if not figures:
        return name, metrics
    name = _IN_NAME.sub("", name)
    for known in figures.keys() & {"Step", "step", "Global step", "global_step"}:
        figures[STEP] = figures.pop(known)
    step = _STEP_IN_NAME.search(name)
    if step is not None:
        figures[STEP] = float(step[1])
        name = name[: step.start()]
    return name.strip(" ,|:"), figures | metrics


def _postfix(text: str) -> dict[str, float]:
    figures: dict[str, float] = {}
    if "=" not in text and ":" not in text:
        return figures
    for part in text.split(", "):
        name, mark, value = part.partition("=")
        if not mark:
            name, mark, value = part.partition(":")
        name = _SIZE.sub("", name)
        figure = number(value.strip().rstrip("%")) if mark else None
        if figure is not None and name.strip() not in _NO_FIGURES:
            figures[name.strip()] = figure
        elif "=" in value or ": " in value:  # pairs without commas between them
            figures |= pairs(_IN_NAME.findall(part))
    return figures
