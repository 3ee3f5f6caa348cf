"""What can be put right by keys: interruptions, a start, judgements, and days far back."""

from __future__ import annotations

from datetime import datetime, timedelta

from textual.widgets import Input

from flowtui.core.focus.block import Mode, Outcome, Source
from flowtui.core.focus.edit import Changes
from flowtui.tui.focus.block_list import BlockList
from flowtui.tui.widgets.choice import Choice
from tests.tui.focus.test_focus import SIZE, closed, dialog, line, said
from tests.tui.harness import NOW, World, ready, type_text, until


async def test_a_reason_is_asked_at_the_return_which_is_when_the_key_was_hit(world: World) -> None:
    id = world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("o")
        await until(pilot, lambda: app.screen.has_class("-called"))
        world.clock.advance(90)
        await dialog(pilot, "r")
        world.clock.advance(600)  # to find the word takes its time
        await type_text(pilot, "phone")
        await closed(pilot, "enter")
        await until(pilot, lambda: "back after 1 min: phone" in said(app))

    noted = world.block(id).interruptions[-1]
    assert noted.reason == "phone" and noted.returned_at is not None
    assert noted.returned_at - noted.at == timedelta(seconds=90)


async def test_leaving_the_question_keeps_the_return(world: World) -> None:
    id = world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("i")
        await until(pilot, lambda: app.screen.has_class("-wandered"))
        await dialog(pilot, "r")
        await closed(pilot, "escape")

    noted = world.block(id).interruptions[-1]
    assert noted.returned_at is not None and noted.reason == ""


async def test_an_interruption_is_changed_and_taken_away_in_the_details(world: World) -> None:
    id = world.a_block(minutes_ago=30)  # with one: phone
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "l")
        await pilot.press("e")
        await until(pilot, lambda: app.screen.query("#reason"), "its form")
        assert app.screen.query_one("#reason", Input).value == "phone"
        app.screen.query_one("#reason", Input).value = "the doorbell"
        await pilot.press("tab", "left")
        await closed(pilot, "enter")
        await until(pilot, lambda: "interruption 1: the doorbell" in said(app))
        noted = world.block(id).interruptions[0]
        assert (noted.reason, noted.source) == ("the doorbell", Source.INTERNAL)

        await dialog(pilot, "l")
        await closed(pilot, "d")
        await until(pilot, lambda: not world.block(id).interruptions, "taken away")
        await pilot.press("u")
        await until(pilot, lambda: world.block(id).interruptions, "back again")


async def test_the_start_of_a_running_block_is_moved(world: World) -> None:
    id = world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "e")
        app.screen.query_one("#start", Input).value = "10:00"
        await closed(pilot, "enter")
        await until(pilot, lambda: "changed" in said(app))

    block = world.block(id)
    assert block.started_at == NOW.replace(hour=10, minute=0) and block.ended_at is None


async def test_outcome_rating_mode_and_note_are_cleared_in_the_dialog(world: World) -> None:
    world.a_day()
    id = world.newest().id
    judged = Changes(mode=Mode.BUILD, outcome=Outcome.DONE, rating=5, note="well")
    world.services.history.edit(id, judged)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "e")
        for name in ("mode", "outcome", "rating"):
            choice = app.screen.query_one(f"#{name}", Choice)
            choice.focus()
            await pilot.press(*["left"] * choice.index)
            assert choice.value is None
        app.screen.query_one("#note", Input).value = ""
        await closed(pilot, "enter")
        await until(pilot, lambda: "changed" in said(app))

    block = world.block(id)
    assert (block.mode, block.outcome, block.rating, block.note) == (None, None, None, "")


async def test_a_day_far_back_is_one_prompt_away_in_every_mode(world: World) -> None:
    far = datetime(2024, 6, 3, 9, tzinfo=NOW.tzinfo)
    world._past("long ago", far.replace(hour=0), "09:00", 50, "", Mode.THEORY, 4)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "D")
        await type_text(pilot, "2099-01-01")
        await pilot.press("enter")
        await until(pilot, lambda: "to come" in str(app.screen.query_one(".wrong").render()))
        app.screen.query_one(Input).value = "2024-06-03"
        await closed(pilot, "enter")
        await until(pilot, lambda: "3 June 2024" in line(app, "day"))
        assert app.screen.query_one(BlockList).row_count == 1
        await dialog(pilot, "D")
        await closed(pilot, "enter")  # nothing: today
        await until(pilot, lambda: "4 March" in line(app, "day"))
        for mode, id in (("3", "day"), ("5", "what")):
            await pilot.press(mode)
            await until(pilot, lambda id=id: app.screen.query(f"#{id}") and line(app, id), mode)  # type: ignore[misc] # bound now
            await until(pilot, lambda: getattr(app.screen, "made", None) is not None)
            await dialog(pilot, "D")
            await type_text(pilot, "2024-06-03")
            await closed(pilot, "enter")
            await until(pilot, lambda id=id: "2024" in line(app, id), mode)  # type: ignore[misc] # bound now


async def test_keys_on_an_empty_list_of_blocks_do_nothing(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("k", "j", "G", "g", "up", "down", "e", "d", "x", "J", "right", "l")
        await pilot.pause()

        assert len(app.screen_stack) == 1 and app.screen.query_one(BlockList).chosen is None
