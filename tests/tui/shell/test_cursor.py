"""The row under the cursor is marked by a sign, in every list, theme and without any colour."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, OptionList

from flowtui.settings.paths import resolve
from flowtui.settings.themes import find
from flowtui.tui.app import FlowApp
from flowtui.tui.widgets.cursor import MARK, MarkedTable
from flowtui.tui.widgets.marked_options import MarkedOptions
from tests.tui.harness import World, ready, until

THEMES = sorted(find(resolve({"FLOWTUI_HOME": "/nonexistent"}))[0])


def lines(app: FlowApp) -> list[str]:
    """The text of the screen, as a screen reader has it."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def marked(app: FlowApp) -> list[str]:
    return [line for line in lines(app) if MARK in line]


async def shows(pilot: Pilot[Any], app: FlowApp, text: str) -> None:
    await until(pilot, lambda: [text in line for line in marked(app)] == [True], text)


@pytest.mark.parametrize("theme", THEMES)
async def test_the_mark_goes_with_the_cursor_in_every_theme(world: World, theme: str) -> None:
    world.a_day()
    async with world.app(theme).run_test(size=(80, 24)) as pilot:
        app = await ready(pilot)
        await shows(pilot, app, "write the post")
        await pilot.press("k")
        await shows(pilot, app, "port the token")


async def test_without_unicode_the_mark_is_a_bar_of_ascii(world: World) -> None:
    world.configure("[display]\nunicode = false\n")
    world.a_day()
    async with world.app().run_test(size=(80, 24)) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: any(line.startswith("   |09:00") for line in lines(app)))
        assert all(line.isascii() for line in lines(app))


async def test_dialogs_with_a_list_have_the_mark(world: World) -> None:
    async with world.app().run_test(size=(80, 30)) as pilot:
        app = await ready(pilot)
        await pilot.press("t")
        await until(pilot, lambda: any("night" in line for line in marked(app)), "the themes")


def test_no_list_is_made_without_the_mark() -> None:
    """Every list of the app is a marked one."""
    import importlib
    from pathlib import Path

    root = Path(__file__).parents[3] / "flowtui" / "tui"
    for file in root.rglob("*.py"):
        parts = file.relative_to(root).with_suffix("").parts
        importlib.import_module(".".join(["flowtui.tui", *parts]).removesuffix(".__init__"))
    ours = [
        cls
        for base in (DataTable, OptionList)
        for cls in _below(base)
        if cls.__module__.startswith("flowtui.")
    ]
    assert len(ours) >= 5
    assert all(issubclass(cls, MarkedTable | MarkedOptions) for cls in ours)
    for file in root.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "yield OptionList(" not in text and "yield DataTable(" not in text, file


def _below(cls: type) -> list[type]:
    found: list[type] = []
    nearest: list[type] = cls.__subclasses__()
    for below in nearest:
        found += [below, *_below(below)]
    return found
