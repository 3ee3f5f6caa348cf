"""`flowtui guard`: what is kept away, by whom, and how it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.cli.guard.guard_arm import arm_command
from flowtui.cli.guard.guard_lists import list_command
from flowtui.cli.guard.guard_root import (
    doctor_command,
    hash_command,
    install_command,
    rescue_command,
    uninstall_command,
)
from flowtui.cli.guard.guard_why import why_command
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.guard import protection
from flowtui.core.guard.protection import Choice
from flowtui.core.length_grammar import parse_duration
from flowtui.core.status_file import minutes


class JsonErrors(click.Group):
    """With `--json`, an error is JSON as well, with the code that the guard gave."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command; note whether it is to answer in JSON."""
        ctx.meta["guard.json"] = "--json" in args
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except FlowError as error:
            context = ctx.find_object(Context)
            if not ctx.meta.get("guard.json") or context is None:
                raise
            code = getattr(error, "code", "") or ("usage" if error.exit_code == 2 else "failed")
            told = {"code": code, "message": error.message, "hint": error.hint}
            context.put_json({"error": told})
            return error.exit_code


@click.group("guard", cls=JsonErrors)
def guard_command() -> None:
    """Keep distractions away while a block runs, or ahead of one; put all back afterwards."""


for _command in (
    install_command, hash_command, uninstall_command, rescue_command, doctor_command, list_command,
    arm_command, why_command,
):  # fmt: skip
    guard_command.add_command(_command)


@guard_command.command("status")
@json_option
@pass_context
def status_command(context: Context, as_json: bool) -> None:
    """The guard of the running block: attempts, browsers, what is not covered."""
    services = context.services
    if as_json:
        context.put_json(services.guard.report(services.focus.current()))
        return
    view = services.guard.view(services.focus.current())
    if view is None:
        context.put(_no_guard(context))
        _last(context)
        return
    context.put(protection.line(view, 200))
    context.put(f"{view.strictness}, {minutes(view.left_s)} left")
    for cover in view.covers:
        mark = "✓" if cover.covered else "✗"
        context.put(f"  {mark} {cover.browser}: {cover.why}")
    for note in view.notes:
        context.put(f"  {note}")


@guard_command.command("attempts")
@json_option
@pass_context
def attempts_command(context: Context, as_json: bool) -> None:
    """How often which site was asked for during this lease, by any program."""
    answer = context.services.guard.client.ask("attempts")
    shared = answer.get("shared", {})  # an earlier guard does not say
    if as_json:
        found = {"total": answer["total"], "names": dict(answer["names"]), "shared": shared}
        context.put_json(found)
        return
    for name, count in answer["names"]:
        more = f", or one of {shared[name]} more that share its address" if name in shared else ""
        context.put(f"{count:5}  {name}{more}")
    context.put(f"{answer['total']:5}  in all")


@guard_command.command("plan")
@click.argument("names", nargs=-1, metavar="LIST...")
@click.option("--for", "length", default="50m", metavar="LENGTH", help="how long: 50m, 1h30")
@json_option
@pass_context
def plan_command(context: Context, names: tuple[str, ...], length: str, as_json: bool) -> None:
    """Show each file, rule and process that a block with these lists would touch."""
    guard = context.services.guard
    choice = guard.choice(names or None, None, "work")
    if choice is None:
        raise UsageError("no list is named, and guard.lists is empty", "see: flowtui guard list")
    answer = guard.client.plan(wish(context, choice, parse_duration(length)))
    if as_json:
        answer.pop("id", None)
        context.put_json(answer)
        return
    for change in answer["changes"]:
        count = f"{change['count']} " if change.get("count") else ""
        context.put(f"{change['what']}: {count}{change['how']}")
    for name in answer["mapped"]:
        context.put(f"{name}: left to the line of your own in the hosts file")
    for refused in answer["refused"]:
        context.put(f"left out: {refused}")
    if not answer["installed"]:
        context.say("no guard is installed: so it would be with one, see: flowtui guard install")


