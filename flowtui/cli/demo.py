"""`flowtui demo`: the app on a made-up life, which goes when it is left."""

from __future__ import annotations

import sys

import click

from flowtui.cli.context import Context, pass_context
from flowtui.core.errors import FlowError


@click.command("demo")
@click.option("--plain", is_flag=True, help="plain words, for screen readers")
@pass_context
def demo_command(context: Context, plain: bool) -> None:
    """Open the app on sixty made-up days; nothing of yours is touched, nothing stays.

    A pretend training runs meanwhile, and one pattern in the days is true: Insight (4) finds it.
    """
    import os

    from flowtui.cli.launch import open_app
    from flowtui.services.demo.demo_home import DemoHome

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise FlowError("the demo needs a terminal", "see what can be done without: flowtui --help")
    with DemoHome(os.environ) as home:
        home.fill()
        open_app(home.env, str(home.folder), plain, demo=True)
    context.say("the demo is gone, and nothing of it stays; begin your own: flowtui")
