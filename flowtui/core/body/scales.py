"""Rating scales in our own words, versioned: a changed word is a new scale, not the old one.

A record keeps `energy@1`, so what an old 4 meant stays known after the words have changed.
"""

from __future__ import annotations

from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """A rating from `low` to `high` with words for some or all of its points."""

    name: str
    version: int
    question: str
    """What is asked; part of the scale, for a changed question is a new variable too."""
    low: int
    high: int
    anchors: tuple[tuple[int, str], ...]
    """Point and word, ascending. Points without a word lie between two that have one."""
    step: float = 1.0
    """Finest difference that can be answered."""

    @property
    def id(self) -> str:
        """What a record keeps, as `energy@1`."""
        return f"{self.name}@{self.version}"

    def word(self, value: float) -> str | None:
        """The anchor word of `value`; None between two anchors."""
        return dict(self.anchors).get(int(value)) if value == int(value) else None

    def check(self, value: float, what: str) -> float:
        """`value` if it is on the scale. Raises UsageError naming `what` and the scale's ends."""
        steps = value / self.step
        if self.low <= value <= self.high and steps == int(steps):
            return value
        words = dict(self.anchors)
        raise UsageError(
            f"{what} {value:g} is not on the scale {self.low} to {self.high}",
            f"{self.low} is {words[self.low]!r}, {self.high} is {words[self.high]!r}",
        )


ENERGY = Scale(
    "energy",
    1,
    "How much energy do you have right now?",
    1,
    5,
    ((1, "drained"), (2, "low"), (3, "ok"), (4, "good"), (5, "buzzing")),
)
OUTPUT = Scale(
    "output",
    1,
    "How much of what mattered got done?",
    1,
    5,
    (
        (1, "next to nothing"),
        (2, "a little"),
        (3, "about half"),
        (4, "most of it"),
        (5, "all that mattered"),
    ),
)
QUALITY = Scale(
    "sleep-quality",
    1,
    "How did you sleep?",
    1,
    5,
    ((1, "wrecked"), (2, "patchy"), (3, "fair"), (4, "sound"), (5, "like a stone")),
)
EFFORT = Scale(
    "effort",
    1,
    "How hard was the whole session?",
    0,
    10,
    (
        (0, "rest"),
        (2, "a stroll"),
        (4, "warm, could chat"),
        (6, "hard to chat"),
        (8, "counting the minutes"),
        (10, "could not have done more"),
    ),
    step=0.5,
)
SUGAR = Scale(
    "sugar",
    1,
    "How much added sugar today?",
    0,
    3,
    ((0, "none"), (1, "a taste"), (2, "a portion"), (3, "a lot")),
)

SCALES: dict[str, Scale] = {scale.id: scale for scale in (ENERGY, OUTPUT, QUALITY, EFFORT, SUGAR)}
"""Every version ever shipped, by id: old records are read with the words they were answered to."""
