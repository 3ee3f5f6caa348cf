"""Hostile text through the screens and dialogs of blocks, and back to the ledger as it was."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from flowtui.core.focus.block import Block, Source
from flowtui.core.focus.commands import Interrupt, Park, Pause, Resume
from flowtui.core.text import is_shown, one_line
from flowtui.services.focus.running_block import Draft
from tests.tui.focus.test_focus import closed, dialog, opened, said
from tests.tui.harness import World, ready, until
from tests.unit.test_hostile_text import HOSTILE, OBEYED, words

SIZE = (120, 40)
_SHORT = [text for text in HOSTILE if "\udcff" not in text and len(text) < 200]
TEXTS = ["  ".join(_SHORT[n::5]) for n in range(5)]
"""Several at once: an app takes a second to start."""


def drawn(pilot: Pilot[Any]) -> str:
    """Every cell of the screen as a terminal gets it, without the app's own colours."""
    app = pilot.app
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)


def check(pilot: Pilot[Any], text: str, times: int = 1) -> None:
    """`text` stands on the screen so often, as far as the width lets it, and nothing is obeyed."""
    seen = drawn(pilot)
    assert not OBEYED.search(seen.replace("\n", "")), repr(seen)
    for word in words(text)[:2]:
        assert seen.count(word) >= times, (word, seen)


def lived(world: World, text: str) -> Block:
    """An ended block that says the same in all of its parts."""
    focus, now = world.services.focus, world.clock.now()
    start = now - timedelta(minutes=60)
    focus.start(Draft(text, text), start)
    focus.apply(Interrupt(Source.EXTERNAL, text), start + timedelta(minutes=5))
    focus.apply(Park(text), start + timedelta(minutes=6))
    focus.apply(Pause(text), start + timedelta(minutes=10))
    focus.apply(Resume(), start + timedelta(minutes=20))
    return focus.finish(start + timedelta(minutes=50), note=text)


@pytest.mark.parametrize("text", TEXTS)
async def test_every_dialog_of_a_past_block_shows_it_and_keeps_it(world: World, text: str) -> None:
    block = lived(world, text)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: app.snapshot is not None and app.snapshot.shown.blocks)
        check(pilot, text)
        for key in ("right", "d", "x", "slash"):
            await dialog(pilot, key)
            check(pilot, text, 2 if key == "right" else 0 if key == "slash" else 1)
            await closed(pilot, "escape")
        await dialog(pilot, "e")
        check(pilot, text)
        app.screen.query_one("#intention", Input).value += " more"
        await closed(pilot, "enter")
        await until(pilot, lambda: "changed" in said(app))
        await dialog(pilot, "enter")  # the plan of the next one offers what there was
        app.screen.query_one("#intention", Input).value = text
        check(pilot, text)
        await closed(pilot, "escape")

    after = world.block(block.id)
    assert after.intention == f"{one_line(text, 'intention')} more"
    assert (after.then, after.note, after.parked) == (block.then, block.note, block.parked)


def longer(world: World, id: str, part: str, before: int) -> bool:
    """Whether a part of the block has more in it than before."""
    return len(getattr(world.block(id), part)) > before


@pytest.mark.parametrize("text", TEXTS)
async def test_every_dialog_of_a_running_block_shows_it(world: World, text: str) -> None:
    focus = world.services.focus
    block = focus.start(Draft(text, text), world.clock.now() - timedelta(minutes=30))
    focus.apply(Park(text))
    focus.apply(Interrupt(Source.EXTERNAL, text))
    world.left_alone(minutes=30)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: opened(pilot), "the question")
        check(pilot, text)
        await closed(pilot, "enter")
        await until(pilot, lambda: app.snapshot is not None and app.snapshot.absence is None)
        for key in ("l", "f", "X"):
            await dialog(pilot, key)
            check(pilot, text)
            await closed(pilot, "escape")
        for key, part in (("p", "parked"), ("space", "gaps")):
            before = len(getattr(world.block(block.id), part))
            await dialog(pilot, key)
            app.screen.query_one("#line", Input).value = text
            await closed(pilot, "enter")
            await until(pilot, partial(longer, world, block.id, part, before))
        await until(pilot, lambda: world.block(block.id).gaps[-1].note)
        await until(pilot, lambda: "next:" in drawn(pilot))
        check(pilot, text)

    kept = world.block(block.id)
    assert kept.gaps[-1].note == one_line(text, "next step")
    assert kept.parked[-1].text == one_line(text, "thought")
    assert all(map(is_shown, kept.intention))


async def test_what_is_pasted_is_cleaned_and_no_line_of_it_is_lost(world: World) -> None:
    id = world.a_block(minutes_ago=5)
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await dialog(pilot, "p")
        app.screen.query_one("#line", Input).post_message(
            events.Paste("\nfirst \x1b[31mred\r\nsecond\x07\n\u202ethird")
        )
        await until(pilot, lambda: app.screen.query_one("#line", Input).value)
        check(pilot, "first second third")
        await closed(pilot, "enter")
        await until(pilot, lambda: world.block(id).parked)

    assert world.block(id).parked[-1].text == "first [31mred second third"
