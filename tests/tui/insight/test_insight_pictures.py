"""Insight as pictures: every theme at both sizes, each view of it, and small terminals.

Look at what changed before accepting it: add `--snapshot-update` to the run of this file.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from flowtui.tui.insight.insight_actions import View
from flowtui.tui.insight.insight_screen import InsightScreen
from flowtui.tui.insight.pair_screen import PairScreen, PairView
from flowtui.tui.widgets.rows import Rows
from tests.sample_year import live
from tests.tui.focus.test_focus_pictures import SIZES, THEMES, Before, Compare
from tests.tui.harness import NOW, World, ready, until

SMALL = {**SIZES, "40x12": (40, 12)}


def at_view(view: View) -> Before:
    """Open Insight at a view, and wait for what it shows."""

    async def run(pilot: Pilot[Any]) -> None:
        app = await ready(pilot)
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, InsightScreen), "mode 4")
        screen = app.screen
        assert isinstance(screen, InsightScreen)
        await until(pilot, lambda: screen.looked and screen.progress is None, "an answer")
        for _ in range(list(View).index(view)):
            await pilot.press("tab")
        if view is View.NOISE:
            await pilot.press("T")
        there = {
            View.PATTERNS: lambda: True,
            View.EXPERIMENTS: lambda: screen.trials and screen.query_one(Rows).option_count,
            View.FOCUS: lambda: screen.facts,
            View.NOISE: lambda: screen.noise is not None and screen.progress is None,
        }[view]
        await until(pilot, there, view)
        await pilot.pause()

    return run


def at_pair(view: PairView) -> Before:
    """Open the first pattern at a view."""

    async def run(pilot: Pilot[Any]) -> None:
        await at_view(View.PATTERNS)(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PairScreen), "one pattern")
        for _ in range(list(PairView).index(view)):
            await pilot.press("tab")
        for _ in range(3):
            await pilot.pause()

    return run


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_insight_in_every_theme(snap_compare: Compare, lived: World, theme: str, size: str) -> None:
    assert snap_compare(
        lived.app(theme), terminal_size=SIZES[size], run_before=at_view(View.PATTERNS)
    )


@pytest.mark.parametrize("size", SMALL)
@pytest.mark.parametrize("view", list(View)[1:])
def test_every_other_view_of_insight(
    snap_compare: Compare, lived: World, view: View, size: str
) -> None:
    assert snap_compare(lived.app(), terminal_size=SMALL[size], run_before=at_view(view))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", list(PairView))
def test_every_view_of_a_pattern(
    snap_compare: Compare, lived: World, view: PairView, size: str
) -> None:
    assert snap_compare(lived.app(), terminal_size=SIZES[size], run_before=at_pair(view))


def test_insight_in_a_small_terminal(snap_compare: Compare, lived: World) -> None:
    assert snap_compare(lived.app(), terminal_size=(40, 12), run_before=at_view(View.PATTERNS))


def test_insight_after_twenty_days(snap_compare: Compare, world: World) -> None:
    live(world.services, NOW.date() - timedelta(days=1), 20)

    assert snap_compare(
        world.app("dusk"), terminal_size=(80, 24), run_before=at_view(View.PATTERNS)
    )


def test_insight_of_an_empty_home(snap_compare: Compare, world: World) -> None:
    assert snap_compare(world.app("day"), terminal_size=(80, 24), run_before=at_view(View.PATTERNS))


def test_declaring_an_experiment(snap_compare: Compare, lived: World) -> None:
    async def run(pilot: Pilot[Any]) -> None:
        await at_view(View.PATTERNS)(pilot)
        await pilot.press("E")
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1, "the form")
        await pilot.pause()

    assert snap_compare(lived.app(), terminal_size=(80, 24), run_before=run)
