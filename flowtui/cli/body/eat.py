"""The eating window from the shell: open, close, edit, history, and how it stands."""

from __future__ import annotations

from datetime import timedelta

import click

from flowtui.cli.body.body import stretch, tell
from flowtui.cli.context import Context, at_option, json_option, pass_context
from flowtui.core.body.day_series import days_between
from flowtui.core.body.day_text import entry_text
from flowtui.core.body.entry_days import BodyLog, Variable
from flowtui.core.body.entry_kinds import Kind
from flowtui.core.body.fasting import sentence, window_history
from flowtui.core.body.quick_line import Logged
from flowtui.core.body.validation import hours
from flowtui.core.errors import UsageError
from flowtui.core.focus.block_json import iso


@click.group("eat", invoke_without_command=True)
@json_option
@click.pass_context
def eat_command(click_context: click.Context, as_json: bool) -> None:
    """The eating window: open it, close it, change it. Alone: how it stands."""
    context = click_context.find_object(Context)
    assert context is not None
    if click_context.invoked_subcommand is None:
        _window_now(context, as_json)


@eat_command.command("open")
@at_option
@json_option
@pass_context
def eat_open(context: Context, at: str | None, as_json: bool) -> None:
    """Open the eating window."""
    tell(context, context.services.body.log.write("eat open", context.instant(at)), as_json)


@eat_command.command("close")
@at_option
@json_option
@pass_context
def eat_close(context: Context, at: str | None, as_json: bool) -> None:
    """Close the open window."""
    tell(context, context.services.body.log.write("eat close", context.instant(at)), as_json)


@eat_command.command("edit")
@click.argument("id", default="")
@click.option("--opened", metavar="TIME", help="when it opened")
@click.option("--closed", metavar="TIME", help="when it closed")
@click.option("--reopen", is_flag=True, help="it is still open")
@json_option
@pass_context
def eat_edit(
    context: Context,
    id: str,
    opened: str | None,
    closed: str | None,
    reopen: bool,
    as_json: bool,
) -> None:
    """Move one or both ends of window ID; without ID, of the last one."""
    if not (opened or closed or reopen):
        raise UsageError("there is nothing to change", "give --opened, --closed or --reopen")
    if closed and reopen:
        raise UsageError("--closed and --reopen cannot be combined", "give one of them")
    log = context.services.body.log
    new = log.move_window(id, context.instant(opened), context.instant(closed), reopen)
    tell(context, Logged((new,), ()), as_json, "changed")


@eat_command.command("history")
@click.option("--since", metavar="DAY", help="first day (default: two weeks ago)")
@json_option
@pass_context
def eat_history(context: Context, since: str | None, as_json: bool) -> None:
    """Windows day by day, with the hours before the first one."""
    services = context.services
    first, last = stretch(context, since, timedelta(days=13))
    log = services.body.log
    # the hours before the first day's window need the days before it
    entries = log.store.between(first - timedelta(days=30), last)
    days = window_history(
        entries, days_between(first, last), services.clock.now(), services.rule, log.targets
    )
    if as_json:
        context.put_json(
            [
                {
                    "day": d.day.isoformat(),
                    "state": d.state.value if d.state else None,
                    "eaten_s": d.eaten_s,
                    "fast_s": d.fast_s,
                    "target_s": d.target_s,
                    "open": any(b.open for b in d.bars),
                }
                for d in days
            ]
        )
        return
    of_day = BodyLog(entries, services.rule.start)
    for d in days:
        said = [entry_text(e) for e in of_day.of(d.day, Variable(Kind.EATING))]
        night = f"  {hours(d.fast_s)} before it" if d.fast_s else ""
        context.put(f"{d.day:%a %Y-%m-%d}  {', '.join(said) or 'not logged'}{night}")


def _window_now(context: Context, as_json: bool) -> None:
    log = context.services.body.log
    window = log.window()
    if window is None or window.since is None:
        if as_json:
            context.put_json(None)
        else:
            context.say("no window logged yet; open one: flowtui eat open")
        return
    if as_json:
        zone = context.services.zone.key
        context.put_json(
            {
                "open": window.open,
                "since": iso(window.since, zone),
                "elapsed_s": window.elapsed_s,
                "target_s": window.target_s,
                "left_s": window.left_s,
                "past_s": window.past_s,
                "certain": window.certain,
                "note": window.note,
            }
        )
        return
    since = window.since.astimezone(context.services.zone)
    context.put(f"{sentence(window)}  (since {since:%a %H:%M})")
    if not window.certain:
        context.say("a day in between has no record; log it if there was a window")
    if window.note:
        context.say(window.note)
