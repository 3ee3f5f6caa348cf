"""Looks whether somebody is still at the keyboard while a block runs, and remembers what to offer.

It writes nothing by itself: a stretch becomes a gap where the person says so, and then by one
command that undo takes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError
from flowtui.core.focus.away import Away, Sight, Watched, look, remaining
from flowtui.core.focus.block import Block, Cause
from flowtui.core.focus.commands import Lose
from flowtui.core.focus.recovery import Reading, lapse
from flowtui.services.focus.absence import NOTE_AWAY
from flowtui.services.focus.running_block import FocusService
from flowtui.system import away
from flowtui.system.away import Hints

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
        self.seen: Reading | None = None
        """The clocks at the last look that was answered."""
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
        sight = _sight(hints) if hints is not None else None
        if sight is None:
            self._left -= 1
            return None
        self._left = TRIES
        if block.id != self._block_id:
            self._watched, self._block_id = Watched(), block.id
        clock, least_s = self._clock, self._least_min * 60
        seen = Reading(clock.now(), clock.monotonic(), clock.boottime(), clock.boot_id())
        stepped_s = lapse(self.seen, seen).stepped_s if self.seen is not None else 0
        self.seen = seen
        self._watched, found = look(self._watched, sight, block, seen.wall, least_s, stepped_s)
        return found


def take(focus: FocusService, stretch: Away, id: str) -> Block:
    """Make a gap of what is left of `stretch` in block `id`.

    Raises FlowError, and then nothing is written, where that block does not run any more or
    nothing of `stretch` is left in it.
    """
    focus.observe()  # the block has to stand where a clock that was set puts it
    block = focus.current()
    if block is not None and block.id == id:
        left = remaining(stretch, block, focus.clock.now())
        if left is None:
            raise FlowError(
                f"nothing is left of that time in block {id}: it is a gap already",
                f"see: flowtui show {id}",
            )
        stretch = left
    command = Lose(stretch.start, stretch.end, Cause.AWAY)
    return focus.apply(command, label=NOTE_AWAY, id=id)


def _sight(hints: Hints) -> Sight | None:
    """What `hints` tell; None where their time is none that a calendar has."""
    try:
        since = None if hints.since_us is None else EPOCH + timedelta(microseconds=hints.since_us)
    except OverflowError:
        return None
    if hints.locked and not hints.idle:
        since = None  # that is when a key came last, or earlier: it says nothing of the lock
    return Sight(hints.idle or hints.locked, since)
