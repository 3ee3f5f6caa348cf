"""The week's review in the app: typed through, left in the middle, gone on with, taken back."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest
from textual.widgets import Static

from flowtui.services.review.week_reviews import WeekReviews
from flowtui.tui.app import FlowApp, OpenOn
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.plan.week_plan_dialog import WeekPlanDialog
from flowtui.tui.review.preview_dialog import PreviewDialog
from flowtui.tui.review.week_review_screen import WeekReviewScreen
from flowtui.tui.widgets.answer_field import AnswerField
from tests.tui.harness import World, ready, until


def answers(world: World) -> dict[str, str]:
    """What is on disk, by question."""
    reviews = WeekReviews(world.fresh()).every()
    names = ("came", "hindered", "left", "blocks", "then", "share")
    return {n: reviews[0].answer(n) for n in names if reviews and reviews[0].answer(n)}


async def asking(pilot: object, app: FlowApp) -> WeekReviewScreen:
    await until(pilot, lambda: isinstance(app.screen, WeekReviewScreen))  # type: ignore[arg-type]
    screen = app.screen
    assert isinstance(screen, WeekReviewScreen)
    await until(pilot, lambda: screen.query_one("#rows", Static).content, "the questions")  # type: ignore[arg-type]
    return screen


async def test_keys_pressed_behind_the_one_that_opens_it_are_answers(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=(100, 30)) as pilot:
        app = await ready(pilot)
        await pilot.press("5", "Q", *"it went on", "enter", *"meetings", "enter", "escape")
        await until(pilot, lambda: isinstance(app.screen, FlowScreen), "left")
        assert answers(world) == {"came": "it went on", "hindered": "meetings"}
        await pilot.press("Q")
        screen = await asking(pilot, app)
        assert "›  3" in str(screen.query_one("#rows", Static).content).replace("› 3", "›  3")
        await pilot.press("escape")
        await pilot.press("u")
        await until(pilot, lambda: not answers(world), "one undo")


async def test_what_is_typed_is_kept_by_leaving_and_by_moving_on(world: World) -> None:
    async with world.app().run_test(size=(80, 24)) as pilot:
        app = await ready(pilot)
        app.look_back()
        await asking(pilot, app)
        await pilot.press(*"first", "down", *"second", "escape")
        await until(pilot, lambda: isinstance(app.screen, FlowScreen), "left")
        assert answers(world) == {"came": "first", "hindered": "second"}


async def test_a_refused_answer_stays_where_it_was_typed(world: World) -> None:
    async with world.app().run_test(size=(80, 24)) as pilot:
        app = await ready(pilot)
        app.look_back()
        screen = await asking(pilot, app)
        await pilot.press("enter", "enter", "enter", *"soonish", "enter")
        await until(pilot, lambda: "soonish" in str(screen.query_one("#wrong", Static).content))
        assert screen.query_one("#typed", AnswerField).value == "soonish"
        await pilot.press(*["backspace"] * 7, *"mon 09:00 for 90m", "enter")
        await until(pilot, lambda: answers(world).get("blocks"), "planned")
        assert len(world.fresh().plan_book.every()) == 1


async def test_blocks_are_laid_out_moved_dropped_and_taken_within_the_review(world: World) -> None:
    world.configure("[goals]\nweek_h = 20\n")
    async with world.app().run_test(size=(120, 36)) as pilot:
        app = await ready(pilot)
        app.look_back()
        await asking(pilot, app)
        await pilot.press("enter", "enter", "enter", "ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, WeekPlanDialog))
        plan = app.screen
        assert isinstance(plan, WeekPlanDialog)
        await until(pilot, lambda: plan._blocks, "a proposal")
        count, first = len(plan._blocks), plan._blocks[0].start
        await pilot.press("right")
        assert first not in [block.start for block in plan._blocks]
        await pilot.press("d", "enter")
        await until(pilot, lambda: isinstance(app.screen, WeekReviewScreen), "taken")
        assert len(world.fresh().plan_book.every()) == count - 1
        await pilot.press("escape", "u")
        await until(pilot, lambda: not world.fresh().plan_book.every(), "one undo")


async def test_the_thing_to_share_is_opened_by_a_key_and_read_as_others_would(
    world: World,
) -> None:
    async with world.app().run_test(size=(100, 30)) as pilot:
        app = await ready(pilot)
        app.look_back()
        screen = await asking(pilot, app)
        await pilot.press("up", *"what I learned", "ctrl+o")
        await until(pilot, lambda: "told to all" in str(screen.query_one("#rows", Static).content))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, PreviewDialog))
        await until(pilot, lambda: app.screen.query(".preview"))
        assert "what I learned" in str(app.screen.query_one(".preview", Static).content)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 60)])
async def test_all_six_questions_and_the_field_are_on_the_screen(
    world: World, size: tuple[int, int]
) -> None:
    app = world.app()
    app._open_on = OpenOn("review")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        screen = await asking(pilot, app)
        field = screen.query_one("#typed")
        assert 0 < field.region.y < size[1] and field.region.height == 1
        assert len(str(screen.query_one("#rows", Static).content).splitlines()) == 6


async def test_the_app_offers_the_review_on_its_first_opening_in_a_new_week(world: World) -> None:
    world.a_day()
    world.clock.advance(timedelta(days=5).total_seconds())
    async with world.app().run_test(size=(100, 30)) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: "six questions" in app._last_said[0], "the offer")
    async with world.app().run_test(size=(100, 30)) as pilot:
        app = await ready(pilot)
        await pilot.pause()
        assert "six questions" not in app._last_said[0]


async def test_enter_opens_the_week_of_a_year_and_the_day_of_a_week(world: World) -> None:
    from flowtui.core.review.picture import ReviewView
    from flowtui.tui.review.review_screen import ReviewScreen

    world.a_day()
    async with world.app().run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("5")
        app = pilot.app
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.made)
        screen = app.screen
        assert isinstance(screen, ReviewScreen)
        await pilot.press("tab", "tab")
        await until(pilot, lambda: screen.made and screen.made.view is ReviewView.YEAR)
        await pilot.press("k", "enter")
        await until(pilot, lambda: screen.made and screen.made.view is ReviewView.WEEK)
        assert screen.made is not None and screen.made.summary.last < screen.made.today
        await pilot.press("j", "enter")
        await until(pilot, lambda: screen.made and screen.made.view is ReviewView.DAY)


async def test_time_is_told_by_context_tag_mode_and_hour(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=(100, 30)) as pilot:
        app = await ready(pilot)
        await pilot.press("5")
        await until(pilot, lambda: app.screen.query("#body") and _body(app), "the week")
        for word in ("context", "tag", "mode", "hour"):
            await pilot.press("v")
            assert f"by {word}" in _body(app)


def _body(app: FlowApp) -> str:
    return str(app.screen.query_one("#body", Static).content)


async def test_keys_behind_enter_belong_to_the_next_answer_however_slow_the_disk(
    world: World,
) -> None:
    async with world.app().run_test(size=(80, 24)) as pilot:
        app = await ready(pilot)
        app.look_back()
        screen = await asking(pilot, app)
        hangs = threading.Event()
        holding = asyncio.ensure_future(app.ask(lambda _: hangs.wait(20)))
        await asyncio.sleep(0)
        await pilot.press(*"first", "enter", *"second", "enter", "enter", *"soonish", "enter")
        await pilot.press(*"if it rains")
        hangs.set()
        await holding
        await until(pilot, lambda: "soonish" in str(screen.query_one("#wrong", Static).content))
        assert screen.query_one("#typed", AnswerField).value == "if it rains"
        assert "soonish" in str(screen.query_one("#rows", Static).content)
        await pilot.press("escape")  # what was refused holds one back, and is shown
        await until(pilot, lambda: answers(world).get("then") == "if it rains", "kept")
        await until(pilot, lambda: screen.query_one("#typed", AnswerField).value == "soonish")
        assert "soonish   not kept" in str(screen.query_one("#rows", Static).content)
        assert "soonish" in str(screen.query_one("#wrong", Static).content)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FlowScreen), "left")
        assert answers(world) == {"came": "first", "hindered": "second", "then": "if it rains"}
