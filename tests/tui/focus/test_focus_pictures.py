"""Whole screens as pictures: one a state worth a look, every theme at both sizes.

Look at what changed before accepting it:
`pytest tests/tui/focus/test_focus_pictures.py --snapshot-update`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from flowtui.core.focus.commands import Pause
from flowtui.settings.paths import Paths
from flowtui.settings.themes import find
from tests.tui.harness import World, ready, until

SIZES = {"80x24": (80, 24), "120x36": (120, 36)}
THEMES = [
    "contrast-dark",
    "contrast-light",
    "day",
    "dusk",
    "ember",
    "fjord",
    "night",
    "paper",
    "terminal",
    "terminal-light",
]
Compare = Callable[..., bool]
Before = Callable[[Pilot[Any]], Awaitable[None]]


def keys(*pressed: str) -> Before:
    """Wait for the first snapshot, press keys, wait for what they open."""

    async def run(pilot: Pilot[Any]) -> None:
        app = await ready(pilot)
        depth = len(app.screen_stack)
        for key in pressed:
            await pilot.press(key)
        if pressed:
            await until(pilot, lambda: len(app.screen_stack) > depth, "a dialog")
        app.screen.set_focus(app.screen.focused)
        await pilot.pause()

    return run


def test_every_shipped_theme_has_its_picture(world: World) -> None:
    themes, _ = find(Paths(*(world.services.paths.config_dir,) * 3))

    assert sorted(themes) == THEMES


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_running_screen_in_every_theme(
    snap_compare: Compare, world: World, theme: str, size: str
) -> None:
    world.a_day()
    world.a_block()

    assert snap_compare(world.app(theme), terminal_size=SIZES[size], run_before=keys())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["day", "night"])
def test_a_day_with_blocks_at_both_sizes(
    snap_compare: Compare, world: World, theme: str, size: str
) -> None:
    world.a_day()

    assert snap_compare(world.app(theme), terminal_size=SIZES[size], run_before=keys())


def test_an_empty_day_says_which_key_fills_it(snap_compare: Compare, world: World) -> None:
    assert snap_compare(world.app(), terminal_size=(80, 24), run_before=keys())


@pytest.mark.parametrize("state", ["running", "idle"])
def test_a_small_terminal_gets_a_reduced_form(
    snap_compare: Compare, world: World, state: str
) -> None:
    world.a_day()
    if state == "running":
        world.a_block()

    assert snap_compare(world.app(), terminal_size=(40, 12), run_before=keys())


def test_a_paused_block_shows_its_next_step(snap_compare: Compare, world: World) -> None:
    world.a_block()
    world.services.focus.apply(Pause("write the backward pass"))
    world.clock.advance(180)

    assert snap_compare(world.app(), terminal_size=(80, 24), run_before=keys())


def test_overtime_is_a_quiet_sign(snap_compare: Compare, world: World) -> None:
    world.a_block(minutes_ago=97)

    assert snap_compare(world.app("dusk"), terminal_size=(80, 24), run_before=keys())


def test_an_open_ended_block_has_no_bar(snap_compare: Compare, world: World) -> None:
    world.a_block(length_min=None)

    assert snap_compare(world.app(), terminal_size=(80, 24), run_before=keys())


@pytest.mark.parametrize("theme", ["day", "night"])
def test_the_plan_dialog(snap_compare: Compare, world: World, theme: str) -> None:
    world.a_day()

    assert snap_compare(world.app(theme), terminal_size=(80, 24), run_before=keys("enter"))


def test_the_end_dialog(snap_compare: Compare, world: World) -> None:
    world.a_block()

    assert snap_compare(world.app(), terminal_size=(80, 24), run_before=keys("f"))


def test_the_edit_dialog(snap_compare: Compare, world: World) -> None:
    world.a_day()

    assert snap_compare(world.app("paper"), terminal_size=(80, 24), run_before=keys("e"))


def test_the_help(snap_compare: Compare, world: World) -> None:
    assert snap_compare(world.app(), terminal_size=(100, 30), run_before=keys("question_mark"))


def test_the_recovery_dialog(snap_compare: Compare, world: World) -> None:
    world.a_block(minutes_ago=20)
    world.left_alone(minutes=35)

    async def see(pilot: Pilot[Any]) -> None:
        app = await ready(pilot)
        await until(pilot, lambda: len(app.screen_stack) > 1, "the question")

    assert snap_compare(world.app(), terminal_size=(80, 24), run_before=see)


def test_the_theme_dialog(snap_compare: Compare, world: World) -> None:
    world.a_day()

    assert snap_compare(world.app(), terminal_size=(80, 24), run_before=keys("t"))
