"""The schedule of a randomised experiment: seeded, frozen, hashed; and what it can show at best.

Days come in pairs (one day with, one without) or in pairs of blocks of three days. Within each
pair the order is decided by one bit of a hash of the seed, so that the schedule can be checked by
anyone, on any machine, in any year.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from flowtui.core.lazy_dataclass import dataclass

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
