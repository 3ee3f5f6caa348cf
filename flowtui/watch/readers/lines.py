"""A line in a program's own words: where it stands, which data it measured, names and values.

All that has no shape of its own comes here, so a new format is a few lines over it. A line with a
position (step, epoch) gives all its figures. One without gives measures of quality once the
training has begun; other pairs wait until their very names come for the third time: settings come
once, metrics again and again. What waited is then given, so that nothing is lost.
"""

from __future__ import annotations

import re

from flowtui.core.runs.metrics import Split, base_of, better_of, split_of, words_of
from flowtui.core.runs.reading import NOTHING, Item, Reading
from flowtui.watch.readers.fields import scrubbed
from flowtui.watch.readers.figures import clock_s, length_s, whole
from flowtui.watch.readers.measures import is_side, label_of, measures, metrics_of, sets_of
from flowtui.watch.readers.place import Place
from flowtui.watch.readers.positions import Where, find, run_step
from flowtui.watch.readers.settings import is_code, is_dump, is_setting, note_totals
from flowtui.watch.readers.vocabulary import (
    EPOCH_WORD,
    SET_HEADING,
    SET_MARK,
    SETTING_WORDS,
    STEP_WORD,
)

STEPS = "steps"
PAIRS = "name=value"
AGAIN = 3
MANY = 16
"""A line of more pairs without a position is a line of settings, until it comes again."""
MAX_SHAPES = 64
MAX_LINE = 3000
"""Of a longer line its beginning is read."""
_ETA = re.compile(
    r"(?i)(?<![\w])(?:eta|required|remaining(?:[ _]time)?|time left"
    r"|estimated time (?:to finish|left)|left)"
    r"(?:\s*\([^)]*\))?[\"']?\s*[:=]?\s*[\"']?"
    r"((?:\d+ days?,? *)?\d+:\d\d(?::\d\d)?|(?:\d[\d.]* ?(?:days?|d|hours?|h|minutes?|mins?|m"
    r"|seconds?"
    r"|secs?|s)(?:\b[ ,]*|(?=\d)))+)"
)
_MERE = re.compile(
    r"(?i)(?>\d+(?:\.\d+)?\s*+(?:ms|[hms]|min|secs?|seconds|minutes|%)?+\b|\W++|\b(?:train(?:ing)?"
    r"|learning|starting|start|begin(?:ning)?|running|current|new|now|of|at|in|completed?|done"
    r"|finished|took|lr|online|batchsize|eval(?:uation)?|val(?:idation)?"
    r"|test(?:ing)?|epoch|time|net)\b)*+$"
)
_LOGGER = re.compile(r"(?i)(?!best|last|saved|patience)[a-z][\w.-]*\s+[-|:>]+\s+$")
_BEHIND = re.compile(
    rf"(?i)(?P<name>[a-z][\w@%()/ -]{{0,40}}?),? +(?:after|at|in|for|of|on) +(?:the )?"
    rf"(?P<where>(?:{EPOCH_WORD}|{STEP_WORD})[ #:=]*[\[(]?\d[\d,]*(?: ?(?:/|of) ?\d[\d,]*)?[\])]?)"
    rf" *(?::|=|->|is|was) *(?=[-+]?\.?\d|nan|inf)"
)
"""`Cost after iteration 100: 0.5`, `Validation loss at epoch 3/10 = 0.4`."""
_OVER = re.compile(
    r" (?:of|over|on|for|in) (?:the )?(?:last )?\d[\d,]* "
    r"(?:batches|samples|images|examples|episodes)(?= *[:=])"
)
"""`Mean test loss of 8 batches: 0.5`"""
_IS_BEST = re.compile(r"(?i)\W*(?:(?:new|current|the|overall) )*(?:best|final)(?![a-z])")
_SETTING = re.compile(
    r"(?i)\W*(?:epochs|steps|iters|iterations|updates|batch(?:es)?|episodes|timesteps|rounds"
    r"|generations"
    r"|mini-?batch)[\"']?\s*(?:[:=.]+\s*|\s+)[\"']?\d[\d,_]*\W*(?:#.*)?$"
)
"""A number of epochs, a size of batches: alone on its line it is no place in the run."""

