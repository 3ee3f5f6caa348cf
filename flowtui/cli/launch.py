"""Opening the app: the one place where the command line reaches Textual."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError

if TYPE_CHECKING:
    from flowtui.cli.context import Context


def open_app(context: Context) -> None:
    """Open the app and stay until it is left. Raises FlowError where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise FlowError("the app needs a terminal", "see what can be done without: flowtui --help")
    from flowtui.services.wiring import build_for_app
    from flowtui.tui.app import FlowApp

    services = build_for_app(context.env, context.home)
    app = FlowApp(services, plain=context.plain)
    app.run()
    for line in app.parting_words:
        context.say(line)
