"""The guard in the app: chosen in the plan, one quiet line while the block runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from flowtui.core.guard.protection import Cover, GuardView
from flowtui.core.text import is_shown
from flowtui.services.guard.block_guard import GuardService
from flowtui.services.guard.guard_state import Kept
from flowtui.tui.focus.running_screen import RunningScreen
from flowtui.tui.widgets.choice import Choice
from flowtui.tui.widgets.lines import Line
from tests.tui.harness import World, ready, type_text, until

VIEW = GuardView(
    "guard", ("news", "social"), "firm", 3100, 17, 3,
    (Cover("Chromium", True, "policy and hosts"), Cover("Firefox", True, "hosts")),
)  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home without do-not-disturb, so that no agent is started."""
    made = World(tmp_path / "home")
    made.configure("[guard]\nquiet = false\n")
    return made


def guarded(world: World, monkeypatch: pytest.MonkeyPatch, view: GuardView = VIEW) -> None:
    """A block runs, and its guard is this."""
    world.a_block()
    block = world.services.store.need_running()
    until_s = world.clock.now().timestamp() + 3100
    kept = Kept(block.id, view.lists, view.strictness, view.level, until=until_s)
    world.services.guard.state.write(kept)
    monkeypatch.setattr(GuardService, "view", lambda service, block: view)


def shown(app: Any) -> str:
    """The guard's line."""
    return str(app.screen.query_one("#guard", Line)._text)


async def test_the_running_screen_has_one_line_for_the_guard(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded(world, monkeypatch)
    app = world.app()

    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: shown(app), "the line")

        assert shown(app) == "guard news social  17 attempts  Chromium ✓  Firefox ✓  3 apps frozen"
        assert len(shown(app)) <= 74


async def test_a_block_without_a_guard_has_no_such_line(world: World) -> None:
    world.a_block()
    app = world.app()

    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert isinstance(app.screen, RunningScreen)
        assert not app.screen.query_one("#guard", Line).display or shown(app) == ""


async def test_lists_and_strictness_are_chosen_in_the_plan(world: World) -> None:
    app = world.app()

    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query("#away"), "the plan")
        await type_text(pilot, "read")
        app.screen.query_one("#away", Input).focus()
        await type_text(pilot, "news video")
        app.screen.query_one("#strictness", Choice).focus()
        await pilot.press("right")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunningScreen), "the block runs")

    kept = world.fresh().guard.state.read()
    assert kept is not None and kept.lists == ("news", "video") and kept.strictness == "firm"
    assert kept.block == world.services.store.need_running().id


async def test_an_unknown_list_is_told_of_in_the_plan_and_nothing_starts(world: World) -> None:
    app = world.app()

    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query("#away"), "the plan")
        app.screen.query_one("#away", Input).focus()
        await type_text(pilot, "newz")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query(".wrong.-said"), "what is wrong")

        assert app.screen.query_one("#away", Input).value == "newz"
    assert world.fresh().store.running() is None


@pytest.mark.parametrize(
    ("theme", "size"), [("night", (80, 24)), ("day", (120, 36))], ids=["night-80x24", "day-120x36"]
)
def test_the_running_screen_with_its_guard(
    snap_compare: Any,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
    size: tuple[int, int],
) -> None:
    guarded(world, monkeypatch)
    app = world.app(theme)

    async def settle(pilot: Any) -> None:
        await ready(pilot)
        await until(pilot, lambda: shown(app), "the line")

    assert snap_compare(app, terminal_size=size, run_before=settle)


HOSTILE = "read\x1b]0;owned\x07 \u202egnp.exe\u2066 \u200fx\x9b31m \u2028y 👩‍💻"


async def test_nothing_but_text_reaches_the_terminal_whatever_widget_draws_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intention, plan, guard and the quiet line hold escapes and direction marks."""
    bad = GuardView(
        "guard", (HOSTILE,), "firm", 3100, covers=(Cover(HOSTILE, False, HOSTILE),),
        notes=(HOSTILE,),
    )  # fmt: skip
    guarded(world, monkeypatch, bad)
    app = world.app()

    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await until(pilot, lambda: shown(app), "the line")
        app.screen.query_one("#intention", Line).show(HOSTILE)
        app.screen.query_one("#then", Line).show(HOSTILE)
        app.said(HOSTILE)
        await pilot.pause()

        strips = app.screen._compositor.render_strips()
        drawn = "".join(segment.text for strip in strips for segment in strip)
        assert "owned" in drawn and "gnp.exe" in drawn and "👩‍💻" in drawn
        assert [hex(ord(char)) for char in drawn if not is_shown(char)] == []
        assert {strip.cell_length for strip in strips} == {120}, "no line is longer or shorter"
