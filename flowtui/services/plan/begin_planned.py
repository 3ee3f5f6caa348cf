"""Begin a planned block as it was planned: intention, length, context, guard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block
from flowtui.core.plan.planned_block import Occurrence
from flowtui.services.focus.begin import Begun, GuardRequest, begin, choice_for, draft_for

if TYPE_CHECKING:
    from flowtui.services.wiring import Services


def begin_planned(
    services: Services, one: Occurrence, keep_end: bool = False, switch: bool = False
) -> Begun:
    """Begin the block of `one` now, with its whole length or, with `keep_end`, its planned end.

    Raises FlowError where another block runs and `switch` is False, UsageError where its context
    or a list is no longer there.
    """
    plan = one.plan
    draft = draft_for(
        services,
        services.plan_book.plan_of(one, keep_end),
        plan.intention,
        plan.then,
        plan.tags,
        plan.context,
        plan.mode,
    )
    request = GuardRequest(plan.guard or None, plan.strictness or None)
    choice = choice_for(services, request, draft.context)
    return begin(services, replace(draft, planned=one.id), choice, switch=switch)


def begin_by_itself(services: Services) -> Block | None:
    """Begin the planned block that is due, if it was planned to begin by itself; else None.

    Nothing begins over another block, nor where its guard or context is no longer there: then it is
    offered as any other.
    """
    if services.store.running() is not None:
        return None
    due = services.plan_book.due()
    if due is None or not due.plan.auto or due.moved:
        return None
    try:
        return begin_planned(services, due).block
    except FlowError:
        return None