_AHEAD = re.compile(
    r"(?i)\W*(?:start(?:ing)?|begin(?:ning)?|train(?:ing)?)\b[^\d]*?"
    r"\b(?:(?P<steps>iters|iterations|steps|updates)|epochs)[\"']?\s*[:=]\s*(?P<n>\d[\d,_]*)\W*$"
)
"""`Starting training..., iters: 600`: how many there will be."""


def read(text: str, place: Place) -> list[Item] | None:
    """What a line says; None if it says nothing, an empty list if it waits."""
    place.learnable = False
    if len(text) > MAX_LINE:
        return None if is_dump(text[:MAX_LINE]) else read(text[:MAX_LINE], place)
    if "\u2588" in text:
        text = text.partition("\u2588")[0]  # the rest of a bar that this was written over
    text = _OVER.sub("", text, count=1) if " of " in text or " over " in text else text
    behind = _BEHIND.match(text)
    if behind is not None and better_of(behind["name"]) and not _IS_BEST.match(text):
        text = f"{behind['where']} | {behind['name']}: {text[behind.end() :]}"
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
    own = label_of(where.set)
    is_best = re.match(r"(?i)\W*(?:new )?best\b", text) is not None
    metrics, averages, sets = metrics_of(rest, own, True)
    if text.startswith("Saving "):  # TF Estimator: measures that only an evaluation has stay plain
        metrics = {
            k if "loss" in k.lower() else k.partition("/")[2] or k: v for k, v in metrics.items()
        }
    if not metrics:
        return _position_only(text, rest, where, place)
    note_totals(rest, place)
    if is_best:
        best = {name: value for name, value in metrics.items() if better_of(name)}
        return [Reading(place.step, best)] if best else None
    own_set = own or (sets[0] if len(sets) == 1 else "")
    within = where.word == "" or where.word.startswith(("batch", "mini")) or _set_leads(text, where)
    if own_set and within and None not in (where.total, where.n) and not where.counts_through:
        return _evaluation(where, metrics, averages, own_set, place)
    items = flushed(place)
    if (
        own_set
        and within
        and not (where.n is None or where.counts_through or where.epoch is not None)
    ):
        return [*items, Reading(place.step, metrics)]
    if not own_set and place.section and _is_within(where, place):
        prefixed = {k if split_of(k) else f"{place.section}/{k}": v for k, v in metrics.items()}
        place.pending |= {k: v for k, v in prefixed.items() if not is_side(k.rpartition("/")[2])}
        return []
    if not own_set:
        place.section = ""
    reading = _reading(text, where, metrics, place)
    items += [*_begin(where, reading, place), reading]
    place.learnable = len(items) == 1 and not own_set and where.epoch is None
    return items


def _is_within(where: Where, place: Place) -> bool:
    """True for a step of the epoch that fell under a heading of a set: it counts on that set."""
    counter = place.counter
    return (
        where.n is not None
        and where.epoch is not None
        and where.epoch == counter.epoch
        and where.n <= counter.n
    )


def _set_leads(text: str, where: Where) -> bool:
    """True if a set stands before the step: it then counts what is measured on that set."""
    mark = SET_MARK.search(text)
    return where.set is not None or (mark is not None and mark.start() < where.first)


def _evaluation(
    where: Where, metrics: dict[str, float], averages: dict[str, float], own: str, place: Place
) -> list[Item]:
    """A line within an evaluation: its figures are those of the last such line, averaged."""
    place.evaluated = own
    averaged = {name: averages.get(name, value) for name, value in metrics.items()}
    place.pending |= {k: v for k, v in averaged.items() if not is_side(k.removeprefix(f"{own}/"))}
    if where.n != where.total:
        return []
    known = place.step is not None or place.epoch is not None or place.bars.told is not None
    alone = None if known else where.epoch  # a log of evaluations alone
    return [item._replace(epoch=alone) for item in flushed(place) if isinstance(item, Reading)]


