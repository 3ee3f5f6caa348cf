"""Habits by their keys in Body: every change is what the shell does, and `u` takes it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.habits import DeclaredHabits, Form, Habit, table_from
from flowtui.services.body.habit_catalog import DECLARED
from flowtui.tui.app import FlowApp
from flowtui.tui.body.body_screen import BodyScreen
from flowtui.tui.body.habits_screen import HabitsScreen, HabitTable
from flowtui.tui.widgets.lines import Said
from tests.tui.harness import World, ready, type_text, until

Names = list[tuple[str, bool, str | None]]
SIZE = (100, 30)


def state(world: World) -> tuple[Names, list[tuple[str | None, float | None, str | None]]]:
    """Habits and their records, as another process reads them."""
    log = world.open().body.log
    names = [(h.name, h.archived, h.unit) for h in log.names().habits]
    entries = sorted(log.store.every(), key=lambda e: e.id)
    return names, [(e.name, e.value, e.unit) for e in entries if e.kind is Kind.HABIT]


@pytest.fixture
def reader(world: World) -> World:
    """Somebody who counts pages, and once called them leaves."""
    log = world.open().body.log
    log.declare(
        [Habit("pages", Form.COUNT, unit="pages"), Habit("leaves", Form.COUNT, unit="pages")]
    )
    log.write("pages 30, leaves 4")
    return world


def said(app: FlowApp) -> str:
    return str(app.screen.query_one(Said).content) if app.screen.query(Said) else ""


async def body(pilot: Pilot[None]) -> FlowApp:
    app = await ready(pilot)
    await pilot.press("3")
    await until(pilot, lambda: isinstance(app.screen, BodyScreen), "Body")
    return app


@asynccontextmanager
async def habits(
    world: World, size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[Pilot[None], FlowApp]]:
    async with world.app().run_test(size=size) as pilot:
        app = await body(pilot)
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, HabitsScreen), "the list")
        await until(pilot, lambda: app.screen.query_one(HabitTable).row_count > 0, "its rows")
        yield pilot, app


async def typed(pilot: Pilot[None], app: FlowApp, id: str, text: str) -> None:
    """Replace what stands in a field and enter it."""
    await until(pilot, lambda: bool(app.screen.query(f"#{id}")), "the dialog")
    await until(pilot, lambda: app.screen.query_one(f"#{id}", Input).has_focus, "its focus")
    app.screen.query_one(f"#{id}", Input).value = ""
    await type_text(pilot, text)
    await pilot.press("enter")


async def undone(pilot: Pilot[None], app: FlowApp, world: World, before: object) -> None:
    await until(pilot, lambda: isinstance(app.screen, HabitsScreen), "the list again")
    await pilot.press("u")
    await until(pilot, lambda: state(world) == before, "all as it was")


async def test_a_habit_is_renamed_with_its_records(reader: World) -> None:
    before = state(reader)
    async with habits(reader) as (pilot, app):
        await pilot.press("e")
        await typed(pilot, app, "line", "Book Pages")
        await until(pilot, lambda: "is called book-pages, 1 records" in said(app), "the line")
        assert state(reader)[0][0][0] == "book-pages"
        assert ("book-pages", 30.0, "pages") in state(reader)[1]
        await undone(pilot, app, reader, before)


async def test_a_name_that_was_refused_comes_back_as_it_was_typed(reader: World) -> None:
    before = state(reader)
    async with habits(reader) as (pilot, app):
        await pilot.press("e")
        await typed(pilot, app, "line", "yoga")
        await until(
            pilot,
            lambda: (
                bool(app.screen.query("#line"))
                and app.screen.query_one("#line", Input).value == "yoga"
            ),
            "the dialog again",
        )
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HabitsScreen), "the list again")
        assert state(reader) == before


async def test_a_habit_is_merged_into_another(reader: World) -> None:
    before = state(reader)
    async with habits(reader) as (pilot, app):
        await pilot.press("j", "J")
        await typed(pilot, app, "line", "pages")
        await until(pilot, lambda: "1 records are those of pages now" in said(app), "the line")
        assert [name for name, _, _ in state(reader)[0]] == ["pages"]
        assert {name for name, _, _ in state(reader)[1]} == {"pages"}
        await undone(pilot, app, reader, before)


async def test_a_habit_is_counted_in_another_unit(reader: World) -> None:
    before = state(reader)
    async with habits(reader) as (pilot, app):
        await pilot.press("V")
        await until(pilot, lambda: bool(app.screen.query("#times")), "the dialog")
        app.screen.query_one("#times", Input).value = "1/2"
        await typed(pilot, app, "unit", "sheets")
        await until(pilot, lambda: "is measured in sheets, 1 values" in said(app), "the line")
        assert ("pages", False, "sheets") in state(reader)[0]
        assert ("pages", 15.0, "sheets") in state(reader)[1]
        await undone(pilot, app, reader, before)


async def test_a_habit_is_archived_and_asked_for_again(reader: World) -> None:
    before = state(reader)
    async with habits(reader) as (pilot, app):
        await pilot.press("Z")
        await until(pilot, lambda: ("pages", True, "pages") in state(reader)[0], "archived")
        await until(
            pilot,
            lambda: app.screen.query_one(HabitTable).get_row_at(1)[3].plain == "archived",
            "its mark, last in the list",
        )
        await pilot.press("Z")  # the cursor went along
        await until(pilot, lambda: state(reader) == before, "asked for again")


@pytest.mark.parametrize(("keys", "left"), [(["enter"], 2), (["right", "enter"], 1)])
async def test_a_habit_is_deleted_and_its_records_stay_or_go(
    reader: World, keys: list[str], left: int
) -> None:
    before = state(reader)
    async with habits(reader) as (pilot, app):
        await pilot.press("d")
        await until(pilot, lambda: bool(app.screen.query("#records")), "the question")
        await pilot.press(*keys)
        await until(pilot, lambda: len(state(reader)[0]) == 1, "gone")
        assert len(state(reader)[1]) == left
        await undone(pilot, app, reader, before)


async def test_what_the_settings_declare_is_refused_with_its_line(world: World) -> None:
    world.configure('[body.habits]\nmeditate = "yes_no"\n')
    async with habits(world, (160, 30)) as (pilot, app):
        await pilot.press("Z")
        await until(pilot, lambda: "config.toml, line 2" in said(app), "the refusal")
        assert app.screen.query_one(HabitTable).get_row_at(0)[3].plain == "config.toml"


async def test_an_empty_list_says_which_key_fills_it(world: World) -> None:
    async with world.app().run_test(size=(40, 12)) as pilot:
        app = await body(pilot)
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, HabitsScreen), "the list")
        await until(
            pilot,
            lambda: "n names one" in str(app.screen.query_one("#offer", Static).content),
            "the hint",
        )
        await pilot.press("n")
        await typed(pilot, app, "name", "meditate")
        await until(pilot, lambda: [n for n, _, _ in state(world)[0]] == ["meditate"], "declared")
        await until(pilot, lambda: app.screen.query_one(HabitTable).row_count == 1, "its row")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, HabitsScreen), "Body again")


async def test_a_name_that_an_older_version_let_shadow_the_quick_line_is_told_in_body(
    world: World,
) -> None:
    store = world.services.body.log.store
    with store.change("import old") as writer:
        writer.state.put(DeclaredHabits(table_from([Habit("sleep")])), id=DECLARED)
    async with world.app().run_test(size=(160, 30)) as pilot:
        app = await body(pilot)
        await until(pilot, lambda: "is called sleep-habit now" in said(app), "the line")
        assert [name for name, _, _ in state(world)[0]] == ["sleep-habit"]
        await pilot.press("u")
        await until(pilot, lambda: "took back" in said(app), "the undo")
        kept = world.open().body.log.store.state.get(DECLARED)
        assert kept is not None and list(kept.habits) == ["sleep"]
