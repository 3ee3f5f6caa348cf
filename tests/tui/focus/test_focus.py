"""Focus by its keys: what a person presses, what the ledger then holds, what the screen says."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from flowtui.core.focus.block import Block, Cause, Mode, Outcome, PlanKind, Source
from flowtui.core.focus.measure import measure
from flowtui.settings.actions import ACTIONS
from flowtui.tui.app import FlowApp
from flowtui.tui.dialogs.app_dialogs import HelpDialog
from flowtui.tui.focus.block_list import BlockList
from flowtui.tui.focus.finish_dialog import FinishDialog
from flowtui.tui.focus.inbox_dialog import InboxDialog
from flowtui.tui.focus.plan_dialog import PlanDialog
from flowtui.tui.focus.running_screen import RunningScreen
from flowtui.tui.shell.modes import IDLE, RUNNING
from flowtui.tui.widgets.big_time import BigTime
from flowtui.tui.widgets.lines import Line, Said
from tests.tui.harness import NOW, World, ready, type_text, until

SIZE = (100, 30)


def said(app: FlowApp) -> str:
    """The quiet line of the base screen."""
    return str(app.screen_stack[0].query_one(Said).content)


def wrong(app: FlowApp) -> str:
    """What the dialog on top says is wrong."""
    return " ".join(str(w.render()) for w in app.screen.query(".wrong"))


def line(app: FlowApp, id: str) -> str:
    """What the line `id` of the base screen shows."""
    return str(app.screen_stack[0].query_one(f"#{id}", Line).content)


def opened(pilot: Pilot[Any], depth: int = 1) -> bool:
    """True once a dialog is there with all that is in it."""
    screen = pilot.app.screen
    deeper = len(pilot.app.screen_stack) > depth
    return deeper and screen.is_mounted and len(screen.children) > 0 and screen.is_current


async def dialog(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys that open a dialog, and wait for it."""
    depth = len(pilot.app.screen_stack)
    await pilot.press(*keys)
    await until(pilot, lambda: opened(pilot, depth), f"a dialog after {keys}")


