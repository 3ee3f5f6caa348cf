"""Cycles and time away by keys: a break by itself, a block never; a gap where it is said."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from textual.worker import WorkerCancelled

from flowtui.core.focus.away import Away, Offer
from flowtui.core.focus.block import Cause
from flowtui.services.focus.running_block import Draft
from flowtui.system.away import Hints
from flowtui.tui.focus.running_screen import RunningScreen
from flowtui.tui.widgets.big_time import BigTime
from tests.tui.focus.test_focus import SIZE, dialog, line, said
from tests.tui.harness import World, ready, type_text, until


async def test_a_cycle_is_chosen_by_a_key_and_a_block_still_begins_by_one(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await dialog(pilot, "L")
        await type_text(pilot, "25")
        await pilot.press("enter")
        await until(pilot, lambda: "is not a cycle" in said(app), "what is wrong")
        await until(pilot, lambda: len(app.screen_stack) > 1, "the dialog again")
        await pilot.press("slash", *"5 x4".replace(" ", ""), "enter")
        await until(pilot, lambda: "25 min, 1 of 4" in line(app, "offer"), "the offer")

        await pilot.press("S")
        await until(pilot, lambda: app.snapshot and app.snapshot.block, "a block")
        await until(
            pilot, lambda: "1 of 4, then a break of 5 min" in line(app, "today"), "its place"
        )
        world.clock.advance(25 * 60)
        await dialog(pilot, "f")
        await pilot.press("enter")
        await until(pilot, lambda: app.snapshot and app.snapshot.rest, "a break")
        await until(pilot, lambda: line(app, "rest").startswith("break"), "its line")
        assert "then 25 min, 2 of 4" in line(app, "rest")
        assert app.screen.query_one("#pause", BigTime).text == "05:00"

        world.clock.advance(20 * 60)
        await until(pilot, lambda: line(app, "rest").startswith("break over"), "its end")
        assert app.snapshot is not None and app.snapshot.block is None
        await pilot.press("S")
        await until(pilot, lambda: app.snapshot and app.snapshot.block, "the next block")


HERE = Hints(False, False, None)


async def looked(screen: RunningScreen, asks: bool = True) -> None:
    """Wait until the screen has looked; a look of its own may come in between and end ours."""
    while True:
        with suppress(WorkerCancelled):
            await screen._look_for_person(asks).wait()
            return


@pytest.mark.parametrize(("key", "gaps"), [("A", 1), ("F", 0)])
async def test_time_away_is_offered_and_a_gap_only_where_it_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch, key: str, gaps: int
) -> None:
    id = world.a_block()
    now = world.clock.now()
    since = int((now - timedelta(minutes=20)).timestamp() * 1e6)
    told = [Hints(True, False, since)]
    monkeypatch.setattr("flowtui.system.away.ask", lambda env: told[0])
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        screen = app.screen
        assert isinstance(screen, RunningScreen)
        await looked(screen)
        assert line(app, "away") == ""
        told[0] = HERE
        await looked(screen)
        await until(pilot, lambda: "10:10 to 10:30, 20 min?" in line(app, "away"), "the offer")
        assert world.block(id).gaps == ()

        await dialog(pilot, "f")
        shown = " ".join(str(w.render()) for w in app.screen.query("*"))
        assert "10:10 to 10:30" in shown
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "the block again")

        await pilot.press(key)
        await until(pilot, lambda: line(app, "away") == "", "no offer any more")
        assert [gap.cause for gap in world.block(id).gaps] == [Cause.AWAY] * gaps
        if gaps:
            await pilot.press("u")
            await until(pilot, lambda: "10:10 to 10:30, 20 min?" in line(app, "away"), "it again")
            assert world.block(id).gaps == ()


async def test_a_gap_of_a_block_that_another_terminal_left_is_refused_in_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = world.a_block()
    since = int((world.clock.now() - timedelta(minutes=20)).timestamp() * 1e6)
    told = [Hints(True, False, since)]
    monkeypatch.setattr("flowtui.system.away.ask", lambda env: told[0])
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        screen = app.screen
        assert isinstance(screen, RunningScreen)
        await looked(screen)
        told[0] = HERE
        await looked(screen)
        await until(pilot, lambda: "20 min?" in line(app, "away"), "the offer")
        other = world.fresh().focus.start(Draft("write"), switch=True)

        await pilot.press("A")

        await until(pilot, lambda: f"block {id} is not running any more" in said(app), "a word")
        assert world.block(id).gaps == world.block(other.id).gaps == ()
        await until(pilot, lambda: line(app, "away") == "", "no offer any more")


async def test_where_no_time_away_is_known_the_keys_say_so(world: World) -> None:
    world.a_block()
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "no time away" in said(app), "a word")


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_what_is_searched_is_listed_above_the_line_and_other_dialogs_stand_in_the_middle(
    world: World, size: tuple[int, int]
) -> None:
    world.services.history.add(
        Draft("read"), world.clock.now() - timedelta(hours=3), world.clock.now()
    )
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await dialog(pilot, "slash")
        form = app.screen.query_one(".dialog")
        await until(pilot, lambda: form.region.bottom == size[1], "the line at the bottom")
        assert "enter show" in str(app.screen.query_one(".hint").render())
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "the list")
        await dialog(pilot, "D")
        other = app.screen.query_one(".dialog")
        await until(pilot, lambda: other.region.y > 0, "its place")
        assert abs(other.region.y + other.region.bottom - size[1]) <= 1
        assert "enter go" in str(app.screen.query_one(".hint").render())


@pytest.mark.parametrize("theme", ["night", "terminal", "terminal-light"])
async def test_what_is_searched_can_be_seen_behind_the_line_in_every_kind_of_theme(
    world: World, theme: str
) -> None:
    now = world.clock.now()
    world.services.history.add(Draft("reading"), now - timedelta(hours=3), now)
    app = world.app(theme)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await dialog(pilot, "slash")
        await pilot.press(*"read")
        await until(pilot, lambda: "reading" in app.export_screenshot(), "the block")


async def test_what_was_noticed_without_an_app_is_offered_by_one_and_answered_in_a_shell(
    world: World,
) -> None:
    id = world.a_block()
    other = world.fresh()
    now = world.clock.now()
    stretch = Away(now - timedelta(minutes=20), now - timedelta(minutes=5))
    other.away_offers.add(id, Offer(stretch, other.heart.reading()))
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "10:10 to 10:25, 15 min?" in line(app, "away"), "the offer")
        other.away_offers.answer(gap=False)
        screen = app.screen
        assert isinstance(screen, RunningScreen)
        await looked(screen, asks=False)
        await until(pilot, lambda: line(app, "away") == "", "no offer any more")
        assert world.block(id).gaps == ()
