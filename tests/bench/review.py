"""How long the views of Review take over ten years: key to frame, in the app.

    python -m tests.bench.review [--runs 5]

The home is that of `tests.bench.tenyears`. Prints medians and the worst in milliseconds: the first
view after its key, then each view as it is turned to, the year over ten years of records. The last
row is what a key press of the harness costs by itself, and to be taken off all others.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flowtui.core.review.picture import ReviewView
from flowtui.tui.review.review_screen import ReviewScreen
from tests.bench.tenyears import fill
from tests.tui.harness import World, ready, until

NOW = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)


async def once(world: World) -> dict[str, float]:
    """One pass: seconds by view."""
    taken: dict[str, float] = {}
    async with world.app().run_test(size=(120, 36)) as pilot:
        app = await ready(pilot)
        begun = time.perf_counter()
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.made)
        taken["week, first"] = time.perf_counter() - begun
        screen = app.screen
        assert isinstance(screen, ReviewScreen)
        for view in (ReviewView.MONTH, ReviewView.YEAR, ReviewView.DAY, ReviewView.WEEK):
            begun = time.perf_counter()
            await pilot.press("tab")
            await until(pilot, partial(_shows, screen, view))
            taken[view.value] = time.perf_counter() - begun
        begun = time.perf_counter()
        await pilot.press("k")
        taken["a key that only moves the mark"] = time.perf_counter() - begun
        screen.go(ReviewView.YEAR, NOW.date().replace(year=NOW.year - 6))
        begun = time.perf_counter()
        await until(
            pilot,
            lambda: screen.made is not None and screen.made.summary.first.year == NOW.year - 6,
        )
        taken["a year long past"] = time.perf_counter() - begun
    return taken


def _shows(screen: ReviewScreen, view: ReviewView) -> bool:
    return screen.made is not None and screen.made.view is view


def main() -> None:
    """Print one row a view."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), NOW)
        print(f"{fill(world.services.paths.ledger_dir):,} records")
        world.services = world.open()
        passes = [asyncio.run(once(world)) for _ in range(runs)]
    for name in passes[0]:
        times = [1000 * one[name] for one in passes]
        print(f"| {name} | {statistics.median(times):.0f} ms | {max(times):.0f} ms |")


if __name__ == "__main__":
    main()
