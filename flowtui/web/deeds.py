"""What the buttons of the page do: each a form that is sent to a path of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Outcome, Source
from flowtui.core.focus.commands import Interrupt, Pause, Resume, Return
from flowtui.core.text import one_line

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

    Deed = Callable[["Services", Mapping[str, str]], str]


def start(services: Services, form: Mapping[str, str]) -> str:
    """Begin a block with the usual plan; its intention is `intention`."""
    from flowtui.services.focus.begin import (
        GuardRequest,
        PlanRequest,
        begin,
        choice_for,
        draft_for,
        plan_for,
    )

    intention = one_line(form.get("intention", ""), "intention")
    length = form.get("length", "").strip()
    plan = plan_for(services, PlanRequest.from_text(length), services.plans.usual())
    last = services.plans.last()
    draft = draft_for(services, plan, intention, context=last.context if last else None)
    begun = begin(services, draft, choice_for(services, GuardRequest(), draft.context))
    return "   ".join([*begun.sentences[:1], "started"])


def pause(services: Services, form: Mapping[str, str]) -> str:
    """Stop the clock; `step` is the next step."""
    services.focus.apply(Pause(one_line(form.get("step", ""), "next step")))
    return "paused"


def resume(services: Services, form: Mapping[str, str]) -> str:
    """Let the clock run again."""
    services.focus.apply(Resume())
    return "the clock runs"


def wandered(services: Services, form: Mapping[str, str]) -> str:
    """Note an internal interruption."""
    services.focus.apply(Interrupt(Source.INTERNAL))
    return "noted: wandered"


def called(services: Services, form: Mapping[str, str]) -> str:
    """Note an external interruption."""
    services.focus.apply(Interrupt(Source.EXTERNAL))
    return "noted: called"


def back(services: Services, form: Mapping[str, str]) -> str:
    """Focus has resumed."""
    services.focus.apply(Return())
    return "back"


def park(services: Services, form: Mapping[str, str]) -> str:
    """Write a thought down. Raises UsageError without one, FlowError without a block."""
    thought = one_line(form.get("thought", ""), "thought").strip()
    if not thought:
        raise UsageError("there is nothing to park", "write the thought down")
    block = services.focus.current()
    if block is None:
        raise FlowError("no block is running", "begin one first")
    services.focus.park(block.id, thought, services.clock.now())
    return "parked"


def finish(services: Services, form: Mapping[str, str]) -> str:
    """End the block, with `outcome`, `rating` and `note`."""
    outcome, rating = form.get("outcome", ""), form.get("rating", "")
    if outcome and outcome not in {one.value for one in Outcome}:
        raise UsageError(f"{outcome!r} is no outcome", "done, partly or not")
    if rating and rating not in "12345":
        raise UsageError(f"{rating!r} is no rating", "1 to 5")
    ended = services.focus.finish(
        outcome=Outcome(outcome) if outcome else None,
        rating=int(rating) if rating else None,
        note=one_line(form.get("note", ""), "note"),
    )
    return f"ended: {ended.intention or 'a block'}"


def energy(services: Services, form: Mapping[str, str]) -> str:
    """Note energy, 1 to 5."""
    value = form.get("value", "")
    if value not in ("1", "2", "3", "4", "5"):
        raise UsageError(f"{value!r} is no energy", "1 to 5")
    services.body.log.write(f"energy {value}")
    return f"energy {value}"


DEEDS: dict[str, Deed] = {
    f"/{one.__name__}": one
    for one in (start, pause, resume, wandered, called, back, park, finish, energy)
}
"""By path."""
