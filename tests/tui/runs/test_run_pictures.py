"""Runs as pictures: the list and one run in every theme at both sizes, the rest once.

Look at what changed before accepting it: add `--snapshot-update` to the run of this file.
"""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from flowtui.tui.app import FlowApp
from flowtui.tui.runs.compare_screen import CompareScreen
from flowtui.tui.runs.run_screen import RunScreen
from flowtui.tui.runs.runs_screen import RunsScreen
from tests.tui.focus.test_focus_pictures import SIZES, THEMES, Before, Compare
from tests.tui.harness import World, ready, until
from tests.tui.runs.run_harness import Lab, gpus, laboratory


def seen(*keys: str, screen: type = RunsScreen) -> Before:
    """Go to Runs, press keys, wait until the screen has its picture."""

    async def run(pilot: Pilot[Any]) -> None:
        app = await ready(pilot)
        await shown(pilot, app, "2")
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, screen), screen.__name__)
        await until(pilot, lambda: getattr(app.screen, "made", None) is not None, "a picture")
        await until(pilot, lambda: at_its_end(app), "the end of the log")
        await pilot.pause()

    return run


def at_its_end(app: FlowApp) -> bool:
    """Whether what a run printed is shown to its end, where it is shown."""
    panes = [pane for pane in app.screen.query("#log") if pane.display and pane.size.height]
    return all(pane.scroll_y >= pane.max_scroll_y for pane in panes)


async def shown(pilot: Pilot[Any], app: FlowApp, key: str) -> None:
    """Press the key of Runs and wait for its picture."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, RunsScreen), "Runs")
    await until(pilot, lambda: getattr(app.screen, "made", None) is not None, "a picture")


def with_gpus(world: World, count: int = 4) -> Lab:
    """The laboratory, on a machine with GPUs."""
    lab = laboratory(world)
    lab.gpus.readings, lab.gpus.problem = gpus(world, count), None
    lab.look()
    return lab


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_runs_in_every_theme(snap_compare: Compare, world: World, theme: str, size: str) -> None:
    with_gpus(world)

    assert snap_compare(world.app(theme), terminal_size=SIZES[size], run_before=seen("j"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_one_run_in_every_theme(snap_compare: Compare, world: World, theme: str, size: str) -> None:
    laboratory(world)
    before = seen("j", "enter", screen=RunScreen)

    assert snap_compare(world.app(theme), terminal_size=SIZES[size], run_before=before)


@pytest.mark.parametrize("size", SIZES)
def test_a_crashed_run_shows_its_card(snap_compare: Compare, world: World, size: str) -> None:
    laboratory(world)
    before = seen("j", "j", "enter", screen=RunScreen)

    assert snap_compare(world.app(), terminal_size=SIZES[size], run_before=before)


@pytest.mark.parametrize("size", SIZES)
def test_runs_compared(snap_compare: Compare, world: World, size: str) -> None:
    laboratory(world)
    before = seen("m", "j", "m", "j", "j", "v", screen=CompareScreen)

    assert snap_compare(world.app(), terminal_size=SIZES[size], run_before=before)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_the_line_under_a_block_in_every_theme(
    snap_compare: Compare, world: World, theme: str, size: str
) -> None:
    world.a_block()
    laboratory(world)

    async def before(pilot: Pilot[Any]) -> None:
        app = await ready(pilot)
        await until(pilot, lambda: app.runs is not None and bool(app.runs.runs), "the runs")
        await pilot.pause(1.1)

    assert snap_compare(world.app(theme), terminal_size=SIZES[size], run_before=before)


@pytest.mark.parametrize("key", ["list", "run"])
def test_runs_in_a_small_terminal(snap_compare: Compare, world: World, key: str) -> None:
    laboratory(world)
    before = seen() if key == "list" else seen("j", "enter", screen=RunScreen)

    assert snap_compare(world.app(), terminal_size=(40, 12), run_before=before)


def test_no_run_says_which_key_fills_it(snap_compare: Compare, world: World) -> None:
    Lab(world).look()

    assert snap_compare(world.app(), terminal_size=(80, 24), run_before=seen())
