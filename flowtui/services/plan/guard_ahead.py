"""The guard of a planned block, put on at its time: whoever puts off beginning is not lured away.

It needs no block. The block that is begun takes it over; what is let go or moved gives it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError
from flowtui.core.plan.planned_block import Occurrence, Standing
from flowtui.services.guard.guard_state import GuardState

if TYPE_CHECKING:
    from flowtui.services.wiring import Services


def arm_ahead(services: Services, one: Occurrence) -> str:
    """Put on the guard of `one`, which is due, until it is meant to end; says what came of it.

    Empty where it is not to be put on, and while a block runs, which has a guard of its own.
    """
    plan = one.plan
    if not plan.arm or one.standing is not Standing.DUE or services.store.running() is not None:
        return ""
    left_s = None if one.ends_at is None else (one.ends_at - services.clock.now()).total_seconds()
    if left_s is not None and left_s < 60:
        return ""
    guard = services.guard
    try:
        choice = guard.choice(plan.guard or None, plan.strictness or None, plan.context)
        if choice is None:
            return ""
        seconds = round(left_s) if left_s is not None else guard.settings.open_min * 60
        armed = guard.arm_alone(choice, seconds, one.id)
    except FlowError as error:
        return f"the guard is not on: {error.message}"
    names = " ".join(choice.lists) or "apps"
    view = armed.view
    if view is not None and view.level == "guard":
        less = f", but {view.strictness}" if view.strictness != choice.strictness else ""
        return f"{names} kept away already{less}"
    return next(iter(armed.sentences), "")


def follow_plans(services: Services) -> None:
    """After a change of plans, or its undo: what was let go, moved or taken away gives it back.

    Nothing is put on here: what a person ended by hand stays off until a block begins.
    """
    kept = GuardState(services.paths.state_dir).read()
    if kept is not None and kept.alone:
        for id in kept.about.split():
            if "@" in id and not _stays(services, id):
                services.guard.release_alone(id)


def _stays(services: Services, id: str) -> bool:
    """Whether what was planned as `id` is still to be guarded."""
    try:
        one = services.plan_book.occurrence(id)
    except FlowError:
        return False
    return one.plan.arm and one.standing in (Standing.DUE, Standing.NOT_BEGUN, Standing.BEGUN)
