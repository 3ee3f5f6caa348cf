"""The first start asks three questions, takes none of them as needed, and then begins."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, Label

from flowtui.settings.config import load
from flowtui.tui.app import FlowApp
from flowtui.tui.dialogs.first_dialog import FirstDialog
from flowtui.tui.focus.plan_dialog import PlanDialog
from flowtui.tui.shell.modes import RUNNING
from tests.tui.harness import World, type_text, until
from tests.tui.shell.test_no_keystroke_is_lost import key, send, typed

SIZE = (80, 24)


def first(world: World) -> FlowApp:
    app = world.app()
    app.first_start = world.services.paths.config_file
    return app


async def test_answers_become_settings_and_the_first_block_is_planned(
    world: World, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    app = first(world)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FirstDialog), "the questions")
        app.screen.query_one("#folder", Input).value = str(work)
        app.screen.query_one("#length", Input).value = "90m"
        # typed on without a pause: all of it belongs to the plan that follows
        send(app, key("enter"), *typed("fuse it"), key("enter"))
        await until(pilot, lambda: app.current_mode == RUNNING, "the block")

    config, problems = load(world.services.paths)
    assert problems == []
    assert (config.blocks.default_min, config.contexts["work"].folders) == (90, (work,))
    block = world.open().focus.current()
    assert block is not None
    assert (block.intention, block.plan.seconds) == ("fuse it", 5400)


async def test_enter_twice_is_enough_and_esc_asks_never_again(world: World) -> None:
    app = first(world)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FirstDialog), "the questions")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PlanDialog), "the plan")
        assert world.services.paths.config_file.exists()


async def test_a_folder_that_is_not_there_is_said_and_the_dialog_stays(world: World) -> None:
    app = first(world)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FirstDialog), "the questions")
        await type_text(pilot, "nowhere")
        await pilot.press("enter")
        await until(pilot, lambda: "is no folder" in str(app.screen.query_one(".wrong").render()))
        assert not world.services.paths.config_file.exists()


async def test_the_quick_line_shows_what_it_understood_while_one_types(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.snapshot is not None, "the day")
        send(app, key("colon"), *typed("yoga 30 e6"))
        await until(
            pilot,
            lambda: any(
                "yoga" in str(label.render()) and "30 min" in str(label.render())
                for label in app.screen.query("#meant").results(Label)
            ),
            "what it means",
        )
        assert world.open().body.log.store.every() == []


async def test_a_search_lists_other_days_while_one_types_and_esc_takes_it_back(
    world: World,
) -> None:
    world.a_day()
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.snapshot is not None, "the day")
        screen = app.screen_stack[0]
        send(app, key("slash"), *typed("spike"))

        def listed() -> list[str]:
            from flowtui.tui.focus.block_list import BlockList

            return [block.intention for block in screen.query_one(BlockList).listed]

        await until(pilot, lambda: listed() == ["find the loss spike"], "of yesterday")
        await pilot.press("escape")
        await until(pilot, lambda: "write the post" in listed(), "all again")


async def test_a_block_is_started_again_with_all_it_had(world: World) -> None:
    world.a_day()
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.snapshot is not None, "the day")
        await pilot.press("k", "C")
        await until(pilot, lambda: app.current_mode == RUNNING, "the block")

    block = world.open().focus.current()
    assert block is not None
    assert (block.intention, block.tags, str(block.mode)) == (
        "port the tokenizer tests",
        ("tok",),
        "build",
    )
