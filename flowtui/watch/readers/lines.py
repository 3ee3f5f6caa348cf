"""A line in a program's own words: where it stands, which data it measured, names and values.

All that has no shape of its own comes here, so a new format is a few lines over it. A line with a
position (step, epoch) gives all its figures. One without gives measures of quality once the
training has begun; other pairs wait until their very names come for the third time: settings come
once, metrics again and again. What waited is then given, so that nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowtui.core.runs.metrics import better_of, split_of, words_of
from flowtui.core.runs.reading import NOTHING, Item, Reading
from flowtui.watch.readers.fields import Field, fields, scrubbed
from flowtui.watch.readers.figures import clock_s, length_s
from flowtui.watch.readers.place import Place
from flowtui.watch.readers.positions import Where, find, run_step
from flowtui.watch.readers.settings import is_code, is_dump, is_setting, note_totals
from flowtui.watch.readers.vocabulary import (
    BLANK_WORDS,
    NO_NAMES,
    NO_WORDS,
    SET,
    SET_HEADING,
    SET_MARK,
    SETTING_WORDS,
)

STEPS = "steps"
PAIRS = "name=value"
AGAIN = 3
MANY = 16
"""A line of more pairs without a position is a line of settings, until it comes again."""
MAX_SHAPES = 64
_SUMMARY = "eval*"
"""TF Estimator's summary of an evaluation: measures that the training has not stay as they are."""
_ETA = re.compile(
    r"(?i)(?<![\w])(?:eta|remaining(?:[ _]time)?|time left|estimated time (?:to finish|left)|left)"
    r"(?:\s*\([^)]*\))?[\"']?\s*[:=]?\s*[\"']?"
    r"((?:\d+ days?,? *)?\d+:\d\d(?::\d\d)?|(?:\d[\d.]* ?(?:days?|d|hours?|h|minutes?|mins?|m|seconds?"
    r"|secs?|s)\b[ ,]*)+)"
)
_MERE = re.compile(
    r"(?i)(?:\||\W|\d+(?:\.\d+)?\s*(?:ms|[hms]|min|secs?|seconds|minutes|%)?\b|\b(?:train(?:ing)?|learning|starting|start|begin(?:ning)?|running|current|new|now"
    r"|of|at|in|completed?|done|finished|lr|eval(?:uation)?|val(?:idation)?|test|epoch|time)\b)*$"
)
_SETTING = re.compile(
    r"(?i)\W*(?:epochs|steps|iters|iterations|updates|batch(?:es)?|episodes|timesteps|rounds|generations"
    r"|mini-?batch)[\"']?\s*(?:[:=.]+\s*|\s+)[\"']?\d[\d,_]*\W*(?:#.*)?$"
)
"""A number of epochs, a size of batches: alone on its line it is no place in the run."""
_COUNTS = re.compile(
    r"(?i)^(?:n|num|number|no|nr|#|count|total (?:param|number|num)\w*|size|max|min_|best epoch"
    r"|best iter\w*|best step|model size)(?:[ _]|$)|^n_|^num|_id$|version|^\w+\.\w+\.\w"
)
_SIDE_ONLY = frozenset(
    "time data eta mem memory batch sec s ms max it speed gpu cpu cost reader ips load elapsed"
    " remaining iter step total avg samples".split()
)


def read(text: str, place: Place) -> list[Item] | None:
    """What a line says; None if it says nothing, an empty list if it waits."""
    place.learnable = False
    if is_code(text):
        if not place.began:
            note_totals(text, place)
        return None
    if is_dump(text):
        note_totals(text, place)
        return None
    where, rest = find(scrubbed(text))
    if where.empty and where.epochs:
        return [Reading(None, total_epochs=where.epochs)]
    if where.empty:
        return _without_position(text, rest, place)
    return _with_position(text, rest, where, place)


def format_of(items: list[Item]) -> str:
    """The name of the format of a line that `read` read."""
    first = items[0] if items else None
    positioned = isinstance(first, Reading) and (first.step is not None or first.epoch is not None)
    return STEPS if positioned else PAIRS


def flushed(place: Place) -> list[Item]:
    """The evaluation that is over now, as one reading."""
    if not place.pending:
        return []
    metrics, place.pending = place.pending, {}
    return [Reading(place.step, metrics)]


