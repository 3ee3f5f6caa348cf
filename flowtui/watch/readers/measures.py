"""What a line measured: names and values, each with the set that it belongs to.

A line or a part of it that announces a set other than the training's ("Test:", "[valid]") lends it
to its names, so that an evaluation never enters the training's curve of the same name. A name that
says its set itself, or is a path ("coco/bbox_mAP"), stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowtui.core.runs.metrics import better_of, split_of, words_of
from flowtui.watch.readers.fields import Field, fields
from flowtui.watch.readers.vocabulary import (
    BLANK_WORDS,
    NO_NAMES,
    NO_WORDS,
    SET,
    SET_MARK,
    SETTING_WORDS,
)

_SUMMARY = "eval*"
"""TF Estimator's summary of an evaluation: measures that the training has not stay as they are."""
_COUNTS = re.compile(
    r"(?i)^(?:n|num|number|no|nr|#|count|total (?:param|number|num)\w*|size|max|min_|best epoch"
    r"|best iter\w*|best step|last best|finished \w+|model size)(?:[ _]|$)"
    r"|^n_|^num|_id$|version|^\w+\.\w+\.\w"
)
_PLACES = frozenset({"epoch", "step", "global_step"})
_DOES = frozenset(
    {"saved", "saving", "storing", "stored", "save", "updated", "loaded", "updating", "done"}
)
_SIDE_ONLY = frozenset({
    "time", "data", "eta", "mem", "memory", "batch", "sec", "s", "ms", "max", "it", "speed", "gpu",
    "cpu", "cost", "reader", "wall", "seconds", "hours",
    "ips", "load", "elapsed", "remaining", "iter", "step", "total", "avg",
    "samples",
})  # fmt: skip


def sets_of(text: str) -> list[str]:
    """The sets that a line announces, the training's left out."""
    labels = [label_of(_set_in(mark)) for mark in SET_MARK.finditer(text)]
    return [label for label in labels if label]


def _set_in(mark: re.Match[str]) -> str:
    return next((mark[k] for k in "abcefgh" if mark[k]), _SUMMARY)


_NOUNS = {"evaluating": "eval", "validating": "validation"}


def label_of(word: str | None) -> str:
    """How names of a set are prefixed; empty for the training's."""
    if word == _SUMMARY:
        return _SUMMARY
    match = SET.fullmatch(word) if word else None
    low = word.lower() if word and match is not None and match["val"] else ""
    return _NOUNS.get(low, low)


def _segments(text: str, own: str) -> Iterator[tuple[str, str]]:
    """A line cut where a set is announced, each piece with its set."""
    start = 0
    for mark in SET_MARK.finditer(text):
        if mark.start() > start:
            yield own, text[start : mark.start()]
        own, start = label_of(_set_in(mark)), mark.end()
    yield own, text[start:]


def metrics_of(
    text: str, own: str, placed: bool
) -> tuple[dict[str, float], dict[str, float], list[str]]:
    """Full names and values of a line, the averages among them, and the sets it announced."""
    metrics: dict[str, float] = {}
    averages: dict[str, float] = {}
    sets: list[str] = [own] if own else []
    for segment_set, segment in _segments(text, own):
        if segment_set and segment_set not in sets:
            sets.append(segment_set)
        accepted = [f for f in fields(segment) if _is_name(f, placed or bool(segment_set))]
        leading = segment_set or _leading_set(accepted)
        before = ""
        for field in accepted:
            first = SET.match(field.name)
            if first is not None and field.name[first.end() : first.end() + 1] == " ":
                before = first[0]
            lent = segment_set or ("" if is_side(field.name) else leading)
            name = _full(field.name, lent)
            if name in metrics and before and split_of(field.name) is None:
                name = f"{before.lower()}/{field.name}"
            metrics[name] = field.value
            if field.average is not None:
                averages[name] = field.average
    return metrics, averages, sets


def _leading_set(accepted: list[Field]) -> str:
    """The set with which a segment's first name begins, if it stands for all of its names."""
    if len(accepted) < 2 or any(
        split_of(field.name) not in (None, split_of(accepted[0].name)) for field in accepted[1:]
    ):
        return ""
    first = SET.match(accepted[0].name)
    if first is None or accepted[0].name[first.end() : first.end() + 1] not in (" ", ":"):
        return ""
    return first[0].lower() if first["val"] else ""


def _full(name: str, own: str) -> str:
    if not own or split_of(name) is not None or ("/" in name and "@" not in name):
        return name
    if own == _SUMMARY:
        return f"eval/{name}" if "loss" in name.lower() else name
    return f"{own}/{name}"


def _is_name(field: Field, placed: bool) -> bool:
    """Whether a name measures something; `placed` where the line says when or on what."""
    name, low = field.name, field.name.lower()
    words = low.replace("_", " ").split()
    measured = better_of(name) is not None
    if "/" in low and low.rpartition("/")[2] in _PLACES:
        return False  # verl's training/global_step
    if (
        low in NO_NAMES
        or words[-1] in NO_WORDS
        or (_COUNTS.search(name) and not (measured and low.startswith("count ")))
    ):
        return False
    if not placed and SETTING_WORDS & set(words_of(name)) and better_of(name) is None:
        return False
    if "eta" in words or low.endswith("final step") or low in ("remaining", "time left", "best"):
        return False
    if len(words) > 2 and not _DOES.isdisjoint(words):
        return False  # "saved new best model with accuracy": the figure of another line
    parts = low.split()
    if field.explicit:
        return len(parts) <= 4 or (measured and len(parts) <= 7)
    if len(parts) == 1:
        if SET.fullmatch(name) and field.value.is_integer():
            return False  # "Eval 3 at step 400": which one it is
        return placed or measured
    return all(part in BLANK_WORDS for part in re.findall(r"[a-z][a-z0-9@]*", low)) or all(
        "_" in part or "/" in part or part in BLANK_WORDS for part in parts
    )


def is_side(name: str) -> bool:
    return all(word in _SIDE_ONLY for word in words_of(name))


def measures(metrics: dict[str, float]) -> bool:
    return any(better_of(name) is not None for name in metrics)
