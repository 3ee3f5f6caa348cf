"""What a filled-in form means: checked drafts out, or one line that says what is off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Block, PlanKind
from flowtui.core.focus.edit import Changes
from flowtui.core.focus.forms import BlockForm, PlanForm, PlanOffer
from flowtui.core.length_grammar import parse_duration
from flowtui.services.focus.begin import (
    Begun,
    PlanRequest,
    begin,
    current_folder,
    draft_for,
    plan_for,
)
from flowtui.services.focus.running_block import Draft
from flowtui.services.wiring import Services


def offer(services: Services) -> PlanOffer:
    """What the next plan starts with."""
    last, contexts = services.plans.last(), services.contexts
    plan = services.plans.usual()
    known = last is not None and last.context in contexts.rules
    here = contexts.named(None, current_folder())
    return PlanOffer(
        length=_length(plan.seconds) if plan.kind is PlanKind.FIXED else "open",
        tags=last.tags if last is not None else (),
        context=last.context
        if last is not None and known
        else contexts.named(None, current_folder()),
        mode=last.mode if last is not None else None,
        contexts=tuple(contexts.rules),
        presets=tuple(_length(seconds) for seconds in services.plans.presets_s),
        known_tags=services.plans.tags(),
        known_intentions=services.plans.intentions(),
        guard=services.guard.offer(here),
        intention=_planned_first(services),
    )


def begin_from_form(services: Services, form: PlanForm) -> Begun:
    """Begin the block that `form` describes. Raises FlowError, and then nothing was begun."""
    plan = plan_for(services, PlanRequest.from_text(form.length), services.plans.usual())
    draft = draft_for(services, plan, form.intention, form.then, form.tags, form.context, form.mode)
    return begin(services, draft, form.guard)


def entered(services: Services, form: BlockForm) -> Block:
    """Add the past block of a form; its end may be a length."""
    if not form.start:
        raise UsageError("a past block needs a start", "give a time such as 09:15")
    start = services.instant(form.start)
    draft = Draft(form.intention, form.then, form.tags, form.context, form.mode)
    return services.history.add(
        draft,
        start,
        _end(services, start, form.end or ""),
        form.outcome,
        form.rating,
        form.note,
    )


def changed(services: Services, block: Block, form: BlockForm) -> Block:
    """Change `block` to what the form says."""
    start = services.instant(form.start) if form.start else None
    end = _end(services, start or block.started_at, form.end) if form.end else None
    changes = Changes(
        intention=form.intention,
        then=form.then,
        tags=form.tags,
        context=form.context,
        mode=form.mode,
        no_mode=form.mode is None,
        outcome=form.outcome,
        rating=form.rating,
        note=form.note,
        started_at=start,
        ended_at=end,
    )
    if block.ended_at is None:
        changes = replace(changes, note=None)
    return services.history.edit(block.id, changes)


def _end(services: Services, start: datetime, text: str) -> datetime:
    if not text:
        return services.clock.now()
    try:
        return services.instant(text)
    except UsageError:
        pass  # not a time: perhaps a length
    return start + timedelta(seconds=parse_duration(text))


def _planned_first(services: Services) -> str:
    today = services.today()
    if services.store.between(today, today):
        return ""
    return services.body.checkins.first_block(today) or ""


def _length(seconds: int | None) -> str:
    return f"{(seconds or 0) // 60}m"