def _with_position(text: str, rest: str, where: Where, place: Place) -> list[Item] | None:
    own = _label(where.set)
    is_best = re.match(r"(?i)\W*(?:new )?best\b", text) is not None
    metrics, averages, sets = _metrics(rest, own, True, place)
    if text.startswith("Saving "):  # TF Estimator: measures that only an evaluation has stay plain
        metrics = {
            k if "loss" in k.lower() else k.partition("/")[2] or k: v for k, v in metrics.items()
        }
    if not metrics:
        return _position_only(text, rest, where, place)
    note_totals(rest, place)
    if is_best:
        return [Reading(place.step, {k: v for k, v in metrics.items() if better_of(k)})] or None
    own_set = own or (sets[0] if len(sets) == 1 else "")
    if own_set and where.total is not None and where.n is not None and not where.counts_through:
        return _evaluation(where, metrics, averages, own_set, place)
    items = flushed(place)
    if own_set and where.n is not None and where.epoch is None and _is_bare(where):
        return [*items, Reading(place.step, metrics)]
    if not own_set:
        place.section = ""
    reading = _reading(text, where, metrics, place)
    items += [*_begin(where, reading, place), reading]
    place.learnable = len(items) == 1 and not own_set and where.epoch is None
    return items


def _is_bare(where: Where) -> bool:
    return where.word == "" or where.word.startswith(("batch", "mini"))


def _evaluation(
    where: Where, metrics: dict[str, float], averages: dict[str, float], own: str, place: Place
) -> list[Item]:
    """A line within an evaluation: its figures are those of the last such line, averaged."""
    place.evaluated = own
    shown = {name: averages.get(name, value) for name, value in metrics.items()}
    place.pending |= {k: v for k, v in shown.items() if not _is_side(k.partition("/")[2] or k)}
    if where.n == where.total:
        return flushed(place)
    return []


def _reading(text: str, where: Where, metrics: dict[str, float], place: Place) -> Reading:
    step, total = run_step(where, place)
    if step is not None:
        place.step = step
    at = step if step is not None or where.samples else None
    left = _eta(text)
    return Reading(at, metrics, where.epoch, total, where.epochs, None, None, left)


def _position_only(text: str, rest: str, where: Where, place: Place) -> list[Item] | None:
    """`Epoch 3/10` alone on its line: the lines that follow belong to it."""
    if _SETTING.match(text):
        note_totals(text, place)
        place.settings += 1
        return None
    mere = where.counts_through or _MERE.match(rest) is not None
    if where.first > 40 or not mere or where.set not in (None, "train"):
        return [Reading(None, NOTHING, None, None, where.epochs)] if where.epochs else None
    items = flushed(place)
    place.section = ""
    if where.epoch is not None and where.epoch == int(where.epoch):
        place.epoch = int(where.epoch)
        place.total_epochs = None if where.epochs is None else int(where.epochs)
        if place.bars.base is None or place.epoch < place.bars.base:
            place.bars.base = 0 if place.epoch == 0 else 1
    step, total = run_step(where, place)
    if step is not None:
        place.step = step
    reading = Reading(step, NOTHING, where.epoch, total, where.epochs)
    return [*items, *_begin(where, reading, place), reading]


def _begin(where: Where, reading: Reading, place: Place) -> list[Item]:
    """The totals that the settings said, with the first line that has a place in the run."""
    place.began = True
    if not place.totals:
        return []
    items: list[Item] = []
    steps, epochs = place.totals.get("steps"), place.totals.get("epochs")
    if epochs and where.epoch is not None:
        if where.epochs is None and where.epoch <= epochs:
            items.append(Reading(None, total_epochs=epochs))
        del place.totals["epochs"]
    if steps and reading.step is not None:
        if reading.total_steps is None and reading.step <= steps:
            items.append(Reading(None, total_steps=int(steps)))
        del place.totals["steps"]
    return items


def _without_position(text: str, rest: str, place: Place) -> list[Item] | None:
    heading = SET_HEADING.match(text)
    if heading is not None:
        place.section = _label(heading["set"]) or ""
        return None
    note_totals(text, place)
    if place.began and "`max_" in text and (epochs := place.totals.pop("epochs", None)):
        return [Reading(None, total_epochs=epochs)]  # Lightning's last word
    starred = text.startswith("* ")
    own = (place.evaluated or "test") if starred else place.section
    metrics, _, sets = _metrics(rest, own, bool(sets_of(rest)) or starred, place)
    if not metrics:
        if is_setting(text):
            place.settings += 1
        return None
    if (place.began or own) and len(metrics) <= MANY and _measures(metrics):
        if own or sets:
            place.evaluated = own or sets[0]
            metrics, place.pending = place.pending | metrics, {}
        items = flushed(place)
        return [*items, Reading(place.step, metrics)]
    if not _measures(metrics) and len(metrics) == 1:
        place.settings += 1
    return _wait(metrics, place)


