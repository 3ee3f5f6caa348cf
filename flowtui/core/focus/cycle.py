"""A cycle of work and break: 50/10, 25/5 x4, or one's own. It proposes lengths; it starts nothing.

Where one stands in a round is read off the blocks that were, so that an edit or an undo moves it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import measure
from flowtui.core.lazy_dataclass import dataclass

FORMS = "50/10, 25/5 x4, or 25/5 x4/20 with a longer break after the fourth"
APART = timedelta(minutes=30)
"""A round goes on where no more than this, beyond its longest break, lay between two blocks."""
LONGER = 3
"""The break after the last block of a round, as a multiple of the others, unless it is said."""
_FORM = re.compile(r"(\d{1,3}) ?/ ?(\d{1,3})(?: ?[x×*] ?(\d{1,2})(?: ?/ ?(\d{1,3}))?)?")


@dataclass(frozen=True, slots=True)
class Cycle:
    """Lengths in seconds; `rounds` blocks make a round, None where none is longer than others."""

    focus_s: int
    rest_s: int
    rounds: int | None = None
    long_rest_s: int = 0

    @property
    def words(self) -> str:
        """As it is shown: "25/5 ×4"."""
        lengths = f"{self.focus_s // 60}/{self.rest_s // 60}"
        if self.rounds is None:
            return lengths
        usual = self.long_rest_s == LONGER * self.rest_s
        return f"{lengths} ×{self.rounds}" + ("" if usual else f"/{self.long_rest_s // 60}")

    def rest_after(self, number: int) -> int:
        """Seconds of break after block `number` of a round, from 1."""
        last = self.rounds is not None and number % self.rounds == 0
        return self.long_rest_s if last else self.rest_s

    def place(self, number: int) -> str:
        """Which of its round block `number` is: "2 of 4"; empty where there are no rounds."""
        if self.rounds is None:
            return ""
        return f"{(number - 1) % self.rounds + 1} of {self.rounds}"


def read_cycle(text: str) -> Cycle:
    """The cycle that is meant: minutes of work and break, blocks a round, its last break.

    Work is 1 to 240 minutes, a break 1 to 120, a round 2 to 12 blocks.

    Raises:
        UsageError: not written so, or outside of that.
    """
    found = _FORM.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise UsageError(f"{text[:40]!r} is not a cycle", f"write it as {FORMS}")
    focus_min, rest_min = int(found[1]), int(found[2])
    rounds = int(found[3]) if found[3] else None
    long_min = int(found[4]) if found[4] else min(120, LONGER * rest_min)
    if not 1 <= focus_min <= 240 or not 1 <= rest_min <= 120 or not 1 <= long_min <= 120:
        raise UsageError(
            f"{text[:40]!r} is outside of 240 minutes of work and 120 of break",
            f"write it as {FORMS}",
        )
    if rounds is not None and not 2 <= rounds <= 12:
        raise UsageError(f"{rounds} is outside of 2 to 12 blocks a round", f"write it as {FORMS}")
    return Cycle(focus_min * 60, rest_min * 60, rounds, long_min * 60 if rounds else 0)


def is_cycle(text: str) -> bool:
    """Whether `read_cycle` takes it."""
    try:
        read_cycle(text)
    except UsageError:
        return False
    return True


def count_done(cycle: Cycle, blocks: Sequence[Block], at: datetime) -> int:
    """How many of the newest `blocks` (by start) lead up to a block that begins `at`, as a round.

    A block counts with half of its focus at least; a long time between two begins a new round.
    """
    apart = timedelta(seconds=max(cycle.rest_s, cycle.long_rest_s)) + APART
    count = 0
    for block in reversed(blocks):
        if block.ended_at is None or block.entered:
            continue
        if at - block.ended_at > apart:
            break
        at = block.started_at
        count += is_whole(cycle, block, block.ended_at)
    return count


def is_whole(cycle: Cycle, block: Block, at: datetime) -> bool:
    """Whether `block`, ended `at`, has focus enough to be followed by its break."""
    return measure(block, at).focus_s * 2 >= cycle.focus_s
