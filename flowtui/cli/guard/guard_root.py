"""The commands of `flowtui guard` that root gives, or that work with everything else gone."""

from __future__ import annotations

import os
from pathlib import Path

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError
from flowtui.core.status_file import minutes

root_option = click.option(
    "--root", default="/", hidden=True, type=click.Path(path_type=Path), help="for tests"
)


@click.command("install")
@click.option("--dry-run", is_flag=True, help="show what would be put where, and stop")
@click.option("--yes", is_flag=True, help="do not ask")
@click.option("--owner", "owners", multiple=True, metavar="USER", help="who may use it")
@click.option("--no-systemd", is_flag=True, help="under a supervisor of its own")
@click.option("--shortest", type=int, hidden=True, help="for tests")
@root_option
@pass_context
def install_command(
    context: Context,
    dry_run: bool,
    yes: bool,
    owners: tuple[str, ...],
    no_systemd: bool,
    shortest: int | None,
    root: Path,
) -> None:
    """Install the guard; shows its plan and asks once. Needs root."""
    from flowtui.guard import install, service
    from flowtui.guard.client import as_root

    service.python()
    systemd = service.has_systemd() and not no_systemd
    users = _owners(owners)
    steps = install.plan(root, users, systemd)
    for step in steps:
        context.put(step.words())
    how = "systemd" if systemd else "a supervisor of its own: there is no systemd here"
    context.put(f"then the guard is started, under {how}")
    context.put(f"to take all of it away again: {as_root('uninstall')}")
    if dry_run:
        return
    _need_root()
    if not yes and not click.confirm("do that?", err=True):
        raise click.Abort
    install.carry_out(root, steps)
    service.start(root, systemd, shortest)
    context.say("the guard is installed and answers; try: flowtui start --guard news --for 25m")


@click.command("uninstall")
@click.option("--yes", is_flag=True, help="do not ask")
@root_option
@pass_context
def uninstall_command(context: Context, yes: bool, root: Path) -> None:
    """Put everything back, prove it, and remove what was installed. Needs root."""
    from flowtui.guard import install, service
    from flowtui.guard.client import Client, NoGuard
    from flowtui.guard.program.roots import Roots

    _need_root()
    if not install.installed(root):
        raise FlowError("no guard is installed here", None)
    client = Client(Roots(root).socket)
    try:
        lease = client.ask("status")["lease"]
    except NoGuard:
        lease = None
    except FlowError:
        lease = None
    if lease is not None and lease.get("strictness") != "soft":
        left = minutes(lease["left_s"])
        raise FlowError(f"a lease runs for {left} more", "the guard stays until it has ended")
    if not yes and not click.confirm("put everything back and remove the guard?", err=True):
        raise click.Abort
    if lease is not None:
        client.ask("release")
    service.stop(root, service.has_systemd())
    done = service.recover(root)
    if done["active"]:
        raise FlowError("a lease is on", "the guard was left installed: flowtui guard status")
    if done["problem"]:
        raise FlowError(
            f"not everything could be put back: {done['problem']}", "the guard was left installed"
        )
    _proof(context, done["resources"])
    gone, left_over = install.take_away(root)
    for path in gone:
        context.put(f"removed {path}")
    for what in left_over:
        context.say(f"left {what}")


@click.command("rescue")
@click.option("--dry-run", is_flag=True, help="show what would be put back")
@click.option("--mend", is_flag=True, help="take our lines out even where their marks are damaged")
@root_option
@pass_context
def rescue_command(context: Context, dry_run: bool, mend: bool, root: Path) -> None:
    """Put back what an ended lease has left, without guard, ledger or network. Needs root."""
    from flowtui.guard import service

    _need_root()
    options = [name for name, on in (("--dry-run", dry_run), ("--mend", mend)) if on]
    done = service.recover(root, *options)
    for line in done.get("lines", ()):
        context.put(line)
    if done["active"]:
        if done.get("guard"):
            context.say("the guard is alive and well, and looks after everything itself")
        else:
            context.say(f"a lease runs for {minutes(done['left_s'])} more; then all is put back")
        return
    if done["problem"]:
        raise FlowError(done["problem"], "see: flowtui guard rescue --dry-run")
    _proof(context, done["resources"])
    if not dry_run:
        context.say("nothing of a lease is left here")


@click.command("doctor")
@json_option
@root_option
@pass_context
def doctor_command(context: Context, as_json: bool, root: Path) -> None:
    """What of this machine bears on the guard: programs, browsers, clocks, leftovers."""
    from flowtui.guard import checkup

    lines = checkup.look(root, context.env, context.services.guard.client)
    if as_json:
        context.put_json([{"ok": ok, "what": what} for ok, what in lines])
        return
    for ok, what in lines:
        context.put(f"{'✓' if ok else '✗'} {what}")


def _owners(names: tuple[str, ...]) -> list[int]:
    """Users by name or number; without any, whoever called sudo. Raises FlowError."""
    import pwd

    if not names:
        caller = os.environ.get("SUDO_UID") or os.environ.get("PKEXEC_UID")
        return [int(caller)] if caller and caller.isdigit() else [os.getuid()]
    found = []
    for name in names:
        try:
            found.append(int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid)
        except KeyError:
            raise FlowError(f"there is no user {name!r}", "give the name of an account") from None
    return found


def _need_root() -> None:
    if os.geteuid() != 0:
        raise FlowError("this needs root", "the same with sudo before it")


def _proof(context: Context, resources: list[dict[str, str]]) -> None:
    for one in resources:
        proved = f"  sha256 {one['after'][:16]}…" if one.get("after") else ""
        note = f": {one['note']}" if one.get("note") else ""
        context.put(f"{one['what']} {one['how']}{proved}{note}")
