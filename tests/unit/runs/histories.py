"""Runs for tests: a history from a curve, and what is seen of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from flowtui.core.runs.history import History
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import Item, Reading
from flowtui.core.runs.rhythm import Rhythm

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
START_S = START.timestamp()


def history(items: Iterable[Item]) -> History:
    """A history of these."""
    made = History()
    made.fold(items)
    return made


def curve(name: str, values: Iterable[float], every: int = 10, step_s: float = 1.0) -> list[Item]:
    """One metric, logged every few steps."""
    return [
        Reading(k * every, {name: value}, at=START_S + k * every * step_s)
        for k, value in enumerate(values, 1)
    ]


def seen(items: Iterable[Item], after_s: float = 0.0, **known: Any) -> Seen:
    """A run that said `items`, looked at `after_s` seconds after the last of them."""
    made = history(items)
    rhythm = Rhythm()
    for place in made.ticks.all_places():
        if place.at is not None:
            rhythm.arrive(place.at)
    last = made.last_at if made.last_at is not None else START_S
    now = datetime.fromtimestamp(last, UTC) + timedelta(seconds=after_s)
    return Seen(now=now, history=made, **{"rhythm": rhythm, "started_at": START, **known})
