"""What a filled-in form means: checked drafts out, or one line that says what is off.

Used by the app's dialogs; the command line has its own words for the same things.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import RUN_AT_MOST_S, Block, Plan, PlanKind
from flowtui.core.focus.edit import Changes
from flowtui.core.focus.forms import BlockForm, PlanForm, PlanOffer
from flowtui.core.time_grammar import parse_duration, parse_instant
from flowtui.services.focus.running_block import Draft
from flowtui.services.wiring import Services


def offer(services: Services) -> PlanOffer:
    """What the next plan starts with."""
    last, contexts = services.plans.last(), services.contexts
    plan = services.plans.usual()
    known = last is not None and last.context in contexts.rules
    return PlanOffer(
        length=_length(plan.seconds) if plan.kind is PlanKind.FIXED else "open",
        tags=last.tags if last is not None else (),
        context=last.context if last is not None and known else contexts.named(None, _here()),
        mode=last.mode if last is not None else None,
        contexts=tuple(contexts.rules),
        presets=tuple(_length(seconds) for seconds in services.plans.presets_s),
        known_tags=services.plans.tags(),
        known_intentions=services.plans.intentions(),
        guard=services.guard.offer(contexts.named(None, _here())),
        intention=_planned_first(services),
    )


def planned(services: Services, form: PlanForm) -> Draft:
    """The draft of a block from a form. Raises UsageError for a length that cannot be meant."""
    filled = services.contexts.filled(form.context, form.mode, form.tags)
    return Draft(
        intention=form.intention,
        then=form.then,
        tags=filled.tags,
        context=form.context,
        mode=filled.default_mode,
        plan=read_plan(services, form.length),
        folder=_here(),
    )


def read_plan(services: Services, text: str) -> Plan:
    """ "50m", "90", "open", "17:30", "until 17:30", "run NAME [90m]"; empty: the usual plan."""
    words = text.strip().lower()
    if not words:
        return services.plans.usual()
    if words in ("open", "open-ended"):
        return Plan()
    if words.startswith("run "):
        return _until_run(services, text.strip()[4:].split())
    clock = words.removeprefix("until").strip()
    # with a colon it is a time of the day: "1:30" as a length is written 1h30 here
    if words.startswith("until") or ":" in clock:
        now = services.clock.now()
        until = parse_instant(clock, now, services.zone, future=True)
        if until <= now:
            raise UsageError(f"{text!r} is not in the future", "give a time such as 17:30")
        return Plan(PlanKind.UNTIL, until=until, at_plan=services.plans.at_plan_default)
    return Plan(PlanKind.FIXED, parse_duration(words), at_plan=services.plans.at_plan_default)


def _until_run(services: Services, words: list[str]) -> Plan:
    """Until a run gets on: its name, and the length that the block has at most."""
    at_most_s = RUN_AT_MOST_S
    if len(words) > 1:
        at_most_s = parse_duration(words.pop())
    at_plan = services.plans.at_plan_default
    return services.runs.waits.plan(" ".join(words), at_most_s, at_plan)


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


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return ""  # the folder was removed under us
