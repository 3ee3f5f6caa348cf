"""The commands of `flowtui guard` that root gives, or that work with everything else gone."""

from __future__ import annotations

import os
from pathlib import Path

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError
from flowtui.core.status_file import minutes

LAUNCHER = "/usr/local/lib/flowtui/flowtui-guard"
root_option = click.option(
    "--root", default="/", hidden=True, type=click.Path(path_type=Path), help="for tests"
)


@click.command("install")
@click.option("--dry-run", is_flag=True, help="show what would be put where, and stop")
@click.option("--yes", is_flag=True, help="do not ask")
@click.option("--owner", "owners", multiple=True, metavar="USER", help="who may use it, as well")
@click.option("--no-systemd", is_flag=True, help="under a supervisor of its own")
@click.option("--shortest", type=int, hidden=True, help="for tests")
@json_option
@root_option
@pass_context
def install_command(
    context: Context,
    dry_run: bool,
    yes: bool,
    owners: tuple[str, ...],
    no_systemd: bool,
    shortest: int | None,
    as_json: bool,
    root: Path,
) -> None:
    """Install the guard; shows its plan and asks once. Needs root."""
    from flowtui.guard.program.service import has_systemd
    from flowtui.services.guard import setup

    users = setup.asking_users(owners, os.environ)
    if not users and not yes and not dry_run:
        users = setup.asking_users([click.prompt("which user is to use it?", err=True)], {})
    systemd = has_systemd() and not no_systemd
    planned = setup.plan(root, users or [os.getuid()], systemd)
    if as_json:
        context.put_json(planned.as_data())
    else:
        for line in planned.lines:
            context.put(line)
        how = "systemd" if systemd else "a supervisor of its own: there is no systemd here"
        context.put(f"then the guard is started, under {how}")
        context.put(f"after a reboot, an ended lease is put back by {planned.after_reboot}")
        context.put(f"the program: sha256 {planned.program_hash}")
        context.put(f"to take all of it away again: sudo {LAUNCHER} uninstall")
    for warning in planned.warnings:
        context.say(warning)
    if dry_run:
        return
    if planned.upgrade and os.geteuid() != 0:
        command = setup.prepare_upgrade(context.services.paths.state_dir, planned)
        context.say(f"the new program is ready; root installs it: {command}")
        return
    _need_root(setup.by_hand("install", root))
    if not yes and not click.confirm("do that?", err=True):
        raise click.Abort
    setup.install(root, planned, shortest)
    context.say("the guard is installed and answers; try: flowtui start --guard news --for 25m")


@click.command("hash")
def hash_command() -> None:
    """The SHA-256 of the program that would be installed; the release notes have the same."""
    from flowtui.services.guard import setup

    click.echo(setup.program_hash())


@click.command("uninstall")
@click.option("--yes", is_flag=True, help="do not ask")
@json_option
@root_option
@pass_context
def uninstall_command(context: Context, yes: bool, as_json: bool, root: Path) -> None:
    """Put everything back, prove it, and remove what was installed. Needs root."""
    from flowtui.services.guard import setup

    _need_root(setup.by_hand("uninstall", root))
    if not yes and not click.confirm("put everything back and remove the guard?", err=True):
        raise click.Abort
    done = setup.uninstall(root)
    if as_json:
        context.put_json(done)
        return
    _proof(context, done["resources"])
    for path in done["removed"]:
        context.put(f"removed {path}")
    for what in done["left"]:
        context.say(f"left {what}")


@click.command("rescue")
@click.option("--dry-run", is_flag=True, help="show what would be put back")
@click.option("--mend", is_flag=True, help="take our lines out even where their marks are damaged")
@json_option
@root_option
@pass_context
def rescue_command(context: Context, dry_run: bool, mend: bool, as_json: bool, root: Path) -> None:
    """Put back what an ended lease has left, without guard, ledger or network. Needs root."""
    from flowtui.services.guard import setup

    _need_root(setup.by_hand("rescue", root))
    done = setup.rescue(root, mend, dry_run)
    if as_json:
        context.put_json(done)
        return
    for line in done.get("lines", ()):
        context.put(line)
    if done["active"]:
        if done.get("guard"):
            context.say("the guard is alive and well, and looks after everything itself")
        else:
            context.say(f"a lease runs for {minutes(done['left_s'])} more; then all is put back")
        return
    _proof(context, done["resources"])
    if not dry_run:
        context.say("nothing of a lease is left here")


@click.command("doctor")
@json_option
@root_option
@pass_context
def doctor_command(context: Context, as_json: bool, root: Path) -> int:
    """What of this machine bears on the guard: programs, browsers, clocks, leftovers.

    Exit status 1 where something is at fault; a mere limit, such as a VPN, is none.
    """
    from flowtui.guard import checkup

    lines = checkup.look(root, context.env, context.services.guard.client)
    if as_json:
        context.put_json([line._asdict() for line in lines])
    else:
        for line in lines:
            context.put(f"{'✓' if line.ok else '✗'} {line.what}")
    return 1 if any(line.fault for line in lines) else 0


def _need_root(command: str) -> None:
    if os.geteuid() != 0:
        raise FlowError("this needs root", command)


def _proof(context: Context, resources: list[dict[str, str]]) -> None:
    for one in resources:
        proved = f"  sha256 {one['after'][:16]}…" if one.get("after") else ""
        note = f": {one['note']}" if one.get("note") else ""
        context.put(f"{one['what']} {one['how']}{proved}{note}")
