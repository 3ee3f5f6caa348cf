"""One key, one meaning: over the actions of all places, and the keys of every widget of ours."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections import defaultdict

from textual.binding import Binding
from textual.dom import DOMNode

import flowtui.tui
from flowtui.settings.actions import ACTIONS, MEET, PLACES, shown_keys

MEANING = {
    "block.plan": "start", "block.again": "again", "block.add": "add", "run.add": "add",
    "entry.add": "add", "plan.add": "plan", "plan.begin": "begin", "plan.later": "later",
    "plan.move": "move planned", "plan.skip": "skip", "break.start": "break",
    "block.pause": "pause", "block.wandered": "wandered", "block.called": "called",
    "block.back": "return", "block.park": "park", "block.extend": "extend",
    "block.shorten": "shorten", "block.finish": "finish", "block.discard": "discard",
    "block.edit": "edit", "list.edit": "edit", "run.edit": "edit", "entry.edit": "edit",
    "list.delete": "delete", "run.delete": "delete", "entry.delete": "delete",
    "trial.stop": "delete", "list.split": "split", "list.join": "join",
    "run.baseline": "baseline", "run.stop": "stop", "window.turn": "window",
    "habit.new": "habit", "habit.name": "habit", "habit.rename": "edit", "habit.merge": "join",
    "habit.unit": "unit", "habit.archive": "archive", "habit.delete": "delete",
    "trial.new": "experiment", "pair.trial": "experiment",
    "trial.did": "did", "trial.left": "left", "app.undo": "undo", "app.redo": "redo",
    "review.skip": "skip", "review.move": "move planned", "review.plan": "plan",
    "review.questions": "week's questions", "review.report": "report",
    "away.take": "gap", "away.keep": "give back",
    "parked.open": "inbox", "block.note": "add", "InsideDialog.change": "edit",
    "InsideDialog.give": "give back", "InsideDialog.delete": "delete",
}  # fmt: skip
"""What each action does to what was recorded. What is not named here only looks."""
FORM_KEYS = {"enter", "escape", "tab", "shift+tab", "ctrl+s", "ctrl+l", "up", "down"}
"""Keys of forms and lists: what they lead to is said where they are pressed."""
ANSWERS = {"FinishDialog", "Choice", "WeekPlanDialog", "InboxDialog"}
"""Whose keys answer in a form or change a draft, which Enter alone keeps."""


def widgets() -> list[type[DOMNode]]:
    """Every class of ours that has keys of its own."""
    found = []
    for module in pkgutil.walk_packages(flowtui.tui.__path__, "flowtui.tui."):
        for _, cls in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if cls.__module__ == module.name and issubclass(cls, DOMNode):
                found.append(cls)
    return found


def keys() -> list[tuple[str, str, str]]:
    """Key, meaning and who has it: of all places, dialogs, lists and methods named key_*."""
    table = [
        (key, MEANING.get(action.id, ""), action.id)
        for action in ACTIONS
        for key in action.keys.split(",")
    ]
    ids = {action.id for action in ACTIONS}
    for cls in widgets():
        for binding in vars(cls).get("BINDINGS", []):
            assert isinstance(binding, Binding)
            if binding.id in ids or cls.__name__ in ANSWERS:
                continue
            who = f"{cls.__name__}.{binding.action.partition('(')[0]}"
            table += [(key, MEANING.get(who, ""), who) for key in binding.key.split(",")]
        for name in vars(cls):
            if name.startswith("key_"):
                table.append((name.removeprefix("key_"), "", f"{cls.__name__}.{name}"))
    return table


def test_a_key_that_changes_what_was_recorded_means_the_same_everywhere() -> None:
    meant: dict[str, set[str]] = defaultdict(set)
    who: dict[str, list[str]] = defaultdict(list)
    for key, meaning, owner in keys():
        if key not in FORM_KEYS:
            meant[key].add(meaning)
            who[key].append(owner)

    assert {key: who[key] for key, all in meant.items() if len(all) > 1} == {}


def test_every_action_that_changes_something_is_in_the_table_above() -> None:
    """A handler that has services carry something out, or asks before it does."""
    writes = ("self.perform(", "self._apply(", "self._with(", "_keep(", "change_block(",
              "declare(", "self._did(", "self._interrupted(", "quick_log(")  # fmt: skip
    asks_only = {"app.log", "app.theme", "cycle.choose"}  # an entry, and settings
    methods = {}
    for cls in widgets():
        for name, function in vars(cls).items():
            if name.startswith("action_"):
                wrapped = inspect.unwrap(function)
                methods[name.removeprefix("action_")] = inspect.getsource(wrapped)
    unknown = [
        action.id
        for action in ACTIONS
        if any(call in methods.get(action.method, "") for call in writes)
        and action.id not in MEANING
        and action.id not in asks_only
    ]

    assert unknown == []
    assert {id for id in MEANING if "." in id and id[0].islower()} <= {a.id for a in ACTIONS}


def test_keys_that_move_are_the_same_in_every_list() -> None:
    moves = {"j": set(), "k": set(), "g": set(), "G": set()}  # type: ignore[var-annotated]
    for key, meaning, owner in keys():
        if key in moves:
            assert not meaning, (key, owner)
            moves[key].add(owner)

    assert all(moves.values())


def test_places_that_meet_know_of_each_other() -> None:
    assert set(MEET) == set(PLACES)
    for place, others in MEET.items():
        for other in others:
            assert place in MEET[other] or other == "app", (place, other)


def test_the_key_that_leaves_is_called_by_one_word_everywhere() -> None:
    assert "esc" in {shown_keys(action) for action in ACTIONS}
    assert not any("escape" in shown_keys(action) for action in ACTIONS)
    dialogs = [cls for cls in widgets() if isinstance(getattr(cls, "hint", None), str)]
    assert dialogs and not any("escape" in cls.hint for cls in dialogs)  # type: ignore[attr-defined]
