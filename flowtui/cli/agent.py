"""`flowtui agent`: the conductor without an app."""

from __future__ import annotations

import asyncio
import os
import signal

import click

from flowtui.cli.context import Context, pass_context


@click.group("agent")
def agent_command() -> None:
    """Ring bells and run hooks while no app is open."""


@agent_command.command("run")
@pass_context
def run_command(context: Context) -> None:
    """Conduct in the foreground until stopped; an open app is left to conduct by itself."""
    from flowtui.services.agent import Agent

    services = context.services

    async def main() -> None:
        agent = Agent(services, os.environ, context.say)
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(name, stopped.set)
        agent.begin()
        await stopped.wait()
        agent.end()

    asyncio.run(main())
