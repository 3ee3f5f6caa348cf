"""`flowtui plan`: blocks meant for the days to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context, words
from flowtui.cli.guard.start_guard import say_guard
from flowtui.cli.plan.plan_week import plan_week
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Mode
from flowtui.core.focus.block_json import running_view
from flowtui.core.focus.tags import parse_tags
from flowtui.core.guard.protection import STRICTNESS
from flowtui.core.length_grammar import parse_duration
from flowtui.core.plan.planned_block import Occurrence, PlannedBlock, Standing
from flowtui.core.status_file import minutes
from flowtui.core.time_grammar import parse_calendar_day
from flowtui.services.plan.planning_line import instant_to_come, when_and_length

AHEAD_DAYS = 6

when_help = "tomorrow 9:00, weekdays 09:00, mon,thu 14:00, first mon 10:00; may end in: for 90m"
length_option = click.option("--for", "length", metavar="LENGTH", help="50m, 1h30, or open")
tag_option = click.option("-t", "--tag", "tags", multiple=True, metavar="TAG")
context_option = click.option("-c", "--context", "context_name", metavar="NAME")
mode_option = click.option("-m", "--mode", type=words(Mode), help="kind of work")
then_option = click.option("--then", "if_then", metavar="TEXT", help='"if X, then Y"')
guard_option = click.option("--guard", multiple=True, metavar="LIST", help="keep away: social,news")
strict_option = click.option("--strict", type=click.Choice(STRICTNESS))
auto_option = click.option(
    "--auto/--offer", default=None, help="begin by itself in an open app in use; else offer it"
)

arm_option = click.option(
    "--arm/--no-arm", default=None, help="put its guard on at its time, begun or not"
)


@click.group("plan")
def plan_command() -> None:
    """Blocks meant for the days to come: offered at their time, and never a reproach."""


@plan_command.command("add")
@click.argument("when")
@click.argument("intention", nargs=-1)
@length_option
@tag_option
@context_option
@mode_option
@then_option
@guard_option
@strict_option
@auto_option
@arm_option
@json_option
@pass_context
def plan_add(
    context: Context,
    when: str,
    intention: tuple[str, ...],
    length: str | None,
    tags: tuple[str, ...],
    context_name: str | None,
    mode: str | None,
    if_then: str | None,
    guard: tuple[str, ...],
    strict: str | None,
    auto: bool | None,
    arm: bool | None,
    as_json: bool,
) -> None:
    """Plan a block: WHEN in words ("weekdays 09:00 for 90m"), and INTENTION."""
    services = context.services
    schedule, seconds = when_and_length(services, when, length)
    name = services.contexts.named(context_name, "")
    lists = _lists(guard)
    if lists or strict or arm:
        _check_guard(context, lists, strict, name, bool(arm))
    plan = services.plan_book.add(
        PlannedBlock(
            id="",
            schedule=schedule,
            seconds=seconds,
            intention=" ".join(intention),
            then=if_then or "",
            tags=parse_tags(tags),
            context=name,
            mode=Mode(mode) if mode else None,
            guard=lists,
            strictness=strict or "",
            auto=bool(auto),
            arm=bool(arm),
        )
    )
    if as_json:
        context.put_json(_plan_json(plan))
        return
    context.say(f"planned {plan.id}: {_plan_words(plan)}")
    _say_remark(context, plan)
    for one in _ahead(context, plan)[:1]:
        _say_clash(context, one)
    context.say("take it back: flowtui undo")


@plan_command.command("list")
@click.option("--from", "first", metavar="DAY", help="the first day; today by default")
@click.option("--until", "last", metavar="DAY", help="the last day, included; a week by default")
@json_option
@pass_context
def plan_list(context: Context, first: str | None, last: str | None, as_json: bool) -> None:
    """Plans, and what of them falls on the days to come."""
    book = context.services.plan_book
    today = book.today()
    begin = parse_calendar_day(first, today) if first else today
    end = parse_calendar_day(last, today) if last else begin + timedelta(days=AHEAD_DAYS)
    if not 0 <= (end - begin).days <= 400:
        raise UsageError(f"{begin} to {end} cannot be listed", "name days in order, 400 at most")
    found = book.between(begin, end)
    plans = book.every()
    if as_json:
        context.put_json(
            {
                "plans": [_plan_json(plan) for plan in plans],
                "occurrences": [one.as_json() for one in found],
            }
        )
        return
    if not plans:
        context.say('nothing is planned; plan with: flowtui plan add "weekdays 09:00 for 90m"')
        return
    _put_days(context, found)
    if found:
        context.put("")
    for plan in plans:
        context.put(f"{plan.id}  {_plan_words(plan)}")


@plan_command.command("edit")
@click.argument("id")
@click.option("--when", metavar="WHEN", help=when_help)
@click.option("--intention", metavar="TEXT")
@length_option
@tag_option
@context_option
@click.option("-m", "--mode", type=click.Choice([*(mode.value for mode in Mode), "none"]))
@then_option
@guard_option
@strict_option
@auto_option
@arm_option
@json_option
@pass_context
def plan_edit(
    context: Context,
    id: str,
    when: str | None,
    intention: str | None,
    length: str | None,
    tags: tuple[str, ...],
    context_name: str | None,
    mode: str | None,
    if_then: str | None,
    guard: tuple[str, ...],
    strict: str | None,
    auto: bool | None,
    arm: bool | None,
    as_json: bool,
) -> None:
    """Change a plan; what is not named stays."""
    services = context.services
    plan = services.plan_book.by_id(id)
    changes: dict[str, Any] = {}
    if when is not None or length is not None:
        schedule, seconds = when_and_length(services, when or plan.schedule.text(), length)
        changes["schedule"] = schedule if when is not None else plan.schedule
        if length is not None or (when is not None and " for " in f" {when} "):
            changes["seconds"] = seconds
    given = {
        "intention": intention,
        "tags": parse_tags(tags) if tags else None,
        "context": services.contexts.named(context_name, "") if context_name else None,
        "then": if_then,
        "guard": _lists(guard) if guard else None,
        "strictness": strict,
        "auto": auto,
        "arm": arm,
    }
    changes |= {name: value for name, value in given.items() if value is not None}
    if mode is not None:
        changes["mode"] = None if mode == "none" else Mode(mode)
    if not changes:
        raise UsageError("nothing to change was named", "see: flowtui plan edit --help")
    changed = replace(plan, **changes)
    if changes.get("guard") or arm:
        _check_guard(context, changed.guard, strict, changed.context, changed.arm)
    changed = services.plan_book.edit(changed)
    _report(context, changed, as_json, f"changed {changed.id}: {_plan_words(changed)}")


@plan_command.command("skip")
@click.argument("id")
@click.argument("day", required=False)
@json_option
@pass_context
def plan_skip(context: Context, id: str, day: str | None, as_json: bool) -> None:
    """Let one occurrence go: that of DAY, else the one due or next."""
    one = _occurrence(context, id, day)
    context.services.plan_book.let_go(one)
    _report(context, one, as_json, f"let go: {_occurrence_words(context, one)}")


@plan_command.command("move")
@click.argument("id")
@click.argument("to", nargs=-1, required=True)
@json_option
@pass_context
def plan_move(context: Context, id: str, to: tuple[str, ...], as_json: bool) -> None:
    """Move one occurrence (PLAN or PLAN@DAY) to another time: tomorrow 14:00, in 30m, 16:00."""
    services = context.services
    one = services.plan_book.occurrence(id)
    at = instant_to_come(services, " ".join(to), one)
    answer = services.plan_book.move(one, at)
    local = at.astimezone(services.zone)
    moved = replace(one, at=at, moved=True, standing=Standing.PLANNED)
    _report(context, moved, as_json, f"moved to {local:%a %d %b %H:%M}: {answer.id}")
    _say_clash(context, moved)


@plan_command.command("later")
@click.argument("id", required=False)
@click.option("--by", metavar="LENGTH", default="15m", help="15m by default")
@json_option
@pass_context
def plan_later(context: Context, id: str | None, by: str, as_json: bool) -> None:
    """Offer what is due again a little later, counted from now."""
    services = context.services
    one = _due(context, id)
    answer = services.plan_book.later(one, timedelta(seconds=parse_duration(by)))
    assert answer.to is not None
    local = answer.to.astimezone(services.zone)
    moved = replace(one, at=answer.to, moved=True, standing=Standing.PLANNED)
    _report(context, moved, as_json, f"offered again at {local:%H:%M}: {one.id}")


@plan_command.command("begin")
@click.argument("id", required=False)
@click.option("--keep-end", is_flag=True, help="end when it was planned to, however late")
@click.option("--switch", is_flag=True, help="end a running block first")
@json_option
@pass_context
def plan_begin(
    context: Context, id: str | None, keep_end: bool, switch: bool, as_json: bool
) -> None:
    """Begin the planned block that is due, or the next of plan ID, as it was planned."""
    from flowtui.services.plan.begin_planned import begin_planned

    services = context.services
    one = _due(context, id)
    if switch and services.focus.current() is not None:
        context.settle()
    begun = begin_planned(services, one, keep_end, switch)
    if as_json:
        context.put_json(running_view(begun.block, services.clock.now()))
        return
    say_guard(context, begun)
    context.say(f"started {begun.block.id}  {begun.block.intention or 'no intention'}")


@plan_command.command("remove")
@click.argument("id")
@json_option
@pass_context
def plan_remove(context: Context, id: str, as_json: bool) -> None:
    """Take a plan away from now on; what lies behind stays known."""
    book = context.services.plan_book
    removed = book.remove(book.by_id(id))
    kept = f"; what lies behind is kept, to {removed.kept_until}" if removed.kept_until else ""
    _report(context, removed.plan, as_json, f"removed {removed.plan.id}{kept}")


plan_command.add_command(plan_week)


def _check_guard(
    context: Context, lists: tuple[str, ...], strict: str | None, name: str, arm: bool
) -> None:
    """Raises UsageError for a list that is unknown, and where `arm` has nothing to put on."""
    choice = context.services.guard.choice(lists or None, strict, name)
    if arm and choice is None:
        raise UsageError("--arm needs a list", "give --guard LIST, or set guard.lists")


def _lists(guard: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for text in guard for word in text.split(",") if word.strip())


def _occurrence(context: Context, id: str, day: str | None) -> Occurrence:
    book = context.services.plan_book
    if day is None:
        return book.occurrence(id)
    return book.occurrence(f"{id.partition('@')[0]}@{parse_calendar_day(day, book.today())}")


def _due(context: Context, id: str | None) -> Occurrence:
    book = context.services.plan_book
    if id is not None:
        return book.occurrence(id)
    due = book.due()
    if due is None:
        raise FlowError("no planned block is due", "name one; see: flowtui plan list")
    return due


def _report(
    context: Context, what: PlannedBlock | Occurrence, as_json: bool, sentence: str
) -> None:
    if as_json:
        context.put_json(what.as_json() if isinstance(what, Occurrence) else _plan_json(what))
        return
    context.say(sentence)
    context.say("take it back: flowtui undo")


def _put_days(context: Context, found: list[Occurrence]) -> None:
    zone, former = context.services.zone, None
    for one in found:
        day = one.at.astimezone(zone).date()
        if day != former:
            context.put(f"{day:%A %d %B}")
            former = day
        context.put(f"  {_occurrence_words(context, one)}")
    if not found:
        context.say("nothing falls on these days")


def _occurrence_words(context: Context, one: Occurrence) -> str:
    local = one.at.astimezone(context.services.zone)
    length = minutes(one.plan.seconds) if one.plan.seconds else "open end"
    name = one.plan.intention or "no intention"
    standing = "" if one.standing is Standing.PLANNED else f"  {one.standing.value}"
    moved = "  moved" if one.moved else ""
    remark = f"  ({one.remark})" if one.remark else ""
    return f"{local:%H:%M}  {length:<8}  {name}{moved}{standing}  {one.id}{remark}"


def _plan_words(plan: PlannedBlock) -> str:
    length = f"for {minutes(plan.seconds)}" if plan.seconds else "with an open end"
    parts = [f"{plan.schedule.text()} {length}", plan.intention]
    parts += [f"#{tag}" for tag in plan.tags]
    parts += [f"guard {' '.join(plan.guard)}"] if plan.guard else []
    parts += ["guarded from its time on"] if plan.arm else []
    parts += ["begins by itself"] if plan.auto else []
    return "  ".join(part for part in parts if part)


def _say_remark(context: Context, plan: PlannedBlock) -> None:
    """How an hour that does not exist or comes twice is read, for the first that has one."""
    remarks = (one.remark for one in _ahead(context, plan) if one.remark)
    for remark in remarks:
        context.say(remark)
        break


def _ahead(context: Context, plan: PlannedBlock) -> list[Occurrence]:
    """What is to come of a plan within a year."""
    book = context.services.plan_book
    today = book.today()
    found = book.between(today, today + timedelta(days=366))
    return [one for one in found if one.plan.id == plan.id and one.standing is Standing.PLANNED]


def _say_clash(context: Context, one: Occurrence) -> None:
    """Say which meeting it clashes with, and when there is room; nothing without calendars."""
    services = context.services
    if not services.calendars.sources or one.plan.seconds is None:
        return
    from flowtui.core.plan.free_time import clash, next_gap

    length = timedelta(seconds=one.plan.seconds)
    day = one.at.astimezone(services.zone).date()
    events = services.calendars.days(day, day + timedelta(days=1)).events
    meeting = clash(one.at, one.at + length, events)
    if meeting is None:
        return
    start, end = (at.astimezone(services.zone) for at in (meeting.start, meeting.end))
    context.say(f"clashes with {meeting.title or 'a meeting'}, {start:%H:%M} to {end:%H:%M}")
    gap = next_gap(one.at, length, events, one.at + timedelta(hours=12))
    if gap is not None:
        local = gap.astimezone(services.zone)
        context.say(f"there is room at {local:%H:%M}: flowtui plan move {one.id} {local:%H:%M}")


def _plan_json(plan: PlannedBlock) -> dict[str, Any]:
    return {
        "id": plan.id,
        "when": plan.schedule.text(),
        "planned_s": plan.seconds,
        "intention": plan.intention,
        "then": plan.then,
        "tags": list(plan.tags),
        "context": plan.context,
        "mode": plan.mode.value if plan.mode else None,
        "guard": list(plan.guard),
        "strictness": plan.strictness or None,
        "auto": plan.auto,
        "arm": plan.arm,
        "from": _iso(plan.schedule.first),
        "until": _iso(plan.schedule.last),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
