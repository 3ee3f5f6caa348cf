"""What is typed survives whatever happens meanwhile: the plan's end, another terminal, a lid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from flowtui.core.focus.block import AtPlan, Cause, EndedBy, Outcome, Plan, PlanKind
from flowtui.core.focus.commands import Park, Pause
from flowtui.core.focus.edit import Changes
from flowtui.core.focus.measure import measure
from flowtui.services.focus.running_block import Draft
from tests.tui.focus.test_focus import SIZE, closed, dialog, opened, said
from tests.tui.harness import World, ready, type_text, until


async def note_done(pilot: Pilot[Any], text: str = "all of it") -> None:
    """Judge the block in the dialog that is open, with a note."""
    await pilot.press("d", "4")
    pilot.app.screen.query_one("#note", Input).value = text
    await closed(pilot, "enter")


async def test_space_pauses_at_the_key_press_and_the_text_comes_after(world: World) -> None:
    id = world.a_block(minutes_ago=20)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        pressed = world.clock.now()
        await dialog(pilot, "space")
        assert world.block(id).open_gap is not None  # before a letter is typed
        world.clock.advance(300)
        await type_text(pilot, "write the test")
        await closed(pilot, "enter")
        await until(pilot, lambda: world.block(id).gaps[-1].note, "the note")
        await until(pilot, lambda: "paused" in said(app))

    gap = world.block(id).gaps[-1]
    assert (gap.start, gap.end, gap.note) == (pressed, None, "write the test")


async def test_a_next_step_is_kept_though_another_terminal_resumed_or_stopped(
    world: World,
) -> None:
    id = world.a_block(minutes_ago=20)
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await dialog(pilot, "space")
        world.clock.advance(60)
        world.services.focus.finish()
        await type_text(pilot, "go on with the kernel")
        await closed(pilot, "enter")
        await until(pilot, lambda: world.block(id).gaps[-1].note)

    assert world.block(id).gaps[-1].note == "go on with the kernel"


async def test_a_form_stays_when_the_plan_ends_the_block_and_judges_it(world: World) -> None:
    plan = Plan(PlanKind.FIXED, 1800, at_plan=AtPlan.END)
    id = world.services.focus.start(
        Draft("x", plan=plan), world.clock.now() - timedelta(minutes=29)
    ).id
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await dialog(pilot, "f")
        world.clock.advance(120)
        assert world.fresh().focus.reach() is not None
        await note_done(pilot)
        await until(pilot, lambda: world.block(id).outcome)

    block = world.block(id)
    assert (block.outcome, block.rating, block.note) == (Outcome.DONE, 4, "all of it")
    assert block.ended_by is EndedBy.PLAN
    assert measure(block, world.clock.now()).focus_s == 1800


@pytest.mark.parametrize("what", ["stop", "pause", "park", "lid"])
async def test_the_end_is_when_the_key_was_hit_whatever_happens_meanwhile(
    world: World, what: str
) -> None:
    id = world.a_block(minutes_ago=20)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        pressed = world.clock.now()
        await dialog(pilot, "f")
        if what == "lid":
            app._beat()
            await pilot.pause()
            world.clock.sleep(7200)
        world.clock.advance(60)
        other = world.fresh().focus
        if what == "stop":
            other.finish(note="from the shell")
        elif what == "pause":
            other.apply(Pause("from the shell"))
        elif what == "park":
            other.apply(Park("from the shell"))
        await note_done(pilot)
        await until(pilot, lambda: world.block(id).outcome)

    block = world.block(id)
    assert (block.outcome, block.rating, block.note) == (Outcome.DONE, 4, "all of it")
    late = timedelta(seconds=60) if what == "stop" else timedelta(0)
    assert block.ended_at == pressed + late
    if what == "park":
        assert block.parked[-1].text == "from the shell"


async def test_a_thought_is_kept_in_the_block_in_which_it_came(world: World) -> None:
    id = world.a_block(minutes_ago=20)
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await dialog(pilot, "p")
        world.services.focus.start(Draft("another"), switch=True)
        await type_text(pilot, "ask Mia")
        await closed(pilot, "enter")
        await until(pilot, lambda: world.block(id).parked[-1].text == "ask Mia")


async def test_a_save_sends_the_touched_fields_alone(world: World) -> None:
    world.a_day()
    id = world.services.store.last_ended()[0].id
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "e")
        other = Changes(add_tags=("shell",), rating=2, note="from the shell")
        world.services.history.edit(id, other)
        app.screen.query_one("#intention", Input).value = "write the post anew"
        app.screen.query_one("#tags", Input).value += " #mine"
        await closed(pilot, "enter")
        await until(pilot, lambda: "changed" in said(app))

    block = world.block(id)
    assert block.intention == "write the post anew"
    assert set(block.tags) == {"shell", "mine"}
    assert (block.rating, block.note) == (2, "from the shell")


async def test_an_end_asks_first_what_an_absence_was_that_was_left_open(world: World) -> None:
    id = world.a_block(minutes_ago=20)
    world.left_alone(minutes=900)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: opened(pilot), "the question")
        await closed(pilot, "escape")
        await dialog(pilot, "space")
        assert type(app.screen).__name__ == "RecoverDialog"
        await closed(pilot, "escape")
        assert world.block(id).gaps == ()
        await dialog(pilot, "f")
        assert type(app.screen).__name__ == "RecoverDialog"
        await pilot.press("enter")  # a gap, and on to the end
        await until(pilot, lambda: type(app.screen).__name__ == "FinishDialog")
        await note_done(pilot)
        await until(pilot, lambda: world.block(id).outcome)

    assert measure(world.block(id), world.clock.now()).focus_s == 20 * 60


async def test_a_block_older_than_a_day_is_ended_at_a_chosen_time(world: World) -> None:
    id = world.a_block(minutes_ago=5)
    world.clock.advance(30 * 3600)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "f")
        field = app.screen.query_one("#end", Input)
        assert field.value == "2026-03-04 11:55"  # where its plan ended
        field.value = "12:10"
        await closed(pilot, "enter")
        await until(pilot, lambda: world.block(id).ended_at)

    block = world.block(id)
    assert block.ended_at == datetime(2026, 3, 4, 12, 10, tzinfo=UTC)


async def test_an_end_that_cannot_be_meant_brings_the_form_back_as_it_was(world: World) -> None:
    id = world.a_block(minutes_ago=20)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "f")
        await pilot.press("d")
        app.screen.query_one("#note", Input).value = "kept"
        app.screen.query_one("#end", Input).value = "half past"
        first = app.screen
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not first and opened(pilot))
        assert app.screen.query_one("#note", Input).value == "kept"
        app.screen.query_one("#end", Input).value = ""
        await closed(pilot, "enter")
        await until(pilot, lambda: world.block(id).outcome)

    assert (world.block(id).outcome, world.block(id).note) == (Outcome.DONE, "kept")


async def test_a_split_that_is_refused_brings_the_time_back(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "x")
        first = app.screen
        await type_text(pilot, "23:59")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not first and opened(pilot))
        assert app.screen.query_one("#line", Input).value == "23:59"


async def test_a_sleep_seen_right_after_waking_is_a_gap_before_anything_is_asked(
    world: World,
) -> None:
    id = world.a_block(minutes_ago=20)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        app._beat()
        await pilot.pause()
        world.clock.sleep(7200)
        world.clock.advance(1)
        await dialog(pilot, "space")

    assert [gap.cause for gap in world.block(id).gaps] == [Cause.SLEEP, Cause.PAUSE]
    assert measure(world.block(id), world.clock.now()).focus_s == 20 * 60 + 1


async def test_an_undone_end_asks_what_the_time_since_was(world: World) -> None:
    id = world.a_block(minutes_ago=20)
    world.services.focus.finish()
    world.clock.advance(1800)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("u")
        await until(pilot, lambda: type(app.screen).__name__ == "RecoverDialog", "the question")
        await closed(pilot, "enter")
        await until(pilot, lambda: world.block(id).gaps)

    assert measure(world.block(id), world.clock.now()).focus_s == 20 * 60


async def test_an_app_left_open_over_the_night_turns_the_day(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        assert app.snapshot is not None and len(app.snapshot.shown.blocks) == 3
        world.clock.advance(20 * 3600)
        app._look_every_second()
        await until(pilot, lambda: app.snapshot is not None and not app.snapshot.shown.blocks)
        assert app.snapshot.today.day.isoformat() == "2026-03-05"


async def test_a_join_under_a_filter_takes_the_block_that_is_shown(world: World) -> None:
    """And where a hidden one lies between, nothing is joined."""
    world.a_day()
    first, _, third = world.services.store.last_ended(3)
    for block in (first, third):
        world.services.history.edit(block.id, Changes(add_tags=("x",)))
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        app.screen.filter = "#x"  # type: ignore[attr-defined] # the paper, and the post
        app.screen._redraw()  # type: ignore[attr-defined]
        await pilot.press("G")
        await dialog(pilot, "J")
        await closed(pilot, "enter")
        await until(pilot, lambda: "shares time with block" in said(app))

    assert len(world.fresh().store.blocks.every()) == 4


async def test_a_fault_of_ours_brings_the_form_back_and_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flowtui.services.focus.corrections import History

    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "a")
        await type_text(pilot, "read the paper")
        await pilot.press("tab", *"08:00", "tab", *"30m")
        with monkeypatch.context() as broken:
            broken.setattr(History, "add", None)
            await pilot.press("enter")
            await until(pilot, lambda: "something went wrong" in said(app))
            await until(pilot, lambda: isinstance(pilot.app.screen.focused, Input))
        assert next(one.value for one in pilot.app.screen.query(Input)) == "read the paper"
