"""Opening the app: the one place where the command line reaches Textual."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flowtui.core.errors import FlowError

if TYPE_CHECKING:
    from flowtui.cli.context import Context


def open_app(context: Context) -> None:
    """Open the app and stay until it is left. Raises FlowError where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise FlowError("the app needs a terminal", "see what can be done without: flowtui --help")
    from flowtui.services.wiring import build
    from flowtui.tui.app import FlowApp

    services = build(context.env, Path(context.home) if context.home else None, attended=True)
    app = FlowApp(services, plain=context.plain)
    app.run()
    for line in app.parting_words:
        context.say(line)
