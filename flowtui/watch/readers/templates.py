"""Lines that come again and again with other numbers, read by their template.

A training prints the same line a thousand times a second. What lies between its numbers is looked
up whole; the template then says which number is what. A template is learned by reading the line
once more with numbers that cannot be mistaken for each other; a line whose reading is not plainly
its own numbers is never learned. So this is a shortcut, and what is read is the same with it and
without.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.readers.place import Place

MAX_TEMPLATES = 64
STANDING = frozenset({"hf-trainer", "name=value"})
"""Formats whose lines hold no step: theirs is where the run stands."""
LEARNED = STANDING | {"steps", "nanogpt", "xgboost", "lightgbm", "catboost"}
"""Formats whose lines mean the same wherever they stand."""
_NUMBER = re.compile(
    r"([-+]?(?:\d[\d,]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)"
    r"|(?<![\w.])[-+]?(?:nan|inf|NaN|Inf|NAN|INF|infinity|Infinity)(?!\w))"
)
_INTEGER = re.compile(r"\d+")
_FLOAT = re.compile(r"[-+]?\d+\.\d+(?:[eE][-+]?\d+)?")


_Read = Callable[[str, Place], "list[Item] | None"]


class Template(NamedTuple):
    """Which number of a line is what."""

    format: str
    metrics: tuple[tuple[str, int], ...]
    step: int | None
    """Number of the step; None if the line has none."""
    add: int
    """Added to it, where a format gives another number than it prints."""
    stands: bool
    """True if the step is where the run stood before."""
    total: int | None
    epoch: int | None
    epochs: int | None
    fixed: tuple[tuple[int, str], ...]
    """Numbers that belong to a name, and must be the same."""


class Templates:
    """The templates of one log."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Template | None] = {}
        self._key: tuple[str, ...] | None = None

    @property
    def open(self) -> bool:
        """True if the line that was asked for last may be learned."""
        return self._key is not None

    def read(self, text: str, place: Place) -> tuple[str, Reading] | None:
        """Format and reading of a line whose template is known; None for any other."""
        parts = _NUMBER.split(text)
        key = tuple(parts[::2])
        template = self._known.get(key)
        if template is None:
            new = len(parts) > 2 and key not in self._known
            self._key = key if new and len(self._known) < MAX_TEMPLATES else None
            return None
        self._key = None
        reading = _apply(template, parts[1::2], place)
        return None if reading is None else (template.format, reading)

    def learn(self, text: str, name: str, reading: Reading, before: Place, read: _Read) -> None:
        """Learn the template of the line that `read` just failed to know, from what it says.

        `before` is the log's memory as it was before the line was read.
        """
        key, self._key = self._key, None
        if key is None:
            return
        self._known[key] = _learned(text, name, reading, before, read)


def _apply(template: Template, numbers: list[str], place: Place) -> Reading | None:
    for index, wanted in template.fixed:
        if numbers[index] != wanted:
            return None
    try:
        metrics = {name: float(numbers[index]) for name, index in template.metrics}
        step = None if template.step is None else int(numbers[template.step]) + template.add
        total = None if template.total is None else int(numbers[template.total])
        epoch = None if template.epoch is None else float(numbers[template.epoch])
        epochs = None if template.epochs is None else float(numbers[template.epochs])
    except ValueError:
        return None
    if step is not None:
        place.step = step
    elif template.stands:
        step = place.step
    return Reading(step, metrics, epoch, total, epochs)


def _learned(text: str, name: str, reading: Reading, before: Place, read: _Read) -> Template | None:
    parts = _NUMBER.split(text)
    marks: dict[float, int] = {}
    probe = list(parts)
    for index, digits in enumerate(parts[1::2]):
        if _INTEGER.fullmatch(digits):
            mark = str(700_001 + 10 * index)
        elif _FLOAT.fullmatch(digits):
            mark = f"{800_001 + 10 * index}.5"
        else:
            return None
        probe[2 * index + 1] = mark
        marks[float(mark)] = index
    said = read("".join(probe), Place.from_json(before.to_json()))
    if said is None or len(said) != 1 or not isinstance(said[0], Reading):
        return None
    template = _template(name, said[0], marks, parts[1::2], before)
    if template is None:
        return None
    again = _apply(template, parts[1::2], Place.from_json(before.to_json()))
    return template if again == reading else None


def _template(
    name: str, said: Reading, marks: dict[float, int], numbers: list[str], before: Place
) -> Template | None:
    if any(part is not None for part in (said.at, said.elapsed_s, said.eta_s, said.rate)):
        return None
    add, stands = 0, name in STANDING and said.step == before.step
    step = None if said.step is None or stands else marks.get(said.step)
    if said.step is None and not stands:
        return None
    if said.step is not None and not stands and step is None:
        add, step = 1, marks.get(said.step - 1)
    places_of = [(metric, marks.get(value)) for metric, value in said.metrics.items()]
    places = [
        marks.get(v) for v in (said.total_steps, said.epoch, said.total_epochs) if v is not None
    ]
    known = [index for _, index in places_of] + places
    if None in known or (said.step is not None and not stands and step is None):
        return None
    used = {*known, step}
    return Template(
        name,
        tuple((metric, index) for metric, index in places_of if index is not None),
        step, add, stands,
        None if said.total_steps is None else marks.get(said.total_steps),
        None if said.epoch is None else marks.get(said.epoch),
        None if said.total_epochs is None else marks.get(said.total_epochs),
        tuple((k, digits) for k, digits in enumerate(numbers) if k not in used),
    )  # fmt: skip
