"""Hostile text through the five modes and their dialogs: shown, never obeyed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from flowtui.core.body.habits import Form, Habit
from flowtui.core.insight.experiment import Declared, Design, Direction
from flowtui.core.text import cell_count, one_line
from flowtui.services.focus.running_block import Draft
from flowtui.services.insight.insight_wiring import insight_of
from flowtui.services.plan.planning_line import planned_from_line
from tests.tui.focus.test_focus import closed, dialog
from tests.tui.harness import NOW, World, ready, until
from tests.tui.runs.run_harness import Lab, curve
from tests.tui.test_hostile_dialogs import SIZE, TEXTS, check, drawn
from tests.unit.test_hostile_text import OBEYED, words


def obeyed(pilot: Pilot[Any]) -> list[str]:
    """What of the screen a terminal would obey."""
    return OBEYED.findall(drawn(pilot).replace("\n", ""))


@pytest.mark.parametrize("text", TEXTS)
async def test_body_shows_what_was_written(world: World, text: str) -> None:
    log = world.services.body.log
    log.write(f"energy 4 -- {text}")
    log.declare(
        [Habit("pages", Form.COUNT, one_line(text, "label")[:60], one_line(text, "unit")[:20])]
    )
    log.write("pages 3")
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("3")
        await until(pilot, lambda: words(text)[0] in drawn(pilot), "the note")
        assert not obeyed(pilot)
        for key in ("e", "d"):
            await pilot.press("g")
            await dialog(pilot, key)
            check(pilot, text, 0)
            await closed(pilot, "escape")
        for _ in range(4):
            await pilot.press("tab")
            await pilot.pause()
            assert not obeyed(pilot)
        await dialog(pilot, "colon")
        app.screen.query_one("#line", Input).value = f"[b] {text}"
        await pilot.press("enter")  # refused, and told with its words
        await until(pilot, lambda: app.screen.query_one(".wrong").has_class("-said"))
        assert not obeyed(pilot)
        await closed(pilot, "escape")
        await pilot.press("c")
        await until(pilot, lambda: app.screen.query("#prompt"), "the check-in")
        await pilot.pause()
        assert not obeyed(pilot)


@pytest.mark.parametrize("text", TEXTS)
async def test_runs_show_names_commands_and_logs(world: World, text: str) -> None:
    lab = Lab(world)
    name = one_line(text, "name")[:60]
    lab.adopt("plain", curve(200, 1000, 0.3, 2) + text + "\n", 38)
    run = lab.runs.book.find("plain")
    lab.runs.book.rename(run, name)
    lab.look()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("2")
        await until(pilot, lambda: words(name)[0] in drawn(pilot), "the list")
        assert not obeyed(pilot)
        for key in ("e", "K", "slash"):
            await pilot.press(key)
            await until(pilot, lambda: len(app.screen_stack) == 2, key)
            await pilot.pause()
            assert not obeyed(pilot)
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 1, "left")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query("#lines"), "the run")
        await until(pilot, lambda: words(name)[0] in drawn(pilot), "its name")
        await pilot.press("L")
        await pilot.pause()
        assert not obeyed(pilot)


@pytest.mark.parametrize("text", TEXTS)
async def test_plans_and_review_show_intentions(world: World, text: str) -> None:
    now, line = world.clock.now(), one_line(text, "intention")
    planned_from_line(world.services, f"16:00 for 90m: {line}")
    block = world.services.focus.start(Draft(text, text), now - timedelta(minutes=60))
    world.services.focus.finish(now - timedelta(minutes=10), note=text)
    assert block.id
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: drawn(pilot).count(words(line)[0]) >= 2, "the plan")
        assert not obeyed(pilot)
        for key in ("M", "P"):
            await dialog(pilot, key)
            check(pilot, text, 0)
            await closed(pilot, "escape")
        await pilot.press("5")
        await until(pilot, lambda: getattr(app.screen, "made", None) is not None, "Review")
        for key in ("tab", "tab", "tab", "tab", "v", "v"):
            await pilot.press(key)
            await pilot.pause()
            assert not obeyed(pilot)


async def test_wide_names_of_habits_keep_the_columns_of_every_view(world: World) -> None:
    """A letter of two cells moves nothing that stands beside it."""
    log = world.services.body.log
    log.declare(
        [Habit("run-ja", Form.COUNT, "日本語の長い名前です本当", None), Habit("plain", Form.COUNT)]
    )
    log.write("run-ja 3, plain 4")
    async with world.app().run_test(size=(100, 30)) as pilot:
        app = await ready(pilot)
        await pilot.press("3")
        await until(pilot, lambda: getattr(app.screen, "made", None) is not None, "Body")
        for _ in range(5):
            await pilot.press("tab")
            await pilot.pause()
            for line in drawn(pilot).split("\n"):
                assert cell_count(line.rstrip()) <= 100, line
        await pilot.press("c")
        await until(pilot, lambda: "日本語" in drawn(pilot), "the check-in")
        rows = [line for line in drawn(pilot).split("\n") if "日本語" in line or "plain" in line]
        # what follows the names begins in the same cell
        ends = [cell_count(row.partition(value)[0]) for row, value in zip(rows, "34", strict=True)]
        assert len(set(ends)) == 1, rows


@pytest.mark.parametrize("text", TEXTS)
async def test_insight_shows_experiments_and_what_was_expected_of_them(
    world: World, text: str
) -> None:
    name = one_line(text, "factor")[:60]
    first = NOW.date() + timedelta(days=1)
    insight_of(world.services).experiments.declare(
        Declared(
            name, "deep_min", Direction.MORE, Design.PAIRS, first, 28, 30, one_line(text, "reason")
        ),
        "a",
    )
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("4")
        await until(pilot, lambda: app.current_mode == "insight", "insight")
        seen = ""
        for _ in range(4):
            await pilot.press("tab")
            await pilot.pause()
            assert not obeyed(pilot)
            seen += drawn(pilot)
        assert words(name)[0] in seen
        for key in ("enter", "K", "T"):
            await pilot.press(key)
            await pilot.pause()
            assert not obeyed(pilot)
            await pilot.press("escape")
