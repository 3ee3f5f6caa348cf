"""`flowtui plan week`: the hours meant for a week laid into its free stretches."""

from __future__ import annotations

from datetime import date

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.length_grammar import parse_duration
from flowtui.core.status_file import minutes
from flowtui.core.time_grammar import parse_day
from flowtui.services.plan.week_planner import Proposal, next_week, proposal, take


@click.command("week")
@click.argument("week", required=False)
@click.option("--hours", type=click.FloatRange(0.25, 120), help="meant for the week, in all")
@click.option("--for", "length", metavar="LENGTH", help="of a block; the usual one by default")
@click.option("--take", "taken", is_flag=True, help="plan these blocks")
@json_option
@pass_context
def plan_week(
    context: Context,
    week: str | None,
    hours: float | None,
    length: str | None,
    taken: bool,
    as_json: bool,
) -> None:
    """Propose blocks for WEEK (this, next, 2026-W48; next by default) between what is planned.

    Nothing is planned without --take.
    """
    services = context.services
    seconds = parse_duration(length) if length else None
    found = proposal(services, _day(context, week), hours, seconds)
    for remark in found.remarks:
        context.say(remark)
    plans = take(services, found.plan.blocks) if taken and found.plan.blocks else []
    if as_json:
        context.put_json({**_json(context, found), "plans": [plan.id for plan in plans]})
        return
    _put(context, found)
    if taken and not plans:
        raise FlowError("there is nothing to plan", "name more hours: --hours 15")
    if plans:
        context.say(f"planned {_count(len(plans))}; take it back: flowtui undo")
    elif found.plan.blocks:
        context.say("plan them: the same with --take")


def _day(context: Context, week: str | None) -> date:
    services = context.services
    if week is None or week == "next":
        return next_week(services)
    if week == "this":
        return services.today()
    try:
        return parse_day(week, services.today(), first_weekday=services.first_weekday).first
    except UsageError:
        raise UsageError(f"{week!r} is not a week", "write this, next or 2026-W48") from None


def _put(context: Context, found: Proposal) -> None:
    plan, zone = found.plan, context.services.zone
    context.put(
        f"{found.first} to {found.last}: {minutes(plan.meant_s)} meant, "
        f"{minutes(plan.planned_s)} of it planned or done"
    )
    for block in plan.blocks:
        start, end = (at.astimezone(zone) for at in (block.span.start, block.span.end))
        context.put(f"  {start:%a %d %b  %H:%M} to {end:%H:%M}  {minutes(block.seconds)}")
    if plan.left_s:
        context.put(f"  no room for {minutes(plan.left_s)}")
    if not plan.blocks and not plan.left_s:
        context.put("  nothing is missing")


def _json(context: Context, found: Proposal) -> dict[str, object]:
    zone = context.services.zone
    return {
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "meant_s": found.plan.meant_s,
        "planned_s": found.plan.planned_s,
        "no_room_s": found.plan.left_s,
        "blocks": [
            {"start": block.start.astimezone(zone).isoformat(), "planned_s": block.seconds}
            for block in found.plan.blocks
        ],
    }


def _count(number: int) -> str:
    return "1 block" if number == 1 else f"{number} blocks"