@guard_command.command("add")
@click.argument("names", nargs=-1, required=True, metavar="LIST|SITE...")
@pass_context
def add_command(context: Context, names: tuple[str, ...]) -> None:
    """Keep more away until the lease ends; nothing can be taken out."""
    from flowtui.guard.lists import with_twins

    guard = context.services.guard
    known = guard.lists()
    unknown = [name for name in names if name not in known and "." not in name]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is neither a list nor a site", "see: flowtui guard list")
    refused: list[str] = []
    added: list[str] = []
    for name in names:
        one = known.get(name)
        sites = one.sites if one is not None else with_twins((name,))
        apps = one.apps if one is not None else ()
        answer = guard.client.arm_more(name if one is not None else "added", sites, apps)
        refused += answer["refused"]
        if len(answer["refused"]) < len(sites) or apps:
            added.append(name)
    for reason in dict.fromkeys(refused):
        context.say(f"left out: {reason}")
    if not added:
        raise FlowError("nothing was added", "see: flowtui guard list")
    context.say(f"kept away as well: {', '.join(added)}")


@guard_command.command("release")
@click.argument("reason", nargs=-1)
@click.option("--cancel", is_flag=True, help="take back a release that was asked for")
@pass_context
def release_command(context: Context, reason: tuple[str, ...], cancel: bool) -> None:
    """End a soft guard now; ask for the end of a firm one, with a REASON."""
    answer = context.services.guard.client.ask("release", reason=" ".join(reason), cancel=cancel)
    if answer["ended"]:
        context.say("the guard has ended; everything is as it was")
    elif answer["ready_in_s"] is None:
        context.say("the guard stays")
    else:
        left = minutes(answer["ready_in_s"])
        context.say(f"the guard ends in {left}; to take that back: flowtui guard release --cancel")


@guard_command.command("emergency")
@click.argument("reason", nargs=-1)
@click.option("--cancel", is_flag=True, help="take it back; the week's one is not used up")
@pass_context
def emergency_command(context: Context, reason: tuple[str, ...], cancel: bool) -> None:
    """The one way out of a hard guard: a REASON, a quarter of an hour, a typed sentence. Weekly."""
    client = context.services.guard.client
    if cancel:
        client.ask("emergency-cancel")
        context.say("the guard stays")
        return
    answer = client.ask("emergency-request", reason=" ".join(reason))
    if answer["ready_in_s"] > 0:
        left = minutes(answer["ready_in_s"])
        context.services.guard.view(context.services.focus.current())  # told when it is ready
        context.say(
            f"noted. In {left} you can confirm it, for ten minutes: flowtui guard emergency"
        )
        return
    typed = click.prompt(f"type: {answer['phrase']}\n", err=True)
    client.ask("emergency-confirm", text=typed)
    context.say("the guard has ended; everything is as it was")


@guard_command.command("test")
@json_option
@pass_context
def test_command(context: Context, as_json: bool) -> None:
    """Look at each layer of the guard that is on, from here: does it hold?"""
    import socket

    services = context.services
    answer = services.guard.client.ask("status")["lease"]
    if answer is None or not answer["mine"]:
        raise FlowError("no guard of yours is on", "start a block: flowtui start --guard LIST")
    view = services.guard.view(services.focus.current())
    tests = [
        (f"browser-{c.browser.lower()}", f"{c.browser}: {c.why}", c.covered)
        for c in (view.covers if view else ())
    ]
    layers = answer["layers"]
    if layers["hosts"] is not None:
        tests.append(("hosts", "our lines stand in the hosts file", layers["hosts"]["intact"]))
        names = [name for name, _ in context.services.guard.client.ask("attempts")["names"]]
        sample = names[0] if names else _first_site(context, answer["lists"])
        here = _leads_nowhere(socket, sample) if sample else layers["hosts"]["works"]
        said = f"a program here that looks up {sample or 'a site'} finds nothing"
        tests.append(("lookup", said, here))
    if layers["cut"] is not None:
        tests.append(("cut", "what was open is cut", layers["cut"]["intact"]))
    if as_json:
        context.put_json([{"id": id, "what": what, "holds": holds} for id, what, holds in tests])
    else:
        for _, what, holds in tests:
            context.put(f"{'✓' if holds else '✗'} {what}")
    if not all(holds for _, _, holds in tests):
        raise FlowError("not everything holds", "flowtui guard doctor")


