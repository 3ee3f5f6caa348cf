"""The check-in and Body as pictures: every theme at both sizes, each view once, a small terminal.

Look at what changed before accepting it: add `--snapshot-update` to the run of this file.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from flowtui.core.body.quick_line import parse
from flowtui.services.body.body_view import View
from flowtui.tui.body.body_screen import BodyScreen
from flowtui.tui.body.checkin_screen import CheckinScreen
from flowtui.tui.widgets.lines import Line
from tests.tui.focus.test_focus_pictures import SIZES, THEMES, Before, Compare
from tests.tui.harness import World, ready, until

SETTINGS = """
[body]
eating = true
targets = "16:8"
stops = ["phone in bed"]
floors = ["workout 3 days", "sleep 5 days >= 7"]
[body.habits]
meditate = "yes_no"
"""
YESTERDAY = (
    "energy 3 14:00, output 4, sleep 23:40-7:05 q4, yoga 30 e6, 2 coffees 9:00, sugar 1, meditate",
    "phone-in-bed 2, eat 11:00-19:00",
)
FIRST = date(2025, 12, 20)


def lived(world: World, past: bool = True) -> None:
    """Ten weeks of a log with gaps, yesterday whole, and today so far; always the same."""
    world.configure(SETTINGS)
    world.a_day()
    log, seed = world.services.body.log, random.Random(4)
    today = world.services.today()
    with log.store.change("ten weeks") as writer:
        words = log.declared.words(writer)
        day = FIRST if past else today
        while day < today - timedelta(days=1):
            for text in _day(seed) if seed.random() < 0.85 else ():
                for entry in parse(f"{text} {day}", writer.pen(), words).entries:
                    writer.put(entry)
            day += timedelta(days=1)
        for text in YESTERDAY:
            for part in text.split(", "):
                for entry in parse(f"{part} yesterday", writer.pen(), words).entries:
                    writer.put(entry)
    log.write("worked phone in the other room yesterday")
    log.write("eat 6:00-10:00, coffee 7:00")


def _day(seed: random.Random) -> list[str]:
    texts = [
        f"energy {seed.randint(2, 5)} 9:30",
        f"energy {seed.randint(1, 4)} 15:00",
        f"output {seed.randint(1, 5)}",
        f"sleep 23:{seed.randint(10, 59)}-{seed.randint(6, 7)}:{seed.randint(10, 59)} q4",
        seed.choice(["coffee 9:00", "2 coffees 9:00", "no coffee", "caffeine skip"]),
        f"sugar {seed.randint(0, 3)}",
        seed.choice(["meditate", "meditate no"]),
    ]
    texts += [seed.choice(["yoga 30 e5", "run 40 e7", "workout no", "workout no"])]
    if seed.random() < 0.8:
        texts.append(f"eat {seed.randint(10, 13)}:15-{seed.randint(18, 23)}:30")
    elif seed.random() < 0.5:
        texts.append("eat 18:00-01:30")
    return texts


def checked_in(*keys: str) -> Before:
    """Open the check-in and press keys."""

    async def run(pilot: Pilot[Any]) -> None:
        app = await ready(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CheckinScreen), "the check-in")
        prompt = app.screen.query_one("#prompt", Line)
        await until(pilot, lambda: prompt.content, "its first question")
        await pilot.press(*keys)
        await pilot.pause()

    return run


def at_view(view: View, *keys: str) -> Before:
    """Open Body at a view and press keys."""

    async def run(pilot: Pilot[Any]) -> None:
        app = await ready(pilot)
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, BodyScreen), "Body")
        screen = app.screen
        assert isinstance(screen, BodyScreen)
        await until(pilot, lambda: screen.made is not None, "a picture")
        for _ in range(list(View).index(view)):
            await pilot.press("tab")
        await until(pilot, lambda: screen.made is not None and screen.made.view is view, view)
        await pilot.press(*keys)
        await pilot.pause()

    return run


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_the_check_in_in_every_theme(
    snap_compare: Compare, world: World, theme: str, size: str
) -> None:
    lived(world, past=False)

    assert snap_compare(
        world.app(theme), terminal_size=SIZES[size], run_before=checked_in("4", "3", "7", "enter")
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_body_in_every_theme(snap_compare: Compare, world: World, theme: str, size: str) -> None:
    lived(world, past=False)

    assert snap_compare(world.app(theme), terminal_size=SIZES[size], run_before=at_view(View.WEEK))


@pytest.mark.parametrize("size", [*SIZES, "40x12"])
@pytest.mark.parametrize("view", list(View))
def test_every_view_of_body(snap_compare: Compare, world: World, view: View, size: str) -> None:
    lived(world)

    assert snap_compare(
        world.app(), terminal_size=SIZES.get(size, (40, 12)), run_before=at_view(view)
    )


def test_the_check_in_in_a_small_terminal(snap_compare: Compare, world: World) -> None:
    lived(world, past=False)

    assert snap_compare(
        world.app(), terminal_size=(40, 12), run_before=checked_in("4", "3", "7", "enter")
    )


def test_the_check_in_typed(snap_compare: Compare, world: World) -> None:
    lived(world, past=False)

    assert snap_compare(
        world.app("dusk"),
        terminal_size=(80, 24),
        run_before=checked_in("4", "3", "7", "enter", "4", "y"),
    )


def test_an_empty_body_log_says_which_keys_fill_it(snap_compare: Compare, world: World) -> None:
    assert snap_compare(world.app(), terminal_size=(80, 24), run_before=at_view(View.TODAY))


def test_the_quick_line(snap_compare: Compare, world: World) -> None:
    world.a_day()

    async def run(pilot: Pilot[Any]) -> None:
        app = await ready(pilot)
        await pilot.press("colon")
        await until(pilot, lambda: len(app.screen_stack) > 1, "the line")
        await pilot.pause()

    assert snap_compare(world.app(), terminal_size=(80, 24), run_before=run)
