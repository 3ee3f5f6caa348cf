"""Correcting a noted interruption: its source, its reason, or whether there was one at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block, Interruption, Source
from flowtui.core.status_file import minutes
from flowtui.core.text import one_line


def renoted(block: Block, number: int, source: Source | None, reason: str | None) -> Block:
    """Interruption `number` (from 1) with another source or reason; None leaves what is there."""
    noted = _interruption(block, number)
    noted = replace(
        noted,
        source=source or noted.source,
        reason=noted.reason if reason is None else one_line(reason, "reason"),
    )
    before, after = block.interruptions[: number - 1], block.interruptions[number:]
    return replace(block, interruptions=(*before, noted, *after))


def unnoted(block: Block, number: int) -> Block:
    """Without interruption `number` (from 1): there was none."""
    _interruption(block, number)
    before, after = block.interruptions[: number - 1], block.interruptions[number:]
    return replace(block, interruptions=(*before, *after))


def interruption_words(noted: Interruption, zone: ZoneInfo) -> str:
    """One interruption: when, from where, when one was back, what it was."""
    back = "no return noted"
    if noted.returned_at is not None:
        back = f"back after {minutes(int((noted.returned_at - noted.at).total_seconds()))}"
    return f"{_clock(noted.at, zone)}  {noted.source}  {back}  {noted.reason}".rstrip()


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%H:%M:%S}"


def _interruption(block: Block, number: int) -> Interruption:
    if not 1 <= number <= len(block.interruptions):
        have = f"it has {len(block.interruptions)}" if block.interruptions else "it has none"
        raise FlowError(
            f"block {block.id} has no interruption {number}: {have}",
            f"see them: flowtui show {block.id}",
        )
    return block.interruptions[number - 1]
