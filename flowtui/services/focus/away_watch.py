"""Looks whether somebody is still at the keyboard while a block runs, and remembers what to offer.

It writes nothing by itself: a stretch becomes a gap where the person says so, and then by one
command that undo takes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flowtui.core.clock import Clock
from flowtui.core.focus.away import Away, Sight, Watched, look, remaining
from flowtui.core.focus.block import Block, Cause
from flowtui.core.focus.commands import Lose
from flowtui.services.focus.running_block import FocusService
from flowtui.system import away
from flowtui.system.away import Hints

TRIES = 3
"""After so many looks without an answer there is nothing here to ask."""


class AwayWatch:
    """For one block after the other, in the process that shows them."""

    def __init__(
        self,
        env: Mapping[str, str],
        clock: Clock,
        least_min: int | None,
        ask: Callable[[Mapping[str, str]], Hints | None] | None = None,
    ) -> None:
        """`least_min` is the setting in minutes; None asks nothing, ever."""
        self._env = env
        self._clock = clock
        self._least_min = least_min
        self._ask = ask or away.ask
        self._left = TRIES
        self._watched = Watched()
        self._block_id = ""

    @property
    def asks(self) -> bool:
        """Whether a look would ask anybody."""
        return self._least_min is not None and self._left > 0

    def look(self, block: Block) -> Away | None:
        """What is to be offered now of the running `block`, if anything is; may take seconds."""
        if self._least_min is None or self._left <= 0:
            return None
        hints = self._ask(self._env)
        if hints is None:
            self._left -= 1
            return None
        self._left = TRIES
        if block.id != self._block_id:
            self._watched, self._block_id = Watched(), block.id
        sight = _sight(hints)
        now, least_s = self._clock.now(), self._least_min * 60
        self._watched, found = look(self._watched, sight, block, now, least_s)
        return found


def take(focus: FocusService, stretch: Away) -> Block:
    """Make a gap of what is left of `stretch` in the running block. Raises FlowError."""
    block = focus.store.need_running()
    left = remaining(stretch, block, focus.clock.now()) or stretch
    return focus.apply(Lose(left.start, left.end, Cause.AWAY), label="note time away of")


def _sight(hints: Hints) -> Sight:
    since = None if hints.since_us is None else datetime.fromtimestamp(hints.since_us / 1e6, UTC)
    if hints.locked and not hints.idle:
        since = None  # that is when a key came last, or earlier: it says nothing of the lock
    return Sight(hints.idle or hints.locked, since)
