"""On a small terminal too, everything that a dialog holds comes into sight by its keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from textual.app import App
from textual.widgets import Label, OptionList

from flowtui.core.focus.block import Block, Cause, Gap, Interruption, Mode, Outcome, Source, Thought
from flowtui.core.focus.block_facts import facts
from flowtui.core.focus.forms import BlockForm, FinishAnswer, PlanOffer
from flowtui.core.focus.recovery import Hole, closings
from flowtui.core.guard.protection import GuardOffer
from flowtui.settings.actions import ACTIONS, PLACES
from flowtui.tui.body.habit_dialog import DeleteDialog, HabitDialog, UnitDialog, UnitForm
from flowtui.tui.dialogs.app_dialogs import ConfirmDialog, HelpDialog, LineDialog, ThemeDialog
from flowtui.tui.dialogs.base import Dialog
from flowtui.tui.dialogs.day_dialog import DayDialog
from flowtui.tui.focus.edit_dialog import EditDialog
from flowtui.tui.focus.finish_dialog import FinishDialog
from flowtui.tui.focus.inside_dialog import InsideDialog, InterruptionDialog
from flowtui.tui.focus.plan_dialog import PlanDialog
from flowtui.tui.focus.recover_dialog import RecoverDialog
from flowtui.tui.insight.experiment_dialog import TrialDialog, TrialForm
from flowtui.tui.widgets.choice import Choice
from tests.tui.harness import NOW, World, ready, until
from tests.tui.test_hostile_dialogs import drawn

UTC_ZONE = ZoneInfo("UTC")
THEMES = sorted(path.stem for path in (Path(__file__).parents[2] / "themes").glob("*.toml"))
LONG = " ".join(f"word{n:02}" for n in range(24))


def a_long_block() -> Block:
    """An ended block with many gaps, interruptions and thoughts, each with a name of its own."""
    start = NOW - timedelta(hours=8)

    def at(minutes: int) -> datetime:
        return start + timedelta(minutes=minutes)

    return Block(
        "b1", start, "UTC", LONG, f"if {LONG}", ("cuda", "paper"), "work", Mode.BUILD,
        ended_at=at(470), note=f"note {LONG}", outcome=Outcome.DONE, rating=4,
        gaps=tuple(
            Gap(at(10 * n), at(10 * n + 3), Cause.PAUSE, f"gap{n:02}") for n in range(1, 21)
        ),
        interruptions=tuple(
            Interruption(at(10 * n + 4), Source.EXTERNAL, f"call{n:02}", at(10 * n + 5))
            for n in range(1, 16)
        ),
        parked=tuple(Thought(at(10 * n + 6), f"thought{n:02}") for n in range(1, 12)),
    )  # fmt: skip


def inside() -> Dialog[Any]:
    block = a_long_block()
    return InsideDialog(block, facts(block, NOW, ["evidence"], parts=False), NOW, UTC_ZONE)


def no_parts() -> Dialog[Any]:
    block = a_long_block()
    bare = Block("b1", block.started_at, "UTC", LONG, ended_at=NOW, parked=block.parked)
    return InsideDialog(bare, facts(bare, NOW, parts=False), NOW, UTC_ZONE)


def recover() -> Dialog[Any]:
    block = Block("b1", NOW - timedelta(hours=3), "UTC", LONG)
    hole = Hole(NOW - timedelta(hours=2), NOW - timedelta(minutes=1), Cause.CRASH)
    return RecoverDialog(block, hole, closings(block, hole, NOW), UTC_ZONE, NOW)


def plan() -> Dialog[Any]:
    guard = GuardOffer(("news", "social"), (), "soft", False)
    contexts = tuple(f"context{n}" for n in range(12))
    offer = PlanOffer("50m", ("cuda",), "context7", Mode.GIVE, contexts, ("25m", "50m"), (), (),
                      guard)  # fmt: skip
    return PlanDialog(offer)


def finish() -> Dialog[Any]:
    thoughts = [f"thought{n:02}" for n in range(9)]
    meanwhile = [f"finding{n} {LONG}" for n in range(5)]
    return FinishDialog(LONG, "summary of it", thoughts, FinishAnswer(None, None, ""), meanwhile)


def trial() -> Dialog[Any]:
    form = TrialForm("walk", "", "more", "pairs of days", "42", "60", "2026-03-05", "deep_min")
    outcomes = {name: name for name in ("deep_min", "commits", "output", "energy", "pages", "mood")}
    return TrialDialog(form, outcomes, "refused for a reason")


DIALOGS: dict[str, Callable[[], Dialog[Any]]] = {
    "inside": inside,
    "inside, no parts": no_parts,
    "recover": recover,
    "plan": plan,
    "finish": finish,
    "trial": trial,
    "edit": lambda: EditDialog(a_long_block(), ("work", "own"), ()),
    "add": lambda: EditDialog(None, ("work",), (), BlockForm.of(a_long_block())),
    "help": lambda: HelpDialog(ACTIONS, list(PLACES)),
    "theme": lambda: ThemeDialog(THEMES, THEMES[0]),
    "line": lambda: LineDialog(LONG, "hint", "", about=f"about {LONG}"),
    "confirm": lambda: ConfirmDialog(LONG, f"about {LONG} twice {LONG}"),
    "day": lambda: DayDialog(NOW.date()),
    "habit": lambda: HabitDialog(),
    "unit of a habit": lambda: UnitDialog(LONG, UnitForm("min", "1/60")),
    "delete a habit": lambda: DeleteDialog(LONG, 12),
    "interruption": lambda: InterruptionDialog(a_long_block().interruptions[0]),
}


def held(dialog: Dialog[Any]) -> set[str]:
    """Every word of the labels, options and choices."""
    words: list[str] = []
    for label in dialog.query(Label):
        if label.display:
            words += str(label.render()).split()
    for options in dialog.query(OptionList):
        for option in options.options:
            words += str(option.prompt).split()
    for choice in dialog.query(Choice):
        words += choice.words
    return {word for word in words if re.search(r"[^\W_]{2,}", word)}


def walk(app: App[None], moved: Callable[[], bool]) -> Iterator[str]:
    """Keys as somebody presses who wants to see all of it; `moved`: the last one did something."""
    for key in ("pagedown", "up", "down"):
        still = 0
        while still < 14:  # a list moves its cursor through as many lines
            yield key
            still = 0 if moved() else still + 1
    for _ in range(12):
        focused = app.screen.focused
        yield from ["right"] * (len(focused.words) if isinstance(focused, Choice) else 0)
        yield "tab"


BOTH = [(name, (40, 12)) for name in DIALOGS]
BOTH += [(name, (80, 24)) for name in ("inside", "finish", "help", "recover")]


@pytest.mark.parametrize(("name", "size"), BOTH, ids=[f"{n} {s[0]}x{s[1]}" for n, s in BOTH])
async def test_everything_in_a_dialog_is_reached_by_keys(
    world: World, name: str, size: tuple[int, int]
) -> None:
    dialog = DIALOGS[name]()
    async with world.app().run_test(size=size) as pilot:
        app = await ready(pilot)
        app.push_screen(dialog)
        await until(pilot, lambda: app.screen is dialog, "the dialog")
        missing, frames = held(dialog), ["", drawn(pilot)]
        for key in walk(app, lambda: frames[-1] != frames[-2]):
            text = joined(frames[-1])
            missing = {word for word in missing if word not in text}
            if not missing:
                break
            await pilot.press(key)
            await pilot.pause()
            frames.append(drawn(pilot))

    assert missing == set()


def joined(shown: str) -> str:
    """The screen as one text; a word that is broken over two lines is put together again."""
    lines = [line.strip() for line in shown.split("\n")]
    return " ".join(lines) + " " + "".join(lines)
