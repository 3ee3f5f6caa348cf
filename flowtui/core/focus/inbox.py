"""Parked thoughts that wait: an inbox, out of which nothing vanishes by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flowtui.core.codec import Zone
from flowtui.core.focus.block import Block, Fate, Thought
from flowtui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class LooseThought:
    """A thought that was parked while no block ran."""

    id: str
    at: datetime
    zone: Zone
    text: str
    fate: Fate | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """A thought as the inbox lists it."""

    id: str
    """BLOCK.NUMBER, or the id of a loose one."""
    at: datetime
    text: str
    fate: Fate | None = None
    day: date | None = None
    """The day it was put off to."""


def of_block(block: Block) -> list[Parked]:
    """The thoughts of a block, the first of them number 1."""
    return [
        Parked(f"{block.id}.{number}", thought.at, thought.text, thought.fate, thought.day)
        for number, thought in enumerate(block.parked, 1)
    ]


def waiting(parked: Iterable[Parked], begun: Iterable[tuple[str, datetime]]) -> list[Parked]:
    """Those that still wait, oldest first: neither dropped, nor what a later block was about.

    `begun` are intentions with the start of their blocks.
    """
    latest: dict[str, datetime] = {}
    for intention, at in begun:
        key = intention.casefold()
        latest[key] = max(at, latest.get(key, at))
    return sorted(
        (
            one
            for one in parked
            if one.fate is not Fate.DROPPED
            and not (latest.get(one.text.casefold()) or one.at) > one.at
        ),
        key=lambda one: (one.at, one.id),
    )


def meant_next(inbox: Iterable[Parked], today: date) -> str:
    """What the next block is meant to be about; empty if nothing was said."""
    last = ""
    for one in inbox:
        if one.fate is Fate.NEXT or (one.fate is Fate.TOMORROW and one.day and one.day <= today):
            last = one.text
    return last


def answered(thought: Thought, fate: Fate, today: date) -> Thought:
    """`thought` with its fate; what is put off waits for the day after `today`."""
    from dataclasses import replace
    from datetime import timedelta

    day = today + timedelta(days=1) if fate is Fate.TOMORROW else None
    return replace(thought, fate=fate, day=day)
