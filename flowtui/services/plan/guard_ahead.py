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
    if armed.view is not None and armed.view.level == "guard":
        return f"{names} kept away already"
    return next(iter(armed.sentences), "")


def release_ahead(services: Services, one: Occurrence) -> None:
    """Give back the guard that was put on ahead of `one`; nothing of it is loaded without one."""
    kept = GuardState(services.paths.state_dir).read()
    if kept is not None and kept.alone and kept.about == one.id:
        services.guard.release_alone(one.id)
