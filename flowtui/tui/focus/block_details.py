"""Everything about one block, past or running, and what can be changed from there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flowtui.core.focus.block import Block
from flowtui.core.focus.block_facts import Fact, facts
from flowtui.tui.focus.focus_screen import FlowScreen
from flowtui.tui.focus.inside_dialog import (
    Change,
    GapChange,
    InsideDialog,
    InterruptionChange,
    InterruptionDialog,
    InterruptionForm,
)

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

UNDO = "   u takes it back"


async def look_inside(screen: FlowScreen, block: Block, evidence: list[str]) -> None:
    """Show all of `block`, and carry out what was asked for of it."""
    snapshot = screen.flow.snapshot
    if snapshot is None:
        return
    now = screen.flow.clock.now()
    known: list[Fact] = facts(block, now, evidence, parts=False)
    dialog = InsideDialog(block, known, now, snapshot.zone)
    change: Change | None = await screen.app.push_screen_wait(dialog)
    if isinstance(change, GapChange):
        await screen.perform(partial(_relabel, block.id, change))
    elif isinstance(change, InterruptionChange) and change.delete:
        await screen.perform(partial(_unnote, block.id, change.number))
    elif isinstance(change, InterruptionChange):
        await change_interruption(screen, block, change.number)


async def change_interruption(screen: FlowScreen, block: Block, number: int) -> None:
    """Ask what interruption `number` of `block` was; a form that was refused comes back."""
    form: InterruptionForm | None = None
    while True:
        dialog = InterruptionDialog(block.interruptions[number - 1], form)
        form = await screen.app.push_screen_wait(dialog)
        if form is None or await screen.perform(partial(_renote, block.id, number, form)):
            return


def _relabel(id: str, change: GapChange, services: Services) -> str:
    services.history.relabel(id, change.number, change.cause, change.focus)
    given = {True: "given back as focus", False: "a gap again", None: str(change.cause)}
    return f"gap {change.number}: {given[change.focus]}{UNDO}"


def _renote(id: str, number: int, form: InterruptionForm, services: Services) -> str:
    services.history.renote(id, number, form.source, form.reason)
    return f"interruption {number}: {form.reason or 'no reason'}{UNDO}"


def _unnote(id: str, number: int, services: Services) -> str:
    services.history.unnote(id, number)
    return f"interruption {number} taken away{UNDO}"
