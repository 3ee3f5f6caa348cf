"""What the running screen offers of time away: one line, and a key each for "gap" and "focus"."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from flowtui.core.focus.away import Away, Offer
    from flowtui.core.focus.block import Block
    from flowtui.core.focus.recovery import Reading
    from flowtui.services.focus.away_watch import AwayWatch
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

LOOK_S = 30
"""How often the system is asked, in seconds; since when somebody is away it says itself."""


class AwayOffer:
    """The stretches of the running block that nobody has said anything of yet."""

    def __init__(self) -> None:
        self._watch: AwayWatch | None = None
        self._found: list[Offer] = []
        self._shown: Offer | None = None
        self._block_id = ""

    def found(self, block: Block, away: Away, seen: Reading) -> None:
        """Offer `away` of `block`; its instants are those of the clocks as `seen`."""
        from flowtui.core.focus.away import Offer

        self._of(block)
        self._found.append(Offer(away, seen))

    def waiting(self, block: Block, now: Reading) -> Away | None:
        """The first of them that is not a gap by now; None without one."""
        self._of(block)
        self._shown = None
        if not self._found:
            return None
        from flowtui.core.focus.away import remaining

        for offer in self._found:
            # none is forgotten here: a block may be drawn before it has followed the clock
            left = remaining(offer.by(now).away, block, now.wall)
            if left is not None:
                self._shown = offer
                return left
        return None

    def line(self, block: Block, now: Reading, zone: ZoneInfo) -> str:
        """What is asked, with its keys; empty without anything."""
        away = self.waiting(block, now)
        if away is None:
            return ""
        return f"away {away.words(zone)}?   A it was a gap   F it was focus"

    async def look(self, host: Host, asks: bool = True) -> bool:
        """Take up what was noticed meanwhile, here or without an app; True if that changed.

        With `asks` the system is asked as well, out of the way.
        """
        block = await host.ask(_current)
        if block is None:
            return False
        if self._watch is None:
            self._watch = await host.aside(_watch)
        if asks and self._watch.asks:
            await host.aside(partial(_look, self._watch, block))
        kept = await host.aside(partial(_kept, block.id))
        self._of(block)
        before, self._found = self._found, kept
        return kept != before

    async def take(self, host: Host, away: Away, block: Block) -> None:
        """It was a gap, in `block`."""
        shown = self._shown
        if await host.perform(partial(_take, away, block.id)):
            await self._forget(host, shown)

    async def drop(self, host: Host) -> None:
        """It was focus: say no more of the one that is shown, here or in a shell."""
        await self._forget(host, self._shown)

    async def _forget(self, host: Host, gone: Offer | None) -> None:
        self._found = [offer for offer in self._found if offer is not gone]
        if gone is not None:
            await host.ask(partial(_drop, self._block_id, gone))

    def _of(self, block: Block) -> None:
        if block.id != self._block_id:
            self._found, self._block_id = [], block.id


def _watch(services: Services) -> AwayWatch:
    from flowtui.services.focus.away_watch import AwayWatch

    return AwayWatch(services.env, services.clock, services.config.blocks.away_min)


def _current(services: Services) -> Block | None:
    """The running block, where the clocks of now put it."""
    services.focus.look()
    return services.focus.current()


def _look(watch: AwayWatch, block: Block, services: Services) -> None:
    from flowtui.core.focus.away import Offer

    away = watch.look(block)
    if away is not None and watch.seen is not None:
        services.away_offers.add(block.id, Offer(away, watch.seen))


def _kept(block_id: str, services: Services) -> list[Offer]:
    return services.away_offers.kept(block_id)


def _drop(block_id: str, gone: Offer, services: Services) -> None:
    services.away_offers.drop(block_id, gone)


def _take(away: Away, block_id: str, services: Services) -> str:
    from flowtui.services.focus.away_watch import take

    take(services.focus, away, block_id)
    return f"away {away.words(services.zone)}: a gap   u takes it back"
