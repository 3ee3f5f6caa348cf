"""What a filled-in form means: checked drafts out, or one line that says what is off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Block, PlanKind
from flowtui.core.focus.edit_times import read_end, read_on_day, read_times
from flowtui.core.focus.forms import BlockForm, PlanForm, PlanOffer
from flowtui.core.focus.inbox import meant_next
from flowtui.core.guard.protection import Choice
from flowtui.core.status_file import minutes
from flowtui.core.text import plain
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

UNTIL_MEETING = "until meeting"


def offer(services: Services) -> PlanOffer:
    """What the next plan starts with."""
    last, contexts = services.plans.last(), services.contexts
    plan = services.plans.usual()
    meant = _planned_first(services) or meant_next(services.inbox.waiting(), services.today())
    known = last is not None and last.context in contexts.rules
    here = contexts.named(None, current_folder())
    meeting = _meeting(services)
    presets = tuple(_length(seconds) for seconds in services.plans.presets_s)
    return PlanOffer(
        length=_length(plan.seconds) if plan.kind is PlanKind.FIXED else "open",
        tags=last.tags if last is not None else (),
        context=last.context
        if last is not None and known
        else contexts.named(None, current_folder()),
        mode=last.mode if last is not None else None,
        contexts=tuple(contexts.rules),
        presets=(*presets, UNTIL_MEETING) if meeting else presets,
        meeting=meeting,
        known_tags=services.plans.tags(),
        known_intentions=services.plans.intentions(),
        guard=services.guard.offer(here),
        intention=meant,
        goes_on=meant or services.plans.unfinished(),
    )


def _meeting(services: Services) -> str:
    """The next meeting with room for a block before it, in words; empty without one."""
    if not services.calendars.sources:
        return ""
    from flowtui.core.plan.free_time import BEFORE_MEETING, next_meeting

    now, today = services.clock.now(), services.plan_book.today()
    found = next_meeting(now, services.calendars.known(today, today))
    if found is None:
        return ""
    left = minutes(int((found.start - BEFORE_MEETING - now).total_seconds()))
    at = found.start.astimezone(services.zone)
    return f"{UNTIL_MEETING} is {left}: {plain(found.title, 40) or 'a meeting'} at {at:%H:%M}"


def form_like(services: Services, block: Block) -> PlanForm:
    """The form that starts `block` again with all it had."""
    known = block.context in services.contexts.rules
    context = block.context if known else services.contexts.named(None, current_folder())
    plan = block.plan if block.plan.kind is PlanKind.FIXED else services.plans.usual()
    if block.plan.kind is PlanKind.OPEN:
        plan = block.plan
    guard = services.guard.offer(context)
    return PlanForm(
        block.intention,
        block.then,
        _length(plan.seconds) if plan.kind is PlanKind.FIXED else "open",
        block.tags,
        context,
        block.mode,
        Choice(guard.chosen, guard.strictness) if guard.chosen else None,
    )


def started_again(services: Services, block: Block | None) -> PlanForm:
    """As `form_like` of `block`; of None what goes on with the last choices, as `S` does."""
    if block is not None:
        return form_like(services, block)
    return PlanForm.again(offer(services), go_on=True)


def begin_from_form(services: Services, form: PlanForm) -> Begun:
    """Begin the block that `form` describes. Raises FlowError, and then nothing was begun."""
    plan = plan_for(services, PlanRequest.from_text(form.length), services.plans.usual())
    draft = draft_for(services, plan, form.intention, form.then, form.tags, form.context, form.mode)
    return begin(services, draft, form.guard)


def entered(services: Services, form: BlockForm, day: date | None = None) -> Block:
    """Add the past block of a form; its end may be a length.

    `day` is the day that is looked at, None for today: a bare time is one of that day.
    """
    if not form.start:
        raise UsageError("a past block needs a start", "give a time such as 09:15")
    now, zone = services.clock.now(), services.zone
    start = read_on_day(form.start, day, services.rule.start, now, zone)
    draft = Draft(form.intention, form.then, form.tags, form.context, form.mode)
    return services.history.add(
        draft,
        start,
        read_end(form.end or "", start, now, zone),
        form.outcome,
        form.rating,
        form.note,
    )


def changed(services: Services, block: Block, form: BlockForm) -> Block:
    """Change what was touched in the form of `block`; the rest stays as it is by now."""
    start, end = read_times(block, form.start, form.end, services.clock.now())
    changes = replace(form.touched(BlockForm.of(block)), started_at=start, ended_at=end)
    return services.history.edit(block.id, changes)


def _planned_first(services: Services) -> str:
    today = services.today()
    if services.store.between(today, today):
        return ""
    return services.body.checkins.first_block(today) or ""


def _length(seconds: int | None) -> str:
    return f"{(seconds or 0) // 60}m"