def _wait(metrics: dict[str, float], place: Place) -> list[Item] | None:
    key = "\x1f".join(metrics)
    waiting = place.shapes.get(key)
    if waiting is None:
        if len(place.shapes) >= MAX_SHAPES:
            return None
        place.shapes[key] = [[place.step, list(metrics.values())]]
        return []
    if not waiting:  # an empty list: the shape has come often enough
        place.learnable = True
        return [Reading(place.step, metrics)]
    waiting.append([place.step, list(metrics.values())])
    if len(waiting) < AGAIN:
        return []
    if not _is_curve(waiting, metrics, place.began):
        del waiting[0]
        return []
    place.shapes[key] = []
    return [Reading(step, dict(zip(metrics, values, strict=True))) for step, values in waiting]


def _is_curve(waiting: list[list[object]], metrics: dict[str, float], began: bool) -> bool:
    """Figures that change; before any position also under names that measure, or several."""
    changed = any(row[1] != waiting[0][1] for row in waiting[1:])
    settings = any(SETTING_WORDS & set(words_of(name)) for name in metrics)
    return changed and not settings and (began or len(metrics) > 1 or _measures(metrics))


def waited(place: Place) -> list[Item]:
    """At the end: measures that came once or twice in a log that holds nothing else."""
    if place.began or place.settings > 1:
        return []
    items: list[Item] = []
    for key, waiting in place.shapes.items():
        names = key.split("\x1f")
        for step, values in waiting:
            metrics = dict(zip(names, values, strict=True))
            if _measures(metrics) and not any(SETTING_WORDS & set(words_of(n)) for n in names):
                items.append(Reading(step, metrics))
    return items


def sets_of(text: str) -> list[str]:
    """The sets that a line announces, the training's left out."""
    labels = [_label(_set_in(mark)) for mark in SET_MARK.finditer(text)]
    return [label for label in labels if label]


def _set_in(mark: re.Match[str]) -> str:
    return next((mark[k] for k in "abc" if mark[k]), _SUMMARY)


def _label(word: str | None) -> str:
    """How names of a set are prefixed; empty for the training's."""
    if word == _SUMMARY:
        return _SUMMARY
    match = SET.fullmatch(word) if word else None
    return word.lower() if word and match is not None and match["val"] else ""


def _segments(text: str, own: str) -> Iterator[tuple[str, str]]:
    """A line cut where a set is announced, each piece with its set."""
    start = 0
    for mark in SET_MARK.finditer(text):
        if mark.start() > start:
            yield own, text[start : mark.start()]
        own, start = _label(_set_in(mark)), mark.end()
    yield own, text[start:]


def _metrics(
    text: str, own: str, placed: bool, place: Place
) -> tuple[dict[str, float], dict[str, float], list[str]]:
    """Full names and values of a line, the averages among them, and the sets it announced."""
    metrics: dict[str, float] = {}
    averages: dict[str, float] = {}
    sets: list[str] = [own] if own else []
    for segment_set, segment in _segments(text, own):
        if segment_set and segment_set not in sets:
            sets.append(segment_set)
        found = [f for f in fields(segment) if _is_name(f, placed or bool(segment_set))]
        leading = segment_set or _leading_set(found)
        before = ""
        for field in found:
            first = SET.match(field.name)
            if first is not None and field.name[first.end() : first.end() + 1] == " ":
                before = first[0]
            name = _full(field.name, leading)
            if name in metrics and before and split_of(field.name) is None:
                name = f"{before.lower()}/{field.name}"
            metrics[name] = field.value
            if field.average is not None:
                averages[name] = field.average
    return metrics, averages, sets


def _leading_set(found: list[Field]) -> str:
    """The set with which a segment's first name begins, if it stands for all of its names."""
    if len(found) < 2 or any(split_of(field.name) for field in found[1:]):
        return ""
    first = SET.match(found[0].name)
    if first is None or found[0].name[first.end() : first.end() + 1] not in (" ", ":"):
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
    if low in NO_NAMES or words[-1] in NO_WORDS or _COUNTS.search(name):
        return False
    if not placed and SETTING_WORDS & set(words_of(name)) and better_of(name) is None:
        return False
    if "eta" in words or low.endswith("final step") or low in ("remaining", "time left"):
        return False
    measured = better_of(name) is not None
    parts = low.split()
    if field.explicit:
        return len(parts) <= 4 or (measured and len(parts) <= 7)
    if len(parts) == 1:
        return placed or measured
    return all(part in BLANK_WORDS for part in re.findall(r"[a-z][a-z0-9@]*", low)) or all(
        "_" in part or "/" in part or part in BLANK_WORDS for part in parts
    )


def _is_side(name: str) -> bool:
    return all(word in _SIDE_ONLY for word in words_of(name))


def _measures(metrics: dict[str, float]) -> bool:
    return any(better_of(name) is not None for name in metrics)


def _eta(text: str) -> float | None:
    match = _ETA.search(text)
    if match is None:
        return None
    return clock_s(match[1]) if ":" in match[1] else length_s(match[1])
