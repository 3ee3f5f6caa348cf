"""150 lived days for the pictures of Insight; computed once, copied for every test."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flowtui.core.insight.experiment import Declared, Design, Direction
from flowtui.services.insight.insight_wiring import insight_of
from tests.sample_year import live
from tests.tui.harness import NOW, World


def fill(home: Path) -> None:
    """Live, put two experiments to oneself, and ask everything once."""
    world = World(home)
    live(world.services, NOW.date() - timedelta(days=1), 150)
    declare(world, date(2025, 12, 1), "no phone before noon", 70, "a")
    at(world, date(2026, 1, 10))
    insight_of(world.open()).experiments.read()
    declare(world, date(2026, 2, 11), "a walk before work", 40, "b")
    world.clock.set_wall(NOW)
    insight_of(world.open()).insight.look()
    insight_of(world.open()).insight.noise()


def at(world: World, day: date) -> None:
    """Set the clock to noon of `day`."""
    world.clock.set_wall(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def declare(world: World, day: date, factor: str, predicted: int, seed: str) -> None:
    """Declare an experiment of 28 days on `day`."""
    at(world, day)
    first = day + timedelta(days=1)
    declared = Declared(
        factor, "deep_min", Direction.MORE, Design.PAIRS, first, 28, predicted, "mornings decide"
    )
    insight_of(world.open()).experiments.declare(declared, seed)
