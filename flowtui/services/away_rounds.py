"""Looks for time away while a block runs and no app is open; what is found waits for its person.

A look is due every half minute of a running block alone: without one, or where nothing here can
say whether somebody is there, nothing wakes up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from flowtui.core.focus.away import Offer
from flowtui.services.focus.away_watch import AwayWatch
from flowtui.services.wiring import Services

LOOK_S = 30
"""As often as the app looks."""


class AwayRounds:
    """The watch of whoever conducts; `ask` runs a call on the services out of the loop's way."""

    def __init__(self, ask: Callable[[Callable[[Services], bool]], Awaitable[bool | None]]) -> None:
        self._ask = ask
        self._watch: AwayWatch | None = None
        self._least_min: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Future[None] | None = None

    def follow(self, wanted: bool) -> None:
        """Look from now on, or no more; nothing changes for one that is as it is wanted."""
        if not wanted:
            self.end()
        elif self._timer is None and self._looking is None:
            self._later(0)

    def end(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _later(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._looking = asyncio.ensure_future(self._look())

    async def _look(self) -> None:
        goes_on = await self._ask(self.look)
        self._looking = None
        if goes_on:
            self._later(LOOK_S)

    def look(self, services: Services) -> bool:
        """One look; whether another one is worth it."""
        least_min = services.config.blocks.away_min
        if self._watch is None or least_min != self._least_min:
            self._least_min = least_min
            self._watch = AwayWatch(services.env, services.clock, least_min)
        services.store.ledger.refresh()
        services.focus.observe(person=False)
        block = services.focus.current()
        if block is None:
            return False
        if block.open_gap is not None:
            return True
        found = self._watch.look(block)
        if found is not None and self._watch.seen is not None:
            services.away_offers.add(block.id, Offer(found, self._watch.seen))
        return self._watch.asks
