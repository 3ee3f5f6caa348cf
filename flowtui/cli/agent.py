"""`flowtui agent`: the conductor without an app, and as a service."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from functools import partial
from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError


@click.group("agent")
def agent_command() -> None:
    """Ring bells and run hooks while no app is open."""


@agent_command.command("run")
@click.option("--block", "block_id", metavar="ID", help="only until this block has ended")
@pass_context
def agent_run(context: Context, block_id: str | None) -> None:
    """Conduct in the foreground until stopped; while an app is open, the app conducts."""
    from flowtui.services.agent import serve
    from flowtui.services.agent_watch import other_agent
    from flowtui.services.wiring import build

    services = context.services
    services.hooks.behind = False  # it stays: its hooks run beside it
    lock = other_agent(services.paths)
    if lock is None:
        raise FlowError("an agent runs already", "see: flowtui agent status")
    from flowtui.web.agent_page import AgentPage

    with lock:
        reopen = partial(build, services.env)
        # of one block only its end: whoever wants the page keeps an agent
        page = AgentPage(context.say) if block_id is None else None
        asyncio.run(serve(services, os.environ, context.say, reopen, block_id, page))


@agent_command.command("install")
@click.option("--dry-run", is_flag=True, help="only show what would be written and run")
@pass_context
def agent_install(context: Context, dry_run: bool) -> None:
    """Keep the agent running in your session; shows the file first."""
    from flowtui.services.agent_unit import AgentUnit

    unit = AgentUnit(context.services.env)
    plan = unit.plan()
    context.say(f"{plan.path}:")
    context.put(plan.text.rstrip())
    for command in plan.commands:
        context.say(f"runs: {' '.join(command)}")
    for remark in plan.remarks:
        context.say(remark)
    if dry_run:
        return
    unit.install()
    context.say("installed; take it away again: flowtui agent uninstall")


@agent_command.command("uninstall")
@pass_context
def agent_uninstall(context: Context) -> None:
    """Stop the agent and remove its file."""
    from flowtui.services.agent_unit import AgentUnit

    unit = AgentUnit(context.services.env)
    gone = unit.uninstall()
    context.say(f"removed {unit.path}" if gone else "it was not installed")


@agent_command.command("status")
@json_option
@pass_context
def agent_status(context: Context, as_json: bool) -> None:
    """What rings next and by which way, who rings it, and what cannot work here."""
    from flowtui.services.agent_watch import agent_state

    state = agent_state(context.services)
    if as_json:
        context.put_json(state)
        return
    unit = state["service"]
    how = "runs" if unit["active"] else "is installed" if unit["installed"] else "is not installed"
    context.put(f"service   {how} ({unit['manager']})")
    context.put(f"rings     {_who(state)}")
    zone = context.services.zone
    for bell in state["next"]:
        at = datetime.fromisoformat(bell["at"]).astimezone(zone)
        context.put(f"next      {at:%a %d %b %H:%M}  {bell['what']}")
    if not state["next"]:
        context.put("next      nothing is due")
    if state["last"] is not None:
        last = state["last"]
        context.put(f"last      {last['title']}  by {', '.join(last['by']) or 'nobody'}")
    for remark in unit["remarks"]:
        context.say(remark)


def _who(state: dict[str, Any]) -> str:
    pid = state["conductor"]
    return f"process {pid}" if pid is not None else "nobody: no app and no agent runs"
