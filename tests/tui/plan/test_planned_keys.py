"""Planned blocks by their keys in Focus."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Label, Static

from flowtui.core.plan.planned_block import Standing
from flowtui.services.plan.planning_line import planned_from_line
from flowtui.tui import dialogs
from flowtui.tui.app import FlowApp
from flowtui.tui.shell.modes import RUNNING
from tests.tui.focus.test_focus import closed, dialog, said, wrong
from tests.tui.harness import NOW, World, ready, type_text, until

SIZE = (120, 36)


def shown(app: FlowApp) -> str:
    """What the screen says of what is planned."""
    screen = app.screen_stack[0]
    return "\n".join(str(screen.query_one(id, Static).content) for id in ("#side", "#below"))


async def test_a_block_is_planned_by_one_line_and_shown(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        assert "planned" not in shown(app)
        await dialog(pilot, "P")
        await type_text(pilot, "soonish")
        await pilot.press("enter")
        await until(pilot, lambda: "names no time" in wrong(app) + said(app), "the refusal")
        await type_text(pilot, "tomorrow 9:00 for 90m: fuse it")
        await pilot.press("home", *["delete"] * len("soonish"))
        await closed(pilot, "enter")
        await until(pilot, lambda: "fuse it" in shown(app), "the plan")
        assert "Thu   09:00  1 h 30  fuse it" in shown(app)


async def test_what_is_due_is_begun_by_one_key_as_it_was_planned(world: World) -> None:
    planned_from_line(world.services, "10:31 for 90m: fuse it")
    world.clock.advance(120)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        assert "fuse it  now" in shown(app) and "B begins" in shown(app)
        await pilot.press("B")
        await until(pilot, lambda: app.current_mode == RUNNING, "the running screen")
    block = world.services.focus.current()
    assert block is not None
    assert (block.intention, block.plan.seconds) == ("fuse it", 5400)
    assert world.services.plan_book.day()[0].standing is Standing.BEGUN


async def test_later_moved_and_let_go_by_one_key_each_and_taken_back(world: World) -> None:
    book = world.services.plan_book
    planned_from_line(world.services, "10:31 for 90m: fuse it")
    world.clock.advance(120)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("W")
        await until(pilot, lambda: "offered again at 10:47" in said(app), "later")
        await dialog(pilot, "M")
        await type_text(pilot, "16:00")
        await closed(pilot, "enter")
        await until(pilot, lambda: "16:00" in shown(app), "moved")
        world.services.store.ledger.refresh()
        assert book.day()[0].at == NOW.replace(hour=16, minute=0)
        await pilot.press("N")
        await until(pilot, lambda: "fuse it" not in shown(app), "let go")
        await pilot.press("u")
        await until(pilot, lambda: "16:00" in shown(app), "undone")


async def test_keys_of_plans_say_how_to_plan_where_nothing_is_planned(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("B")
        await until(pilot, lambda: "P plans a block" in said(app), "the hint")


async def test_what_becomes_due_while_one_looks_says_so(world: World) -> None:
    planned_from_line(world.services, "10:31 for 90m: fuse it")
    async with world.app().run_test(size=(80, 24)) as pilot:
        app = await ready(pilot)
        assert "fuse it  now" not in shown(app)
        world.clock.advance(timedelta(minutes=2).total_seconds())
        app.refresh_snapshot()
        await until(pilot, lambda: "fuse it  now" in shown(app), "due")


@pytest.mark.parametrize("used", [True, False])
async def test_a_block_begins_by_itself_only_where_somebody_is(world: World, used: bool) -> None:
    book = world.services.plan_book
    plan = planned_from_line(world.services, "10:31 for 90m: fuse it")
    book.edit(replace(plan, auto=True))
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: app._ringing is not None, "the bells")
        ringing = app._ringing
        assert ringing is not None
        if used:
            await pilot.press("down")
        world.clock.advance(120 if used else 700)
        await ringing._remind()
        if used:
            await until(pilot, lambda: app.current_mode == RUNNING, "the running screen")
        else:
            await until(pilot, lambda: "B begins" in said(app), "the offer")
            assert world.services.focus.current() is None


MEETING = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:stand-up
SUMMARY:stand-up [b]now[/b]
DTSTART:20260304T130000Z
DTEND:20260304T133000Z
END:VEVENT
END:VCALENDAR
"""


async def test_meetings_stand_in_focus_and_a_clash_is_moved_to_the_next_gap_by_two_keys(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "work.ics"
    file.write_text(MEETING)
    world.configure(f'[plan]\ncalendars = ["{file}"]\n')
    planned_from_line(world.services, "12:30 for 90m: read it")
    async with world.app().run_test(size=(160, 40)) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: app.snapshot is not None and app.snapshot.meetings, "meetings")
        await until(
            pilot, lambda: "meets stand-up [b]now[/b], room at 13:30" in shown(app), "clash"
        )
        await pilot.press("M")
        await until(pilot, lambda: isinstance(app.screen, dialogs.LineDialog))
        await pilot.press("enter")
        await until(pilot, lambda: "13:30" in app._last_said[0], "moved")
        (one,) = world.fresh().plan_book.day()
        assert f"{one.at:%H:%M}" == "13:30"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, dialogs.PlanDialog))
        said = " ".join(str(label.content) for label in app.screen.query(Label))
        assert "until meeting is 2 h 25: stand-up [b]now[/b] at 13:00" in said
