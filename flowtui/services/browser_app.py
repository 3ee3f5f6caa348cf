"""How the app is started for a browser: the same home, in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowtui.system import interpreter

if TYPE_CHECKING:
    from flowtui.services.wiring import Services


def app_command(services: Services) -> list[str]:
    """The command that starts the app; nothing of the current folder runs."""
    home = services.env.get("FLOWTUI_HOME")
    return interpreter.command("flowtui", *(("--home", home) if home else ()))