@guard_command.command("shell", context_settings={"ignore_unknown_options": True})
@click.argument("names")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@pass_context
def shell_command(context: Context, names: str, command: tuple[str, ...]) -> int:
    """Run COMMAND so that it finds none of the sites of LIST[,LIST]; needs no guard and no root."""
    from flowtui.guard.lists import chosen
    from flowtui.guard.session import shell

    desk = context.services.guard
    found = chosen(desk.lists(), names.split(","), desk.damaged())
    sites = [site for one in found for site in one.sites]
    context.say(f"{command[0]} finds no {' '.join(names.split(','))}; all else here still does")
    return shell.run(context.services.paths.session_dir, sites, command)


@guard_command.command("stops")
@click.option("--since", default="28", metavar="DAYS", help="how many days to look back")
@json_option
@pass_context
def stops_command(context: Context, since: str, as_json: bool) -> None:
    """The stop-doing list: what you decided not to do, and how often it happened all the same."""
    from flowtui.services.body.stop_list import counted

    if not since.isdigit() or not 1 <= int(since) <= 3660:
        raise UsageError(f"{since!r} is no number of days", "such as --since 28")
    services = context.services
    today = services.today()
    tried = services.guard.state.counted(today - timedelta(days=int(since) - 1), today)
    rows = counted(services.body.log, tried, today, int(since))
    if as_json:
        context.put_json([row.as_data() for row in rows])
        return
    for row in rows:
        kept = f"{row.kept} days kept" if row.answered else "not asked yet"
        context.put(f"{row.times:5} times  {row.tried:5} kept away  {kept:14}  {row.name}")
    if not rows:
        context.say("the list is empty; name a thing to stop: flowtui habit --help, or body.stops")


def wish(context: Context, choice: Choice, seconds: int) -> dict[str, Any]:
    """What would be asked of the guard for this choice."""
    from flowtui.guard.lists import chosen
    from flowtui.services.guard import wishes

    guard, clock = context.services.guard, context.services.clock
    found = wishes.fitted(chosen(guard.lists(), choice.lists), guard.client)
    apps = tuple(dict.fromkeys([*guard.settings.apps, *(a for one in found for a in one.apps)]))
    return guard.wish(found, choice, apps, seconds, clock.now())


def _no_guard(context: Context) -> str:
    """What to say where no block has a guard: another may be on, or it may be silent."""
    report = context.services.guard.report(None)
    if report["installed"] and not report["answers"]:
        return "the guard does not answer now: what it keeps away it still keeps away"
    if report["lease"] is not None:
        whose = "of yours" if report["lease"]["mine"] else "of another user"
        return f"no guard of a block is on; a lease {whose} runs until {report['lease']['ends_at']}"
    return "no guard is on"


def _last(context: Context) -> None:
    """How the last lease was put back, proved by hash."""
    try:
        last = context.services.guard.client.ask("status", 2.0)["last"]
    except FlowError:
        return
    if last is None:
        return
    context.put(f"the last one ended ({last['why']}), {last['attempts']} attempts")
    for one in last["resources"]:
        proved = f"  sha256 {one['after'][:16]}…" if one["after"] else ""
        note = f": {one['note']}" if one["note"] else ""
        context.put(f"  {one['what']} {one['how']}{proved}{note}")


def _first_site(context: Context, names: list[str]) -> str:
    known = context.services.guard.lists()
    sites = [site for name in names if name in known for site in known[name].sites]
    return next((site for site in sites if "/" not in site), "")


def _leads_nowhere(socket: Any, name: str) -> bool:
    try:
        found = socket.getaddrinfo(name, 80)
    except OSError:
        return True
    from flowtui.guard.program.hosts_text import leads_nowhere

    return all(leads_nowhere(str(item[4][0])) for item in found)