async def closed(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys that close the dialog, and wait for it; thoughts that are asked about wait."""
    await pilot.press(*keys)
    await until(
        pilot,
        lambda: len(pilot.app.screen_stack) == 1 or type(pilot.app.screen) is InboxDialog,
        f"no dialog after {keys}",
    )
    if type(pilot.app.screen) is InboxDialog:
        await pilot.press("escape")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1, "the thoughts are left")


def of_today(listed: BlockList) -> list[Block]:
    """The blocks of the list, less those of the day before."""
    return [block for block in listed.listed if block.started_at.date() == NOW.date()]


async def test_enter_twice_starts_a_block_with_the_usual_length(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "enter")
        await type_text(pilot, "fuse it")
        await closed(pilot, "enter")
        await until(pilot, lambda: app.current_mode == RUNNING, "the running screen")

        block = world.services.focus.current()
        assert block is not None
        assert (block.intention, block.plan.kind, block.plan.seconds) == (
            "fuse it",
            PlanKind.FIXED,
            3000,
        )
        assert app.screen.query_one(BigTime).text == "50"


async def test_the_plan_dialog_takes_everything_and_starts_with_the_last_choices(
    world: World,
) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "s")
        screen = app.screen
        assert isinstance(screen, PlanDialog)
        await type_text(pilot, "read")
        await pilot.press("tab")
        await type_text(pilot, "if bored then walk")
        screen.query_one("#length", Input).value = "open"
        screen.query_one("#tags", Input).value = "#cuda paper"
        await pilot.press("tab", "tab", "tab", "right", "tab", "p")
        await closed(pilot, "ctrl+s")
        await until(pilot, lambda: app.current_mode == RUNNING)

        block = world.services.focus.current()
        assert block is not None
        assert block.then == "if bored then walk"
        assert block.tags == ("cuda", "paper")
        assert (block.context, block.mode) == ("own", Mode.PRACTICE)
        assert block.plan.kind is PlanKind.OPEN


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("tags", "good b[d", "is not a tag"),
        ("length", "-5m", "is negative"),
        ("length", "99h", "longer than 24 h"),
        ("length", "08:00", "not within the 16 hours"),
    ],
)
async def test_a_plan_that_cannot_be_meant_is_told_and_nothing_typed_is_lost(
    world: World, field: str, typed: str, told: str
) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "enter")
        await type_text(pilot, "keep me")
        app.screen.query_one(f"#{field}", Input).value = typed
        await pilot.press("enter")
        await until(
            pilot,
            lambda: (
                told in said(app)
                or told
                in str(
                    app.screen.query(".wrong").first().render()
                    if app.screen.query(".wrong")
                    else ""
                )
            ),
            told,
        )
        await until(pilot, lambda: isinstance(app.screen, PlanDialog), "the form again")

        assert app.screen.query_one("#intention", Input).value == "keep me"
        assert app.screen.query_one(f"#{field}", Input).value == typed
        assert world.services.focus.current() is None


async def test_shift_s_starts_at_once(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("S")
        await until(pilot, lambda: app.current_mode == RUNNING)

        assert world.services.focus.current() is not None
        assert "u takes it back" in said(app)


async def test_pause_asks_for_the_next_step_and_resume_shows_it(world: World) -> None:
    world.a_block()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "space")
        await type_text(pilot, "write the test")
        await closed(pilot, "enter")
        await until(pilot, lambda: "next: write the test" in line(app, "next"))
        assert app.screen.has_class("-paused")

        world.clock.advance(300)
        await pilot.press("space")
        await until(pilot, lambda: not app.screen.has_class("-paused"))

        block = world.services.focus.current()
        assert block is not None
        gap = block.gaps[-1]
        assert gap.end is not None and (gap.end - gap.start).total_seconds() == 300
        assert (gap.cause, gap.note) == (Cause.PAUSE, "write the test")


async def test_two_keys_note_an_interruption_and_the_return_while_the_clock_runs(
    world: World,
) -> None:
    world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("o")
        await until(pilot, lambda: app.screen.has_class("-called"))
        world.clock.advance(90)
        await dialog(pilot, "r")
        await type_text(pilot, "phone")
        await closed(pilot, "enter")
        await until(pilot, lambda: "1 interruption (phone, back after 1 min)" in line(app, "tally"))

        block = world.services.focus.current()
        assert block is not None
        noted = block.interruptions[-1]
        assert noted.source is Source.EXTERNAL
        assert measure(block, world.clock.now()).focus_s == 5 * 60 + 90


async def test_i_wandered_is_the_other_kind(world: World) -> None:
    world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("i")
        await until(pilot, lambda: app.screen.has_class("-wandered"))

        block = world.services.focus.current()
        assert block is not None and block.interruptions[-1].source is Source.INTERNAL


async def test_parked_thoughts_wait_for_the_end_of_the_block(world: World) -> None:
    world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "p")
        await pilot.press("enter")
        await until(
            pilot, lambda: "nothing to keep" in str(app.screen.query_one(".wrong").render())
        )
        await type_text(pilot, "buy milk")
        await closed(pilot, "enter")
        await until(pilot, lambda: "1 thought parked" in line(app, "tally"))
        await dialog(pilot, "f")

        assert any("buy milk" in str(label.render()) for label in app.screen.query(".about"))


async def test_plus_and_minus_move_the_end_of_the_plan(world: World) -> None:
    world.a_block(minutes_ago=5, length_min=50)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("plus")
        await until(pilot, lambda: "left of 1 h 05" in line(app, "unit"))
        await pilot.press("minus")
        await until(pilot, lambda: "left of 1 h 00" in line(app, "unit"))


async def test_the_end_takes_outcome_and_rating_by_one_key_each(world: World) -> None:
    id = world.a_block()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "f")
        ended_at = world.clock.now()
        world.clock.advance(40)
        await pilot.press("d", "4")
        await closed(pilot, "enter")
        await until(pilot, lambda: app.current_mode == IDLE, "the idle screen")

        block = world.block(id)
        assert (block.outcome, block.rating) == (Outcome.DONE, 4)
        assert block.ended_at == ended_at
        assert "u takes it back" in said(app)


async def test_esc_in_the_end_dialog_goes_on_working(world: World) -> None:
    world.a_block()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "f")
        assert isinstance(app.screen, FinishDialog)
        await closed(pilot, "escape")

        assert world.services.focus.current() is not None


async def test_undo_and_redo_work_for_what_the_app_and_others_did(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        world.a_block(minutes_ago=5)
        await until(pilot, lambda: app.current_mode == RUNNING, "what another process started")
        await pilot.press("u")
        await until(pilot, lambda: app.current_mode == IDLE, "undone")
        await pilot.press("U")
        await until(pilot, lambda: app.current_mode == RUNNING, "redone")

        assert "did again: start block" in said(app)


async def test_discard_asks_first(world: World) -> None:
    world.a_block(minutes_ago=1)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "X")
        await closed(pilot, "escape")
        assert world.services.focus.current() is not None
        await dialog(pilot, "X")
        await closed(pilot, "enter")
        await until(pilot, lambda: app.current_mode == IDLE)

        assert world.services.focus.current() is None


async def test_the_clock_can_be_calmer(world: World) -> None:
    world.a_block(minutes_ago=38)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        big = app.screen.query_one(BigTime)
        assert big.text == "52"
        await pilot.press("v")
        assert big.text == "55"
        await pilot.press("v", "v")
        assert big.text == ""
        await pilot.press("v")
        assert big.text == "52:00"


async def test_what_is_not_needed_dims_and_returns_with_a_key(world: World) -> None:
    world.configure("[blocks]\nidle_dim_s = 1\n")
    world.a_block()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: app.screen.has_class("-dim"), "dimmed")
        await pilot.press("j")

        assert not app.screen.has_class("-dim")


async def test_a_gap_can_be_given_back_as_focus(world: World) -> None:
    id = world.a_block(minutes_ago=20)
    world.left_alone(minutes=30)
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: opened(pilot), "the recovery dialog")
        await closed(pilot, "enter")
        await until(pilot, lambda: world.block(id).gaps, "a gap")
        await dialog(pilot, "l")
        await closed(pilot, "F")
        await until(pilot, lambda: world.block(id).gaps[-1].focus)

        block = world.block(id)
        assert block.gaps[-1].cause is Cause.CLOSED
        assert measure(block, world.clock.now()).focus_s == 50 * 60


@pytest.mark.parametrize(
    ("downs", "ended", "focus_min"),
    [(0, False, 20), (1, False, 50), (2, True, 20), (3, True, 50)],
)
async def test_each_honest_closing_does_what_it_says(
    world: World, downs: int, ended: bool, focus_min: int
) -> None:
    id = world.a_block(minutes_ago=20)
    world.left_alone(minutes=30)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: opened(pilot), "the recovery dialog")
        await closed(pilot, *["j"] * downs, "enter")
        await until(pilot, lambda: app.snapshot is not None and app.snapshot.absence is None)

        block = world.block(id)
        assert (block.ended_at is not None) is ended
        assert measure(block, world.clock.now()).focus_s == focus_min * 60


async def test_a_block_past_its_plan_can_be_ended_there(world: World) -> None:
    id = world.a_block(minutes_ago=80, length_min=90)
    world.left_alone(minutes=300)
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: opened(pilot), "the recovery dialog")
        await closed(pilot, "j", "j", "j", "enter")
        await until(pilot, lambda: world.block(id).ended_at)

        assert measure(world.block(id), world.clock.now()).focus_s == 90 * 60


async def test_the_list_is_edited_by_keys(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        listed = app.screen.query_one(BlockList)
        await pilot.press("k")
        assert listed.chosen is not None and listed.chosen.intention == "port the tokenizer tests"
        id = listed.chosen.id
        await dialog(pilot, "e")
        app.screen.query_one("#intention", Input).value = "port them all"
        app.screen.query_one("#end", Input).value = "08:30"
        await closed(pilot, "enter")
        await until(pilot, lambda: "changed" in said(app))

        block = world.block(id)
        assert block.intention == "port them all"
        assert measure(block, world.clock.now()).focus_s == 80 * 60


async def test_an_edit_that_overlaps_is_told_and_the_form_comes_back(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "e")
        app.screen.query_one("#start", Input).value = "08:00"
        await pilot.press("enter")
        await until(pilot, lambda: "shares time with block" in said(app))
        await until(pilot, lambda: opened(pilot), "the form again")

        assert app.screen.query_one("#start", Input).value == "08:00"


async def test_delete_asks_and_undo_brings_it_back(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        listed = app.screen.query_one(BlockList)
        await dialog(pilot, "d")
        await closed(pilot, "enter")
        await until(pilot, lambda: len(of_today(listed)) == 2, "one less")
        await pilot.press("u")
        await until(pilot, lambda: len(of_today(listed)) == 3, "back again")


async def test_split_and_join_are_each_others_inverse(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        listed = app.screen.query_one(BlockList)
        await dialog(pilot, "x")
        await type_text(pilot, "09:10")
        await closed(pilot, "enter")
        await until(pilot, lambda: len(of_today(listed)) == 4, "two of one")
        await dialog(pilot, "J")  # asks, as d does
        await closed(pilot, "enter")
        await until(pilot, lambda: len(of_today(listed)) == 3, "one of two")

        assert [len(b.gaps) for b in app.snapshot.shown.blocks] == [0, 0, 0]  # type: ignore[union-attr] # ready


async def test_a_past_block_is_entered(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "a")
        app.screen.query_one("#intention", Input).value = "on paper"
        app.screen.query_one("#start", Input).value = "09:00"
        app.screen.query_one("#end", Input).value = "45m"
        await closed(pilot, "enter")
        await until(pilot, lambda: "added" in said(app))

        block = world.newest()
        assert (block.intention, block.added) == ("on paper", True)
        assert measure(block, world.clock.now()).focus_s == 45 * 60


async def test_filter_and_days_move_what_is_listed(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        listed = app.screen.query_one(BlockList)
        await dialog(pilot, "slash")
        await type_text(pilot, "#tok")
        await closed(pilot, "enter")
        await until(pilot, lambda: len(of_today(listed)) == 1, "filtered")
        await dialog(pilot, "slash")
        app.screen.query_one(Input).value = ""
        await closed(pilot, "enter")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "3 March" in line(app, "day"))
        assert len(listed.listed) == 1
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until(pilot, lambda: "4 March" in line(app, "day"))


async def test_a_break_rings_when_it_is_over(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("b")
        await until(pilot, lambda: line(app, "rest").startswith("break"), "a break")
        world.clock.advance(3600)
        app.refresh_snapshot()  # the timer of the bell goes by the real clock
        await until(pilot, lambda: "The break is over" in said(app), "the bell")

        rest = world.fresh().breaks.current()
        assert rest is not None and rest.rung
        await pilot.press("b")
        await until(pilot, lambda: line(app, "rest") == "", "ended")


async def test_the_end_of_the_plan_rings_once_and_the_clock_runs_on(world: World) -> None:
    world.a_block(minutes_ago=49, length_min=50)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        world.clock.advance(90)
        app.refresh_snapshot()  # the timer of the bell goes by the real clock
        await until(pilot, lambda: "The plan is reached" in said(app), "the bell")
        await until(pilot, lambda: app.screen.has_class("-overtime"))

        assert world.services.focus.reach() is None


async def test_a_block_set_to_end_at_its_plan_ends(world: World) -> None:
    world.configure('[blocks]\nat_plan = "end"\n')
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("S")
        await until(pilot, lambda: app.current_mode == RUNNING)
        world.clock.advance(51 * 60)
        app.refresh_snapshot()  # the timer of the bell goes by the real clock
        await until(pilot, lambda: app.current_mode == IDLE, "ended by itself")

        block = world.newest()
        assert measure(block, world.clock.now()).focus_s == 3000


async def test_a_theme_is_shown_at_once_and_kept(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "t")
        await pilot.press("k")
        await until(pilot, lambda: app.theme != "night", "another theme")
        chosen = app.theme
        await closed(pilot, "enter")
        await until(pilot, lambda: world.services.paths.config_file.exists())

        assert f'theme = "{chosen}"' in world.services.paths.config_file.read_text()


async def test_esc_puts_the_former_theme_back(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "t")
        await pilot.press("k")
        await closed(pilot, "escape")

        assert app.theme == "night"
        assert not world.services.paths.config_file.exists()


@pytest.mark.parametrize("running", [True, False])
async def test_every_action_of_a_place_is_in_help_and_palette(world: World, running: bool) -> None:
    world.a_day()
    if running:
        world.a_block()
    places = ("running", "app") if running else ("idle", "list", "app")
    async with world.app().run_test(size=(120, 60)) as pilot:
        app = await ready(pilot)
        bound = {b.binding.id for b in app.screen.active_bindings.values()}
        from flowtui.tui.shell.palette import ActionCommands

        provider = ActionCommands(app.screen)
        offered = [name for _, name in provider._offers()]
        await dialog(pilot, "question_mark")
        assert isinstance(app.screen, HelpDialog)
        text = "\n".join(str(label.render()) for label in app.screen.query("Label"))

        for action in ACTIONS:
            if action.place in places:
                assert action.help in text
                assert any(str(name).startswith(action.id.replace(".", ": ")) for name in offered)
                assert action.id in bound or action.id == "block.back"


async def test_the_palette_runs_what_the_key_runs(world: World) -> None:
    world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "ctrl+p")
        await type_text(pilot, "wandered")
        await until(pilot, lambda: app.screen.query("CommandList").first().display)
        await pilot.pause(0.3)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen_stack[0].has_class("-wandered"), "noted")


async def test_a_remapped_key_works_and_the_old_one_does_not(world: World) -> None:
    world.configure('[keys]\n"block.wandered" = "z"\n')
    world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("i")
        await pilot.press("z")
        await until(pilot, lambda: app.screen.has_class("-wandered"))

        block = world.services.focus.current()
        assert block is not None and len(block.interruptions) == 1


async def test_a_key_that_clashes_is_refused_with_both_names(world: World) -> None:
    world.configure('[keys]\n"block.wandered" = "o"\n')
    world.a_block(minutes_ago=5)
    app = world.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, lambda: app._notifications, "a notice")

        told = [n.message for n in app._notifications]
        assert len(told) == 1
        assert "block.wandered" in told[0] and "block.called" in told[0]


@pytest.mark.parametrize(
    "text", ["[display\ntheme =", '[display]\ntheme = "nigth"\n', "[blocks]\ndefault_min = -3\n"]
)
async def test_a_broken_settings_file_gives_one_message_and_the_app_starts(
    world: World, text: str
) -> None:
    world.configure(text)
    app = world.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, lambda: app._notifications, "a notice")

        assert len(app._notifications) == 1
        assert app.theme == "night"


async def test_a_broken_theme_file_gives_one_message_and_the_app_starts(world: World) -> None:
    folder = world.services.paths.themes_dir
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text('name = "mine"\nbackground = "#zzz"\n')
    app = world.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(pilot)
        await until(pilot, lambda: app._notifications, "a notice")

        assert "mine.toml" in next(iter(app._notifications)).message


async def test_leaving_lets_the_block_go_on_and_asks_later_what_the_time_was(
    world: World,
) -> None:
    id = world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("q")
    world.clock.advance(3600)

    assert world.services.focus.current() is not None
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: opened(pilot), "the question")
        await closed(pilot, "j", "enter")  # I was working: count it
        await until(pilot, lambda: world.block(id).gaps)

    assert measure(world.block(id), world.clock.now()).focus_s == 65 * 60


async def test_plain_mode_has_no_animation_and_does_not_dim(world: World) -> None:
    world.configure("[blocks]\nidle_dim_s = 1\n")
    world.a_block()
    async with world.app(plain=True).run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.pause(1.2)

        assert app.animation_level == "none"
        assert not app.screen.has_class("-dim")
        assert isinstance(app.screen, RunningScreen)
