"""`flowtui runs`: the list of runs, and everything about one."""

from __future__ import annotations

import sys
from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.cli.runs.read import runs_read
from flowtui.cli.runs.run_tables import detail_lines, run_table, source_lines
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.length_grammar import parse_duration
from flowtui.core.runs.address import short


@click.group("runs", invoke_without_command=True)
@click.option("-n", "count", type=click.IntRange(1, 1000), default=20, help="how many")
@json_option
@pass_context
@click.pass_context
def runs_command(click_context: click.Context, context: Context, count: int, as_json: bool) -> None:
    """Runs under way, then the newest that have ended. Without a command: list them."""
    if click_context.invoked_subcommand is not None:
        return
    desk = context.services.runs
    desk.ensure_watched()
    listed = desk.listed(count)
    if as_json:
        context.put_json([glance.view() for glance in listed])
        return
    if not listed:
        context.say("no run yet; start one: flowtui run -- python train.py")
        return
    for line in run_table(listed, context.services.zone):
        context.put(line)
    if any(glance.live for glance in listed) and not _watched(context):
        context.say("nobody watches them at the moment; the figures are those of the last look")


def _watched(context: Context) -> bool:
    services = context.services
    return services.runs.look().is_fresh(services.clock.now().timestamp())


runs_command.add_command(runs_read)


@runs_command.command("add")
@click.argument("places", nargs=-1, metavar="PID|PATH|gpu|ADDRESS...")
@click.option("--name", metavar="N", help="its name; else by its command or place")
@click.option("--baseline", metavar="R", default="", help="the run that it is held against")
@json_option
@pass_context
def add_command(
    context: Context, places: tuple[str, ...], name: str | None, baseline: str, as_json: bool
) -> None:
    """Watch what runs already: a PID, a log or folder, or `gpu` for all that holds a GPU.

    Changes nothing of it. A PID brings the logs that the process has open; several places are one
    run. Beyond this machine: ssh:HOST:PATH, ssh:HOST:PID, slurm:JOB, slurm:me, slurm:HOST:JOB,
    mlflow+URL/RUN (or /all), trackio+URL/PROJECT/RUN, kubectl:NAMESPACE/POD, ray:JOB.
    """
    if not places:
        raise UsageError("what shall be watched?", "give a PID, a log, a folder, or gpu")
    desk = context.services.runs
    added = desk.adopter.adopt(places, name, baseline)
    desk.ensure_watched()
    if as_json:
        context.put_json(
            [{"id": run.id, "name": run.name, "paths": list(run.paths)} for run in added]
        )
        return
    for run in added:
        context.put(run.id)
        logs = ", ".join(map(short, run.paths)) or "no log found: its process alone"
        context.say(f"{run.name} is watched ({logs}); see it: flowtui runs show {run.id}")


@runs_command.command("show")
@click.argument("run", default="last", metavar="[R]")
@click.option("--follow", is_flag=True, help="show what it prints as it comes; ctrl+c leaves")
@json_option
@pass_context
def show_command(context: Context, run: str, follow: bool, as_json: bool) -> None:
    """Everything about run R: id, its first letters, name, or `last`."""
    if follow:
        from flowtui.cli.runs.run import follow_output

        follow_output(context, context.services.runs.book.find(run).id)
        return
    detail = context.services.runs.detail(run)
    if as_json:
        context.put_json(_view(context, detail))
        return
    for line in detail_lines(detail, context.services.zone):
        context.put(line)


def _view(context: Context, detail: Any) -> dict[str, Any]:
    from flowtui.core.runs.history import plain
    from flowtui.core.runs.run_json import run_view

    run = detail.run
    view = run_view(detail.seen, detail.findings, context.services.zone.key)
    if not view["metrics"]:  # nothing of its log is left
        nothing = dict.fromkeys(("first", "min", "max", "n"))
        view["metrics"] = {
            m.name: {"last": plain(m.last), "best": plain(m.best), **nothing} for m in run.metrics
        }
    return {
        **view,
        "id": run.id,
        "command": list(run.command),
        "folder": run.folder,
        "commit": run.commit or None,
        "dirty": run.dirty,
        "baseline": run.baseline or None,
        "output": str(detail.output) if detail.output else None,
        "peak_rss_bytes": detail.peak_rss_bytes,
        "peak_gpu_bytes": run.cost.peak_gpu_bytes,
        "gpu_s": run.cost.gpu_s,
        "gpu_idle_s": run.cost.gpu_idle_s,
        "energy_wh": run.cost.energy_wh,
        "card": detail.card,
    }


@runs_command.command("stop")
@click.argument("run", metavar="R")
@click.option(
    "--grace", default="10s", metavar="LENGTH", help="from asking (TERM) to ending (KILL)"
)
@click.option("--yes", is_flag=True, help="do not ask before a job in a queue is ended")
@pass_context
def stop_command(context: Context, run: str, grace: str, yes: bool) -> None:
    """Ask run R to end, and end it if it does not listen; a job is ended by scancel."""
    grace_s = parse_duration(grace)
    desk = context.services.runs
    found = desk.book.find(run)
    place = desk.address_of(found)
    if place is not None:
        if not yes:
            _ask(f"end {found.name} ({short(place)})?")
        desk.stop(found, grace_s)
        context.say(f"{found.name} was asked to end; flowtui runs shows when it has")
        return
    status = desk.stop(found, grace_s)
    desk.ensure_watched()
    ending = "" if status is None else f", exit status {status}"
    context.say(f"{found.name} has ended{ending}")


def _ask(question: str) -> None:
    """Go on only if a person says so. Raises UsageError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise UsageError("there is nobody to ask here", "if it is meant: --yes")
    if not click.confirm(question, err=True):
        raise FlowError("nothing was ended", "it goes on")


@runs_command.command("sources")
@json_option
@pass_context
def sources_command(context: Context, as_json: bool) -> None:
    """What is asked beyond this machine: how often, how dear, when it was last heard of.

    After each answer a source is left alone for a hundred times as long as that took, and at least
    for its floor. A token for a server lies in a file of your config folder, readable by you alone:
    tokens/HOST, with one line such as "Bearer ..." or "Basic USER:PASSWORD".
    """
    from flowtui.services.runs.origins import accounts_in

    services = context.services
    found = accounts_in(services.paths.watch_dir)
    if as_json:
        context.put_json(found.get("sources", []))
        return
    if not found:
        context.say("nothing was asked beyond this machine; flowtui runs add ssh:HOST:PATH does")
        return
    for line in source_lines(found["sources"], services.clock.now().timestamp(), services.zone):
        context.put(line)


@runs_command.command("rename")
@click.argument("run", metavar="R")
@click.argument("name")
@pass_context
def rename_command(context: Context, run: str, name: str) -> None:
    """Give run R another name."""
    if not name.strip():
        raise UsageError("the name of a run is empty", "give another")
    desk = context.services.runs
    renamed = desk.book.rename(desk.book.find(run), name.strip())
    context.say(f"{renamed.id} is {renamed.name} now; take it back: flowtui undo")


@runs_command.command("forget")
@click.argument("run", metavar="R")
@pass_context
def forget_command(context: Context, run: str) -> None:
    """Take run R out of the list and watch it no more; its logs stay where they are."""
    desk = context.services.runs
    found = desk.book.find(run)
    if not found.ended and not found.adopted and desk.is_alive(found):
        raise FlowError(
            f"run {found.name} is under way", f"end it first: flowtui runs stop {found.id}"
        )
    desk.book.forget(found)
    context.say(f"{found.name} is forgotten; take it back: flowtui undo")
