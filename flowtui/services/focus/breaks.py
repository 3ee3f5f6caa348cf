"""Breaks: a suggestion after a block, and a bell when a chosen one is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flowtui.core.clock import Clock
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.measure import measure, whole
from flowtui.core.focus.pointers import Announced, Break
from flowtui.core.focus.recovery import Reading
from flowtui.services.focus.block_store import BREAK, BlockStore

RUNG = "break-announced"
"""Of which break, by its start, the end was announced."""
LONGEST_S = 4 * 3600
JUST_OVER = timedelta(hours=1)
"""Nobody who comes back later wants to hear that a break is over."""


class Breaks:
    """The break that is on, if any; starting a block ends it."""

    def __init__(
        self,
        store: BlockStore,
        clock: Clock,
        by_focus: Callable[[int], int],
        by_cycle: Callable[[], int | None] = lambda: None,
    ) -> None:
        """`by_focus` gives seconds of break for those of focus, `by_cycle` those of a cycle."""
        self._store = store
        self._clock = clock
        self._by_focus = by_focus
        self._by_cycle = by_cycle

    def suggest(self, focus_s: int) -> int:
        """Seconds of break after a block with `focus_s` seconds of focus; a cycle has its own."""
        return self._by_cycle() or self._by_focus(focus_s)

    def current(self) -> Break | None:
        """The break that is on or just over; None once a block was started after it."""
        current: Break | None = self._store.state.get(BREAK)
        if current is None or self._store.running() is not None:
            return None
        return self._as_it_is(current)

    def start(self, seconds: int | None = None) -> Break:
        """Begin a break of `seconds`, from 1 minute to 4 hours; None for what is suggested.

        Raises FlowError while a block runs: its clock would count on.
        """
        running = self._store.running()
        if running is not None:
            raise FlowError(
                f"block {running.id} runs: a break comes after it, a pause within it",
                "flowtui stop, or: flowtui pause",
            )
        if seconds is None:
            last = self._store.last_lived()
            seconds = self.suggest(measure(last, self._clock.now()).focus_s if last else 0)
        if not 60 <= seconds <= LONGEST_S:
            raise UsageError(f"a break of {seconds} s is outside of 1 minute to 4 hours")
        now = self._reading()
        chosen = Break.since(whole(now.wall), seconds, now)
        self._write(chosen, "start break")
        return chosen

    def stop(self) -> None:
        """End the break early; nothing happens where there is none."""
        if self.current() is not None:
            with self._store.change("end break") as writer:
                writer.end_break()

    def ring(self) -> Break | None:
        """Note that the end was announced; None if there is nothing to announce."""
        if not self._is_due(self.current()):
            return None
        # a record of its own: it must not stand in the way of undoing the break, or its block
        with self._store.change("announce the break's end", background=True) as writer:
            stored: Break | None = writer.state.get(BREAK)
            current = self._as_it_is(stored) if writer.running() is None else None
            if stored is None or current is None or not self._is_due(current):
                return None  # another process was quicker, or a block has begun
            writer.state.put(Announced(BREAK, stored.started_at), id=RUNG)
        return replace(current, rung=True)

    def _is_due(self, current: Break | None) -> bool:
        return current is not None and not current.rung and self._clock.now() >= current.ends_at

    def _as_it_is(self, stored: Break | None) -> Break | None:
        """A break by the clocks as they are now; None once it is long over."""
        if stored is None:
            return None
        current = stored.by(self._reading())
        if self._clock.now() >= current.ends_at + JUST_OVER:
            return None
        rung = self._store.state.get(RUNG) == Announced(BREAK, stored.started_at)
        return replace(current, rung=True) if rung else current

    def _reading(self) -> Reading:
        clock = self._clock
        return Reading(clock.now(), clock.monotonic(), clock.boottime(), clock.boot_id())

    def _write(self, chosen: Break, label: str, background: bool = False) -> None:
        with self._store.change(label, background) as writer:
            writer.state.put(chosen, id=BREAK)
