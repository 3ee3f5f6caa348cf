"""Every field of the program takes what is typed or pasted before it stands there.

The keys are hostile: each of them is a command of the screen below, and none may reach it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from flowtui.core.body.habits import Form, Habit
from flowtui.tui.app import FlowApp
from flowtui.tui.body.habits_screen import HabitTable
from flowtui.tui.dialogs.base import Dialog
from flowtui.tui.focus.running_screen import RunningScreen
from tests.tui.harness import World, ready, until
from tests.tui.runs.run_harness import Lab, curve

SIZE = (100, 34)
HOSTILE = "qd1xU: 5jX?"
"""As keys of the screens: leave, delete, other modes, split, redo, quick line, discard, help."""
YESTERDAY = date(2026, 3, 3)
PASTED = "two lines\r\nof one\nclipboard"
AS_ONE = "two lines of one clipboard"


@dataclass(frozen=True)
class Place:
    """Where a dialog is opened, and by which key."""

    name: str
    prepare: Callable[[World], object]
    mode: str
    keys: tuple[str, ...]
    then: str = ""
    """The key that opens a screen over the mode, where the dialogs are."""


def a_day(world: World) -> None:
    world.a_day()
    world.services.body.log.write("yoga 30 e6")


def a_planned_day(world: World) -> None:
    from flowtui.services.plan.planning_line import planned_from_line

    world.a_day()
    planned_from_line(world.services, "11:00 for 50m: fuse the kernel")


def a_run(world: World) -> None:
    lab = Lab(world)
    lab.adopt("resnet-a", curve(50, 100, 0.4, 1))
    lab.look()


def a_block(world: World) -> None:
    world.a_block(minutes_ago=20)


def habits(world: World) -> None:
    world.services.body.log.declare([Habit("pages", Form.COUNT, unit="pages")])


PLACES = [
    Place(
        "Focus", a_planned_day, "1", ("enter", "a", "e", "x", "slash", "P", "M", "D", "L", "colon")
    ),
    Place("running", a_block, "1", ("space", "p", "f", "colon")),
    Place("Runs", a_run, "2", ("a", "e", "slash")),
    Place("Body", a_day, "3", ("a", "e", "n")),
    Place("habits", habits, "3", ("e", "J", "V", "n"), "L"),
    Place("Insight", a_day, "4", ("E",)),
    Place("Review", a_day, "5", ("slash",)),
]


def send(app: FlowApp, *sent: events.Key | events.Paste) -> None:
    """As the terminal's reader does: everything into the app's queue in the same turn."""
    driver = app._driver
    assert driver is not None
    for event in sent:
        event.set_sender(app)
        driver.send_message(event)


def typed(text: str) -> list[events.Key]:
    names = {":": "colon", "?": "question_mark", " ": "space"}
    return [events.Key(names.get(char, char), char) for char in text]


def key(name: str) -> events.Key:
    return events.Key(
        name, {"slash": "/", "colon": ":"}.get(name, name if len(name) == 1 else None)
    )


async def in_mode(pilot: Pilot[Any], place: Place) -> FlowApp:
    app = await ready(pilot)
    if place.mode != "1":
        await pilot.press(place.mode)
        names = {"2": "runs", "3": "body", "4": "insight", "5": "review"}
        await until(pilot, lambda: app.current_mode == names[place.mode], "the mode")
        screen = app.screen
        made = {"2": "made", "3": "made", "4": "looked", "5": "made"}[place.mode]
        if place.mode != "4":
            await until(pilot, lambda: getattr(screen, made) is not None, "its picture")
    if place.then:
        below = app.screen
        await pilot.press(place.then)
        await until(pilot, lambda: app.screen is not below, "the list")
        table = app.screen.query_one(HabitTable)
        await until(pilot, lambda: table.row_count > 0, "its rows")
    await pilot.pause()
    return app


def stands(app: FlowApp, field: str) -> str | None:
    """What the field holds; None before it is there."""
    if not isinstance(app.screen, ModalScreen):
        return None
    found = list(app.screen.query(f"#{field}").results(Input))
    return found[0].value if found else None


async def close(pilot: Pilot[Any], app: FlowApp) -> None:
    while isinstance(app.screen, ModalScreen):
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ModalScreen), "no dialog")
    await until(pilot, lambda: not app.early_keys.waiting, "nothing awaited")
    snapshot = app.snapshot
    if snapshot is not None and snapshot.block is not None and snapshot.block.open_gap is not None:
        await pilot.press("space")  # or the next one would resume
        await until(pilot, lambda: app.snapshot is not snapshot, "the clock runs")


async def fields(pilot: Pilot[Any], app: FlowApp, opening: str) -> dict[str, int]:
    """Every field of the dialog by the tabs that lead to it."""
    await pilot.press(opening)
    await until(pilot, lambda: isinstance(app.screen, ModalScreen) and app.focused, "a dialog")
    chain = app.screen.focus_chain
    assert app.focused is not None
    at = chain.index(app.focused)
    found = {
        str(widget.id): (place - at) % len(chain)
        for place, widget in enumerate(chain)
        if isinstance(widget, Input)
    }
    await close(pilot, app)
    return found


def of_the_ledger(world: World) -> list[tuple[str, Any]]:
    services = world.fresh()
    return [(b.id, b.ended_at) for b in services.store.between(YESTERDAY, services.today())]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_every_field_takes_what_was_typed_and_pasted_with_the_key_that_opens_it(
    world: World, place: Place
) -> None:
    """In the same turn, pasted, and while the ledger is slow to answer."""
    place.prepare(world)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await in_mode(pilot, place)
        mode, before = app.current_mode, of_the_ledger(world)
        for opening in place.keys:
            found = await fields(pilot, app, opening)
            assert found
            for field, tabs in found.items():
                tab = [key("tab") for _ in range(tabs)]
                send(app, key(opening), *tab, *typed(HOSTILE))
                await holds(pilot, app, field, HOSTILE)
            field, tabs = list(found.items())[-1]
            send(app, key(opening), *(key("tab") for _ in range(tabs)), events.Paste(PASTED))
            await holds(pilot, app, field, AS_ONE)
            first = min(found, key=found.__getitem__)
            await while_the_disk_is_slow(
                app, [opening, *["tab"] * found[first]], typed_later=HOSTILE
            )
            await holds(pilot, app, first, HOSTILE)

        assert app.current_mode == mode
        assert of_the_ledger(world) == before


async def holds(pilot: Pilot[Any], app: FlowApp, field: str, text: str) -> None:
    """Wait until the field holds the text, and close the dialog."""
    await until(pilot, lambda: text in (stands(app, field) or ""), f"{field}: {text}")
    await close(pilot, app)


async def while_the_disk_is_slow(app: FlowApp, keys: list[str], typed_later: str) -> None:
    """Press keys one after the other, the app coming to rest after each, before it may answer."""
    slow = threading.Event()
    holding = asyncio.ensure_future(app.ask(lambda _: slow.wait(20)))
    await asyncio.sleep(0)
    for name in keys:
        send(app, key(name))
    for event in typed(typed_later):
        for _ in range(3):
            await asyncio.sleep(0)
        again = events.Key(event.key, event.character)
        send(app, again)
    for _ in range(20):
        await asyncio.sleep(0)
    slow.set()
    await holding


async def test_a_key_that_opens_nothing_holds_no_other_back(world: World) -> None:
    world.services.store.ledger.refresh()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        send(app, key("e"), key("d"), key("enter"), *typed("first"))  # nothing to edit or delete
        await until(pilot, lambda: stands(app, "intention") == "first", "the plan")


async def test_what_follows_enter_acts_on_what_enter_made(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        send(app, key("enter"), *typed("fuse"), key("enter"), key("p"), *typed("tea"), key("enter"))
        await until(pilot, lambda: world.fresh().focus.current() is not None, "a block")
        await until(pilot, lambda: getattr(world.fresh().focus.current(), "parked", ()), "tea")

        block = world.services.focus.current()
        assert block is not None
        assert (block.intention, block.parked[0].text) == ("fuse", "tea")
        assert isinstance(app.screen, RunningScreen)


async def test_a_paste_where_no_field_has_the_focus_goes_into_the_first(world: World) -> None:
    world.a_block(minutes_ago=20)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        send(app, key("f"), events.Paste(PASTED))
        await until(pilot, lambda: stands(app, "note") == AS_ONE, "the note")


async def test_a_disk_that_hangs_holds_keys_back_for_seconds_only(world: World) -> None:
    world.a_day()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        app.early_keys.at_most_s = 0.01
        hangs = threading.Event()
        holding = asyncio.ensure_future(app.ask(lambda _: hangs.wait(20)))
        await asyncio.sleep(0)
        send(app, key("enter"), key("3"))
        await until(pilot, lambda: app.current_mode == "body", "the key was given on")
        hangs.set()
        await holding
        await until(pilot, lambda: stands(app, "intention") is not None, "the plan, late")


def test_every_dialog_with_a_field_is_opened_by_a_key_of_this_table() -> None:
    """A new dialog is to be added to `PLACES`."""
    import importlib

    root = Path(__file__).parents[3] / "flowtui" / "tui"
    for file in root.rglob("*dialog*.py"):
        importlib.import_module(
            "flowtui.tui." + ".".join(file.relative_to(root).with_suffix("").parts)
        )
    names = {cls.__name__ for cls in Dialog.__subclasses__()}
    assert names == {
        "PlanDialog", "EditDialog", "LineDialog", "QuickDialog", "FinishDialog", "HabitDialog",
        "UnitDialog", "TrialDialog", "DayDialog", "InterruptionDialog", "FindDialog",
        # without a field
        "FirstDialog", "RecoverDialog", "InsideDialog", "HelpDialog", "ThemeDialog",
        "ConfirmDialog", "DeleteDialog",
        "PreviewDialog", "WeekPlanDialog",
        "InboxDialog",
    }  # fmt: skip