def _reading(text: str, where: Where, metrics: dict[str, float], place: Place) -> Reading:
    step, total = run_step(where, place)
    if step is not None:
        place.step = step
    if where.epoch is not None:
        place.bars.told = where.epoch
    at = step if step is not None or where.samples else None
    left = _eta(text)
    return Reading(at, metrics, where.epoch, total, where.epochs, None, None, left)


def _position_only(text: str, rest: str, where: Where, place: Place) -> list[Item] | None:
    """`Epoch 3/10` alone on its line: the lines that follow belong to it."""
    if _SETTING.match(text):
        note_totals(text, place)
        place.settings += 1
        return None
    ahead = None if place.began or where.total or where.epochs else _AHEAD.match(text)
    if ahead is not None and (count := whole(ahead["n"])):
        place.totals.setdefault("steps" if ahead["steps"] else "epochs", float(count))
        return None
    behind = where.n is not None and place.step is not None and where.n < place.step
    if place.section and behind and not where.counts_through:
        return []  # the evaluation's own step
    front = _LOGGER.match(rest[: where.first])  # `trainer - Epoch 3/10`
    alone = _MERE.match(rest, front.end() if front else 0) is not None
    mere = where.counts_through or alone or _comes_next(where, place)
    if where.first > 40 or not mere or where.set not in (None, "train"):
        if not place.began:
            note_totals(text, place)
        return [Reading(None, NOTHING, None, None, where.epochs)] if where.epochs else None
    items = flushed(place)
    place.section = label_of(rest[: where.first].strip(" |[(-"))
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


def _comes_next(where: Where, place: Place) -> bool:
    """True for a line that begins with the next epoch, whatever it goes on to say."""
    if where.first or where.epoch is None or where.n is not None or where.set is not None:
        return False
    if place.epoch is None:
        return where.epoch in (0.0, 1.0)
    return where.epoch == place.epoch + 1


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
        place.section = label_of(heading["set"]) or ""
        return None
    note_totals(text, place)
    if place.began and "`max_" in text and (epochs := place.totals.pop("epochs", None)):
        return [Reading(None, total_epochs=epochs)]  # Lightning's last word
    starred = text.startswith("* ")
    own = (place.evaluated or "test") if starred else place.section
    metrics, _, sets = metrics_of(rest, own, bool(sets_of(rest)) or starred)
    if not metrics:
        if is_setting(text):
            place.settings += 1
        return None
    if _IS_BEST.match(text) and " saved" in text:
        return None  # the figure of the line before, said once more
    if _IS_BEST.match(text):  # "Best IoU: 0.7; F1: 0.8": the best of both
        metrics = {
            k if re.search("(?i)best|final", k) else f"best {k}": v for k, v in metrics.items()
        }
    if (place.began or own) and len(metrics) <= MANY and _of_evaluation(metrics):
        if own or sets:
            place.evaluated = own or sets[0]
            metrics, place.pending = place.pending | metrics, {}
        items = flushed(place)
        return [*items, Reading(place.step, metrics)]
    if not measures(metrics) and len(metrics) == 1:
        place.settings += 1
    return _wait(metrics, place)


def _of_evaluation(metrics: dict[str, float]) -> bool:
    """True if a name measures quality, or says itself that it was measured on held-out data."""
    return measures(metrics) or any(
        split_of(name) in (Split.VALIDATION, Split.TEST)
        and not is_side(base_of(name))
        and not name.lower().startswith(("best", "final"))
        for name in metrics
    )


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
    return changed and not settings and (began or len(metrics) > 1 or measures(metrics))


def waited(place: Place) -> list[Item]:
    """At the end: measures that came once or twice in a log that holds nothing else."""
    if place.began or place.settings > 1:
        return []
    items: list[Item] = []
    for key, waiting in place.shapes.items():
        names = key.split("\x1f")
        for step, values in waiting:
            metrics = dict(zip(names, values, strict=True))
            if measures(metrics) and not any(SETTING_WORDS & set(words_of(n)) for n in names):
                items.append(Reading(step, metrics))
    return items


def _eta(text: str) -> float | None:
    match = _ETA.search(text)
    if match is None:
        return None
    return clock_s(match[1]) if ":" in match[1] else length_s(match[1])
