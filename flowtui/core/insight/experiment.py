"""An experiment on oneself: declared, dealt by a frozen and hashed schedule, done, and scored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from flowtui.core.codec import STORED, Json, encode
from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import one_line

MIN_PAIRS = 6
"""2 / 2**6 = 0.031 is the first two-sided p at or below 0.05."""


class Design(StrEnum):
    """How the days are dealt out."""

    PAIRS = "pairs"
    """Single days: for what is over by the next day (caffeine, a walk, phone away)."""
    BLOCKS = "blocks"
    """Three days each, the first of which is not counted: for what lingers (sleep, fasting)."""

    @property
    def block(self) -> int:
        """Days in one stretch of the same arm."""
        return 1 if self is Design.PAIRS else 3

    @property
    def washout(self) -> int:
        """Days at the beginning of each stretch that are not counted."""
        return 0 if self is Design.PAIRS else 1


@dataclass(frozen=True, slots=True)
class Slot:
    """One day of a schedule."""

    day: date
    pair: int
    """Counted from 0."""
    arm: int
    """1: do it; 0: leave it."""
    counts: bool
    """False on wash-out days."""


def whole_length(design: Design, days: int) -> int:
    """The next length, in days, that is made of whole pairs, at least the smallest useful one."""
    unit = 2 * design.block
    return max(MIN_PAIRS * unit, -(-days // unit) * unit)


def schedule(design: Design, first: date, days: int, seed: str) -> tuple[Slot, ...]:
    """The arms of `days` days from `first` on; `days` must be made of whole pairs."""
    slots: list[Slot] = []
    block, pairs = design.block, days // (2 * design.block)
    for pair in range(pairs):
        digest = hashlib.sha256(f"{seed}:{pair}".encode()).digest()
        first_arm = digest[0] & 1
        for at in range(2 * block):
            half = at // block
            arm = first_arm if half == 0 else 1 - first_arm
            day = first + timedelta(days=len(slots))
            slots.append(Slot(day, pair, arm, at % block >= design.washout))
    return tuple(slots)


def min_p(pairs: int) -> float:
    """The smallest two-sided p that `pairs` pairs can reach."""
    return min(1.0, 2.0 / 2.0**pairs) if pairs > 0 else 1.0


def fingerprint(declared: Mapping[str, object], slots: tuple[Slot, ...]) -> str:
    """SHA-256 in hex over what was declared and the whole schedule, in a fixed form."""
    whole = {
        "declared": dict(declared),
        "schedule": [[slot.day.isoformat(), slot.pair, slot.arm] for slot in slots],
    }
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


MAX_DAYS = 366
COIN = 0.25
"""The score of somebody who always says 50 %."""


class Direction(StrEnum):
    """Which way the outcome is expected to go on days with it."""

    MORE = "more"
    LESS = "less"


class Stage(StrEnum):
    """Where an experiment stands on a day."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"
    """All its days are past; the result can be read."""
    READ = "read"
    STOPPED = "stopped"
    """Given up before its end; no result is read."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What is fixed before the first day."""

    factor: str
    """What is done on days with it: "no phone before noon"."""
    outcome: str
    """Name of the one outcome: a column of the day table."""
    direction: Direction
    design: Design
    first: date
    days: int
    predicted: int
    """Own prediction, 1 to 99 per cent, that it comes out as expected with p <= .05."""
    hypothesis: str = field(default="", metadata=STORED)
    """In the person's own words; empty if they gave none."""
    habit: str = field(default="", metadata=STORED)
    """Column of the day table that tells what was really done; empty if none does."""

    def plain(self) -> Json:
        """As it is stored and hashed."""
        plain: Json = encode(self)
        return plain


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment."""

    id: str
    declared: Declared
    seed: str
    digest: str
    """SHA-256 over declaration and schedule."""
    declared_at: datetime
    actual: Mapping[date, bool] = field(default_factory=dict, metadata=STORED)
    """What was really done, where the person said it."""
    stopped_on: date | None = field(default=None, metadata=STORED)
    why_stopped: str = field(default="", metadata=STORED)
    result: Mapping[str, Any] | None = field(default=None, metadata=STORED)
    """As read at the end: `assigned`, `protocol` (see `result_words`); None before."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The whole schedule. Show nobody what lies ahead."""
        d = self.declared
        return schedule(d.design, d.first, d.days, self.seed)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.slots[-1].day

    @property
    def genuine(self) -> bool:
        """Whether declaration and schedule are those that were frozen."""
        return self.digest == fingerprint(self.declared.plain(), self.slots)

    def slot(self, day: date) -> Slot | None:
        """What `day` was given; None outside."""
        at = (day - self.declared.first).days
        return self.slots[at] if 0 <= at < self.declared.days else None

    def stage(self, today: date) -> Stage:
        """Where it stands on `today`."""
        if self.stopped_on is not None:
            return Stage.STOPPED
        if self.result is not None:
            return Stage.READ
        if today < self.declared.first:
            return Stage.AHEAD
        return Stage.RUNNING if today <= self.last else Stage.OVER


@dataclass(frozen=True, slots=True)
class Question:
    """A pair that was once tested; it counts for ever."""

    outcome: str
    factor: str
    lag: int
    asked_at: datetime


def checked(declared: Declared, today: date) -> Declared:
    """`declared` with whole pairs and clean words. Raises UsageError for what cannot be meant."""
    if not 1 <= declared.predicted <= 99:
        raise UsageError(
            f"a prediction of {declared.predicted} % is none",
            "say how sure you are, from 1 to 99: it is scored at the end",
        )
    if declared.first <= today:
        raise UsageError(
            f"{declared.first} is not ahead: an experiment is declared before its first day",
            "begin tomorrow or later",
        )
    if declared.days < 1 or declared.days > MAX_DAYS:
        raise UsageError(f"{declared.days} days is out of range", f"1 to {MAX_DAYS} days")
    factor = one_line(declared.factor, "name", 60)
    if not factor:
        raise UsageError("there is nothing to try", "say what is done on days with it")
    return Declared(
        factor,
        declared.outcome,
        declared.direction,
        declared.design,
        declared.first,
        whole_length(declared.design, declared.days),
        declared.predicted,
        one_line(declared.hypothesis, "hypothesis"),
        declared.habit,
    )


def came_true(declared: Declared, read: Mapping[str, Any]) -> bool:
    """Whether the result as assigned is what was predicted: its way, and p <= .05."""
    way = 1 if declared.direction is Direction.MORE else -1
    return bool(read["p"] <= 0.05 and read["effect"] * way > 0)


def brier(predicted: int, true: bool) -> float:
    """(probability - outcome)^2 (Brier 1950): 0 is best, 1 worst, a coin gets 0.25."""
    return (predicted / 100 - (1.0 if true else 0.0)) ** 2
