"""Time away that was noticed and of which nobody has said anything yet, for every process.

Whoever watches adds, in the app or without one; whoever is asked answers, by a key or in a shell.
One small file beside the heartbeat holds it: `flowtui-away 1`, then the id of the block and its
offers as JSON. It is of one block; of another one it is void.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flowtui.core.errors import FlowError
from flowtui.core.focus.away import Away, Offer, remaining
from flowtui.core.focus.block import Block
from flowtui.core.focus.recovery import Reading
from flowtui.services.focus.running_block import FocusService
from flowtui.services.listeners import Listeners
from flowtui.system.files import write_atomic

HEADER = "flowtui-away 1"


class AwayOffers:
    """What is to be offered of the running block; best effort: what cannot be kept is not asked."""

    def __init__(self, path: Path, focus: FocusService) -> None:
        self._path = path
        self._focus = focus
        self.listeners: Listeners[[]] = Listeners()
        """Called after every change of what is offered."""

    def kept(self, block_id: str) -> list[Offer]:
        """All that was noticed in that block and not answered, as it was noticed."""
        try:
            header, _, text = self._path.read_text(encoding="utf-8").partition("\n")
            data = json.loads(text) if header == HEADER else {}
            return [_decoded(one) for one in data["offers"]] if data["block"] == block_id else []
        except (OSError, ValueError, LookupError, TypeError):
            return []

    def add(self, block_id: str, offer: Offer) -> None:
        """Keep `offer`; one that shares time with another that is kept is the same absence."""
        known = self.kept(block_id)
        if not any(_meet(one.by(offer.seen).away, offer.away) for one in known):
            self._write(block_id, [*known, offer])

    def offer_again(self, block_id: str, away: Away) -> None:
        """Ask of `away` once more, which was said to be a gap and is none any more."""
        self.add(block_id, Offer(away, self._focus.heart.reading()))

    def drop(self, block_id: str, gone: Offer) -> None:
        """Offer this one no more."""
        self._write(block_id, [one for one in self.kept(block_id) if one != gone])

    def first(self, block: Block | None = None) -> Away | None:
        """What is offered now of `block` (default: the one that runs); None for nothing."""
        found = self._first(block)
        return None if found is None else found[2]

    def answer(self, gap: bool) -> Away:
        """The first offer was a gap, or else focus. Raises FlowError where none is known."""
        from flowtui.services.focus.away_watch import take

        self._focus.observe()  # the block has to stand where a clock that was set puts it
        found = self._first(None)
        if found is None:
            raise FlowError("no time away is known of", "see: flowtui status")
        block, offer, left = found
        if gap:
            take(self._focus, left, block.id)
        self.drop(block.id, offer)
        return left

    def _first(self, block: Block | None) -> tuple[Block, Offer, Away] | None:
        block = block or self._focus.current()
        if block is None:
            return None
        now = self._focus.heart.reading()
        for offer in self.kept(block.id):
            left = remaining(offer.by(now).away, block, now.wall)
            if left is not None:
                return block, offer, left
        return None

    def _write(self, block_id: str, offers: Sequence[Offer]) -> None:
        with contextlib.suppress(OSError):
            if not offers:
                self._path.unlink(missing_ok=True)
            else:
                data = {"block": block_id, "offers": [_encoded(one) for one in offers]}
                write_atomic(self._path, f"{HEADER}\n{json.dumps(data)}\n".encode())
        self.listeners.tell()


def _meet(one: Away, other: Away) -> bool:
    return one.start < other.end and other.start < one.end


def _encoded(offer: Offer) -> dict[str, Any]:
    seen = offer.seen
    return {
        "start": offer.away.start.isoformat(),
        "end": offer.away.end.isoformat(),
        "wall": seen.wall.isoformat(),
        "monotonic": seen.monotonic,
        "boottime": seen.boottime,
        "boot_id": seen.boot_id,
    }


def _decoded(data: dict[str, Any]) -> Offer:
    start, end, wall = (datetime.fromisoformat(data[name]) for name in ("start", "end", "wall"))
    if None in (start.tzinfo, end.tzinfo, wall.tzinfo):
        raise ValueError("an instant without a zone")
    seen = Reading(wall, float(data["monotonic"]), float(data["boottime"]), str(data["boot_id"]))
    return Offer(Away(start, end), seen)
