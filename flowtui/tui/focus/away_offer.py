"""What the running screen offers of time away: one line, and a key each for "gap" and "focus"."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

    from flowtui.core.focus.away import Away
    from flowtui.core.focus.block import Block
    from flowtui.services.focus.away_watch import AwayWatch
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

LOOK_S = 30
"""How often the system is asked, in seconds; since when somebody is away it says itself."""


class AwayOffer:
    """The stretches of the running block that nobody has said anything of yet."""

    def __init__(self) -> None:
        self._watch: AwayWatch | None = None
        self._found: list[Away] = []
        self._block_id = ""

    def waiting(self, block: Block, now: datetime) -> Away | None:
        """The first of them that is not a gap by now; None without one."""
        if block.id != self._block_id:
            self._found, self._block_id = [], block.id
        if not self._found:
            return None
        from flowtui.core.focus.away import remaining

        left = [part for away in self._found if (part := remaining(away, block, now)) is not None]
        self._found = left
        return left[0] if left else None

    def line(self, block: Block, now: datetime, zone: ZoneInfo) -> str:
        """What is asked, with its keys; empty without anything."""
        away = self.waiting(block, now)
        if away is None:
            return ""
        return f"away {away.words(zone)}?   A it was a gap   F it was focus"

    async def look(self, host: Host, block: Block) -> bool:
        """Ask the system, out of the way; True if there is something new to offer."""
        if self._watch is None:
            self._watch = await host.aside(_watch)
        if not self._watch.asks:
            return False
        found = await host.aside(partial(_look, self._watch, block))
        if found is not None:
            self.waiting(block, found.end)
            self._found.append(found)
        return found is not None

    async def take(self, host: Host, away: Away) -> None:
        """It was a gap."""
        if await host.perform(partial(_take, away)):
            self.drop()

    def drop(self) -> None:
        """Say no more of the first one."""
        self._found = self._found[1:]


def _watch(services: Services) -> AwayWatch:
    from flowtui.services.focus.away_watch import AwayWatch

    return AwayWatch(services.env, services.clock, services.config.blocks.away_min)


def _look(watch: AwayWatch, block: Block, services: Services) -> Away | None:
    return watch.look(block)


def _take(away: Away, services: Services) -> str:
    from flowtui.services.focus.away_watch import take

    take(services.focus, away)
    return f"away {away.words(services.zone)}: a gap   u takes it back"
