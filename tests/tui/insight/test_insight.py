"""Insight by its keys: mode 4, one pattern, noise, experiments, and what the ledger then holds."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from flowtui.core.insight.experiment import Experiment
from flowtui.services.insight import insight_service as module
from flowtui.services.insight.child import Cancel, Cancelled
from flowtui.services.insight.insight_wiring import insight_of
from flowtui.settings.actions import ACTIONS, clash
from flowtui.tui.app import FlowApp
from flowtui.tui.dialogs.app_dialogs import ConfirmDialog, HelpDialog
from flowtui.tui.insight.experiment_dialog import TrialDialog
from flowtui.tui.insight.insight_actions import View
from flowtui.tui.insight.insight_screen import InsightScreen
from flowtui.tui.insight.pair_screen import PairScreen, PairView
from flowtui.tui.shell.modes import INSIGHT
from flowtui.tui.widgets.choice import Choice
from flowtui.tui.widgets.lines import Line, Said
from flowtui.tui.widgets.rows import Rows
from tests.tui.harness import NOW, World, ready, type_text, until

SIZE = (100, 30)


def experiments(world: World) -> list[Experiment]:
    """As another process reads them."""
    return insight_of(world.open()).experiments.every()


def line(app: FlowApp, id: str) -> str:
    return str(app.screen.query_one(f"#{id}", Line).content)


def text(app: FlowApp, id: str) -> str:
    return str(app.screen.query_one(f"#{id}", Static).render())


def rows(app: FlowApp) -> list[str]:
    listed = app.screen.query_one(Rows)
    return [str(listed.get_option_at_index(k).prompt) for k in range(listed.option_count)]


def said(app: FlowApp) -> str:
    return str(app.screen_stack[0].query_one(Said).content)


async def mode4(pilot: Pilot[Any], *keys: str) -> tuple[FlowApp, InsightScreen]:
    """Go to mode 4, wait for its answer, press keys."""
    app = await ready(pilot)
    await pilot.press("4")
    await until(pilot, lambda: app.current_mode == INSIGHT, "mode 4")
    screen = app.screen
    assert isinstance(screen, InsightScreen)
    await until(pilot, lambda: screen.looked is not None and screen.progress is None, "an answer")
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    return app, screen


async def test_what_passed_stands_first_and_is_said_in_full(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, _ = await mode4(pilot)

        assert line(app, "summary").startswith("1 of 11 patterns checked passed")
        assert rows(app)[0].startswith("✓ sleep")
        assert "●" in rows(app)[0] and "━" in rows(app)[0]
        assert len(rows(app)) == 11
        assert text(app, "sentence").startswith("Worth a test of 138 days. With each further hour")
        assert line(app, "as-of") == "as of Sun 1 Mar"


async def test_the_cursor_tells_about_each_pattern(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, _ = await mode4(pilot, "j", "j")
        below = text(app, "sentence")
        await pilot.press("k", "k")
        await pilot.pause()

        assert "No clear pattern" in below or "Not enough" in below
        assert "With each further hour of sleep" in text(app, "sentence")


async def test_enter_shows_all_about_a_pattern_and_escape_comes_back(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, _ = await mode4(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, PairScreen), "one pattern")
        seen = []
        for _ in PairView:
            await until(pilot, lambda: text(app, "plot").strip(), "a plot")
            seen.append(text(app, "plot"))
            await pilot.press("tab")
            await pilot.pause()

        assert "● more sleep than usual" in seen[0] and "○ less" in seen[0]
        assert "adjusted" in seen[1] and "95 % interval" in seen[1]
        assert "days were foretold" in seen[2]
        assert "days have both values" in seen[3] and "Mon" in seen[3]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InsightScreen), "back")


async def test_in_plain_words_no_view_of_a_pattern_is_drawn(lived: World) -> None:
    async with lived.app(plain=True).run_test(size=SIZE) as pilot:
        app, _ = await mode4(pilot)
        assert any(re.search(r"\+\d+ +\d+ to +\d+", row) for row in rows(app))
        assert not any(set(row) & set("━─│●○") for row in rows(app))
        assert "then the 95 % interval" in line(app, "note")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PairScreen), "one pattern")
        seen = []
        for _ in PairView:
            await until(pilot, lambda: text(app, "plot").strip(), "its words")
            seen.append(text(app, "plot"))
            await pilot.press("tab")
            await pilot.pause()

        assert not any(set(words) & set("━╌─│●○·▇█") for words in seen)
        assert "more sleep than usual: " in seen[0] and " days, mean " in seen[0]
        assert "95 % interval" in seen[1] and "summed gain at the end" in seen[2]
        assert re.search(r"Mon +\d+%", seen[3])


async def test_another_outcome_is_another_question(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        _, screen = await mode4(pilot, "O")
        await until(pilot, lambda: screen.looked is not None and screen.progress is None)

        assert screen.looked is not None
        assert screen.looked.insight.outcome.name == "commits"
        # eleven of deep minutes were asked before, and count
        assert screen.looked.insight.asked == 22


async def test_noise_is_one_key(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, screen = await mode4(pilot, "T")
        await until(pilot, lambda: screen.noise is not None and screen.progress is None, "noise")
        await pilot.pause()

        assert screen.view is View.NOISE
        assert "a plain correlation" in text(app, "text")
        assert "this engine" in text(app, "text")


async def test_facts_of_focus_are_a_view(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, screen = await mode4(pilot, "tab", "tab")
        await until(pilot, lambda: screen.facts, "facts")
        await pilot.pause()

        assert "Blocks begun 09:00 to 12:00" in text(app, "text")


async def test_a_computation_shows_progress_and_can_be_broken_off(
    lived: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(task: str, question: Any, tell: Any, cancel: Cancel) -> Any:
        tell(3, 11, "yoga")
        while not cancel.asked:
            time.sleep(0.01)
        raise Cancelled

    async with lived.app().run_test(size=SIZE) as pilot:
        app, screen = await mode4(pilot)
        monkeypatch.setattr(module, "compute", endless)
        await pilot.press("O")
        await until(pilot, lambda: "3 of 11   yoga" in line(app, "summary"), "progress")
        assert "esc breaks it off" in line(app, "summary")

        await pilot.press("escape")
        await until(pilot, lambda: screen.progress is None, "the end")

        assert "broken off" in line(app, "summary")


async def test_leaving_the_app_ends_a_computation(
    lived: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless(task: str, question: Any, tell: Any, cancel: Cancel) -> Any:
        begun.set()
        while not cancel.asked:
            time.sleep(0.01)
        ended.set()
        raise Cancelled

    async with lived.app().run_test(size=SIZE) as pilot:
        await mode4(pilot)
        monkeypatch.setattr(module, "compute", endless)
        await pilot.press("O")
        await until(pilot, begun.is_set, "it runs")
        await pilot.press("q")
    assert await asyncio.to_thread(ended.wait, 10)


async def test_an_empty_home_says_which_keys_fill_it(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app, _ = await mode4(pilot)

        assert line(app, "summary") == "No habit is recorded beside deep minutes yet"
        assert "the check-in" in text(app, "text")


async def test_twenty_days_say_how_many_are_needed(world: World) -> None:
    from tests.sample_year import live

    live(world.services, NOW.date() - timedelta(days=1), 20)
    async with world.app().run_test(size=SIZE) as pilot:
        app, _ = await mode4(pilot)

        assert "more days with" in line(app, "summary")
        assert "of 28 days" in text(app, "text")


async def test_experiments_say_todays_arm_and_what_was_read(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, screen = await mode4(pilot, "tab")
        await until(pilot, lambda: screen.trials and rows(app), "experiments")
        await pilot.pause()

        assert "day 21 of 28: today with" in rows(app)[0]
        assert "1 prediction scored" in line(app, "summary")
        await pilot.press("j")
        await pilot.pause()
        # some days were not lived, and their pairs are left out
        assert "days with no phone before noon against" in text(app, "sentence")
        assert "You had said 70 %; it did not come out as you expected" in text(app, "sentence")


async def test_the_app_opens_with_todays_arm_until_it_is_noted(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: "day 21 of 28: today without a walk" in said(app), "the arm")

    insight_of(lived.open()).experiments.did(False)
    async with lived.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.pause(0.3)
        assert "day 21 of 28" not in said(app)


async def test_what_was_done_is_noted_and_can_be_taken_back(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, screen = await mode4(pilot, "tab")
        await until(pilot, lambda: screen.trials and rows(app), "experiments")
        await pilot.press("Y")
        await until(pilot, lambda: experiments(lived)[0].actual, "a note")
        await until(pilot, lambda: "noted: left" in rows(app)[0], "the row")
        assert "noted: today without a walk before work" in said(app)

        await pilot.press("u")
        await until(pilot, lambda: not experiments(lived)[0].actual, "taken back")


async def test_giving_up_asks_first(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, screen = await mode4(pilot, "tab")
        await until(pilot, lambda: screen.trials and rows(app), "experiments")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog), "the question")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "back")
        assert experiments(lived)[0].stopped_on is None

        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog), "the question")
        await pilot.press("enter")
        await until(pilot, lambda: experiments(lived)[0].stopped_on == NOW.date(), "given up")


async def test_a_pattern_is_put_to_the_test_with_one_key(lived: World) -> None:
    insight_of(lived.open()).experiments.stop()
    async with lived.app().run_test(size=SIZE) as pilot:
        app, screen = await mode4(pilot, "E")
        await until(pilot, lambda: isinstance(app.screen, TrialDialog), "the form")
        assert app.screen.query_one("#factor", Input).value == "sleep"
        app.screen.query_one("#predicted", Input).focus()
        await type_text(pilot, "65")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog), "what it can find")
        shown = str(app.screen.query_one(".about").render())
        assert "21 pairs" in shown and "is seen with a chance of 80 %" in shown
        await pilot.press("enter")
        await until(pilot, lambda: len(experiments(lived)) == 3, "declared")

        made = experiments(lived)[0].declared
        assert (made.factor, made.predicted, made.days) == ("sleep", 65, 42)
        await until(pilot, lambda: screen.view is View.EXPERIMENTS, "its list")


async def test_a_form_that_was_refused_comes_back_with_the_reason(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, _ = await mode4(pilot, "E")
        await until(pilot, lambda: isinstance(app.screen, TrialDialog), "the form")
        await pilot.press("enter")
        await pilot.pause()
        assert "how sure are you" in str(app.screen.query_one(".wrong", Static).render())
        assert app.screen.query_one("#predicted", Input).has_focus
        await type_text(pilot, "65")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog), "what it can find")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TrialDialog), "the form again")

        # another one is running
        assert "runs until 2026-03-11" in str(app.screen.query_one(".wrong", Static).render())
        assert app.screen.query_one("#predicted", Input).value == "65"


async def test_every_action_of_insight_is_in_its_help(lived: World) -> None:
    async with lived.app().run_test(size=(100, 60)) as pilot:
        app, _ = await mode4(pilot, "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog), "help")
        shown = " ".join(str(w.render()) for w in app.screen.query(Static))

        for action in ACTIONS:
            if action.place == "insight":
                assert action.help in shown
            assert clash(action, ACTIONS) is None


async def test_a_finished_experiment_is_read_with_enter(lived: World) -> None:
    lived.clock.advance(10 * 24 * 3600)
    async with lived.app().run_test(size=SIZE) as pilot:
        app, screen = await mode4(pilot, "tab")
        await until(pilot, lambda: screen.trials and rows(app), "experiments")
        assert "over; enter reads it" in rows(app)[0]
        await pilot.press("enter")
        await pilot.pause()

        # nothing was worked since, so some pairs lack their outcome, and the rest is read
        await until(pilot, lambda: experiments(lived)[0].result is not None, "the result")
        await until(pilot, lambda: "You randomised" in text(app, "sentence"), "in words")


async def test_an_experiment_is_read_by_whatever_is_recorded_often_enough(lived: World) -> None:
    async with lived.app().run_test(size=SIZE) as pilot:
        app, screen = await mode4(pilot)
        screen.outcome = "sleep"
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, TrialDialog), "the form")
        chosen = app.screen.query_one("#outcome", Choice)
        assert chosen.value is not None and chosen.value.startswith("sleep")
        assert "deep minutes" in chosen.words
