"""`flowtui import` of a time tracker's export: what it would bring, and what it brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowtui.cli.context import Context
from flowtui.core.status_file import minutes

if TYPE_CHECKING:
    from flowtui.services.focus.tracker_import import TrackerPlan
    from flowtui.services.imports import Ask, Tracker

SHOWN_ROWS = 20


def import_tracked(
    context: Context,
    ask: Ask,
    tracker: Tracker,
    context_name: str | None,
    cut: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Plan, and unless it is a dry run carry out, the import of one file."""
    services = context.services
    name = services.contexts.named(context_name, "")
    options = services.body.imports.options(ask)
    plan = services.tracker_import.plan(tracker, ask.path, options, name, cut)
    written = 0
    if not dry_run:
        written = services.tracker_import.carry_out(plan)
        services.status.write()
    if as_json:
        context.put_json(_view(plan, written, dry_run))
        return
    _report(context, plan, written, dry_run)


def _report(context: Context, plan: TrackerPlan, written: int, dry_run: bool) -> None:
    verb = "would be added" if dry_run else "added"
    number = len(plan.new) if dry_run else written
    zone = context.services.zone
    days = [block.started_at.astimezone(zone).date() for block in plan.new]
    span = f", {min(days)} to {max(days)}" if days else ""
    context.put(
        f"{number:>7}  blocks {verb} from {plan.file} ({plan.format}), "
        f"{minutes(plan.focus_s)}{span}"
    )
    for count, words in (
        (plan.known, "there already"),
        (plan.short, "of less than a minute, left out"),
        (plan.cut, "shortened to the time that was free"),
    ):
        if count:
            context.say(f"{count} {words}")
    for left in plan.left_out:
        context.say(f"left out: {left.count} {left.what}")
    for rows, count, what in (
        (plan.overlaps, len(plan.overlaps), "share time with another block; shorten them: --cut"),
        (plan.unread, plan.unread_count, "rows were not understood"),
    ):
        if not count:
            continue
        context.say(f"{count} {what}:")
        for row in rows[:SHOWN_ROWS]:
            context.say(f"  line {row.line}: {row.text}: {row.why}")
        if count > SHOWN_ROWS:
            context.say(f"  and {count - SHOWN_ROWS} more; all of them: --json")
    if dry_run:
        context.say("nothing was written; to import, leave --dry-run away")
    elif written:
        context.say("take it back: flowtui undo")


def _view(plan: TrackerPlan, written: int, dry_run: bool) -> dict[str, object]:
    rows = {"unread": plan.unread, "overlaps": plan.overlaps}
    return {
        "format": plan.format,
        "file": plan.file,
        "dry_run": dry_run,
        "new": len(plan.new),
        "written": written,
        "focus_s": plan.focus_s,
        "known": plan.known,
        "short": plan.short,
        "cut": plan.cut,
        "left_out": [{"what": one.what, "count": one.count} for one in plan.left_out],
        "unread_count": plan.unread_count,
        **{
            name: [{"line": row.line, "text": row.text, "why": row.why} for row in found]
            for name, found in rows.items()
        },
    }
